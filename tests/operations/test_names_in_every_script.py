"""Names in every character set that DICOM knows, from the file to pages, API and QIDO-RS; and names that are code."""

import json
import struct
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest
from django.test import Client
from django.urls import reverse

from annotator.accounts.models import User
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.models import Instance, Patient, Study
from frontend.pages.formatting import person_name
from tests.builders import ct_series

pytestmark = pytest.mark.usefixtures("store")

# As PS3.5 H to K and the makers of the files write them.
NAMES = {
    "chrArab.dcm": "قباني^لنزار",
    "chrFren.dcm": "Buc^Jérôme",
    "chrFrenMulti.dcm": "Buc^Jérôme",
    "chrGerm.dcm": "Äneas^Rüdiger",
    "chrGreek.dcm": "Διονυσιος",
    "chrRuss.dcm": "Люкceмбypг",
    "chrH31.dcm": "Yamada^Tarou=山田^太郎=やまだ^たろう",
    "chrI2.dcm": "Hong^Gildong=洪^吉洞=홍^길동",
    "chrX1.dcm": "Wang^XiaoDong=王^小東",
    "GH1301.dcm": "Wang^XiaoDong=王^小东",
    "chrJapMulti.dcm": "やまだ^たろう",
    "chrJapMultiExplicitIR6.dcm": "やまだ^たろう",
}
GROUPS = ("Alphabetic", "Ideographic", "Phonetic")


@pytest.fixture
def signed_in(data_manager: User) -> Client:
    client = Client()
    client.force_login(data_manager)
    return client


def with_a_picture(source: Path, target: Path) -> Path:
    """The file as it is; those without pixels get 32 x 32 dark ones behind their last byte."""
    content = source.read_bytes()
    if b"\xe0\x7f\x10\x00" not in content:
        content += b"\xe0\x7f\x10\x00OW\x00\x00" + struct.pack("<L", 32 * 32 * 2) + bytes(32 * 32 * 2)
    target.write_bytes(content)
    return target


def shown_everywhere(client: Client, name: str) -> None:
    """On the pages, in the API, in QIDO-RS and in the metadata."""
    study = Study.objects.get()
    for page in (reverse("studies"), reverse("study", args=[study.pk])):
        assert person_name(name) in client.get(page).content.decode(), page
    patients = client.get("/api/v1/patients").json()["results"]
    assert [one["name"] for one in patients] == [name]
    found = client.get("/dicomweb/studies?includefield=PatientName", headers={"Accept": "application/dicom+json"})
    (described,) = json.loads(found.content)
    groups = {group: part for group, part in zip(GROUPS, name.split("="), strict=False) if part}
    assert described["00100010"] == {"vr": "PN", "Value": [groups]}
    metadata = client.get(f"/dicomweb/studies/{study.study_instance_uid}/metadata")
    assert json.loads(metadata.content)[0]["00100010"]["Value"] == [groups]


@pytest.mark.needs_data
@pytest.mark.parametrize("file", sorted(NAMES))
def test_a_name_is_shown_as_it_was_written(
    data_dir: Path, tmp_path: Path, file: str, signed_in: Client, run_queued_jobs: Callable[[], object]
) -> None:
    source = data_dir / "dicom" / "charset" / file
    ingest_paths(None, [with_a_picture(source, tmp_path / "file.dcm")])
    run_queued_jobs()
    assert Patient.objects.get().name == NAMES[file]
    assert str(pydicom.dcmread(source).PatientName) == NAMES[file]
    shown_everywhere(signed_in, NAMES[file])


