"""Read a DICOM file's header, and say in plain words why a file can't become an instance. No pixel is read."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydicom.dataset import Dataset

from annotator.imaging.errors import QuarantineError
from annotator.imaging.headers.body_part import body_part_of_descriptions
from annotator.imaging.headers.dicom_values import HEADER_ERRORS, first_item, integer, text
from annotator.imaging.headers.frame_spans import FrameSpan, read_frame
from annotator.imaging.headers.header_reading import OpenHeader, open_header, reading_odd_headers
from annotator.imaging.headers.picture_checks import (
    PictureAttributes,
    check_picture,
    locate_frames,
    resolve_transfer_syntax,
    usable_high_bit,
)
from annotator.imaging.pixels.decoding import PixelDescription
from annotator.imaging.pixels.decoding_colour import Palette, palette_from_dataset

UID = re.compile(r"[0-9]+(\.[0-9]+)*")
UID_LIMIT = 64


@dataclass(frozen=True)
class PatientAttributes:
    """Who it is. A file without Patient ID gets one made from its study, so that strangers are never joined."""

    patient_id: str
    issuer: str
    name: str
    sex: str
    birth_date: str


@dataclass(frozen=True)
class StudyAttributes:
    study_instance_uid: str
    study_date: str
    study_time: str
    description: str
    accession_number: str
    study_id: str = ""
    referring_physician: str = ""


@dataclass(frozen=True)
class SeriesAttributes:
    series_instance_uid: str
    modality: str
    series_number: int | None
    description: str
    body_part: str
    performed_date: str = ""
    performed_time: str = ""
    requested_procedure_id: str = ""
    scheduled_step_id: str = ""
    manufacturer: str = ""
    manufacturer_model: str = ""
    institution: str = ""


@dataclass(frozen=True)
class ParsedInstance:
    """What a header says, checked; text is cut to what the tables hold.

    `spans` tells where each frame's bytes lie in the file; in a temporary copy when the file is deflated
    (spans_are_in_the_original is false then, and no native bytes can be served).
    """

    dataset: Dataset
    patient: PatientAttributes
    study: StudyAttributes
    series: SeriesAttributes
    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax_uid: str
    instance_number: int | None
    picture: PictureAttributes
    spans: list[FrameSpan]
    spans_are_in_the_original: bool


class OpenInstance:
    """A parsed instance whose pixels can be read frame by frame."""

    def __init__(self, parsed: ParsedInstance, header: OpenHeader) -> None:
        self.parsed = parsed
        self._file = header.file
        self._pixel_vr = header.pixel_vr

    def frame_bytes(self, index: int) -> bytes:
        """One frame's stored bytes, fragments joined; index counts from 0."""
        return read_frame(self._file, self.parsed.spans[index])

    @cached_property
    def pixel_description(self) -> PixelDescription:
        """What decode_frame must know of these frames."""
        picture = self.parsed.picture
        return PixelDescription(
            rows=picture.rows,
            columns=picture.columns,
            samples_per_pixel=picture.samples_per_pixel,
            photometric_interpretation=picture.photometric_interpretation,
            bits_allocated=picture.bits_allocated,
            bits_stored=picture.bits_stored,
            pixel_representation=picture.pixel_representation,
            planar_configuration=integer(self.parsed.dataset, "PlanarConfiguration") or 0,
            transfer_syntax_uid=self.parsed.transfer_syntax_uid,
            palette=self._palette(),
            pixel_data_vr=self._pixel_vr,
            high_bit=usable_high_bit(self.parsed.dataset, picture),
        )

    def _palette(self) -> Palette | None:
        if self.parsed.picture.photometric_interpretation != "PALETTE COLOR":
            return None
        try:
            return palette_from_dataset(self.parsed.dataset)
        except HEADER_ERRORS as error:
            raise QuarantineError(f"The palette of this picture can't be read ({error}).") from error


def parse_instance(path: Path) -> ParsedInstance:
    """Read and check one file's header.

    Raises
    ------
    QuarantineError : it can't become an instance; the message says what is wrong and what to do.
    OSError : the file can't be opened.
    """
    with open_instance(path) as instance:
        return instance.parsed


@contextmanager
def open_instance(path: Path) -> Iterator[OpenInstance]:
    """The same, keeping the file open to read frames from it.

    Raises
    ------
    QuarantineError, OSError : as parse_instance.
    """
    with reading_odd_headers(), open_header(path) as header:
        yield OpenInstance(_parse(header), header)


