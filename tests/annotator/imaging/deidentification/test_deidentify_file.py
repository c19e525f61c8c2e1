"""Whole files: the pixel element byte for byte in every transfer syntax, references that still match, real objects."""

import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pydicom
import pytest
from dicomanonymizer.simpledicomanonymizer import anonymize_dataset
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from annotator.imaging.deidentification.action_table import Action, table_of_edition
from annotator.imaging.deidentification.codestream_comments import without_comments
from annotator.imaging.errors import QuarantineError
from annotator.imaging.headers.parsing import open_instance, parse_instance
from annotator.imaging.pixels.decoding import decode_frame
from tests.annotator.imaging.deidentification.conftest import Deidentify
from tests.builders.studies import ct_series, multi_frame

BUNDLED = (
    "CT_small.dcm",
    "MR_small_bigendian.dcm",
    "MR_small_implicit.dcm",
    "image_dfl.dcm",
    "JPEG2000.dcm",
    "JPGExtended.dcm",
    "MR_small_RLE.dcm",
    "examples_ybr_color.dcm",
    "examples_palette.dcm",
)


def bundled(name: str) -> Path:
    found = get_testdata_file(name)
    assert isinstance(found, str)
    return Path(found)


def pixels_of(path: Path) -> list[bytes]:
    """Each frame's stored bytes, found by our own reader."""
    with open_instance(path) as instance:
        return [instance.frame_bytes(index) for index in range(len(instance.parsed.spans))]


@pytest.mark.parametrize("name", BUNDLED)
def test_pixels_and_transfer_syntax_stay_byte_for_byte(name: str, deidentify: Deidentify) -> None:
    source = bundled(name)
    written = deidentify(source)
    assert pixels_of(written) == pixels_of(source)
    before, after = pydicom.dcmread(source), pydicom.dcmread(written)
    assert after.file_meta.TransferSyntaxUID == before.file_meta.TransferSyntaxUID
    assert after.PixelData == before.PixelData
    assert after.file_meta.MediaStorageSOPInstanceUID == after.SOPInstanceUID != before.SOPInstanceUID
    assert after.SOPClassUID == before.SOPClassUID
    assert after.PatientIdentityRemoved == "YES"
    assert after.LongitudinalTemporalInformationModified == "MODIFIED"
    codes = [item.CodeValue for item in after.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113105", "113107", "113108", "113109", "113111"]


def test_a_deflated_file_is_deflated_again(deidentify: Deidentify) -> None:
    written = deidentify(bundled("image_dfl.dcm"))
    content = written.read_bytes()
    begin = 132 + 12 + pydicom.dcmread(written).file_meta.FileMetaInformationGroupLength
    assert b"PatientIdentityRemoved" not in content
    assert b"\x12\x00\x62\x00CS" in zlib.decompress(content[begin:], -zlib.MAX_WBITS)
    assert pydicom.dcmread(written).file_meta.TransferSyntaxUID == DeflatedExplicitVRLittleEndian


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian])
def test_a_file_without_meta_information_gets_one_that_is_true(
    syntax: str, tmp_path: Path, deidentify: Deidentify
) -> None:
    dataset = pydicom.dcmread(ct_series(tmp_path, slices=1)[0])
    del dataset.file_meta, dataset.preamble
    bare = tmp_path / "bare.dcm"
    pydicom.dcmwrite(
        bare,
        dataset,
        implicit_vr=syntax == ImplicitVRLittleEndian,
        little_endian=True,
        force_encoding=True,
    )
    assert b"DICM" not in bare.read_bytes()[:200]
    written = pydicom.dcmread(deidentify(bare))
    assert written.file_meta.TransferSyntaxUID == syntax
    assert written.PixelData == dataset.PixelData


def test_fragments_without_a_delimiter_get_one(tmp_path: Path, deidentify: Deidentify) -> None:
    dataset = pydicom.dcmread(bundled("JPEG2000.dcm"))
    frame = pixels_of(bundled("JPEG2000.dcm"))[0]
    dataset.PixelData = encapsulate([frame])
    whole = tmp_path / "whole.dcm"
    dataset.save_as(whole)
    content = whole.read_bytes()
    assert content.endswith(b"\xfe\xff\xdd\xe0\0\0\0\0")
    cut = tmp_path / "cut.dcm"
    cut.write_bytes(content[:-8])
    written = deidentify(cut)
    assert written.read_bytes().endswith(b"\xfe\xff\xdd\xe0\0\0\0\0")
    assert pixels_of(written) == [frame]


