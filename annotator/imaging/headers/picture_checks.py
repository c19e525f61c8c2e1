"""Whether a header promises a picture that can be shown, and where its frames lie; before anything is allocated."""

from dataclasses import dataclass

from django.conf import settings
from pydicom import uid as dicom_uid
from pydicom.dataset import Dataset

from annotator.imaging.errors import QuarantineError
from annotator.imaging.headers.dicom_values import integer, raw_value, text
from annotator.imaging.headers.frame_spans import (
    FrameSpan,
    encapsulated_spans,
    fragment_starts,
    native_spans,
    walk_fragments,
)
from annotator.imaging.headers.header_reading import PIXEL_DATA, OpenHeader
from annotator.imaging.pixels.decoding import (
    BIG_ENDIAN,
    RLE,
    UNCOMPRESSED_SYNTAXES,
    PixelDescription,
    uncompressed_frame_length,
    unsupported_syntax,
)

# Frames are rows in a table: a header of a few bytes may not make millions of them.
MAX_FRAMES = 20_000
PHOTOMETRIC = {
    "MONOCHROME1": 1,
    "MONOCHROME2": 1,
    "PALETTE COLOR": 1,
    "RGB": 3,
    "YBR_FULL": 3,
    "YBR_FULL_422": 3,
    "YBR_RCT": 3,
    "YBR_ICT": 3,
}
# SOP classes (by how their UID begins) that hold no picture to read, whatever else they hold.
NOT_PICTURES = (
    ("1.2.840.10008.1.3.10", "A DICOMDIR: a table of contents. Send the files that it lists"),
    ("1.2.840.10008.5.1.4.1.1.88.59", "A key object selection: it points at pictures and holds none"),
    ("1.2.840.10008.5.1.4.1.1.88", "A structured report: it holds text and measurements, no picture"),
    ("1.2.840.10008.5.1.4.1.1.481.2", "A radiotherapy dose: it holds doses, no picture"),
    ("1.2.840.10008.5.1.4.1.1.481.3", "A radiotherapy structure set: it holds contours drawn elsewhere, no picture"),
    ("1.2.840.10008.5.1.4.1.1.481.5", "A radiotherapy plan: it holds no picture"),
    ("1.2.840.10008.5.1.4.1.1.66.4", "A segmentation: a mask over other pictures, not a picture to read"),
    ("1.2.840.10008.5.1.4.1.1.66.7", "A label map segmentation: a mask over other pictures, not a picture to read"),
    ("1.2.840.10008.5.1.4.1.1.30", "A parametric map: computed values, not a picture to read"),
    ("1.2.840.10008.5.1.4.1.1.66", "Raw data, registration or fiducials: no picture"),
    ("1.2.840.10008.5.1.4.1.1.11", "A presentation state: it says how to show pictures and holds none"),
    ("1.2.840.10008.5.1.4.1.1.9", "A waveform: it holds signals, no picture"),
    ("1.2.840.10008.5.1.4.1.1.104", "An encapsulated document (PDF, CDA, STL): no picture"),
)


@dataclass(frozen=True)
class PictureAttributes:
    """The Image Pixel module's numbers as the tables hold them, PS3.3 C.7.6.3."""

    rows: int
    columns: int
    number_of_frames: int
    samples_per_pixel: int
    photometric_interpretation: str
    bits_allocated: int
    bits_stored: int
    pixel_representation: int

    @property
    def pixels_per_frame(self) -> int:
        return self.rows * self.columns * self.samples_per_pixel


def check_picture(header: OpenHeader, sop_class_uid: str) -> PictureAttributes:
    """The picture's attributes when they make sense and stay inside the limits.

    Raises
    ------
    QuarantineError : no picture, an unsupported or contradictory one, or one larger than is taken in.
    """
    refuse_other_objects(header.dataset, sop_class_uid)
    if header.pixel_tag is not None and header.pixel_tag != PIXEL_DATA:
        raise QuarantineError("The pixels are floating-point numbers; only whole numbers of 8 or 16 bits can be shown.")
    picture = _attributes(header.dataset, has_pixels=header.pixel_tag is not None)
    _refuse_sizes(picture)
    if header.pixel_tag is None:
        raise QuarantineError(
            f"No pixel data: the header promises {picture.columns:,} x {picture.rows:,} pixels "
            "and the file holds none. Send it again from the archive."
        )
    _refuse_kinds(picture)
    return picture


