"""CT Image Storage from Hounsfield units, PS3.3 A.3."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from annotator.demo.dicom_files import MadeStudy, describe_pixels, made_object, put_pixels, uid_of

RESCALE_INTERCEPT = -1024


def ct_slice(
    study: MadeStudy,
    hounsfield: NDArray[np.floating] | NDArray[np.integer],
    *,
    number: int,
    position: tuple[float, float, float],
    spacing: float,
    slice_thickness: float,
    series: object = 1,
    series_description: str = "Axial",
    body_part: str = "HEAD",
    windows: Sequence[tuple[str, float, float]] = (("BRAIN", 40, 80), ("BONE", 600, 2800)),
    syntax: str = ExplicitVRLittleEndian,
) -> Dataset:
    """One axial slice with its pixels.

    Parameters
    ----------
    hounsfield : (rows, columns), rounded and stored as int16 with Rescale Intercept -1024.
    position : of the centre of the first pixel, mm, LPS; rows run to the left, columns to the back of the patient.
    spacing : mm between rows and between columns.
    windows : name, centre, width.
    """
    stored = (np.rint(hounsfield) - RESCALE_INTERCEPT).astype(np.int16)
    made = made_object(
        study,
        CTImageStorage,
        modality="CT",
        series=series,
        series_description=series_description,
        number=number,
    )
    made.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    made.BodyPartExamined = body_part
    made.PatientPosition = "HFS"
    made.FrameOfReferenceUID = uid_of(study.name, "frame of reference")
    made.PositionReferenceIndicator = ""
    made.AcquisitionNumber = 1
    made.KVP = "120"
    made.XRayTubeCurrent = 250
    made.ConvolutionKernel = "MADE"
    made.ImagePositionPatient = [round(value, 4) for value in position]
    made.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    made.SliceLocation = round(position[2], 4)
    made.PixelSpacing = [spacing, spacing]
    made.SliceThickness = slice_thickness
    describe_pixels(made, stored, bits_stored=16)
    made.RescaleIntercept = RESCALE_INTERCEPT
    made.RescaleSlope = 1
    made.RescaleType = "HU"
    made.WindowCenterWidthExplanation = [name for name, _, _ in windows]
    made.WindowCenter = [centre for _, centre, _ in windows]
    made.WindowWidth = [width for _, _, width in windows]
    put_pixels(made, [stored], syntax)
    return made
