"""A box of the stored matrix in which every frame is filled."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from annotator.accounts.errors import InvalidError

MOST_REGIONS = 200


@dataclass(frozen=True)
class BlankRegion:
    """The top-left pixel of a box and its size, in pixels."""

    column: int
    row: int
    columns: int
    rows: int

    def to_json(self) -> dict[str, int]:
        return asdict(self)


def checked_regions(described: Sequence[Any], *, rows: int, columns: int) -> list[BlankRegion]:
    """Boxes as JSON has them, cut to the matrix.

    Raises
    ------
    InvalidError : not boxes of whole numbers, outside of the picture, or too many.
    """
    if len(described) > MOST_REGIONS:
        raise InvalidError(f"{len(described)} regions are more than the {MOST_REGIONS} that can be blanked.", "regions")
    found = []
    for one in described:
        try:
            numbers = [one[name] for name in ("column", "row", "columns", "rows")]
        except (KeyError, TypeError) as error:
            raise InvalidError("A region needs column, row, columns and rows.", "regions") from error
        if any(not isinstance(number, int) or isinstance(number, bool) for number in numbers):
            raise InvalidError("Regions are whole pixels.", "regions")
        left, top, wide, high = numbers
        right, bottom = min(columns, left + wide), min(rows, top + high)
        left, top = max(0, left), max(0, top)
        if right <= left or bottom <= top:
            raise InvalidError(f"The region at column {left}, row {top} holds no pixel of the picture.", "regions")
        found.append(BlankRegion(left, top, right - left, bottom - top))
    return found