def refuse_other_objects(dataset: Dataset, sop_class_uid: str) -> None:
    """Say what a DICOM object without a picture to read is.

    Raises
    ------
    QuarantineError : it is one.
    """
    for uid, words in NOT_PICTURES:
        if sop_class_uid == uid or sop_class_uid.startswith(f"{uid}."):
            raise QuarantineError(f"{words}. Only pictures are taken in.")
    if "DirectoryRecordSequence" in dataset:
        raise QuarantineError("A DICOMDIR: a table of contents. Send the files that it lists.")


def _attributes(dataset: Dataset, *, has_pixels: bool) -> PictureAttributes:
    rows, columns = integer(dataset, "Rows"), integer(dataset, "Columns")
    if rows is None and columns is None and not has_pixels:
        kind = dicom_uid.UID(text(dataset, "SOPClassUID")).name if text(dataset, "SOPClassUID") else "no SOP class"
        raise QuarantineError(f"No pixel data: the file holds a header ({kind}) and no picture.")
    if rows is None or columns is None or rows < 1 or columns < 1:
        raise QuarantineError("Rows or Columns is missing or zero: the size of the picture can't be known.")
    bits_allocated = integer(dataset, "BitsAllocated") or 0
    frames = integer(dataset, "NumberOfFrames")
    if frames is None:
        if raw_value(dataset, "NumberOfFrames") is not None or _is_unreadable(dataset, "NumberOfFrames"):
            raise QuarantineError("Number of Frames is no number. Have the sender mend it.")
        frames = 1
    return PictureAttributes(
        rows=rows,
        columns=columns,
        number_of_frames=max(1, frames),
        samples_per_pixel=integer(dataset, "SamplesPerPixel") or 1,
        photometric_interpretation=text(dataset, "PhotometricInterpretation", limit=16),
        bits_allocated=bits_allocated,
        bits_stored=integer(dataset, "BitsStored") or bits_allocated,
        pixel_representation=integer(dataset, "PixelRepresentation") or 0,
    )


def usable_high_bit(dataset: Dataset, picture: PictureAttributes) -> int | None:
    """High Bit where values lie in the upper part of their words; None where it says nothing new, or can't be right.

    Source: DICOM PS3.5 8.1.1; other values than Bits Stored - 1 were retired with ACR-NEMA's.
    """
    high = integer(dataset, "HighBit")
    return high if high is not None and picture.bits_stored <= high < picture.bits_allocated else None


def _is_unreadable(dataset: Dataset, keyword: str) -> bool:
    """Whether an element is there with a value that can't be understood."""
    return keyword in dataset and bool(getattr(dataset.get_item(keyword, keep_deferred=True), "value", None))


def _refuse_sizes(picture: PictureAttributes) -> None:
    size = f"{picture.columns:,} x {picture.rows:,} pixels"
    if picture.pixels_per_frame > settings.MAX_FRAME_PIXELS:
        raise QuarantineError(
            f"The header promises a frame of {size}, more than the {settings.MAX_FRAME_PIXELS:,} that are taken in."
        )
    if picture.number_of_frames > MAX_FRAMES:
        raise QuarantineError(
            f"The header promises {picture.number_of_frames:,} frames, more than the {MAX_FRAMES:,} that are taken in."
        )
    if picture.pixels_per_frame * picture.number_of_frames > settings.MAX_INSTANCE_PIXELS:
        raise QuarantineError(
            f"The header promises {picture.number_of_frames:,} frames of {size}, more than the "
            f"{settings.MAX_INSTANCE_PIXELS:,} values in one file that are taken in."
        )


def _refuse_kinds(picture: PictureAttributes) -> None:
    photometric = picture.photometric_interpretation
    if photometric not in PHOTOMETRIC:
        raise QuarantineError(
            f"The photometric interpretation is {photometric or 'missing'!r}; "
            f"{', '.join(PHOTOMETRIC)} can be shown. Convert the file first."
        )
    if picture.samples_per_pixel != PHOTOMETRIC[photometric]:
        raise QuarantineError(
            f"{photometric} with {picture.samples_per_pixel} samples per pixel contradicts itself. "
            "Have the sender mend the header."
        )
    one_bit = picture.bits_allocated == 1 and picture.number_of_frames == 1
    if not (one_bit or picture.bits_allocated in (8, 16)) or not 1 <= picture.bits_stored <= picture.bits_allocated:
        raise QuarantineError(
            f"{picture.bits_stored} bits stored in {picture.bits_allocated} allocated can't be shown; "
            "8 and 16 bits allocated can."
        )
    if picture.pixel_representation not in (0, 1):
        raise QuarantineError(f"Pixel Representation is {picture.pixel_representation}; only 0 and 1 mean something.")


