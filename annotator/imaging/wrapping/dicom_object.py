"""The DICOM object around a picture. Nothing in it depends on when or where it was made: the same picture and details
make the same bytes.

Source: DICOM PS3.3 A.8 (secondary captures), A.6 (ultrasound), C.7.6.16 (functional groups), C.8.5.5 (regions).
"""

import uuid

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    MultiFrameGrayscaleByteSecondaryCaptureImageStorage,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    MultiFrameTrueColorSecondaryCaptureImageStorage,
    SecondaryCaptureImageStorage,
    UltrasoundImageStorage,
)
from pydicom.valuerep import DSfloat

from annotator.imaging.wrapping.details import PictureDetails
from annotator.imaging.wrapping.picture import GreyScale, Picture, VolumePlane

IMPLEMENTATION_CLASS_UID = UID("1.2.826.0.1.3680043.8.498.1.20260102.2")
IMPLEMENTATION_VERSION_NAME = "READINGROOM"
_NAMESPACE = uuid.UUID("6b1f0f6e-5d5c-5b0e-9a7e-0f5b1c1d7a31")
# Planes of ultrasound are words, not view positions.
PLANES = ("TRANSVERSE", "LONGITUDINAL")
NO_DATE = "19000101"
CENTIMETRES = 3
MM_PER_CM = 10.0
TISSUE, TWO_DIMENSIONAL = 1, 1


def dicom_object(picture: Picture, details: PictureDetails, *, source_sha256: str) -> Dataset:
    """Everything but the pixel data.

    Parameters
    ----------
    source_sha256 : of the picture's file: its identifier is made of it and the patient.
    """
    made = Dataset()
    made.SpecificCharacterSet = "ISO_IR 192"
    made.SOPClassUID = _sop_class(picture, details)
    made.SOPInstanceUID = _uid("instance", source_sha256, details.patient_id)
    _patient_and_study(made, details)
    _series(made, details)
    _image(made, picture, details)
    _pixels(made, picture)
    if picture.number_of_frames > 1 or picture.plane is not None:
        _frames(made, picture, details)
    elif made.SOPClassUID == UltrasoundImageStorage:
        _ultrasound(made, picture, details)
    elif details.spacing is not None:
        made.PixelSpacing = [_decimal(value) for value in details.spacing]
    made.file_meta = _meta(made, picture)
    return made


def _sop_class(picture: Picture, details: PictureDetails) -> UID:
    if picture.number_of_frames == 1 and picture.plane is None:
        is_ultrasound = details.modality == "US" and picture.bits_allocated == 8
        return UltrasoundImageStorage if is_ultrasound else SecondaryCaptureImageStorage
    if picture.samples_per_pixel == 3:
        return MultiFrameTrueColorSecondaryCaptureImageStorage
    if picture.bits_allocated == 8:
        return MultiFrameGrayscaleByteSecondaryCaptureImageStorage
    return MultiFrameGrayscaleWordSecondaryCaptureImageStorage


def _patient_and_study(made: Dataset, details: PictureDetails) -> None:
    made.PatientName = details.patient_name
    made.PatientID = details.patient_id
    made.PatientBirthDate = details.patient_birth_date
    made.PatientSex = details.patient_sex
    made.StudyInstanceUID = _uid("study", details.patient_id, details.study, details.study_date)
    made.StudyDate = details.study_date
    made.StudyTime = ""
    made.ReferringPhysicianName = ""
    made.StudyID = details.study[:16]
    made.AccessionNumber = ""
    if details.study_description:
        made.StudyDescription = details.study_description


def _series(made: Dataset, details: PictureDetails) -> None:
    modality = details.modality or "OT"
    made.Modality = modality
    made.SeriesInstanceUID = _uid(
        "series", made.StudyInstanceUID, made.SOPClassUID, modality, details.body_part, details.laterality,
        details.series_description,
    )  # fmt: skip
    made.SeriesNumber = None
    made.Manufacturer = ""
    if details.series_description:
        made.SeriesDescription = details.series_description
    if details.body_part:
        made.BodyPartExamined = details.body_part
    made.Laterality = details.laterality if details.laterality in ("L", "R") else ""
    if details.laterality == "B":
        made.ImageLaterality = "B"
    if made.SOPClassUID != UltrasoundImageStorage:
        made.ConversionType = "WSD"


def _image(made: Dataset, picture: Picture, details: PictureDetails) -> None:
    made.InstanceNumber = 1
    made.ImageType = ["ORIGINAL", "SECONDARY"]
    made.PatientOrientation = ""
    if details.view in PLANES:
        made.ViewName = details.view.lower()
    elif details.view:
        made.ViewPosition = details.view
    made.LossyImageCompression = "01" if picture.was_lossy else "00"
    if picture.was_lossy:
        ratio = picture.frame_bytes * picture.number_of_frames / max(1, picture.compressed_bytes)
        made.LossyImageCompressionRatio = _decimal(round(ratio, 3))
        made.LossyImageCompressionMethod = "ISO_10918_1"