@pytest.mark.parametrize(
    ("character_set", "written", "name"),
    [
        ("ISO_IR 192", "Müller^Zoë".encode(), "Müller^Zoë"),
        ("GB18030", "王^小东".encode("gb18030"), "王^小东"),
        ("GBK", "王^小东".encode("gbk"), "王^小东"),
        ("ISO_IR 13", "ﾔﾏﾀﾞ^ﾀﾛｳ".encode("shift_jis"), "ﾔﾏﾀﾞ^ﾀﾛｳ"),
        ("ISO_IR 166", "สมชาย".encode("iso8859_11"), "สมชาย"),
        ("ISO_IR 138", "כהן^דוד".encode("iso8859_8"), "כהן^דוד"),
        ("ISO_IR 148", "Çelik^Işıl".encode("iso8859_9"), "Çelik^Işıl"),
        ("ISO_IR 101", "Łukasz^Żak".encode("iso8859_2"), "Łukasz^Żak"),
    ],
)
def test_names_written_here_are_shown_as_they_were_written(
    tmp_path: Path,
    signed_in: Client,
    run_queued_jobs: Callable[[], object],
    character_set: str,
    written: bytes,
    name: str,
) -> None:
    ingest_paths(None, [named(tmp_path, character_set, written)])
    run_queued_jobs()
    assert Patient.objects.get().name == name
    shown_everywhere(signed_in, name)


@pytest.mark.parametrize("character_set", [None, "", "ISO_IR 999", "ISO 2022 IR 87\\ISO_IR 192", "nonsense", "\\\\"])
def test_a_wrong_or_missing_character_set_shows_something_and_stops_nothing(
    tmp_path: Path, signed_in: Client, run_queued_jobs: Callable[[], object], character_set: str | None
) -> None:
    ingest_paths(None, [named(tmp_path, character_set, "Müller^Zoë".encode())])
    run_queued_jobs()
    instance = Instance.objects.get()
    assert "ller" in instance.series.study.patient.name
    for page in (reverse("studies"), reverse("study", args=[Study.objects.get().pk])):
        assert "ller" in signed_in.get(page).content.decode()
    assert signed_in.get("/dicomweb/studies").status_code == 200
    assert signed_in.get("/api/v1/patients").status_code == 200


def test_script_in_names_is_text_wherever_it_is_shown(
    tmp_path: Path, signed_in: Client, admin: User, run_queued_jobs: Callable[[], object]
) -> None:
    script = "<script>alert(1)</script>"
    path = ct_series(tmp_path, slices=1)[0]
    dataset = pydicom.dcmread(path)
    with pydicom.config.disable_value_validation():
        for keyword in ("PatientName", "PatientID", "StudyDescription", "SeriesDescription", "Manufacturer"):
            setattr(dataset, keyword, script)
        dataset.BodyPartExamined = '"><img src=x>'
        dataset.save_as(tmp_path / f"{script.replace('/', '_')}.dcm")
    path.unlink()
    ingest_paths(admin, [tmp_path])
    run_queued_jobs()
    study = Study.objects.get()
    stack = study.series.get().stacks.get()
    overseer = Client()
    overseer.force_login(admin)
    addresses = [
        reverse("studies"), reverse("study", args=[study.pk]), f"/studies/{study.pk}/?header={stack.key}",
        reverse("cases"), reverse("intakes"), reverse("audit"), reverse("jobs"), reverse("quarantine"),
    ]  # fmt: skip
    shown = 0
    for address in addresses:
        content = overseer.get(address).content.decode()
        assert "<script>alert" not in content, address
        assert "<img src=x>" not in content, address
        shown += "&lt;script&gt;alert(1)" in content
    assert shown >= 3
    # JSON is JSON, and says so: no browser takes it for a page.
    for address in ("/api/v1/patients", "/dicomweb/studies"):
        answer = signed_in.get(address)
        assert "json" in answer.headers["Content-Type"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def named(folder: Path, character_set: str | None, name: bytes) -> Path:
    """A CT slice whose name has these bytes and whose header says this character set, right or wrong."""
    path = ct_series(folder, slices=1, patient_name="N" * len(name))[0]
    content = path.read_bytes()
    content = content.replace(b"N" * len(name), name, 1)
    begin = content.find(b"\x08\x00\x05\x00CS")
    length = struct.unpack_from("<H", content, begin + 6)[0] if begin > 0 else 0
    assert begin > 0
    stated = (character_set or "").encode()
    stated += b" " * (len(stated) % 2)
    element = b"\x08\x00\x05\x00CS" + struct.pack("<H", len(stated)) + stated if character_set is not None else b""
    path.write_bytes(content[:begin] + element + content[begin + 8 + length :])
    return path
