"""What a header says, and every way in which a file can't become an instance."""

import json
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.filereader import read_file_meta_info
from pydicom.filewriter import dcmwrite
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    EncapsulatedPDFStorage,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RTDoseStorage,
    RTStructureSetStorage,
    SegmentationStorage,
)

from annotator.imaging.errors import QuarantineError
from annotator.imaging.headers.describe_frame import describe_frames
from annotator.imaging.headers.header_json import header_json
from annotator.imaging.headers.header_reading import reading_odd_headers
from annotator.imaging.headers.parsing import open_instance, parse_instance
from annotator.imaging.stacking import stack_of
from tests.builders import (
    ct_series,
    multi_frame,
    not_dicom,
    promising_pixels,
    truncated,
    ultrasound,
    unknown_syntax,
    without_pixels,
)


def reason_of(path: Path) -> str:
    with pytest.raises(QuarantineError) as caught:
        parse_instance(path)
    return caught.value.reason


def changed(path: Path, **attributes: object) -> Path:
    """The file again with other attributes; None deletes one."""
    made = dcmread(path)
    for keyword, value in attributes.items():
        if value is None:
            delattr(made, keyword)
        else:
            setattr(made, keyword, value)
    made.save_as(path)
    return path


@pytest.fixture
def slice_path(tmp_path: Path) -> Path:
    return ct_series(tmp_path, slices=1)[0]


def test_a_slice_is_read_with_its_patient_study_series_and_pixel_place(slice_path: Path) -> None:
    parsed = parse_instance(slice_path)
    assert parsed.patient.patient_id == "PAT-CT"
    assert parsed.series.modality == "CT"
    assert (parsed.picture.rows, parsed.picture.columns, parsed.picture.number_of_frames) == (32, 40, 1)
    (span,) = parsed.spans
    assert span.length == 32 * 40 * 2
    stored = slice_path.read_bytes()[span.offset : span.offset + span.length]
    assert stored == dcmread(slice_path).PixelData


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (not_dicom, "Not DICOM"),
        (truncated, "Truncated"),
        (without_pixels, "No pixel data"),
        (promising_pixels, "65,535 x 65,535"),
        (unknown_syntax, "Unsupported transfer syntax"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason(make: Callable[[Path], Path], words: str, tmp_path: Path) -> None:
    assert words in reason_of(make(tmp_path))


def test_a_promise_of_65535_square_pixels_allocates_next_to_nothing(tmp_path: Path) -> None:
    path = promising_pixels(tmp_path)
    parse_instance_quietly(path)  # imports and caches
    tracemalloc.start()
    parse_instance_quietly(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


def parse_instance_quietly(path: Path) -> None:
    with pytest.raises(QuarantineError):
        parse_instance(path)


def test_a_promise_of_65535_square_pixels_without_any_pixel_element_is_refused(tmp_path: Path) -> None:
    path = changed(without_pixels(tmp_path), Rows=65535, Columns=65535)
    assert "more than the" in reason_of(path)


def test_many_frames_are_refused_above_the_limit_of_one_instance(slice_path: Path, settings: Any) -> None:
    settings.MAX_INSTANCE_PIXELS = 32 * 40 * 9
    assert parse_instance(slice_path).picture.number_of_frames == 1
    assert "10 frames of 40 x 32 pixels" in reason_of(changed(slice_path, NumberOfFrames=10))


def test_a_million_frames_are_refused_before_rows_are_made_of_them(slice_path: Path) -> None:
    assert "1,000,000 frames" in reason_of(changed(slice_path, NumberOfFrames=1_000_000, Rows=1, Columns=1))


@pytest.mark.parametrize(
    ("keyword", "words"),
    [
        ("SOPInstanceUID", "No SOP Instance UID"),
        ("StudyInstanceUID", "No Study Instance UID"),
        ("SeriesInstanceUID", "No Series Instance UID"),
        ("Rows", "Rows or Columns"),
        ("PhotometricInterpretation", "photometric interpretation is 'missing'"),
    ],
)
def test_what_is_missing_is_named(keyword: str, words: str, slice_path: Path) -> None:
    assert words in reason_of(changed(slice_path, **{keyword: None}))


def test_a_uid_with_letters_is_no_uid(slice_path: Path) -> None:
    assert "is no UID" in reason_of(changed(slice_path, StudyInstanceUID="../../etc/passwd"))


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"BitsAllocated": 32, "BitsStored": 32}, "can't be shown"),
        ({"BitsStored": 17}, "can't be shown"),
        ({"SamplesPerPixel": 3}, "contradicts itself"),
        ({"PhotometricInterpretation": "CMYK"}, "'CMYK'"),
        ({"PixelRepresentation": 7}, "Pixel Representation"),
    ],
)
def test_pixels_that_cannot_be_shown_are_refused(attributes: dict[str, object], words: str, slice_path: Path) -> None:
    assert words in reason_of(changed(slice_path, **attributes))