def _pixels(made: Dataset, picture: Picture) -> None:
    made.SamplesPerPixel = picture.samples_per_pixel
    made.PhotometricInterpretation = picture.photometric
    if picture.samples_per_pixel == 3:
        made.PlanarConfiguration = 0
    made.Rows, made.Columns = picture.rows, picture.columns
    made.BitsAllocated = picture.bits_allocated
    made.BitsStored = picture.bits_stored
    made.HighBit = picture.bits_stored - 1
    made.PixelRepresentation = 0


def _ultrasound(made: Dataset, picture: Picture, details: PictureDetails) -> None:
    """A single ultrasound picture: its pixel size is a region's, which is where readers of ultrasound look."""
    made.UltrasoundColorDataPresent = int(picture.samples_per_pixel == 3)
    made.NumberOfStages = made.NumberOfViewsInStage = 1
    if details.spacing is None:
        return
    region = Dataset()
    region.RegionSpatialFormat = TWO_DIMENSIONAL
    region.RegionDataType = TISSUE
    region.RegionFlags = 0
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, 0
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = picture.columns - 1, picture.rows - 1
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = CENTIMETRES
    region.PhysicalDeltaX = details.spacing[1] / MM_PER_CM
    region.PhysicalDeltaY = details.spacing[0] / MM_PER_CM
    made.SequenceOfUltrasoundRegions = Sequence([region])


def _frames(made: Dataset, picture: Picture, details: PictureDetails) -> None:
    """Several frames: pages, or the slices of a volume."""
    made.NumberOfFrames = picture.number_of_frames
    # The module asks for an answer. Slices of a volume hold no text; of pages nobody knows.
    made.BurnedInAnnotation = "NO" if picture.plane is not None else "YES"
    if picture.photometric == "MONOCHROME2":
        grey = picture.grey or GreyScale()
        made.PresentationLUTShape = "IDENTITY"
        made.RescaleIntercept = _decimal(grey.intercept)
        made.RescaleSlope = _decimal(grey.slope)
        made.RescaleType = "HU" if details.modality == "CT" and picture.plane is not None else "US"
        if grey.window is not None:
            made.WindowCenter, made.WindowWidth = (_decimal(value) for value in grey.window)
            made.WindowCenterWidthExplanation = "WHOLE RANGE"
    if picture.plane is not None:
        _place(made, picture.plane)
        return
    if picture.number_of_frames > 1:
        made.FrameIncrementPointer = 0x00182001
        made.PageNumberVector = list(range(1, picture.number_of_frames + 1))
    if details.spacing is not None:
        made.PixelSpacing = [_decimal(value) for value in details.spacing]


def _place(made: Dataset, plane: VolumePlane) -> None:
    made.FrameOfReferenceUID = _uid("frame of reference", made.SOPInstanceUID)
    made.PositionReferenceIndicator = ""
    # Asked for where frames have places, and not to be the time of wrapping: that would make other bytes each time.
    made.ContentDate, made.ContentTime = made.StudyDate or NO_DATE, "000000"
    shared = _group("PixelMeasuresSequence", PixelSpacing=plane.spacing, SliceThickness=plane.slice_spacing)
    shared.update(_group("PlaneOrientationSequence", ImageOrientationPatient=plane.orientation))
    made.SharedFunctionalGroupsSequence = Sequence([shared])
    made.PerFrameFunctionalGroupsSequence = Sequence(
        _group("PlanePositionSequence", ImagePositionPatient=position) for position in plane.positions
    )
    if len(plane.positions) > 1:
        made.FrameIncrementPointer = 0x00182005
        made.SliceLocationVector = [_decimal(index * plane.slice_spacing) for index in range(len(plane.positions))]


def _group(keyword: str, **values: float | tuple[float, ...]) -> Dataset:
    """A functional group's macro with decimal values."""
    inner, outer = Dataset(), Dataset()
    for name, value in values.items():
        setattr(inner, name, [_decimal(one) for one in value] if isinstance(value, tuple) else _decimal(value))
    setattr(outer, keyword, Sequence([inner]))
    return outer


def _decimal(value: float) -> DSfloat:
    """As many digits as 16 characters hold."""
    return DSfloat(float(value) + 0.0, auto_format=True)


def _meta(made: Dataset, picture: Picture) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = made.SOPClassUID
    meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    meta.TransferSyntaxUID = JPEGBaseline8Bit if picture.jpeg is not None else ExplicitVRLittleEndian
    meta.ImplementationClassUID = IMPLEMENTATION_CLASS_UID
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION_NAME
    return meta


def _uid(*parts: object) -> UID:
    """Always the same for the same parts. Source: DICOM PS3.5 B.2 (UUID derived UID)."""
    return UID(f"2.25.{uuid.uuid5(_NAMESPACE, chr(0).join(str(part) for part in parts)).int}")