def test_truncated_pixels_are_refused(tmp_path: Path, deidentify: Deidentify) -> None:
    cut = tmp_path / "cut.dcm"
    cut.write_bytes(ct_series(tmp_path, slices=1)[0].read_bytes()[:-100])
    with pytest.raises(QuarantineError, match="Truncated"):
        deidentify(cut)


def test_a_large_file_is_not_read_into_memory(tmp_path: Path, deidentify: Deidentify) -> None:
    source = multi_frame(tmp_path, frames=40, rows=512, columns=512)
    assert source.stat().st_size > 20_000_000
    deidentify(ct_series(tmp_path, slices=1)[0])  # tables are loaded once
    tracemalloc.start()
    written = deidentify(source)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8_000_000
    assert written.stat().st_size > 20_000_000


def test_one_patients_files_get_one_pseudonym_one_shift_and_matching_uids(
    tmp_path: Path, deidentify: Deidentify
) -> None:
    paths = [*ct_series(tmp_path, study="first"), *ct_series(tmp_path, study="second")]
    originals = [pydicom.dcmread(path) for path in paths]
    for number, (path, dataset) in enumerate(zip(paths, originals, strict=True)):
        dataset.StudyDate = "20190301" if number < 3 else "20200229"
        dataset.AcquisitionDateTime = f"{dataset.StudyDate}101500.5"
        reference = Dataset()
        reference.ReferencedSOPClassUID = originals[0].SOPClassUID
        reference.ReferencedSOPInstanceUID = originals[0].SOPInstanceUID
        dataset.ReferencedImageSequence = [reference]
        dataset.save_as(path)
    written = [pydicom.dcmread(deidentify(path)) for path in paths]
    assert len({one.PatientID for one in written}) == 1
    assert written[0].PatientID == str(written[0].PatientName)
    shifts = {
        (pydicom.valuerep.DA(after.StudyDate) - pydicom.valuerep.DA(before.StudyDate)).days
        for before, after in zip(originals, written, strict=True)
    }
    assert len(shifts) == 1
    assert all(one.AcquisitionDateTime == f"{one.StudyDate}101500.5" for one in written)
    assert {one.ReferencedImageSequence[0].ReferencedSOPInstanceUID for one in written} == {written[0].SOPInstanceUID}
    assert len({one.FrameOfReferenceUID for one in written[:3]}) == 1
    assert written[0].StudyInstanceUID == written[1].StudyInstanceUID != written[3].StudyInstanceUID
    other = pydicom.dcmread(deidentify(ct_series(tmp_path, study="third", patient_id="OTHER")[0]))
    assert other.PatientID != written[0].PatientID


def test_patient_characteristics_stay_and_the_age_stands_for_the_birth_date(
    tmp_path: Path, deidentify: Deidentify
) -> None:
    path = ct_series(tmp_path, slices=1, patient_name="Hansen^Maria")[0]
    dataset = pydicom.dcmread(path)
    dataset.PatientSex, dataset.PatientWeight, dataset.PatientBirthDate = "F", "61.5", "19200704"
    dataset.StudyDate, dataset.StationName = "20190703", "CT1"
    dataset.StudyDescription = "CT head of Maria, Dr. Albrecht, 12.03.2019"
    if "PatientAge" in dataset:
        del dataset.PatientAge
    dataset.save_as(path)
    written = pydicom.dcmread(deidentify(path))
    assert (written.PatientSex, written.PatientWeight, written.PatientAge) == ("F", 61.5, "090Y")
    assert written.PatientBirthDate == ""
    assert written.StationName == "CT1"
    assert written.StudyDescription == "CT head of"
    assert "1920" not in str(written)


def test_names_in_any_character_set_are_found_in_descriptions(tmp_path: Path, deidentify: Deidentify) -> None:
    dataset = pydicom.dcmread(ct_series(tmp_path, slices=1)[0])
    dataset.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
    dataset.PatientName = "Yamada^Tarou=山田^太郎"
    dataset.StudyDescription = "頭部 山田太郎 CT"
    path = tmp_path / "japanese.dcm"
    dataset.save_as(path)
    written = deidentify(path)
    after = pydicom.dcmread(written)
    assert after.SpecificCharacterSet == "ISO_IR 192"
    assert after.StudyDescription == "頭部 CT"
    content = written.read_bytes()
    assert not any("山田".encode(encoding) in content for encoding in ("utf-8", "iso2022_jp", "shift_jis", "euc_jp"))