def resolve_transfer_syntax(header: OpenHeader, picture: PictureAttributes) -> str:
    """The stated transfer syntax when it is supported, or the one that a file without a statement demonstrably has.

    Without a statement only uncompressed pixels of exactly the promised length prove anything.

    Raises
    ------
    QuarantineError : unsupported, or not stated and not provable.
    """
    stated = header.transfer_syntax_uid
    if not stated:
        expected = _frame_bytes(picture, header.encoding_uid) * picture.number_of_frames
        if header.pixel_length is not None and header.pixel_length in (expected, expected + expected % 2):
            return header.encoding_uid
        raise QuarantineError(
            "No transfer syntax: the file doesn't say how its pixels are stored, and their length doesn't fit "
            "uncompressed ones. Send it again with its file meta information."
        )
    if unsupported_syntax(stated):
        name = dicom_uid.UID(stated).name
        raise QuarantineError(
            f"Unsupported transfer syntax: {name if name != stated else 'unknown'} ({stated[:64]}). "
            "Have the sender export it uncompressed, or as JPEG, JPEG-LS, JPEG 2000 or RLE."
        )
    return stated


def locate_frames(header: OpenHeader, picture: PictureAttributes, transfer_syntax_uid: str) -> list[FrameSpan]:
    """Where every frame's bytes lie in the header's file.

    Raises
    ------
    QuarantineError : pixels that were promised aren't there.
    """
    frames = picture.number_of_frames
    if transfer_syntax_uid in UNCOMPRESSED_SYNTAXES:
        return _native(header, picture, transfer_syntax_uid)
    if header.pixel_length is not None:
        raise QuarantineError(
            "The transfer syntax says compressed, but the pixel data isn't in fragments. Send the file again."
        )
    fragments = walk_fragments(header.file, header.pixel_offset)
    if transfer_syntax_uid == RLE and len(fragments.pieces) > frames:
        raise QuarantineError(
            f"RLE keeps a frame in one piece, but {frames:,} frames lie in {len(fragments.pieces):,}."
        )
    return encapsulated_spans(
        fragments,
        number_of_frames=frames,
        starts=fragment_starts(header.file, fragments) if frames > 1 else (),
        extended_offsets=_extended_offsets(header.dataset),
    )


def _native(header: OpenHeader, picture: PictureAttributes, transfer_syntax_uid: str) -> list[FrameSpan]:
    if header.pixel_length is None:
        raise QuarantineError(
            "The transfer syntax says uncompressed, but the pixel data is in fragments. Send the file again."
        )
    frame_bytes = _frame_bytes(picture, transfer_syntax_uid)
    expected = frame_bytes * picture.number_of_frames
    present = min(header.pixel_length, header.file_size - header.pixel_offset)
    if present < expected:
        raise QuarantineError(
            f"Truncated: the header promises {expected:,} bytes of pixels and {max(0, present):,} are there. "
            "Copy or send the file again."
        )
    if transfer_syntax_uid == BIG_ENDIAN and picture.number_of_frames == 1 and frame_bytes % 2 and present > expected:
        # In words of two 8-bit pixels the last one stands behind the byte that fills the value up.
        frame_bytes += 1
    return native_spans(header.pixel_offset, frame_bytes=frame_bytes, number_of_frames=picture.number_of_frames)


def _frame_bytes(picture: PictureAttributes, transfer_syntax_uid: str) -> int:
    return uncompressed_frame_length(
        PixelDescription(
            rows=picture.rows,
            columns=picture.columns,
            samples_per_pixel=picture.samples_per_pixel,
            photometric_interpretation=picture.photometric_interpretation,
            bits_allocated=picture.bits_allocated,
            bits_stored=picture.bits_stored,
            pixel_representation=picture.pixel_representation,
            planar_configuration=0,
            transfer_syntax_uid=transfer_syntax_uid,
        )
    )


def _extended_offsets(dataset: Dataset) -> tuple[int, ...]:
    value = raw_value(dataset, "ExtendedOffsetTable")
    if not isinstance(value, bytes) or len(value) % 8:
        return ()
    return tuple(int.from_bytes(value[at : at + 8], "little") for at in range(0, len(value), 8))
