"""Rows and files of one ready instance, made straight from a data set: serving is tested apart from ingest."""

import hashlib
from pathlib import Path

import pydicom
from django.utils import timezone

from annotator.imaging.catalogue.name_keys import fold_name
from annotator.imaging.frame_description import FrameGrey, Window
from annotator.imaging.models import Frame, Instance, InstanceState, Patient, Series, Stack, Study
from annotator.imaging.pixels.decoding import JPEG_BASELINE, decode_frame, uncompressed_frame_length
from annotator.imaging.pixels.htj2k import encode_htj2k
from annotator.imaging.store.filing import frames_place, original_place
from annotator.imaging.store.staging import file_content
from tests.annotator.imaging.pixel_descriptions import bytes_of_frame, describe_pixels

LINEAR_SYNTAXES = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1")


def file_instance(path: Path, *, grey: FrameGrey | None = None, key: str = "") -> list[Frame]:
    """File one DICOM file as ingest would and return its frames in order; native spans where they are contiguous."""
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    file_content(original_place(digest), data)
    dataset = pydicom.dcmread(path)
    header = pydicom.dcmread(path, stop_before_pixels=True)
    header.remove_private_tags()
    instance = _instance_row(dataset, header, digest, size=len(data), key=key)
    described = describe_pixels(dataset)
    frames, derived = [], b""
    for index in range(instance.number_of_frames):
        native = bytes_of_frame(dataset, index)
        offset = data.find(native)
        jpeg = described.transfer_syntax_uid == JPEG_BASELINE
        copy = b"" if jpeg else encode_htj2k(decode_frame(native, described))
        length = (
            uncompressed_frame_length(described) if described.transfer_syntax_uid in LINEAR_SYNTAXES else len(native)
        )
        frames.append(
            Frame.objects.create(
                instance=instance,
                number=index + 1,
                key=f"{instance.stack.key}.frame-{index + 1:05d}",
                native_offset=offset if offset >= 0 else None,
                native_length=length if offset >= 0 else None,
                derived_format="jpeg" if jpeg else "htj2k",
                derived_offset=None if jpeg else len(derived),
                derived_length=None if jpeg else len(copy),
                grey=(grey or _grey(dataset)).to_json(),
            )
        )
        derived += copy
    file_content(frames_place(digest), derived)
    return frames


def _instance_row(dataset: pydicom.Dataset, header: pydicom.Dataset, digest: str, *, size: int, key: str) -> Instance:
    patient, _ = Patient.objects.get_or_create(
        patient_id=str(dataset.PatientID),
        defaults={"name": str(dataset.PatientName), "name_key": fold_name(str(dataset.PatientName))},
    )
    study, _ = Study.objects.get_or_create(
        study_instance_uid=str(dataset.StudyInstanceUID),
        defaults={"patient": patient, "study_date": str(dataset.get("StudyDate", ""))},
    )
    series, _ = Series.objects.get_or_create(
        series_instance_uid=str(dataset.SeriesInstanceUID), defaults={"study": study, "modality": dataset.Modality}
    )
    stack = Stack.objects.create(
        series=series, kind="still", grouping=str(dataset.SOPInstanceUID), **({"key": key} if key else {})
    )
    return Instance.objects.create(
        series=series,
        stack=stack,
        sop_instance_uid=str(dataset.SOPInstanceUID),
        sop_class_uid=str(dataset.SOPClassUID),
        transfer_syntax_uid=str(dataset.file_meta.TransferSyntaxUID),
        sha256=digest,
        source_sha256=digest,
        byte_size=size,
        state=InstanceState.READY,
        ready_at=timezone.now(),
        instance_number=1,
        rows=dataset.Rows,
        columns=dataset.Columns,
        number_of_frames=int(dataset.get("NumberOfFrames") or 1),
        samples_per_pixel=dataset.SamplesPerPixel,
        photometric_interpretation=dataset.PhotometricInterpretation,
        bits_allocated=dataset.BitsAllocated,
        bits_stored=dataset.BitsStored,
        pixel_representation=dataset.PixelRepresentation,
        header=header.to_json_dict(suppress_invalid_tags=True),
    )


def _grey(dataset: pydicom.Dataset) -> FrameGrey:
    if dataset.SamplesPerPixel == 3 or dataset.PhotometricInterpretation == "PALETTE COLOR":
        return FrameGrey(colour=True)
    windows = ()
    if "WindowCenter" in dataset and not isinstance(dataset.WindowCenter, pydicom.multival.MultiValue):
        windows = (Window(float(dataset.WindowCenter), float(dataset.WindowWidth)),)
    return FrameGrey(
        slope=float(dataset.get("RescaleSlope", 1)),
        intercept=float(dataset.get("RescaleIntercept", 0)),
        windows=windows,
        inverted=dataset.PhotometricInterpretation == "MONOCHROME1",
    )
