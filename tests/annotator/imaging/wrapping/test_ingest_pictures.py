"""Pictures through the whole of the ingest: with a table and masks beside them, sent twice, broken."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from annotator.imaging.models import Instance, InstanceState, Intake, IntakeFile, Outcome
from annotator.imaging.store.filing import Place, open_place, place_exists
from tests.fixtures.stores import on_both_stores

Take = Callable[..., object]


def picture(path: Path, seed: int = 0, *, mode: str = "L") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = (24, 32) if mode == "L" else (24, 32, 3)
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)).save(path)
    return path


def table(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def rows_of(summary) -> dict[str, IntakeFile]:
    return {row.name.rpartition("/")[2]: row for row in IntakeFile.objects.filter(intake=summary.intake_id)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pictures of two patients, a mask of each, a table."""
    root = tmp_path / "set"
    for index, name in enumerate(("a", "b")):
        picture(root / "images" / f"{name}.png", index)
        picture(root / "masks" / f"m{name}.png", 10 + index)
    table(
        root / "pictures.csv",
        "File,Patient_ID,laterality,view,modality,body_part,pixel_spacing_row_mm,pixel_spacing_column_mm,mask,BIRADS",
        "images/a.png,P-1,left,transverse,US,breast,0.1,0.12,masks/ma.png,4",
        "images/b.png,P-2,R,,US,breast,0.2,0.2,masks/mb.png,2",
    )
    return root


@on_both_stores
def test_a_folder_of_pictures_with_its_table_and_masks_comes_in(take: Take, folder: Path):
    summary = take(folder, derive=True)
    assert (summary.ingested, summary.beside, summary.quarantined) == (2, 3, 0)
    rows = rows_of(summary)
    made = rows["a.png"].instance
    assert made.state == InstanceState.READY
    assert made.series.study.patient.patient_id == "P-1"
    assert (made.series.modality, made.series.body_part) == ("US", "BREAST")
    assert (made.stack.laterality, made.stack.view) == ("L", "transverse")
    (region,) = made.frames.get().geometry["regions"]
    assert (region["mm_per_row"], region["mm_per_column"]) == pytest.approx((0.1, 0.12))
    assert made.source_sha256 == rows["a.png"].sha256 != made.sha256


@on_both_stores
def test_masks_are_kept_and_linked_to_their_pictures(take: Take, folder: Path):
    rows = rows_of(take(folder))
    mask = rows["ma.png"]
    assert mask.outcome == Outcome.BESIDE
    assert mask.instance == rows["a.png"].instance
    assert "a.png" in mask.reason
    store, name = mask.path.split("/", 1)
    with open_place(Place(store, name)) as kept:
        assert kept.read() == (folder / "masks" / "ma.png").read_bytes()


def test_the_table_is_kept_as_it_came(take: Take, folder: Path):
    row = rows_of(take(folder))["pictures.csv"]
    assert (row.outcome, row.reason) == (Outcome.BESIDE, "")
    store, name = row.path.split("/", 1)
    with open_place(Place(store, name)) as kept:
        assert kept.read() == (folder / "pictures.csv").read_bytes()


def test_the_same_pictures_again_are_there_already_whatever_the_table_says_now(take: Take, folder: Path):
    take(folder)
    changed = (folder / "pictures.csv").read_text().replace("P-1", "P-9")
    (folder / "pictures.csv").write_text(changed)
    summary = take(folder)
    assert (summary.ingested, summary.already_there, summary.beside) == (0, 2, 3)
    rows = rows_of(summary)
    assert rows["a.png"].instance.series.study.patient.patient_id == "P-1"
    assert rows["ma.png"].instance == rows["a.png"].instance
    assert "2 of its pictures were here before and keep what was said of them then" in rows["pictures.csv"].reason


def test_a_row_that_can_not_be_is_said_with_its_line_and_its_picture_waits_outside(take: Take, folder: Path):
    text = (folder / "pictures.csv").read_text().replace("0.1,0.12", "0.1,wide")
    (folder / "pictures.csv").write_text(text)
    summary = take(folder)
    assert (summary.ingested, summary.quarantined) == (1, 1)
    rows = rows_of(summary)
    assert "line 2: pixel_spacing_column_mm 'wide'" in rows["a.png"].reason
    assert "line 2: pixel_spacing_column_mm 'wide'" in rows["pictures.csv"].reason
    assert "picture was not taken in" in rows["ma.png"].reason


def test_a_table_without_the_column_file_stops_its_pictures(take: Take, folder: Path):
    table(folder / "pictures.csv", "ID,Case", "a,2")
    summary = take(folder)
    assert (summary.ingested, summary.quarantined) == (0, 5)
    rows = rows_of(summary)
    assert "lacks the column 'file'" in rows["pictures.csv"].reason
    assert "lacks the column 'file'" in rows["a.png"].reason


