"""What a request for a rendered frame asks for: window or composition, viewport, format. Both doors read it here."""

from collections.abc import Mapping, Sequence
from hashlib import blake2s
from math import isfinite

from annotator.accounts.errors import InvalidError, RoomError
from annotator.imaging.frame_description import VoiFunction, Window
from annotator.imaging.pixels.rendering import (
    COMPOSITIONS,
    MEDIA_TYPES,
    RENDERING_VERSION,
    Composition,
    MediaType,
    Rendering,
)
from annotator.imaging.pixels.windowing import WindowError, check_window

# A 4K screen and the longest side of a tomosynthesis frame fit; larger pictures come without a viewport.
MAX_VIEWPORT_SIDE = 4096
_FUNCTIONS: dict[str, VoiFunction] = {"linear": "LINEAR", "linear-exact": "LINEAR_EXACT", "sigmoid": "SIGMOID"}


class NotAcceptableError(RoomError):
    """None of the formats that the client accepts is made here (HTTP 406)."""


def rendering_of(query: Mapping[str, str], accept: str) -> Rendering:
    """Read `window`, `viewport`, `composition` and the Accept header.

    Raises
    ------
    InvalidError : a parameter that is malformed or out of bounds, or a window beside a composition; path names it.
    NotAcceptableError : no JPEG, PNG or WebP is accepted.

    Source: DICOM PS3.18 8.3.5.1.3 (viewport), 8.3.5.1.4 (window).
    """
    window, viewport, composition = query.get("window"), query.get("viewport"), query.get("composition")
    if window is not None and composition is not None:
        raise InvalidError("A composition has windows of its own: leave window out.", "window")
    return Rendering(
        media_type=picture_type(accept),
        window=None if window is None else _window(window),
        viewport=None if viewport is None else _viewport(viewport),
        composition=None if composition is None else _composition(composition),
    )


def _composition(text: str) -> Composition:
    for known in COMPOSITIONS:
        if text == known:
            return known
    raise InvalidError(f"composition={text!r} is none of {', '.join(COMPOSITIONS)}.", "composition")


def _window(text: str) -> Window:
    centre, width, function = (*text.split(","), "linear", "linear")[:3]
    if text.count(",") not in (1, 2) or function.strip().lower() not in _FUNCTIONS:
        raise InvalidError(f"window={text!r} is not centre,width,linear|linear-exact|sigmoid.", "window")
    try:
        window = Window(float(centre), float(width), function=_FUNCTIONS[function.strip().lower()])
    except ValueError as error:
        raise InvalidError(f"window={text!r} begins with two numbers, centre and width.", "window") from error
    # Beyond what any stored value reaches float32 has no digits left.
    if not isfinite(window.centre) or abs(window.centre) > 1e7 or not abs(window.width) <= 1e7:
        raise InvalidError(f"window={text!r} is out of bounds: finite numbers up to ten million.", "window")
    try:
        check_window(window)
    except WindowError as error:
        raise InvalidError(str(error), "window") from error
    return window


def _viewport(text: str) -> tuple[int, int]:
    try:
        width, height = (int(side) for side in text.split(","))
    except ValueError as error:
        message = f"viewport={text!r} is not width,height in whole pixels (a source region is not supported)."
        raise InvalidError(message, "viewport") from error
    if not (1 <= width <= MAX_VIEWPORT_SIDE and 1 <= height <= MAX_VIEWPORT_SIDE):
        raise InvalidError(f"viewport={text!r}: each side is 1 to {MAX_VIEWPORT_SIDE} pixels.", "viewport")
    return width, height


def picture_type(accept: str) -> MediaType:
    """The picture format that an Accept header likes best; JPEG where it leaves the choice.

    Raises
    ------
    NotAcceptableError : it names none of ours.
    """
    if not accept.strip():
        return "image/jpeg"
    best: MediaType | None = None
    best_quality = 0.0
    ranges = accepted_ranges(accept)
    for media_type in MEDIA_TYPES:
        quality = _quality(media_type, ranges)
        if quality > best_quality:
            best, best_quality = media_type, quality
    if best is None:
        raise NotAcceptableError(f"Pictures are made as {', '.join(MEDIA_TYPES)}, not as {accept!r}.")
    return best


def accepted_ranges(accept: str) -> list[tuple[str, dict[str, str]]]:
    """The media ranges of an Accept header with their parameters (names in lower case, quotes removed)."""
    ranges = []
    for part in accept.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        pairs = (parameter.partition("=") for parameter in parameters if "=" in parameter)
        ranges.append((name.lower(), {key.strip().lower(): value.strip().strip('"') for key, _, value in pairs}))
    return ranges


def _quality(media_type: str, ranges: Sequence[tuple[str, dict[str, str]]]) -> float:
    """The quality value of the most specific range that matches, RFC 9110 12.5.1; 0 when none does."""
    found = (-1, 0.0)
    for name, parameters in ranges:
        specific = {media_type: 2, "image/*": 1, "*/*": 0}.get(name, -1)
        if specific > found[0]:
            try:
                found = (specific, float(parameters.get("q", "1")))
            except ValueError:
                continue
    return found[1]


def rendering_etag(key: str, rendering: Rendering) -> str:
    """A strong entity tag: the same request of a frame gives the same bytes as long as the version stands."""
    window = rendering.window
    shown = (window.centre, window.width, window.function) if window else None
    words = f"{key}|{RENDERING_VERSION}|{rendering.media_type}|{rendering.viewport}|{shown}|{rendering.composition}"
    return f'"{blake2s(words.encode(), digest_size=12).hexdigest()}"'