def _parse(header: OpenHeader) -> ParsedInstance:
    dataset = header.dataset
    sop_class_uid = text(dataset, "SOPClassUID") or _meta(dataset, "MediaStorageSOPClassUID")
    picture = check_picture(header, sop_class_uid)
    study_uid = _uid(dataset, "StudyInstanceUID", "Study Instance UID")
    series_uid = _uid(dataset, "SeriesInstanceUID", "Series Instance UID")
    sop_instance_uid = _uid(dataset, "SOPInstanceUID", "SOP Instance UID")
    if not is_uid(sop_class_uid):
        raise QuarantineError(
            "No SOP Class UID: what kind of object this is isn't stated. Send it from the archive again."
        )
    transfer_syntax_uid = resolve_transfer_syntax(header, picture)
    request = first_item(dataset, "RequestAttributesSequence")
    return ParsedInstance(
        dataset=dataset,
        patient=_patient(dataset, study_uid),
        study=StudyAttributes(
            study_instance_uid=study_uid,
            study_date=text(dataset, "StudyDate", limit=8),
            study_time=text(dataset, "StudyTime", limit=16),
            description=text(dataset, "StudyDescription", limit=64),
            accession_number=text(dataset, "AccessionNumber", limit=16),
            study_id=text(dataset, "StudyID", limit=16),
            referring_physician=text(dataset, "ReferringPhysicianName", limit=324),
        ),
        series=SeriesAttributes(
            series_instance_uid=series_uid,
            modality=text(dataset, "Modality", limit=16) or "OT",
            series_number=database_integer(dataset, "SeriesNumber"),
            description=text(dataset, "SeriesDescription", limit=64),
            body_part=text(dataset, "BodyPartExamined", limit=16) or _described_body_part(dataset),
            performed_date=text(dataset, "PerformedProcedureStepStartDate", limit=8),
            performed_time=text(dataset, "PerformedProcedureStepStartTime", limit=16),
            requested_procedure_id=text(request, "RequestedProcedureID", limit=16) if request else "",
            scheduled_step_id=text(request, "ScheduledProcedureStepID", limit=16) if request else "",
            manufacturer=text(dataset, "Manufacturer", limit=64),
            manufacturer_model=text(dataset, "ManufacturerModelName", limit=64),
            institution=text(dataset, "InstitutionName", limit=64),
        ),
        sop_instance_uid=sop_instance_uid,
        sop_class_uid=sop_class_uid,
        transfer_syntax_uid=transfer_syntax_uid,
        instance_number=database_integer(dataset, "InstanceNumber"),
        picture=picture,
        spans=locate_frames(header, picture, transfer_syntax_uid),
        spans_are_in_the_original=header.spans_are_in_the_original,
    )


def _described_body_part(dataset: Dataset) -> str:
    keywords = ("StudyDescription", "SeriesDescription", "ProtocolName")
    return body_part_of_descriptions(*(text(dataset, keyword, limit=64) for keyword in keywords))


def is_uid(value: str) -> bool:
    """Digits in groups with dots between, at most 64 characters (PS3.5 9.1; leading zeros are let pass)."""
    return len(value) <= UID_LIMIT and UID.fullmatch(value) is not None


def database_integer(dataset: Dataset, keyword: str) -> int | None:
    """A whole number that a 32-bit column holds, else None."""
    value = integer(dataset, keyword)
    return value if value is not None and abs(value) < 1 << 31 else None


def _uid(dataset: Dataset, keyword: str, name: str) -> str:
    value = text(dataset, keyword)
    if not value:
        raise QuarantineError(f"No {name}: without it the file can't be filed. Send it from the archive again.")
    if not is_uid(value):
        raise QuarantineError(
            f"The {name} {value[:80]!r} is no UID (digits and dots, at most 64). Have the sender mend it."
        )
    return value


def _meta(dataset: Dataset, keyword: str) -> str:
    meta = getattr(dataset, "file_meta", None)
    return text(meta, keyword) if meta is not None else ""


def _patient(dataset: Dataset, study_uid: str) -> PatientAttributes:
    patient_id = text(dataset, "PatientID", limit=64)
    if not patient_id:
        patient_id = f"unknown-{hashlib.sha256(study_uid.encode()).hexdigest()[:12]}"
    return PatientAttributes(
        patient_id=patient_id,
        issuer=text(dataset, "IssuerOfPatientID", limit=64),
        name=text(dataset, "PatientName", limit=324),
        sex=text(dataset, "PatientSex", limit=16),
        birth_date=text(dataset, "PatientBirthDate", limit=8),
    )
