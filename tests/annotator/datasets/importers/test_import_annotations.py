"""Marks of other programs come in as a reading of a named source: checked, told of beforehand, and once."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from annotator.accounts.actions.create_person import create_person
from annotator.accounts.actions.reset_password import reset_password
from annotator.accounts.errors import InvalidError, NotAllowedError
from annotator.accounts.models import AuditEntry, User
from annotator.accounts.queries import readers_for
from annotator.annotations.actions.delete_annotation import delete_annotation
from annotator.annotations.models import Annotation, CaseLock, Finding, Provenance
from annotator.cases.models import Case
from annotator.datasets.actions import import_annotations as importing
from annotator.datasets.actions.import_annotations import import_annotations, source_username
from annotator.datasets.exporters.bcs_dbt import BOX_COLUMNS
from annotator.datasets.marks_that_fit import category_of
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.models import Stack
from annotator.imaging.queries import frames_in_order
from annotator.readerstudies.actions.open_source_reading import open_source_reading
from annotator.readerstudies.actions.reopen_assignment import reopen_assignment
from annotator.readerstudies.models import Assignment, AssignmentState
from tests.builders.orientations import turned_breast
from tests.builders.studies import ct_series, tomosynthesis

SOURCE = "Radiologists of Duke"


@pytest.fixture
def studies(tmp_path, admin: User, run_queued_jobs) -> dict[str, Stack]:
    """A CT, an upright LCC volume, and a right breast that is stored turned."""
    folder = tmp_path / "dicom"
    folder.mkdir()
    ct_series(folder)
    tomosynthesis(folder, view="LCC")
    turned_breast(folder, study="turned", patient_id="PAT-TURNED")
    ingest_paths(admin, [folder])
    run_queued_jobs()
    stacks = Stack.objects.select_related("series__study").order_by("series__modality", "laterality")
    return {stack.laterality or "ct": stack for stack in stacks}


def coco_of(stack: Stack, path, *boxes, **image):
    frames = frames_in_order(stack)
    instance = frames[1].instance
    row = {"id": 1, "width": instance.columns, "height": instance.rows, "file_name": "x.png",
           "sop_instance_uid": instance.sop_instance_uid}  # fmt: skip
    document = {
        "images": [row | image],
        "categories": [{"id": 1, "name": "nodule"}, {"id": 2, "name": "own / 🎗"}],
        "annotations": [{"id": n, "image_id": 1, "category_id": 1 + n % 2, "bbox": box} for n, box in enumerate(boxes)],
    }
    path.write_text(json.dumps(document))
    return path


def boxes_of(stack: Stack, path, *rows):
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, BOX_COLUMNS)
        writer.writeheader()
        for row in rows:
            view = f"{stack.laterality}{stack.view}".lower()
            study = stack.series.study
            known = {"PatientID": study.patient.patient_id, "StudyUID": study.study_instance_uid, "View": view,
                     "Subject": 0, "Slice": 1, "Class": "benign", "AD": 0,
                     "VolumeSlices": len(frames_in_order(stack))}  # fmt: skip
            writer.writerow(known | row)
    return path


def test_a_dry_run_keeps_nothing_and_saving_twice_is_saving_once(studies, admin, tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "_AT_ONCE", 1)
    file = coco_of(studies["ct"], tmp_path / "a.json", [2, 3, 10, 12.5], [20, 1, 5, 6])
    told = import_annotations(admin, [file], source=SOURCE, format_name="coco")
    assert (told.new, told.refused_count, told.saved) == (2, 0, False)
    assert not Annotation.objects.exists()
    assert not User.objects.filter(username=source_username(SOURCE)).exists()

    done = import_annotations(admin, [file], source=SOURCE, format_name="coco", dry_run=False)
    assert (done.new, done.already_there, done.cases, done.saved) == (2, 0, 1, True)
    owner = User.objects.get(username=source_username(SOURCE))
    assert not owner.has_usable_password()
    assert owner not in readers_for(admin), "nobody is to be given cases under that name"
    with pytest.raises(InvalidError):
        reset_password(admin, owner.pk, password="a-long-enough-passphrase")
    with pytest.raises(InvalidError):
        create_person(admin, username="source.me", password="a-long-enough-passphrase", role="radiologist")
    marks = Annotation.objects.filter(owner=owner).order_by("created_at")
    assert [(mark.kind, mark.provenance, mark.points) for mark in marks] == [
        ("box", Provenance.IMPORTED, [[2.0, 3.0], [12.0, 15.5]]),
        ("box", Provenance.IMPORTED, [[20.0, 1.0], [25.0, 7.0]]),
    ]
    assert [(one.kind, one.name) for one in Finding.objects.filter(owner=owner)] == [
        ("nodule", ""),
        ("other", "own / 🎗"),
    ]
    assert [category_of(mark, mark.finding) for mark in marks] == ["nodule", "own / 🎗"], "a class keeps its name"
    reading = Assignment.objects.get(reader=owner)
    assert reading.state == AssignmentState.SUBMITTED
    assert CaseLock.objects.filter(owner=owner).count() == 1
    assert AuditEntry.objects.filter(action="import_annotations", actor=admin).count() == 1

    again = import_annotations(admin, [file], source=SOURCE, format_name="coco", dry_run=False)
    assert (again.new, again.already_there) == (0, 2)
    more = coco_of(studies["ct"], tmp_path / "b.json", [2, 3, 10, 12.5], [5, 6, 7, 8])
    grown = import_annotations(admin, [more], source=SOURCE, format_name="coco", dry_run=False)
    assert (grown.new, grown.already_there) == (1, 1)
    assert Assignment.objects.get(reader=owner).state == AssignmentState.SUBMITTED

    reopen_assignment(admin, reading.pk, reason="one is wrong")
    delete_annotation(owner, marks[0].pk, revision=1)
    kept = import_annotations(admin, [file], source=SOURCE, format_name="coco", dry_run=False)
    assert (kept.new, kept.already_there, kept.deleted_since) == (0, 1, 1)


def test_one_refusal_stops_all_unless_it_is_to_be_left_out(studies, admin, data_manager, radiologist, tmp_path):
    good, beyond = [2, 3, 10, 12], [30, 20, 30, 40]
    file = coco_of(studies["ct"], tmp_path / "a.json", good, beyond)
    stopped = import_annotations(admin, [file], source=SOURCE, format_name="coco", dry_run=False)
    assert (stopped.saved, stopped.refused_count, Annotation.objects.count()) == (False, 1, 0)
    [row] = stopped.refused
    assert (row["file"], row["path"]) == ("a.json", "annotations[1], points[1][0]")
    assert "outside the image" in row["reason"]
    rest = import_annotations(admin, [file], source=SOURCE, format_name="coco", dry_run=False, skip_refused=True)
    assert (rest.saved, rest.new, Annotation.objects.count(), Finding.objects.count()) == (True, 1, 1, 1)
    with pytest.raises(NotAllowedError):
        import_annotations(radiologist, [file], source=SOURCE, format_name="coco")
    none = coco_of(studies["ct"], tmp_path / "none.json", beyond)
    empty = import_annotations(
        data_manager, [none], source="Others", format_name="coco", dry_run=False, skip_refused=True
    )
    assert (empty.new, empty.refused_count) == (0, 1)
    assert not Assignment.objects.filter(reader__username=source_username("Others")).exists()
    reading = Assignment.objects.get()
    with pytest.raises(InvalidError, match="is a person"):
        open_source_reading(data_manager, reading.case_id, radiologist)
    with pytest.raises(NotAllowedError):
        open_source_reading(radiologist, reading.case_id, reading.reader)
    with pytest.raises(InvalidError):
        import_annotations(admin, [file], source="🎗", format_name="coco")
    with pytest.raises(InvalidError):
        import_annotations(admin, [file], source=SOURCE, format_name="excel")


def test_boxes_of_the_tomosynthesis_set_land_where_its_reader_shows_them(studies, admin, tmp_path):
    upright, turned = studies["L"], studies["R"]
    files = [
        boxes_of(upright, tmp_path / "l.csv", {"X": 3, "Y": 5, "Width": 10, "Height": 12}),
        boxes_of(turned, tmp_path / "r.csv", {"X": 3, "Y": 5, "Width": 10, "Height": 12, "AD": 1}),
    ]
    done = import_annotations(admin, files, source="BCS-DBT", format_name="bcs-dbt", dry_run=False)
    assert (done.refused, done.new) == ([], 2)
    marks = {mark.frame.instance.stack_id: mark for mark in Annotation.objects.select_related("frame__instance")}
    assert marks[upright.pk].points == [[3, 5], [13, 17]]
    columns, rows = 72, 96
    assert marks[turned.pk].points == [[columns - 13, rows - 17], [columns - 3, rows - 5]]
    assert (marks[turned.pk].finding.kind, marks[turned.pk].frame.number, marks[turned.pk].label) == (
        "distortion", 2, "benign",
    )  # fmt: skip
    wrong = boxes_of(upright, tmp_path / "w.csv", *(
        {"X": 3, "Y": 5, "Width": 10, "Height": 12} | change
        for change in ({"VolumeSlices": 9}, {"View": "lml"}, {"StudyUID": "1.2"}, {"X": "?"}, {"Slice": 4})
    ))  # fmt: skip
    refused = import_annotations(admin, [wrong], source="BCS-DBT", format_name="bcs-dbt").refused
    assert [row["path"] for row in refused] == [
        "line 2, VolumeSlices", "line 3, View", "line 4", "line 5", "line 6, Slice",
    ]  # fmt: skip


def test_the_command_tells_before_it_saves(studies, admin, tmp_path):
    file = coco_of(studies["ct"], tmp_path / "a.json", [2, 3, 10, 12])
    said = io.StringIO()
    call_command("import_annotations", "coco", str(file), "--source", SOURCE, "--user", "admin", stdout=said)
    assert said.getvalue() == "not saved: 1 new, 0 already there, 0 deleted since, 0 refused, in 1 cases\n"
    call_command("import_annotations", "coco", str(file), "--source", SOURCE, "--user", "admin", "--save", stdout=said)
    assert "\nsaved: 1 new" in said.getvalue()
    with pytest.raises(CommandError):
        call_command("import_annotations", "coco", str(file), "--source", SOURCE, "--user", "nobody")
    assert Case.objects.filter(assignments__reader__username=source_username(SOURCE)).count() == 1
