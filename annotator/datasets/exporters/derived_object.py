"""What DICOM objects made from a release have in common: whose they are, which study they join, how they are written.

Nothing in them depends on when or where they were made: times are the study's or left empty, UIDs are derived.
"""

from collections.abc import Sequence
from typing import Any, BinaryIO

from pydicom import dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import UID, ExplicitVRLittleEndian
from pydicom.valuerep import DSfloat

from annotator.datasets.released import ReleasedFrame, ReleasedStack
from annotator.imaging.wrapping.dicom_object import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME

MANUFACTURER = "Reading Room"
MODEL = "Reading Room"
SERIAL_NUMBER = "1"
SOFTWARE = "1"
# A date that no study has: the object says what it was made of, not when.
NO_DATE, NO_TIME = "19000101", "000000"


def item(**elements: Any) -> Dataset:
    """A sequence item from keywords and values."""
    made = Dataset()
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made


def sequence(*items: Dataset) -> DicomSequence:
    return DicomSequence(items)


def coded(value: str, scheme: str, meaning: str) -> Dataset:
    """A coded concept, PS3.3 8.8."""
    return item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def decimals(values: Sequence[float]) -> list[DSfloat]:
    """Numbers as decimal strings of at most 16 characters, to the last digit that fits."""
    return [DSfloat(float(value), auto_format=True) for value in values]


def derived_object(
    stack: ReleasedStack, *, sop_class: str, sop_instance_uid: str, series_uid: str, modality: str, title: str
) -> Dataset:
    """Patient, study, series, equipment and SOP modules.

    The patient is the pseudonym of the release, the study is the pictures' own, so that archives file it beside them.
    """
    made = Dataset()
    made.SpecificCharacterSet = "ISO_IR 192"
    made.InstanceCreationDate, made.InstanceCreationTime = NO_DATE, NO_TIME
    made.SOPClassUID, made.SOPInstanceUID = UID(sop_class), UID(sop_instance_uid)
    made.StudyDate = made.StudyTime = ""
    made.SeriesDate, made.SeriesTime = NO_DATE, NO_TIME
    made.ContentDate, made.ContentTime = NO_DATE, NO_TIME
    made.AccessionNumber = made.ReferringPhysicianName = made.StudyID = ""
    made.PatientName = made.PatientID = stack.patient
    made.PatientBirthDate = made.PatientSex = ""
    made.PatientIdentityRemoved = "YES"
    made.DeidentificationMethod = "Pseudonym of a Reading Room release"
    made.Modality = modality
    made.Manufacturer, made.ManufacturerModelName = MANUFACTURER, MODEL
    made.DeviceSerialNumber, made.SoftwareVersions = SERIAL_NUMBER, SOFTWARE
    made.StudyInstanceUID, made.SeriesInstanceUID = stack.study_uid, series_uid
    made.SeriesNumber, made.InstanceNumber = 900, 1
    made.SeriesDescription = title[:64]
    made.file_meta = file_meta(sop_class, sop_instance_uid)
    return made


def file_meta(sop_class: str, sop_instance_uid: str) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\x00\x01"
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = UID(sop_class), UID(sop_instance_uid)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = IMPLEMENTATION_CLASS_UID
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION_NAME
    return meta


def reference_to(frame: ReleasedFrame, *, many_frames: bool) -> Dataset:
    """A reference to a picture, with its frame number where its instance has several."""
    made = item(ReferencedSOPClassUID=frame.sop_class_uid, ReferencedSOPInstanceUID=frame.sop_instance_uid)
    if many_frames:
        made.ReferencedFrameNumber = frame.frame_number
    return made


def instances_of(frames: Sequence[ReleasedFrame]) -> dict[str, list[ReleasedFrame]]:
    """Frames by their instance, in order."""
    found: dict[str, list[ReleasedFrame]] = {}
    for frame in frames:
        found.setdefault(frame.sop_instance_uid, []).append(frame)
    return found


def write_object(dataset: Dataset, output: BinaryIO) -> None:
    """Write a DICOM file."""
    dcmwrite(output, dataset, enforce_file_format=True)
