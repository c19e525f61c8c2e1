"""What is done to pictures before a format writes them, checked before any work begins and kept in the manifest."""

import math
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self

from annotator.accounts.errors import InvalidError

Crop = Literal["none", "region", "marks"]
Calipers = Literal["keep", "paint_out"]
# Millimetres: below the finest detector, above the largest body.
_SMALLEST_PIXEL, _LARGEST_PIXEL = 0.01, 50.0
_SMALLEST_FIELD, _LARGEST_FIELD = 1.0, 2000.0
_LARGEST_SIZE = 8192
_WIDEST_SKIN = 200
_WIDEST_MARGIN = 4096


@dataclass(frozen=True)
class Preprocessing:
    """Options, none of which is on as shipped. Marks go along with the pixels.

    Attributes
    ----------
    pixel_mm : pixels of this many millimetres each way, within the slice; None: as they are. The distance between
        slices stays, as in RADnet (1 mm).
    field_of_view_mm : a square of this side round the middle of the picture (RADnet: 250 mm); what lies beyond the
        picture is air, or 0. None: the whole picture.
    crop : "region" to what the ultrasound machine calls tissue, "marks" to a box round all marks of the stack.
    margin : pixels of the original left round what is cropped to.
    halve : means of two by two pixels, as A.8 does before its network.
    straighten : slices of a tilted gantry are shifted until they lie above each other.
    remove_skin : the outermost pixels of what isn't black are blackened (A.8); skin_radius : how many, after halving.
    breast_mask : all but the largest piece of what isn't black is blackened (A.8).
    calipers : "paint_out" fills a disc round every point that is labelled "caliper" from its surroundings;
        caliper_radius : in pixels of the original.
    window : [centre, width] in modality units to which values are held; None: as they are. Pictures of 8 bits have
        windows of their own.
    """

    pixel_mm: float | None = None
    field_of_view_mm: float | None = None
    crop: Crop = "none"
    margin: int = 0
    halve: bool = False
    straighten: bool = False
    remove_skin: bool = False
    skin_radius: int = 5
    breast_mask: bool = False
    calipers: Calipers = "keep"
    caliper_radius: int = 7
    window: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        self._check_number("pixel_mm", _SMALLEST_PIXEL, _LARGEST_PIXEL)
        self._check_number("field_of_view_mm", _SMALLEST_FIELD, _LARGEST_FIELD)
        self._check_whole("margin", 0, _WIDEST_MARGIN)
        self._check_whole("skin_radius", 1, _WIDEST_SKIN)
        self._check_whole("caliper_radius", 1, _WIDEST_SKIN)
        for name in ("halve", "straighten", "remove_skin", "breast_mask"):
            if not isinstance(getattr(self, name), bool):
                raise InvalidError("This is yes or no.", f"preprocessing.{name}")
        if self.crop not in ("none", "region", "marks"):
            raise InvalidError('Crop is "none", "region" or "marks".', "preprocessing.crop")
        if self.calipers not in ("keep", "paint_out"):
            raise InvalidError('Calipers are "keep" or "paint_out".', "preprocessing.calipers")
        if self.field_of_view_mm is not None and self.crop != "none":
            raise InvalidError("Choose a field of view or what to crop to, not both.", "preprocessing.crop")
        if self.field_of_view_mm and self.pixel_mm and self.field_of_view_mm / self.pixel_mm > _LARGEST_SIZE:
            raise InvalidError(
                f"Pictures would have more than {_LARGEST_SIZE} pixels a side.", "preprocessing.field_of_view_mm"
            )
        self._check_window()

    @property
    def moves_pixels(self) -> bool:
        """Whether a pixel may lie elsewhere than in the original."""
        return bool(self.pixel_mm or self.field_of_view_mm or self.crop != "none" or self.halve or self.straighten)

    @property
    def changes_pictures(self) -> bool:
        return self != type(self)()

    def check_fits(self, format_name: str, *, points_into_originals: bool) -> None:
        """Refuse preprocessing before a format that speaks of the pictures as they came.

        Raises
        ------
        InvalidError : path "preprocessing".
        """
        if points_into_originals and self.changes_pictures:
            raise InvalidError(
                f"{format_name} points into the pictures as they came: export it without preprocessing.",
                "preprocessing",
            )

    def to_json(self) -> dict[str, Any]:
        """As it goes into the manifest."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Options as a program or a form sends them; what is left out is off.

        Raises
        ------
        InvalidError : an option that there isn't, or a value that it can't be, with its path.
        """
        known = {part.name for part in fields(cls)}
        for name in data:
            if name not in known:
                raise InvalidError(f"There is no option {name!r}: {', '.join(sorted(known))}.", f"preprocessing.{name}")
        window = data.get("window")
        return cls(**(data | {"window": tuple(window) if isinstance(window, list) else window}))

    def _check_number(self, name: str, least: float, most: float) -> None:
        value = getattr(self, name)
        if value is None:
            return
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
            raise InvalidError(f"This is a number from {least:g} to {most:g}.", f"preprocessing.{name}")

    def _check_whole(self, name: str, least: int, most: int) -> None:
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise InvalidError(f"This is a whole number from {least} to {most}.", f"preprocessing.{name}")

    def _check_window(self) -> None:
        if self.window is None:
            return
        numbers = isinstance(self.window, tuple) and all(type(one) in (int, float) for one in self.window)
        if not numbers or len(self.window) != 2 or not all(map(math.isfinite, self.window)) or self.window[1] <= 0:
            raise InvalidError("A window is [centre, width], the width above 0.", "preprocessing.window")
