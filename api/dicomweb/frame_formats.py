"""In which form a frame is handed to a program: uncompressed, as it came, or as the frame store holds it.

Whatever the form, what it decodes to is what the instance's metadata describe.

Source: DICOM PS3.18 8.7.3.3 (media types and transfer syntaxes), 10.4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from annotator.imaging.dicomweb.retrieval import ServedFrame
from annotator.imaging.models import DerivedFormat
from annotator.imaging.pixels.decoding import HTJ2K_LOSSLESS, UNCOMPRESSED_SYNTAXES
from annotator.imaging.pixels.htj2k import CONTENT_TYPE as HTJ2K_TYPE
from annotator.imaging.pixels.raw_frame import raw_frame, raw_frame_length
from annotator.imaging.store.frame_source import ByteSpan, FrameSource
from api.dicomweb.accepting import MediaRange
from api.dicomweb.bodies import Body, Part, made_when_read, of_place
from api.dicomweb.describing import EXPLICIT_LITTLE_ENDIAN
from api.rendered_query import NotAcceptableError

OCTETS = "application/octet-stream"
_DOTTED = "1.2.840.10008.1.2.4."
_MEDIA_TYPES = {
    "1.2.840.10008.1.2.5": "image/dicom-rle",
    **{f"{_DOTTED}{number}": "image/jpeg" for number in (50, 51, 53, 55, 57, 70)},
    **{f"{_DOTTED}{number}": "image/jls" for number in (80, 81)},
    **{f"{_DOTTED}{number}": "image/jp2" for number in (90, 91)},
    **{f"{_DOTTED}{number}": HTJ2K_TYPE for number in (201, 202, 203)},
}
# Names from before these types were registered.
_OLD_NAMES = {"image/x-dicom-rle": "image/dicom-rle", "image/x-jls": "image/jls"}
# The frame store's copies hold grey values or RGB: true of these, not of palettes and YBR.
_TRUE_OF_COPIES = frozenset({"MONOCHROME1", "MONOCHROME2", "RGB", "YBR_RCT", "YBR_ICT"})


@dataclass(frozen=True)
class Form:
    """A media type with its transfer syntax, and which bytes it takes."""

    media_type: str
    transfer_syntax_uid: str
    bytes_of: Literal["raw", "original", "copy"]


@dataclass(frozen=True)
class Chosen:
    """The form that was selected, and whether it goes out as multipart/related."""

    form: Form
    multipart: bool


def choose_form(source: FrameSource, ranges: Sequence[MediaRange], *, alone: bool) -> Chosen:
    """The first acceptable form.

    Without a transfer syntax octets are uncompressed, little-endian; `transfer-syntax=*` takes the original's bytes.

    Parameters
    ----------
    ranges : most wanted first.
    alone : whether one body can be sent without multipart/related round it.

    Raises
    ------
    NotAcceptableError : it is in none of the forms that are accepted.
    """
    forms = _forms_of(source)
    for wanted in ranges:
        if wanted.multipart is False and not alone:
            continue
        if form := _first_in(wanted, forms):
            return Chosen(form, multipart=wanted.multipart is not False)
    there = "; ".join(f"{form.media_type} in {form.transfer_syntax_uid}" for form in forms)
    several = "" if alone else " Several bodies come as multipart/related only."
    raise NotAcceptableError(f"The pixels are to be had as {there}, not as what Accept asks for.{several}")


def frame_part(frame: ServedFrame, form: Form) -> Part:
    """One frame in a form that choose_form gave for its instance."""
    return Part(_body(frame, form), form.media_type, form.transfer_syntax_uid)


def _forms_of(source: FrameSource) -> list[Form]:
    pixels, syntax = source.pixels, source.pixels.transfer_syntax_uid
    forms = []
    if raw_frame_length(source) is not None:
        forms.append(Form(OCTETS, EXPLICIT_LITTLE_ENDIAN, "raw"))
    if source.original is not None and syntax not in UNCOMPRESSED_SYNTAXES and syntax in _MEDIA_TYPES:
        forms.append(Form(_MEDIA_TYPES[syntax], syntax, "original"))
    whole_depth = pixels.samples_per_pixel == 1 or pixels.bits_allocated == 8
    if (
        source.stored_format == DerivedFormat.HTJ2K
        and pixels.photometric_interpretation in _TRUE_OF_COPIES
        and whole_depth
    ):
        forms.append(Form(HTJ2K_TYPE, HTJ2K_LOSSLESS, "copy"))
    return forms


def _first_in(wanted: MediaRange, forms: Sequence[Form]) -> Form | None:
    name = _OLD_NAMES.get(wanted.name, wanted.name)
    taken = [form for form in forms if name in ("*/*", form.media_type) or wanted.takes(form.media_type)]
    if wanted.transfer_syntax == "*":
        as_it_came = ("original", "raw", "copy")
        return min(taken, key=lambda form: as_it_came.index(form.bytes_of), default=None)
    fitting = (form for form in taken if wanted.transfer_syntax in ("", form.transfer_syntax_uid))
    return next(fitting, None)


def _body(frame: ServedFrame, form: Form) -> Body:
    source = frame.source
    if form.bytes_of == "copy":
        return _span_body(source.stored)
    if form.bytes_of == "original" and source.original is not None:
        return _span_body(source.original)
    length = raw_frame_length(source) or 0
    if (
        source.original is not None
        and source.original.length == length
        and source.pixels.transfer_syntax_uid
        in (
            EXPLICIT_LITTLE_ENDIAN,
            "1.2.840.10008.1.2",
        )
    ):
        return of_place(source.original.place, source.original.offset, length)
    return made_when_read(length, partial(_raw, frame))


def _span_body(span: ByteSpan) -> Body:
    return made_when_read(span.length, span.read)


def _raw(frame: ServedFrame) -> bytes:
    return raw_frame(frame.source, planar_configuration=frame.planar_configuration) or b""
