"""Secrets in every attribute at every depth, looked for in the bytes of the whole file that was written."""

import io
import json
from pathlib import Path

import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from annotator.imaging.deidentification import action_table, technical_attributes
from annotator.imaging.deidentification.action_table import table_of_edition
from annotator.imaging.deidentification.deidentify_dataset import deidentify_dataset
from annotator.imaging.deidentification.site_key import SiteKey
from tests.annotator.imaging.deidentification.conftest import KEY, Deidentify
from tests.builders.planted import PATIENT_ID, SURNAME, Plant, string_attributes

CHAINS = (
    ("kept", "unlisted", "mapped", "cleaned"),
    ("replaced", "unlisted", "mapped", "removed"),
    ("unlisted", "kept", "replaced", "private"),
    ("cleaned", "unlisted", "unlisted", "unknown"),
)


@pytest.mark.parametrize("chain", CHAINS, ids="-".join)
def test_the_patients_own_name_is_in_no_byte_of_the_written_file(
    tmp_path: Path, deidentify: Deidentify, chain: tuple[str, ...]
) -> None:
    plant = Plant(SURNAME)
    source = plant.file(tmp_path / "planted.dcm", chain=chain)
    assert len(plant.secrets) > 12_000
    assert {depth for depth, _, _ in plant.secrets.values()} == {0, 1, 2, 3, 4}
    written = deidentify(source).read_bytes()
    assert SURNAME.lower().encode() not in written.lower()
    assert PATIENT_ID.encode() not in written
    assert b"7734512" not in written


@pytest.mark.parametrize("chain", CHAINS, ids="-".join)
def test_words_that_nothing_gives_away_survive_only_where_the_standard_or_our_list_keeps_text(
    tmp_path: Path, deidentify: Deidentify, chain: tuple[str, ...]
) -> None:
    plant = Plant("Ghqz")
    written = deidentify(plant.file(tmp_path / "planted.dcm", chain=chain)).read_bytes()
    survivors = {plant.secrets[secret] for secret in plant.secrets if secret in written}
    columns = json.loads(action_table.OPTION_COLUMNS.read_text())["options"]
    kept = {
        int(tag, 16)
        for option in ("patient_characteristics", "clean_descriptors", "device_identity")
        for tags in columns[option].values()
        for tag in tags
    }
    listed = json.loads(technical_attributes.TECHNICAL_ATTRIBUTES.read_text())
    technical = {*listed["text"], *listed["bytes"]}
    wrong = [
        (depth, f"{tag:08X}", keyword_for_tag(tag), vr)
        for depth, tag, vr in survivors
        if tag not in kept and keyword_for_tag(tag) not in technical and vr != "CS"
    ]
    assert wrong == []
    assert {vr for _, _, vr in survivors} <= {"CS", "LO", "SH", "ST", "LT", "UT", "UC", "AE", "OB"}
    assert not any(tag >> 16 & 1 for _, tag, _ in survivors)


def test_safe_private_numbers_stay_and_nothing_else_private_does(tmp_path: Path, deidentify: Deidentify) -> None:
    dataset = pydicom.dcmread(deidentify(Plant("Ghqz").file(tmp_path / "planted.dcm", chain=("unlisted",))))
    private = {f"{int(element.tag):08X}": element.value for element in dataset if element.tag.is_private}
    assert private == {"00190010": "SIEMENS MR HEADER", "0019100C": 1000}


def test_overlays_and_curves_go_whole_not_only_their_bits(tmp_path: Path, deidentify: Deidentify) -> None:
    dataset = pydicom.dcmread(deidentify(Plant("Ghqz").file(tmp_path / "planted.dcm", chain=("unlisted",))))
    inside = dataset.PerFrameFunctionalGroupsSequence[0]
    assert not any(element.tag.group >> 8 in (0x50, 0x60) for one in (dataset, inside) for element in one)


def test_a_name_of_a_person_goes_where_the_standard_forgot_it(tmp_path: Path, deidentify: Deidentify) -> None:
    plant = Plant("Ghqz")
    written = pydicom.dcmread(deidentify(plant.file(tmp_path / "planted.dcm", chain=("unlisted",))))
    known = ("RR-", "REMOVED")
    names = [str(element.value) for element in written.iterall() if element.VR == "PN" and element.value]
    assert names
    assert all(name.startswith(known) for name in names)


def test_what_lies_behind_the_pixels_and_in_the_preamble_goes(tmp_path: Path, deidentify: Deidentify) -> None:
    written = deidentify(Plant("Ghqz").file(tmp_path / "planted.dcm", chain=()))
    assert written.read_bytes()[:128] == bytes(128)
    dataset = pydicom.dcmread(written)
    assert (0xFFFC, 0xFFFC) not in dataset
    assert dataset.PixelData == bytes(range(8))
    assert dataset.file_meta.ImplementationVersionName == "READING_ROOM"
    assert "SourceApplicationEntityTitle" not in dataset.file_meta


TEXTS = [(tag, vr) for tag, vr in string_attributes() if vr in ("LO", "SH", "PN", "LT", "ST", "UT", "UC")]
SEQUENCES = [0x00081140, 0x0018100A, 0x00400555, 0x0040A730, 0x00081115, 0x52009229, 0x00082218, 0x00700001]


@st.composite
def nested(draw: st.DrawFn, depth: int = 0) -> Dataset:
    """Any object: texts that hold the patient's name, between sequences that hold such objects."""
    made = Dataset()
    for tag, vr in draw(st.lists(st.sampled_from(TEXTS), max_size=6)):
        before, behind = draw(st.tuples(st.sampled_from(["", "Dr ", "for ", "x_"]), st.sampled_from(["", " jr", "^A"])))
        made.add_new(tag, vr, f"{before}{draw(st.sampled_from([SURNAME, SURNAME.upper()]))}{behind}")
    if depth < 5:
        for tag in draw(st.lists(st.sampled_from(SEQUENCES), max_size=2, unique=True)):
            made.add_new(tag, "SQ", Sequence(draw(st.lists(nested(depth + 1), max_size=2))))
    return made


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(nested())
def test_however_objects_are_nested_no_name_remains(dataset: Dataset) -> None:
    dataset.PatientName, dataset.PatientID = f"{SURNAME}^Adalbert", PATIENT_ID
    dataset.StudyInstanceUID = "1.2.3"
    deidentify_dataset(dataset, key=SiteKey(KEY), table=table_of_edition("2026c"))
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, dataset, implicit_vr=False, little_endian=True)
    assert SURNAME.lower().encode() not in buffer.getvalue().lower()