def test_without_a_table_the_folder_says_whose_a_picture_is(take: Take, tmp_path: Path):
    picture(tmp_path / "patient 7" / "one.png", 1)
    picture(tmp_path / "images" / "two.png", 2)
    rows = rows_of(take(tmp_path))
    patients = {name: row.instance.series.study.patient.patient_id for name, row in rows.items()}
    assert patients == {"one.png": "patient 7", "two.png": "two"}


def test_pictures_in_a_zip_find_their_table_there(take: Take, folder: Path, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for path in sorted(folder.rglob("*.*")):
            archive.write(path, path.relative_to(folder))
    summary = take(tmp_path / "set.zip")
    assert (summary.ingested, summary.beside) == (2, 3)
    patients = set(Instance.objects.values_list("series__study__patient__patient_id", flat=True))
    assert patients == {"P-1", "P-2"}


def test_pictures_sent_from_the_page_come_in_too(upload: Callable[..., Intake], tmp_path: Path):
    first = picture(tmp_path / "a.png")
    mask = picture(tmp_path / "a_mask.png", 1)
    listed = table(tmp_path / "table.csv", "\ufefffile;patient_id;modality", "A.PNG;x;", "a.png;P-5;US")
    intake = upload(first, mask, listed)
    rows = {row.name: row for row in intake.files.all()}
    assert rows["a.png"].instance.series.study.patient.patient_id == "P-5"
    assert (rows["a_mask.png"].outcome, rows["a_mask.png"].instance) == (Outcome.BESIDE, rows["a.png"].instance)
    assert rows["table.csv"].reason == "Not used: line 2: A.PNG did not come along."


def test_a_dicom_file_beside_a_refused_table_is_not_held_up(take: Take, folder: Path):
    from tests.builders import ct_series

    table(folder / "pictures.csv", "ID,Case", "a,2")
    ct_series(folder / "ct", slices=1)
    assert take(folder).ingested == 1


def test_a_table_without_pictures_is_set_aside_as_before(take: Take, tmp_path: Path):
    table(tmp_path / "alone.csv", "file,patient_id", "a.png,P")
    summary = take(tmp_path)
    assert (summary.quarantined, summary.beside) == (1, 0)


def test_a_broken_picture_lands_in_quarantine_and_stops_nothing(take: Take, folder: Path):
    whole = (folder / "images" / "a.png").read_bytes()
    (folder / "images" / "a.png").write_bytes(whole[: len(whole) // 2])
    summary = take(folder)
    assert (summary.ingested, summary.quarantined) == (1, 1)
    row = rows_of(summary)["a.png"]
    assert "PNG picture can't be read" in row.reason
    store, name = row.path.split("/", 1)
    assert place_exists(Place(store, name))


def test_after_a_crash_the_ingest_goes_on_with_tables_and_masks(upload: Callable[..., Intake], tmp_path, monkeypatch):
    """The crash is an error out of the last step: killing the test's own process would end the run."""
    from annotator.imaging.actions import ingest_intake as module

    first, second = picture(tmp_path / "a.png"), picture(tmp_path / "b.png", 5)
    listed = table(tmp_path / "table.csv", "file,patient_id,mask", "a.png,P-5,b.png")
    intake = upload(first, second, listed, ingest=False)
    with monkeypatch.context() as broken:
        broken.setattr(module, "settle_beside", lambda *_: (_ for _ in ()).throw(OSError("pulled the plug")))
        with pytest.raises(OSError, match="pulled the plug"):
            module.ingest_intake(intake.pk)
    module.ingest_intake(intake.pk)
    rows = {row.name: row for row in intake.files.all()}
    assert rows["table.csv"].outcome == rows["b.png"].outcome == Outcome.BESIDE
    assert rows["b.png"].instance == rows["a.png"].instance is not None


def test_where_the_site_takes_identifiers_away_the_table_is_read_and_not_kept(take: Take, folder: Path, settings):
    settings.DEIDENTIFY = True
    settings.DEIDENTIFICATION_KEY = "a-key-for-tests-only-0123456789-abcdefghijklmnop"
    summary = take(folder)
    assert (summary.ingested, summary.beside, summary.quarantined) == (2, 3, 0)
    listed = IntakeFile.objects.get(intake=summary.intake_id, name__endswith=".csv")
    assert (listed.path, "not kept" in listed.reason) == ("", True)
    patients = set(Instance.objects.values_list("series__study__patient__patient_id", flat=True))
    assert len(patients) == 2
    assert not patients & {"P-1", "P-2"}
    masks = IntakeFile.objects.filter(intake=summary.intake_id, outcome=Outcome.BESIDE, instance__isnull=False)
    assert masks.count() == 2
