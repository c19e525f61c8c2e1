"""The parameters of rendered resources that DICOMweb has beyond the viewer's door. Source: DICOM PS3.18 8.3.5."""

from collections.abc import Mapping
from dataclasses import dataclass

from annotator.accounts.errors import InvalidError
from annotator.imaging.pixels.picture_region import PictureRegion, render_region
from annotator.imaging.pixels.rendering import Rendering, render_frame
from annotator.imaging.store.frame_source import FrameSource
from api.dicomweb.bodies import entity_tag
from api.rendered_query import MAX_VIEWPORT_SIDE, rendering_etag, rendering_of


@dataclass(frozen=True)
class Wanted:
    """A rendering, with a part of the frame and an encoder's quality where they were asked for."""

    rendering: Rendering
    region: PictureRegion | None = None
    quality: int | None = None

    def tag(self, frame_key: str) -> str:
        """The entity tag of one frame shown so."""
        plain = rendering_etag(frame_key, self.rendering)
        return plain if self.region is None and self.quality is None else entity_tag(plain, self.region, self.quality)

    def content(self, source: FrameSource) -> bytes:
        """The picture; errors as render_frame and render_region."""
        if self.region is None and self.quality is None:
            return render_frame(source, self.rendering)
        return render_region(source, self.rendering, self.region, quality=self.quality)


def wanted_picture(query: Mapping[str, str], media_type: str) -> Wanted:
    """Read window, viewport, quality and composition.

    Parameters
    ----------
    media_type : of the picture, as an Accept header would name it.

    Raises
    ------
    InvalidError : a parameter that is malformed or isn't done here; path names it.
    NotAcceptableError : no such picture is made here.
    """
    if query.get("annotation"):
        raise InvalidError("Nothing is written into pictures here: leave annotation out.", "annotation")
    if query.get("iccprofile", "no") != "no":
        raise InvalidError("Pictures hold no ICC profile: leave iccprofile out, or say no.", "iccprofile")
    viewport = query.get("viewport", "")
    region = _region(viewport) if viewport.count(",") > 1 else None
    plain = {name: value for name, value in query.items() if name != "viewport" or region is None}
    return Wanted(rendering_of(plain, media_type), region, _quality(query.get("quality")))


def _quality(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 100):
        raise InvalidError(f"quality={text[:80]!r} is not a whole number from 1 to 100.", "quality")
    return int(text)


def _region(text: str) -> PictureRegion:
    """vw,vh,sx,sy,sw,sh: what is left empty has its default, a negative width or height mirrors."""
    parts = [part.strip() for part in text.split(",")]
    try:
        width, height, column, row, across, down = (int(part) if part else None for part in [*parts, "", "", ""][:6])
    except ValueError as error:
        raise _no_viewport(text) from error
    if len(parts) > 6 or width is None or height is None:
        raise _no_viewport(text)
    if not (1 <= width <= MAX_VIEWPORT_SIDE and 1 <= height <= MAX_VIEWPORT_SIDE):
        raise InvalidError(f"viewport={text[:80]!r}: each side is 1 to {MAX_VIEWPORT_SIDE} pixels.", "viewport")
    if min(column or 0, row or 0) < 0 or across == 0 or down == 0:
        raise _no_viewport(text)
    return PictureRegion(
        viewport=(width, height),
        column=column or 0,
        row=row or 0,
        width=None if across is None else abs(across),
        height=None if down is None else abs(down),
        mirrored=across is not None and across < 0,
        flipped=down is not None and down < 0,
    )


def _no_viewport(text: str) -> InvalidError:
    words = "width,height or width,height,column,row,columns,rows in whole pixels, the last two negative to mirror"
    return InvalidError(f"viewport={text[:80]!r} is not {words}.", "viewport")