@pytest.mark.parametrize(
    ("sop_class", "words"),
    [
        (SegmentationStorage, "A segmentation"),
        (RTStructureSetStorage, "structure set"),
        (RTDoseStorage, "dose"),
        (EncapsulatedPDFStorage, "encapsulated document"),
        ("1.2.840.10008.5.1.4.1.1.88.33", "structured report"),
        ("1.2.840.10008.5.1.4.1.1.11.1", "presentation state"),
        ("1.2.840.10008.1.3.10", "DICOMDIR"),
    ],
)
def test_other_objects_are_named_for_what_they_are(sop_class: str, words: str, slice_path: Path) -> None:
    assert words in reason_of(changed(slice_path, SOPClassUID=sop_class))


def test_a_dicomdir_is_named() -> None:
    assert "DICOMDIR" in reason_of(Path(str(get_testdata_file("DICOMDIR"))))


def test_an_empty_file_and_a_png_are_named(tmp_path: Path) -> None:
    empty, png = tmp_path / "empty.dcm", tmp_path / "a.dcm"
    empty.write_bytes(b"")
    png.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(300))
    assert "empty" in reason_of(empty)
    assert "PNG" in reason_of(png)


@pytest.mark.parametrize("keep", [100, 140, 200, 400, 700])
def test_a_file_that_breaks_off_in_its_header_is_refused(keep: int, slice_path: Path) -> None:
    slice_path.write_bytes(slice_path.read_bytes()[:keep])
    assert reason_of(slice_path)


def test_bytes_of_noise_after_the_prefix_are_refused_without_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "noise.dcm"
    path.write_bytes(bytes(128) + b"DICM" + bytes((7 * k * k + k) % 256 for k in range(5000)))
    assert reason_of(path)


def test_sequences_nested_a_thousand_deep_are_refused_without_a_crash(slice_path: Path) -> None:
    head = slice_path.read_bytes()
    start = parse_instance(slice_path).spans[0].offset - 12
    nested = struct.pack("<HH2sHL", 0x0040, 0xA730, b"SQ", 0, 0xFFFFFFFF) + struct.pack(
        "<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF
    )
    slice_path.write_bytes(head[:start] + nested * 3000)
    assert reason_of(slice_path)


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian])
def test_without_meta_header_a_file_is_taken_when_its_length_proves_how_it_is_stored(
    syntax: str, slice_path: Path
) -> None:
    bare = dcmread(slice_path)
    del bare.file_meta
    bare.preamble = None
    dcmwrite(
        slice_path,
        bare,
        implicit_vr=syntax == ImplicitVRLittleEndian,
        little_endian=True,
        enforce_file_format=False,
    )
    assert slice_path.read_bytes()[128:132] != b"DICM"
    parsed = parse_instance(slice_path)
    assert parsed.transfer_syntax_uid == syntax
    assert parsed.spans[0].length == 32 * 40 * 2


def test_without_meta_header_a_length_that_does_not_fit_proves_nothing(slice_path: Path) -> None:
    bare = dcmread(slice_path)
    bare.PixelData = bare.PixelData + bytes(10)
    del bare.file_meta
    bare.preamble = None
    dcmwrite(slice_path, bare, implicit_vr=True, little_endian=True, enforce_file_format=False)
    assert "No transfer syntax" in reason_of(slice_path)


def test_a_patient_without_identifier_is_never_joined_with_another(tmp_path: Path) -> None:
    found = {
        parse_instance(changed(ct_series(tmp_path, slices=1, study=study)[0], PatientID="")).patient.patient_id
        for study in ("one", "two")
    }
    assert len(found) == 2
    assert all(name.startswith("unknown-") for name in found)


def test_a_deflated_file_is_inflated_and_its_frames_are_readable(slice_path: Path, store: Path) -> None:
    whole = dcmread(slice_path)
    pixels = whole.PixelData
    whole.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    whole.save_as(slice_path)
    with open_instance(slice_path) as instance:
        assert instance.parsed.transfer_syntax_uid == DeflatedExplicitVRLittleEndian
        assert not instance.parsed.spans_are_in_the_original
        assert instance.frame_bytes(0) == pixels