def test_what_the_library_takes_away_we_take_away_too(deidentify: Deidentify) -> None:
    """dicom-anonymizer's own result on the same file: what it removes and no option of ours keeps is gone here too."""
    table = table_of_edition("2026c")
    for name in ("CT_small.dcm", "MR_small_implicit.dcm", "examples_ybr_color.dcm", "rtplan.dcm"):
        theirs, original = pydicom.dcmread(bundled(name)), pydicom.dcmread(bundled(name))
        anonymize_dataset(theirs, delete_private_tags=True)
        ours = pydicom.dcmread(deidentify(bundled(name)))
        for element in original:
            action = table.action_for(int(element.tag))
            kept_by_option = action in (Action.KEEP, Action.CLEAN)
            if element.tag not in theirs and not kept_by_option and not element.tag.is_private:
                assert element.tag not in ours or ours[element.tag].is_empty, (name, element.tag)
            if action is Action.NEW_UID and element.VR == "UI" and element.value:
                assert theirs[element.tag].value != element.value != ours[element.tag].value, (name, element.tag)


@pytest.mark.needs_data
def test_real_files_stay_readable_keep_their_pixels_and_lose_their_names(
    data_dir: Path, deidentify: Deidentify
) -> None:
    """Every file that can be taken in; of the chest CT's 64 slices a few."""
    done = 0
    for path in sorted((data_dir / "dicom").rglob("*")):
        if not path.is_file() or ("ct_lung" in path.parent.name and not path.stem.endswith("7")):
            continue
        try:
            before = parse_instance(path)
        except QuarantineError:
            continue
        written = deidentify(path)
        after = parse_instance(written)
        assert after.picture == before.picture, path
        assert pixels_of(written) == [without_comments(frame) for frame in pixels_of(path)], path
        content = written.read_bytes()[: after.spans[0].offset if after.spans_are_in_the_original else None]
        name = before.patient.name
        for part in (name, *name.replace("=", "^").split("^")):
            if len(part) > 4:
                for encoding in ("utf-8", "latin-1", "iso2022_jp", "gb18030", "utf-16-le"):
                    assert part.encode(encoding, "replace") not in content or "?" in part, (path, part)
        assert before.sop_instance_uid.encode() not in content, path
        written.unlink()
        done += 1
    assert done > 100


@pytest.mark.needs_data
def test_real_reports_presentation_states_and_segmentations_lose_their_identifiers(
    data_dir: Path, deidentify: Deidentify
) -> None:
    folder = data_dir / "dicom" / "seg_sr_pr_rt"
    for path in sorted(one for one in folder.rglob("*.dcm") if one.is_file()):
        before = pydicom.dcmread(path, stop_before_pixels=True, force=True)
        after = pydicom.dcmread(deidentify(path), stop_before_pixels=True)
        text = str(after)
        for keyword in ("PatientName", "PatientID", "StudyInstanceUID", "SOPInstanceUID", "AccessionNumber"):
            value = str(before.get(keyword, ""))
            assert len(value) < 6 or value not in text, (path, keyword)


def test_pictures_decode_to_the_same_values(deidentify: Deidentify) -> None:
    for name in ("CT_small.dcm", "MR_small_bigendian.dcm", "JPEG2000.dcm"):
        values = []
        for path in (bundled(name), deidentify(bundled(name))):
            with open_instance(path) as instance:
                values.append(decode_frame(instance.frame_bytes(0), instance.pixel_description))
        np.testing.assert_array_equal(values[0], values[1])


def test_values_too_long_for_a_header_are_cleaned_kept_or_dropped_like_all_others(
    tmp_path: Path, deidentify: Deidentify
) -> None:
    """Above a megabyte our reader leaves values in the file."""
    dataset = pydicom.dcmread(ct_series(tmp_path, slices=1, patient_name="Wolkenstein^Ada")[0])
    item = Dataset()
    item.ConceptNameCodeSequence = []
    item.AnnotationGroupUID = "1.2.3"
    item.Manufacturer = "Wolkenstein"
    item.SegmentedRedPaletteColorLookupTableData = bytes(1_200_000)
    dataset.PerFrameFunctionalGroupsSequence = [item]
    dataset.SpectroscopyData = bytes(2_000_000)
    dataset.add_new(0x60003000, "OW", b"Wolkenstein ".ljust(1_500_000, b"\0"))
    dataset.add_new(0x00330010, "LO", "WOLKENSTEIN")
    dataset.add_new(0x00331001, "OB", b"Wolkenstein ".ljust(1_500_000, b"\0"))
    path = tmp_path / "long.dcm"
    dataset.save_as(path)
    written = deidentify(path)
    assert b"wolkenstein" not in written.read_bytes().lower()
    after = pydicom.dcmread(written)
    assert len(after.SpectroscopyData) == 2_000_000
    assert len(after.PerFrameFunctionalGroupsSequence[0].SegmentedRedPaletteColorLookupTableData) == 1_200_000
    assert (0x6000, 0x3000) not in after
