"""Whether a mark can be one of its picture, and what it is called in a release."""

from annotator.accounts.errors import InvalidError, RoomError
from annotator.annotations.geometry_checks import check_points
from annotator.annotations.masks import check_mask
from annotator.annotations.models import Annotation, Finding, FindingKind, MarkKind
from annotator.datasets.released import ReleasedFinding, ReleasedFrame

UNASSIGNED = "unassigned"


class MisfitMarkError(RoomError):
    """A mark can't lie on its picture; nothing is frozen with it."""


def check_fits(row: Annotation, frame: ReleasedFrame) -> None:
    """Refuse a mark that can't be one of this picture: it was drawn on one of another size, or came in broken."""
    try:
        check_mask(row.kind, row.mask, check_points(row.kind, row.points, rows=frame.rows, columns=frame.columns))
    except InvalidError as error:
        raise MisfitMarkError(
            f"The {row.kind} {row.pk} does not fit its picture of {frame.columns} by {frame.rows} pixels (frame "
            f"{frame.frame_number} of {frame.sop_instance_uid}): {error} Delete it, or exclude its study."
        ) from error


def category_of(row: Annotation, finding: ReleasedFinding | Finding | None) -> str:
    """A point is named by what it marks (a caliper), anything else by the finding that it shows.

    Of a finding whose kind is "other" the name says what it is: classes of other programs come in so.
    """
    if row.kind == MarkKind.POINT:
        return row.label or row.kind
    if finding is None:
        return row.label or UNASSIGNED
    return finding.name if finding.kind == FindingKind.OTHER and finding.name else finding.kind
