"""The header of a picture in which text was blanked: what changed in it is said, and what repeats the text is gone."""

from collections.abc import Iterable, Sequence

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import ExplicitVRBigEndian

from annotator.imaging.burned_in.blank_region import BlankRegion
from annotator.imaging.errors import QuarantineError
from annotator.imaging.headers.dicom_values import HEADER_ERRORS, text
from annotator.imaging.headers.parsing import ParsedInstance
from annotator.imaging.pixels.decoding import HTJ2K_LOSSLESS, JPEG_BASELINE

METHOD = "Burned-in text blanked by a person"
# Syntaxes whose process lost something; their pictures stay marked as lossy for ever.
LOSSY_METHODS = {
    JPEG_BASELINE: "ISO_10918_1",
    "1.2.840.10008.1.2.4.51": "ISO_10918_1",
    "1.2.840.10008.1.2.4.81": "ISO_14495_1",
    "1.2.840.10008.1.2.4.91": "ISO_15444_1",
    "1.2.840.10008.1.2.4.203": "ISO_15444_15",
}
# Copies of the picture, and signatures and offsets that no longer fit.
GONE = ("IconImageSequence", "ExtendedOffsetTable", "ExtendedOffsetTableLengths", "DataSetTrailingPadding")
SIGNATURES = ("MACParametersSequence", "DigitalSignaturesSequence")
OVERLAY_GROUPS = range(0x6000, 0x6020, 2)


def blanked_header(parsed: ParsedInstance, *, transfer_syntax_uid: str, regions: Sequence[BlankRegion]) -> Dataset:
    """A copy of the header without pixels, fit for the blanked picture.

    Raises
    ------
    QuarantineError : an element can't be read, so it could not be written again.

    Source: DICOM PS3.3 C.7.6.1.1.2 (Image Type), C.7.6.3 (Image Pixel), C.9.2 (Overlay Plane), PS3.15 E.3.1 and
    PS3.16 CID 7050 (113101, Clean Pixel Data Option).
    """
    header = _copied(parsed.dataset)
    header.SOPClassUID, header.SOPInstanceUID = parsed.sop_class_uid, parsed.sop_instance_uid
    if parsed.transfer_syntax_uid == ExplicitVRBigEndian:
        _swap_words(header)
    for keyword in (*GONE, *SIGNATURES):
        if keyword in header:
            delattr(header, keyword)
    _say_how_pixels_lie(header, parsed, transfer_syntax_uid)
    _say_what_was_done(header, parsed)
    _blank_overlays(header, regions)
    return header


def _copied(dataset: Dataset) -> Dataset:
    header = Dataset()
    for tag in sorted(dataset.keys()):
        # Groups 0 to 2 are the file's own; group lengths no longer fit.
        if tag.group <= 0x0002 or tag.element == 0x0000 or tag.group >= 0x7FE0:
            continue
        try:
            header[tag] = dataset[tag]
        except HEADER_ERRORS as error:
            raise QuarantineError(f"Element {tag} can't be read ({type(error).__name__}), so not written.") from error
    return header


def _swap_words(header: Dataset) -> None:
    """Words of lookup tables and overlays are kept as bytes, in the order of the file that they came from."""
    for element in header.iterall():
        if element.VR == "OW" and isinstance(element.value, bytes) and len(element.value) % 2 == 0:
            element.value = np.frombuffer(element.value, ">u2").astype("<u2").tobytes()


def _say_how_pixels_lie(header: Dataset, parsed: ParsedInstance, transfer_syntax_uid: str) -> None:
    picture = parsed.picture
    if picture.samples_per_pixel == 3:
        # OpenJPH applies the reversible transform to colour.
        header.PhotometricInterpretation = "YBR_RCT" if transfer_syntax_uid == HTJ2K_LOSSLESS else "RGB"
        header.PlanarConfiguration = 0
        header.BitsAllocated, header.BitsStored, header.PixelRepresentation = 8, 8, 0
    header.HighBit = header.BitsStored - 1
    if parsed.transfer_syntax_uid in LOSSY_METHODS:
        header.LossyImageCompression = "01"
        if not text(header, "LossyImageCompressionMethod"):
            header.LossyImageCompressionMethod = LOSSY_METHODS[parsed.transfer_syntax_uid]


def _say_what_was_done(header: Dataset, parsed: ParsedInstance) -> None:
    header.BurnedInAnnotation = "NO"
    values = text(parsed.dataset, "ImageType").split("\\")
    header.ImageType = ["DERIVED", *(values[1:] or ["PRIMARY"])]
    said = text(header, "DerivationDescription")
    header.DerivationDescription = f"{said}; {METHOD}"[:1024] if said else METHOD
    methods = [part for part in text(header, "DeidentificationMethod").split("\\") if part]
    header.DeidentificationMethod = [*methods, METHOD] if METHOD not in methods else methods
    codes = list(header.get("DeidentificationMethodCodeSequence") or [])
    if all(text(code, "CodeValue") != "113101" for code in codes):
        codes.append(_clean_pixel_data())
    header.DeidentificationMethodCodeSequence = DicomSequence(codes)


def _clean_pixel_data() -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "113101", "DCM", "Clean Pixel Data Option"
    return code


def _blank_overlays(header: Dataset, regions: Iterable[BlankRegion]) -> None:
    """Graphics in planes of their own may hold the same text."""
    for group in OVERLAY_GROUPS:
        if (group, 0x0010) not in header:
            continue
        if (group, 0x3000) not in header:
            # It lay in the unused bits of the pixels, which are written anew without them.
            for tag in [tag for tag in sorted(header.keys()) if tag.group == group]:
                del header[tag]
            continue
        _blank_plane(header, group, regions)


def _blank_plane(header: Dataset, group: int, regions: Iterable[BlankRegion]) -> None:
    rows, columns = (int(header[group, element].value) for element in (0x0010, 0x0011))
    frames = int(header[group, 0x0015].value) if (group, 0x0015) in header else 1
    origin = list(header[group, 0x0050].value) if (group, 0x0050) in header else [1, 1]
    element = header[group, 0x3000]
    bits = np.unpackbits(np.frombuffer(bytes(element.value), np.uint8), bitorder="little")
    used = rows * columns * frames
    if len(bits) < used:
        raise QuarantineError(f"Overlay {group:04X} is shorter than it says.")
    planes = bits[:used].reshape(frames, rows, columns)
    # Overlay Origin counts from 1 and may lie outside of the picture.
    above, beside = int(origin[0]) - 1, int(origin[1]) - 1
    for region in regions:
        top, left = max(0, region.row - above), max(0, region.column - beside)
        bottom, right = max(0, region.row + region.rows - above), max(0, region.column + region.columns - beside)
        planes[:, top:bottom, left:right] = 0
    packed = np.packbits(bits, bitorder="little").tobytes()
    element.value = packed + b"\0" * (len(packed) % 2)
    element.VR = "OW"
