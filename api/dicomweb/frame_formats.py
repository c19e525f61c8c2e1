"""In which form a frame is handed to a program: uncompressed, as it came, or as the frame store holds it.

Source: DICOM PS3.18 8.7.3.3 (media types and transfer syntaxes), 10.4.
"""

import dataclasses
import sys

from annotator.imaging.models import DerivedFormat
from annotator.imaging.pixels.decoding import HTJ2K_LOSSLESS, JPEG_BASELINE, LITTLE_ENDIAN, decode_frame
from annotator.imaging.pixels.htj2k import CONTENT_TYPE as HTJ2K_TYPE
from annotator.imaging.pixels.htj2k import decode_htj2k
from annotator.imaging.store.frame_source import FrameSource
from api.dicomweb.multipart import Part
from api.rendered_query import NotAcceptableError, accepted_ranges

OCTETS = "application/octet-stream"
EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
_DOTTED = "1.2.840.10008.1.2.4."
_MEDIA_TYPES = {
    "1.2.840.10008.1.2.5": "image/dicom-rle",
    **{f"{_DOTTED}{number}": "image/jpeg" for number in (50, 51, 53, 55, 57, 70)},
    **{f"{_DOTTED}{number}": "image/jls" for number in (80, 81)},
    **{f"{_DOTTED}{number}": "image/jp2" for number in (90, 91)},
    **{f"{_DOTTED}{number}": HTJ2K_TYPE for number in (201, 202, 203)},
}


def frame_part(source: FrameSource, accept: str) -> Part:
    """One frame in the first acceptable form.

    Without a transfer syntax octets are uncompressed, little-endian: a little-endian original verbatim, anything
    else decoded (colour to RGB by pixel). `transfer-syntax=*` gives the original's bytes.

    Raises
    ------
    NotAcceptableError : it is in none of the forms that are accepted.
    """
    for media_type, syntax in _wanted(accept):
        for part in _parts(source, media_type, syntax):
            return part
    raise NotAcceptableError(
        f'The frame is not to be had as {accept!r}. Try multipart/related; type="{OCTETS}", '
        f'or transfer-syntax=* for the bytes as they came, or type="{HTJ2K_TYPE}".'
    )


def _wanted(accept: str) -> list[tuple[str, str]]:
    """(media type, transfer syntax or "") of each range; multipart/related names its parts in `type`."""
    if not accept.strip():
        return [("*/*", "")]
    wanted = []
    for name, parameters in accepted_ranges(accept):
        inner = parameters.get("type", "*/*") if name == "multipart/related" else name
        wanted.append((inner.lower(), parameters.get("transfer-syntax", "")))
    return wanted


def _parts(source: FrameSource, media_type: str, syntax: str) -> list[Part]:
    original_syntax = source.pixels.transfer_syntax_uid
    anything = media_type in ("*/*", "multipart/*")
    candidates: list[tuple[str, str]] = []
    if syntax != "*":
        candidates.append((OCTETS, EXPLICIT_LITTLE_ENDIAN))
    original_type = OCTETS if original_syntax in LITTLE_ENDIAN else _MEDIA_TYPES.get(original_syntax, "")
    candidates.append((original_type, original_syntax))
    if source.stored_format == DerivedFormat.HTJ2K:
        candidates.append((HTJ2K_TYPE, HTJ2K_LOSSLESS))
    for kind, own_syntax in candidates:
        family = media_type.endswith("/*") and kind.startswith(media_type[:-1])
        if (anything or family or kind == media_type) and syntax in ("", "*", own_syntax):
            content = _content(source, own_syntax)
            if content is not None:
                return [Part(content, kind, own_syntax)]
    return []


def _content(source: FrameSource, syntax: str) -> bytes | None:
    if syntax == EXPLICIT_LITTLE_ENDIAN:
        return _uncompressed(source)
    if syntax == source.pixels.transfer_syntax_uid and source.original is not None:
        return source.original.read()
    if syntax == HTJ2K_LOSSLESS and source.stored_format == DerivedFormat.HTJ2K:
        return source.stored.read()
    if syntax == JPEG_BASELINE and source.stored_format == DerivedFormat.JPEG:
        return source.stored.read()
    return None


def _uncompressed(source: FrameSource) -> bytes | None:
    pixels = source.pixels
    if source.original is not None and pixels.transfer_syntax_uid in LITTLE_ENDIAN:
        return source.original.read()
    if pixels.photometric_interpretation == "PALETTE COLOR":
        if source.original is None:
            return None
        # The metadata promise indices into the palette, the frame store holds colours.
        values = decode_frame(
            source.original.read(), dataclasses.replace(pixels, photometric_interpretation="MONOCHROME2")
        )
    elif source.stored_format == DerivedFormat.JPEG:
        values = decode_frame(source.stored.read(), pixels)
    else:
        values = decode_htj2k(source.stored.read())
    return (values if sys.byteorder == "little" else values.byteswap()).tobytes()
