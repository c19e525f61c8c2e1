"""What every made DICOM file has in common: whose it is, its identifiers, and its pixels in a transfer syntax."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import (
    PYDICOM_IMPLEMENTATION_UID,
    UID,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
    generate_uid,
)

# Deterministic, so that a phantom made twice is the same file and ingest says "already there".
_UID_PREFIX = "1.2.826.0.1.3680043.8.498."


@dataclass(frozen=True)
class MadeStudy:
    """Whose study it is and what it is called; `name` is what its identifiers are derived from."""

    name: str
    patient_id: str
    patient_name: str = "Phantom^Made"
    sex: str = "O"
    birth_date: str = "19600101"
    description: str = ""
    date: str = "20260102"
    time: str = "090000"

    @property
    def uid(self) -> UID:
        return uid_of(self.name)


def uid_of(*parts: object) -> UID:
    """A valid UID that is always the same for the same parts."""
    return generate_uid(prefix=_UID_PREFIX, entropy_srcs=["reading-room", *(str(part) for part in parts)])


def item(**elements: Any) -> Dataset:
    """A sequence item from keywords and values."""
    made = Dataset()
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made


def sequence(*items: Dataset) -> DicomSequence:
    return DicomSequence(items)


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """A coded concept, PS3.3 8.8."""
    return item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def made_object(
    study: MadeStudy, sop_class: str, *, modality: str, series: object, series_description: str = "", number: int = 1
) -> Dataset:
    """A dataset with the patient, study, series, equipment and SOP modules filled in; no pixels yet."""
    made = Dataset()
    made.SOPClassUID = sop_class
    made.SOPInstanceUID = uid_of(study.name, series, number)
    made.SpecificCharacterSet = "ISO_IR 100"
    made.PatientName = study.patient_name
    made.PatientID = study.patient_id
    made.PatientBirthDate = study.birth_date
    made.PatientSex = study.sex
    made.StudyInstanceUID = study.uid
    made.StudyDate = made.SeriesDate = made.ContentDate = made.AcquisitionDate = study.date
    made.StudyTime = made.SeriesTime = made.ContentTime = made.AcquisitionTime = study.time
    made.StudyID = "1"
    made.AccessionNumber = ""
    made.ReferringPhysicianName = ""
    made.StudyDescription = study.description
    made.SeriesInstanceUID = uid_of(study.name, series)
    made.SeriesNumber = series if isinstance(series, int) else 1
    made.SeriesDescription = series_description
    made.Modality = modality
    made.InstanceNumber = number
    made.Manufacturer = "Reading Room"
    made.ManufacturerModelName = "Phantom"
    made.DeviceSerialNumber = "0"
    made.SoftwareVersions = "1"
    return made


def describe_pixels(made: Dataset, frame: NDArray[Any], *, bits_stored: int, photometric: str = "MONOCHROME2") -> None:
    """Fill in the Image Pixel module from one frame, (rows, columns) or (rows, columns, 3)."""
    made.Rows, made.Columns = frame.shape[:2]
    made.SamplesPerPixel = 3 if frame.ndim == 3 else 1
    if frame.ndim == 3:
        made.PlanarConfiguration = 0
    made.PhotometricInterpretation = photometric
    made.BitsAllocated = frame.dtype.itemsize * 8
    made.BitsStored = bits_stored
    made.HighBit = bits_stored - 1
    made.PixelRepresentation = int(frame.dtype.kind == "i")


_ENCODERS: dict[UID, Callable[[NDArray[Any]], bytes]] = {
    JPEGLSLossless: lambda frame: bytes(imagecodecs.jpegls_encode(frame)),
    HTJ2KLossless: lambda frame: bytes(imagecodecs.htj2k_encode(frame, reversible=True)),
    JPEGBaseline8Bit: lambda frame: bytes(imagecodecs.jpeg8_encode(frame, level=90, subsampling="422")),
}


def put_pixels(made: Dataset, frames: Sequence[NDArray[Any]], syntax: str = ExplicitVRLittleEndian) -> None:
    """Set Pixel Data and the transfer syntax, one fragment a frame where the syntax is compressed.

    Parameters
    ----------
    frames : each (rows, columns) or (rows, columns, 3), already of the stored type.
    syntax : Explicit VR Little Endian, RLE Lossless, JPEG-LS Lossless (unsigned only), HTJ2K Lossless or
        JPEG Baseline (8 bits only).

    Raises
    ------
    ValueError : a syntax that is not among these.
    """
    made.file_meta = FileMetaDataset()
    made.file_meta.ImplementationClassUID = PYDICOM_IMPLEMENTATION_UID
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    if syntax in (ExplicitVRLittleEndian, RLELossless):
        data = b"".join(np.ascontiguousarray(frame).tobytes() for frame in frames)
        made.PixelData = data + b"\0" * (len(data) % 2)
        made["PixelData"].VR = "OW" if made.BitsAllocated > 8 else "OB"
        if syntax == RLELossless:
            made.compress(RLELossless, generate_instance_uid=False)
        return
    if syntax not in _ENCODERS:
        raise ValueError(f"Made files can't be written in {syntax}; choose one of {[uid.name for uid in _ENCODERS]}.")
    if syntax == JPEGBaseline8Bit:
        made.LossyImageCompression = "01"
        made.LossyImageCompressionMethod = "ISO_10918_1"
        made.LossyImageCompressionRatio = "10"
        if made.SamplesPerPixel == 3:
            made.PhotometricInterpretation = "YBR_FULL_422"
    made.file_meta.TransferSyntaxUID = UID(syntax)
    encoded = [_ENCODERS[UID(syntax)](np.ascontiguousarray(frame)) for frame in frames]
    made.PixelData = encapsulate(encoded)
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = True


def save(made: Dataset, path: Path) -> Path:
    """Write a dataset that has its pixels as a DICOM file (PS3.10) and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save_as(path, enforce_file_format=True)
    return path