def test_a_deflated_bomb_is_refused(slice_path: Path, store: Path, settings: Any) -> None:
    settings.MAX_ZIP_RATIO = 1
    whole = dcmread(slice_path)
    whole.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    whole.save_as(slice_path)
    head = slice_path.read_bytes()
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = squeeze.compress(bytes(40_000_000)) + squeeze.flush()
    meta_end = 132 + 12 + read_file_meta_info(str(slice_path)).FileMetaInformationGroupLength
    slice_path.write_bytes(head[:meta_end] + bomb)
    assert "bomb" in reason_of(slice_path)


def test_odd_values_and_bad_character_sets_do_not_stop_a_file(slice_path: Path) -> None:
    made = dcmread(slice_path)
    made.add_new(0x00080005, "CS", "NO_SUCH_SET")
    made.save_as(slice_path)
    whole = slice_path.read_bytes()
    # A description that no character set reads, and a slope that is no number.
    slope = struct.pack("<HH2s", 0x0028, 0x1053, b"DS")
    at = whole.find(slope) + 8
    whole = whole[:at] + b"x" + whole[at + 1 :]
    slice_path.write_bytes(whole.replace(b"Test CT", b"T\xff\xfet CT"))
    parsed = parse_instance(slice_path)
    assert parsed.study.description
    assert header_json(parsed.dataset)["00100020"]["Value"] == ["PAT-CT"]


def test_the_header_as_json_refers_to_bulk_data_and_holds_no_not_a_number(slice_path: Path) -> None:
    made = dcmread(slice_path)
    made.ModalityLUTSequence = [Dataset()]
    made.ModalityLUTSequence[0].add_new(0x00283006, "OW", bytes(2048))
    made.add_new(0x00189305, "FD", float("nan"))
    made.add_new(0x60003000, "OW", bytes(4096))
    made.save_as(slice_path)
    found = header_json(parse_instance(slice_path).dataset)
    assert found["00189305"]["Value"] == [None]
    assert found["60003000"] == {"vr": "OW", "BulkDataURI": "bulkdata/60003000"}
    nested = found["00283000"]["Value"][0]["00283006"]
    assert nested == {"vr": "OW", "BulkDataURI": "bulkdata/00283000/0/00283006"}
    assert "7FE00010" not in found


def test_each_frame_of_a_multi_frame_file_is_found(tmp_path: Path) -> None:
    path = multi_frame(tmp_path, frames=4)
    whole = dcmread(path)
    with open_instance(path) as instance:
        assert b"".join(instance.frame_bytes(index) for index in range(4)) == whole.PixelData


def test_each_frame_of_a_jpeg_cine_is_one_piece_that_begins_as_jpeg(tmp_path: Path) -> None:
    with open_instance(ultrasound(tmp_path, frames=5)) as instance:
        assert len(instance.parsed.spans) == 5
        assert all(instance.frame_bytes(index)[:2] == b"\xff\xd8" for index in range(5))


def test_a_large_private_value_stays_in_the_file(slice_path: Path) -> None:
    made = dcmread(slice_path)
    made.private_block(0x0029, "TEST", create=True).add_new(1, "OB", bytes(20_000_000))
    made.save_as(slice_path)
    del made
    tracemalloc.start()
    parsed = parse_instance(slice_path)
    header = header_json(parsed.dataset)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert header["00291001"] == {"vr": "OB", "BulkDataURI": "bulkdata/00291001"}
    assert parsed.spans[0].length == 32 * 40 * 2
    assert peak < 5_000_000


wounds = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=6), st.integers(0, 8)), min_size=1, max_size=6
)


@pytest.mark.parametrize("make", [ct_series, multi_frame, ultrasound])
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(wounds=wounds)
def test_a_header_with_random_bytes_in_it_is_read_or_refused_and_never_crashes(
    make: Callable[[Path], Any], wounds: list[tuple[float, bytes, int]], tmp_path: Path
) -> None:
    path = tmp_path / "wounded.dcm"
    whole = tmp_path / "whole.dcm"
    if not whole.exists():
        made = make(tmp_path)
        (made[0] if isinstance(made, list) else made).rename(whole)
    wounded = bytearray(whole.read_bytes())
    header = min(len(wounded), 1500)
    for place, body, cut in wounds:
        at = int(place * header)
        wounded[at : at + cut] = body
    path.write_bytes(bytes(wounded))
    with reading_odd_headers(), suppress(QuarantineError):
        parsed = parse_instance(path)
        frames = describe_frames(
            parsed.dataset,
            number_of_frames=parsed.picture.number_of_frames,
            modality=parsed.series.modality,
            colour=False,
        )
        assert len(stack_of(parsed, frames).grouping) <= 160
        json.dumps([header_json(parsed.dataset), frames[0].geometry.to_json()], allow_nan=False)
