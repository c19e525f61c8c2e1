"""Breast Tomosynthesis Image Storage with its functional groups, PS3.3 A.55, written as a Hologic system writes it."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import BreastTomosynthesisImageStorage, JPEGLSLossless

from annotator.demo.dicom_files import MadeStudy, code, describe_pixels, item, made_object, put_pixels, sequence, uid_of

ViewName = Literal["LCC", "RCC", "LMLO", "RMLO"]
_OBLIQUE = 0.70710678  # a decimal string holds 16 characters
_VIEW_CODES = {
    "CC": ("399162004", "SCT", "cranio-caudal"),
    "MLO": ("399368009", "SCT", "medio-lateral oblique"),
}
# Rows run away from the chest wall on the left (anterior), towards it on the right; columns run to the feet or
# from the outer side to the inner (LPS).
_ORIENTATIONS: dict[str, tuple[list[float], list[str]]] = {
    "LCC": ([0, -1, 0, -1, 0, 0], ["A", "R"]),
    "RCC": ([0, 1, 0, 1, 0, 0], ["P", "L"]),
    "LMLO": ([0, -1, 0, -_OBLIQUE, 0, -_OBLIQUE], ["A", "FR"]),
    "RMLO": ([0, 1, 0, _OBLIQUE, 0, -_OBLIQUE], ["P", "FL"]),
}


def _shared_groups(view: ViewName, spacing: float, slice_thickness: float, window: tuple[float, float]) -> Dataset:
    breast = code("76752008", "SCT", "Breast")
    return item(
        PixelMeasuresSequence=sequence(item(PixelSpacing=[spacing, spacing], SliceThickness=slice_thickness)),
        PlaneOrientationSequence=sequence(item(ImageOrientationPatient=_ORIENTATIONS[view][0])),
        FrameAnatomySequence=sequence(item(AnatomicRegionSequence=sequence(breast), FrameLaterality=view[0])),
        FrameVOILUTSequence=sequence(
            item(WindowCenter=window[0], WindowWidth=window[1], WindowCenterWidthExplanation="NORMAL")
        ),
        PixelValueTransformationSequence=sequence(item(RescaleIntercept=0, RescaleSlope=1, RescaleType="US")),
    )


def _frame_groups(view: ViewName, number: int, slice_spacing: float, size_mm: tuple[float, float]) -> Dataset:
    """Groups of frame `number` (1-based); the stack's origin is put so that the breast's middle is near zero."""
    cosines = np.array(_ORIENTATIONS[view][0], float).reshape(2, 3)
    normal = np.cross(cosines[0], cosines[1])
    corner = -cosines[0] * size_mm[1] / 2 - cosines[1] * size_mm[0] / 2
    position = corner + normal * slice_spacing * (number - 1)
    return item(
        FrameContentSequence=sequence(
            item(
                FrameAcquisitionNumber=1,
                StackID="1",
                InStackPositionNumber=number,
                DimensionIndexValues=[1, number],
            )
        ),
        PlanePositionSequence=sequence(item(ImagePositionPatient=[round(float(value), 4) for value in position])),
        XRay3DFrameTypeSequence=sequence(
            item(
                FrameType=["DERIVED", "PRIMARY", "TOMOSYNTHESIS", "NONE"],
                PixelPresentation="MONOCHROME",
                VolumetricProperties="VOLUME",
                VolumeBasedCalculationTechnique="NONE",
                ReconstructionIndex=1,
            )
        ),
    )


def _acquisition(made: Dataset, view: ViewName, thickness_mm: float) -> None:
    """The X-ray 3D acquisition and reconstruction of a 15 degree sweep of 15 projections."""
    projections = [
        item(
            PositionerPrimaryAngle=round(-7.5 + 15 * index / 14, 3),
            ExposureTimeInms=246.7,
            XRayTubeCurrentInmA=200.0,
            ExposureInmAs=49.3,
            RelativeXRayExposure=1000,
        )
        for index in range(15)
    ]
    made.XRay3DAcquisitionSequence = sequence(
        item(
            AcquisitionType="TOMOSYNTHESIS",
            PositionerType="MAMMOGRAPHIC",
            PositionerMotion="DYNAMIC",
            PrimaryPositionerScanArc=15.0,
            PrimaryPositionerScanStartAngle=-7.5,
            PrimaryPositionerIncrement=1.07,
            FieldOfViewShape="RECTANGLE",
            FieldOfViewDimensionsInFloat=[290.0, 240.0],
            FieldOfViewOrigin=[0.0, 0.0],
            FieldOfViewRotation=0.0,
            FieldOfViewHorizontalFlip="NO",
            XRayReceptorType="DIGITAL_DETECTOR",
            DetectorTemperature="28",
            DistanceSourceToDetector="700",
            DistanceSourceToPatient="675",
            EstimatedRadiographicMagnificationFactor="1.037",
            BodyPartThickness=thickness_mm,
            CompressionForce=98.0,
            PaddleDescription="18X24",
            ExposureControlMode="AUTOMATIC",
            ExposureControlModeDescription="Made",
            KVP=31.0,
            XRayTubeCurrentInmA=200.0,
            ExposureTimeInms=3700.0,
            ExposureInmAs=740.0,
            AnodeTargetMaterial="TUNGSTEN",
            FocalSpots="0.3",
            FilterType="FLAT",
            FilterMaterial="ALUMINUM",
            HalfValueLayer="0.54",
            PerProjectionAcquisitionSequence=sequence(*projections),
        )
    )
    made.XRay3DReconstructionSequence = sequence(
        item(
            ReconstructionDescription="Made",
            ApplicationName="Phantom",
            ApplicationVersion="1",
            ApplicationManufacturer="Reading Room",
            AlgorithmType="FILTER_BACK_PROJ",
            AcquisitionIndex=[1],
        )
    )
    view_item = code(*_VIEW_CODES[view[1:]])
    view_item.ViewModifierCodeSequence = sequence()
    made.ViewCodeSequence = sequence(view_item)


def tomosynthesis_volume(
    study: MadeStudy,
    frames: Sequence[NDArray[Any]],
    *,
    view: ViewName,
    spacing: float,
    slice_spacing: float = 1.0,
    window: tuple[float, float] = (2048, 4096),
    number: int = 1,
    series: object = 1,
    syntax: str = JPEGLSLossless,
) -> Dataset:
    """One reconstructed volume with its pixels.

    Parameters
    ----------
    frames : uint16, each (rows, columns), 12 bits stored.
    spacing : mm between rows and between columns.
    slice_spacing : mm from frame to frame.
    window : centre and width in stored values.
    """
    laterality = view[0]
    made = made_object(
        study,
        BreastTomosynthesisImageStorage,
        modality="MG",
        series=series,
        series_description=f"{laterality} {view[1:]} Tomosynthesis Reconstruction",
        number=number,
    )
    made.ImageType = ["DERIVED", "PRIMARY", "TOMOSYNTHESIS", "NONE"]
    made.ImageLaterality = laterality
    made.BodyPartExamined = "BREAST"
    made.PatientOrientation = _ORIENTATIONS[view][1]
    made.AnatomicRegionSequence = sequence(code("76752008", "SCT", "Breast"))
    made.FrameOfReferenceUID = uid_of(study.name, series, "frame of reference")
    made.PositionReferenceIndicator = ""
    made.PresentationIntentType = "FOR PRESENTATION"
    made.PresentationLUTShape = "IDENTITY"
    made.PixelPresentation = "MONOCHROME"
    made.VolumetricProperties = "VOLUME"
    made.VolumeBasedCalculationTechnique = "NONE"
    made.ContentQualification = "RESEARCH"
    made.BurnedInAnnotation = "NO"
    made.LossyImageCompression = "00"
    made.BreastImplantPresent = "NO"
    made.AcquisitionContextSequence = sequence()
    describe_pixels(made, frames[0], bits_stored=12)
    made.NumberOfFrames = len(frames)
    _acquisition(made, view, thickness_mm=len(frames) * slice_spacing)
    organisation = uid_of(study.name, series, "dimensions")
    made.DimensionOrganizationSequence = sequence(item(DimensionOrganizationUID=organisation))
    made.DimensionIndexSequence = sequence(
        *(
            item(
                DimensionOrganizationUID=organisation,
                DimensionIndexPointer=pointer,
                FunctionalGroupPointer=0x00209111,
                DimensionDescriptionLabel=label,
            )
            for pointer, label in ((0x00209056, "Stack ID"), (0x00209057, "In-Stack Position Number"))
        )
    )
    made.SharedFunctionalGroupsSequence = sequence(_shared_groups(view, spacing, slice_spacing, window))
    rows, columns = frames[0].shape
    made.PerFrameFunctionalGroupsSequence = sequence(
        *(
            _frame_groups(view, index, slice_spacing, (rows * spacing, columns * spacing))
            for index in range(1, len(frames) + 1)
        )
    )
    put_pixels(made, frames, syntax)
    return made
