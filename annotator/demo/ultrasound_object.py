"""Ultrasound Image and Ultrasound Multi-frame Image Storage with calibrated regions, PS3.3 A.6, A.7 and C.8.5.5."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, UltrasoundImageStorage, UltrasoundMultiFrameImageStorage

from annotator.demo.dicom_files import MadeStudy, code, describe_pixels, item, made_object, put_pixels, sequence

_CENTIMETRES = 3
_TISSUE_2D = 1
_NOT_COMPRESSED_LOSSY = "00"


@dataclass(frozen=True)
class CalibratedRegion:
    """Where the picture of tissue lies in the stored matrix, inclusive pixels, and the size of one of its pixels."""

    min_column: int
    min_row: int
    max_column: int
    max_row: int
    mm_per_pixel: float

    def as_item(self) -> Dataset:
        """One item of the Sequence of Ultrasound Regions: 2-D tissue, centimetres."""
        return item(
            RegionSpatialFormat=1,
            RegionDataType=_TISSUE_2D,
            RegionFlags=0,
            RegionLocationMinX0=self.min_column,
            RegionLocationMinY0=self.min_row,
            RegionLocationMaxX1=self.max_column,
            RegionLocationMaxY1=self.max_row,
            PhysicalUnitsXDirection=_CENTIMETRES,
            PhysicalUnitsYDirection=_CENTIMETRES,
            PhysicalDeltaX=self.mm_per_pixel / 10,
            PhysicalDeltaY=self.mm_per_pixel / 10,
        )


def ultrasound_image(
    study: MadeStudy,
    frames: Sequence[NDArray[Any]],
    *,
    number: int = 1,
    series: object = 1,
    series_description: str = "",
    view: str = "",
    body_part: str = "THYROID",
    laterality: str = "",
    regions: Sequence[CalibratedRegion] = (),
    frame_time_ms: float | None = None,
    syntax: str = ExplicitVRLittleEndian,
) -> Dataset:
    """A still (one frame) or a cine (several), with its pixels.

    Parameters
    ----------
    frames : uint8, each (rows, columns) or (rows, columns, 3) RGB.
    view : "transverse" or "longitudinal", written as the image's comment.
    frame_time_ms : needed for a cine.
    """
    is_cine = len(frames) > 1
    made = made_object(
        study,
        UltrasoundMultiFrameImageStorage if is_cine else UltrasoundImageStorage,
        modality="US",
        series=series,
        series_description=series_description,
        number=number,
    )
    made.ImageType = ["ORIGINAL", "PRIMARY", "SMALL PARTS", "0001"]
    made.BodyPartExamined = body_part
    made.PatientOrientation = ""
    if laterality:
        made.ImageLaterality = laterality
    if view:
        made.ImageComments = view
    made.LossyImageCompression = _NOT_COMPRESSED_LOSSY
    made.BurnedInAnnotation = "NO"
    made.TransducerData = ["LINEAR", "12 MHz", ""]
    made.AnatomicRegionSequence = sequence(code("69748006", "SCT", "Thyroid"))
    first = frames[0]
    describe_pixels(made, first, bits_stored=8, photometric="RGB" if first.ndim == 3 else "MONOCHROME2")
    if regions:
        made.SequenceOfUltrasoundRegions = sequence(*(region.as_item() for region in regions))
    if is_cine:
        made.NumberOfFrames = len(frames)
        made.FrameTime = frame_time_ms
        made.FrameIncrementPointer = 0x00181063
        made.CineRate = round(1000 / frame_time_ms) if frame_time_ms else None
    put_pixels(made, frames, syntax)
    return made
