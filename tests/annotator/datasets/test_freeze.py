"""From a cohort to a release that nothing changes any more."""

import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError
from annotator.accounts.models import AuditEntry, User
from annotator.annotations.actions.delete_annotation import delete_annotation
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.models import Annotation
from annotator.datasets.actions.discard_release import discard_release
from annotator.datasets.actions.freeze_release import freeze_release
from annotator.datasets.actions.judge_leak import judge_leak
from annotator.datasets.actions.request_release import request_release
from annotator.datasets.actions.save_cohort import save_cohort
from annotator.datasets.actions.withdraw_patient import withdraw_patient
from annotator.datasets.cohort_query import Pictures
from annotator.datasets.compare_releases import compare_releases
from annotator.datasets.exporters.stack_pixels import ChangedPictureError, StackPixels
from annotator.datasets.freeze_parts import decade_of_life
from annotator.datasets.immutability import TRIGGERS
from annotator.datasets.models import FramePrint, PatientSide, Release, ReleaseStack
from annotator.datasets.release_content import content_of, stacks_in_order
from annotator.datasets.release_queries import condition_of, whole_stacks
from annotator.datasets.release_recipe import ReleaseRecipe
from annotator.datasets.release_rows import content_hash_of, header_of, released_stacks
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.models import Frame, Patient, Study
from annotator.jobs.models import JobState
from annotator.readerstudies.actions.submit_assignment import submit_assignment
from annotator.readerstudies.models import Assignment
from tests.annotator.datasets.conftest import BOX, CALIPER, CONTOUR, MarkedStudies
from tests.builders.studies import ct_series

RECIPE = {"truth": {"uncertain": "ignore", "submitted_only": False}}


@pytest.fixture
def freeze(data_manager: User, run_queued_jobs):
    """Ask for a release of a cohort of everything, run its job; the release as it is then."""
    cohort = save_cohort(data_manager, "Everything", {})

    def make(recipe=RECIPE, **cohort_changes) -> Release:
        if cohort_changes:
            save_cohort(data_manager, "Everything", cohort_changes["query"], cohort_id=cohort.pk)
        release = request_release(data_manager, cohort.pk, recipe)
        run_queued_jobs(may_fail=True)
        return Release.objects.select_related("cohort", "job").get(pk=release.pk)

    return make


def test_a_release_holds_every_picture_mark_and_answer_as_they_were(marked_studies: MarkedStudies, freeze):
    release = freeze()
    assert release.job.state == JobState.DONE, release.job.error
    assert (release.number, release.content_hash) == (1, content_hash_of(release))
    stacks = {stack.modality: stack for stack in released_stacks(release)}
    ct, us = stacks["CT"], stacks["US"]
    assert [frame.place for frame in ct.frames] == [0, 1, 2]
    assert {frame.frame_key for frame in ct.frames} == set(
        Frame.objects.filter(instance__series__modality="CT").values_list("key", flat=True)
    )
    [box] = ct.marks
    assert (box.kind, box.place, box.points) == ("box", 1, tuple(map(tuple, BOX)))
    assert (box.longest_mm, box.calibration) == (9.75, "PixelSpacing")
    marks = {mark.kind: mark for mark in us.marks}
    assert marks["contour"].points == tuple(map(tuple, CONTOUR))
    assert marks["point"].points == tuple(map(tuple, CALIPER))
    [finding], [answer] = us.findings, us.answers
    assert marks["contour"].finding == finding.id == answer.target.finding
    assert (marks["contour"].category, marks["point"].category) == ("nodule", "caliper")
    assert answer.schema == "acr-tirads@1"
    assert answer.score["level"] == "TR4"
    header = header_of(release)
    assert header.categories == ("caliper", "nodule", "unassigned")
    assert list(header.schemas) == ["acr-tirads@1"]
    assert sum(counts["patients"] for counts in header.counts.values()) == 2
    assert release.flow["left"] == {"patients": 2, "studies": 2, "images": 4}
    assert release.balance["sexes"].keys() <= {"train", "val", "test"}
    assert sum(sum(counts.values()) for counts in release.balance["ages"].values()) == 2
    assert "Content hash" in release.datasheet
    assert "Unknown: nobody wrote it down." in release.datasheet
    assert AuditEntry.objects.filter(action="freeze_release", target_id=str(release.pk)).exists()
    StackPixels(ct).stored(0)


def test_later_edits_do_not_touch_it_and_comparing_two_releases_tells_them(
    marked_studies: MarkedStudies, freeze, radiologist: User
):
    recipe = {"truth": RECIPE["truth"] | {"unread": True}}
    first = freeze(recipe)
    before = [stack.to_json() for stack in released_stacks(first)]
    delete_annotation(radiologist, marked_studies.box.id, revision=1)
    contour = marked_studies.contour
    moved = [[column + 1, row] for column, row in CONTOUR]
    save_annotation(
        radiologist,
        SaveAnnotation(contour.id, contour.case_id, contour.frame.key, "contour", moved, revision=1, label="lobe"),
    )
    second = freeze(recipe)
    assert second.number == 2
    assert [stack.to_json() for stack in released_stacks(first)] == before
    found = compare_releases(first, second)
    assert found.counts["marks_removed"] == 1
    assert found.counts["marks_redrawn"] == 1
    assert found.counts["marks_relabelled"] == 1
    assert found.counts["patients_added"] == found.counts["patients_removed"] == 0
    assert found.marks_removed[0].id == str(marked_studies.box.id)
    sides = dict(ReleaseStack.objects.filter(release=first).values_list("patient", "split"))
    assert dict(ReleaseStack.objects.filter(release=second).values_list("patient", "split")) == sides


def test_what_is_frozen_is_never_changed_discarded_or_frozen_again(
    marked_studies: MarkedStudies, freeze, data_manager: User
):
    release = freeze()
    said = freeze_release(release.pk, report=lambda percent, doing: None)
    assert (said["number"], said["content_hash"]) == (1, release.content_hash)
    with pytest.raises(ConflictError, match="kept as it is"):
        discard_release(data_manager, release.pk)
    waiting = request_release(data_manager, release.cohort_id, RECIPE)
    with pytest.raises(ConflictError, match="Cancel the job"):
        discard_release(data_manager, waiting.pk)
    for change in (
        lambda: Release.objects.filter(pk=release.pk).update(title="other"),
        lambda: ReleaseStack.objects.filter(release=release).update(split="test"),
        lambda: ReleaseStack.objects.filter(release=release).update(content=b""),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()
    for gone in (ReleaseStack.objects.filter(release=release), Release.objects.filter(pk=release.pk)):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            gone._raw_delete(gone.db)
    with connection.cursor() as cursor:
        table = "sqlite_master WHERE type = 'trigger'" if connection.vendor == "sqlite" else "pg_trigger"
        name = "name" if connection.vendor == "sqlite" else "tgname"
        cursor.execute(f"SELECT {name} FROM {table}")
        assert {row[0] for row in cursor.fetchall()} >= set(TRIGGERS)
    assert condition_of(release).whole


def test_nothing_is_frozen_until_somebody_chose_what_uncertain_counts_as(freeze):
    for recipe in ({}, {"truth": {}}, {"truth": {"whose": "all"}}):
        with pytest.raises(InvalidError, match="Nothing is chosen for you") as fault:
            freeze(recipe)
        assert fault.value.path == "truth.uncertain"
    assert not Release.objects.exists()


def test_readings_that_are_not_submitted_do_not_count_unless_asked(
    marked_studies: MarkedStudies, freeze, radiologist: User
):
    release = freeze({"truth": {"uncertain": "soft"}})
    assert release.job.state == JobState.FAILED
    assert "No study is left" in release.job.error
    assignment = Assignment.objects.get(case=marked_studies.ct, reader=radiologist)
    submit_assignment(radiologist, assignment.pk)
    release = freeze({"truth": {"uncertain": "soft"}})
    assert [stack.modality for stack in released_stacks(release)] == ["CT"]
    [step] = release.flow["steps"]
    assert step["reason"] == "No submitted reading"
    assert step["excluded"]["studies"] == 1


def test_a_withdrawn_patient_is_erased_everywhere_and_the_release_stays_loadable(
    marked_studies: MarkedStudies, freeze, data_manager: User
):
    release = freeze()
    [ct] = [stack for stack in released_stacks(release) if stack.modality == "CT"]
    withdrawal = withdraw_patient(data_manager, ct.patient, reason="Asked by letter")
    assert [stack.modality for stack in released_stacks(release)] == ["US"]
    row = ReleaseStack.objects.get(release=release, patient=ct.patient)
    assert (row.content, row.frame_count, row.withdrawal_id) == (None, 3, withdrawal.pk)
    state = condition_of(release)
    assert state.whole
    assert (state.withdrawn, state.withdrawn_frames) == (1, 3)
    assert not FramePrint.objects.filter(frame__instance__series__modality="CT").exists()
    with pytest.raises(ConflictError):
        withdraw_patient(data_manager, ct.patient, reason="again")
    later = freeze()
    assert {stack.modality for stack in released_stacks(later)} == {"US"}
    assert later.flow["steps"][0]["reason"] == "Consent withdrawn"


def test_pictures_that_changed_or_went_are_noticed(marked_studies: MarkedStudies, freeze):
    release = freeze()
    [us] = [stack for stack in released_stacks(release) if stack.modality == "US"]
    FramePrint.objects.filter(frame__key=us.frames[0].frame_key).update(pixel_hash="0" * 64)
    Frame.objects.filter(instance__series__modality="CT", instance__instance_number=2).update(key="gone")
    state = condition_of(release)
    assert len(state.changed) == len(state.missing) == 1
    assert {stack.modality: gone for _, stack, gone in whole_stacks(release)} == {"CT": 1, "US": 0}
    other = replace(us, frames=tuple(replace(frame, pixel_hash="0" * 64) for frame in us.frames))
    with pytest.raises(ChangedPictureError, match="not those that the release"):
        StackPixels(other).stored(0)
    assert len(list(released_stacks(release))) == 2


def test_one_person_under_two_identifiers_stops_the_freeze_until_somebody_decides(
    marked_studies: MarkedStudies, freeze, data_manager: User
):
    Patient.objects.update(name="Same^One", name_key="same one", birth_date="19600101", sex="F")
    recipe = RECIPE | {"split": {"folds": 2}}
    release = freeze(recipe)
    assert release.job.state == JobState.FAILED
    assert "same name, birth date and sex" in release.job.error
    assert release.frozen_at is None
    [leak] = release.leaks
    first, second = leak["first"]["patient"], leak["second"]["patient"]
    judge_leak(data_manager, release.cohort_id, second, first, verdict="together", reason="Same person")
    assert freeze(recipe).frozen_at is not None
    discard_release(data_manager, release.pk)
    assert not Release.objects.filter(pk=release.pk).exists()
    assert len(set(PatientSide.objects.values_list("side", flat=True))) == 1


def test_a_mark_that_does_not_fit_its_picture_stops_the_freeze(marked_studies: MarkedStudies, freeze):
    Annotation.objects.filter(pk=marked_studies.box.pk).update(points=[[5.0, 5.0], [4000.0, 20.0]])
    release = freeze()
    assert release.job.state == JobState.FAILED
    assert "does not fit its picture of 40 by 32 pixels" in release.job.error


def test_a_release_that_grows_keeps_old_patients_where_they_are(
    marked_studies: MarkedStudies, freeze, tmp_path: Path, admin: User, run_queued_jobs
):
    recipe = {"truth": RECIPE["truth"] | {"unread": True}, "leaks": {"near_duplicates": False}}
    first = freeze(recipe)
    assert freeze(recipe).content_hash == first.content_hash
    before = dict(ReleaseStack.objects.filter(release=first).values_list("patient", "split"))
    folder = tmp_path / "more"
    folder.mkdir()
    for number in range(6):
        ct_series(folder, slices=1, rows=16, columns=16, study=f"ct-{number}", patient_id=f"N{number}", seed=number)
    ingest_paths(admin, [folder])
    run_queued_jobs()
    for patient in Patient.objects.all():
        Patient.objects.filter(pk=patient.pk).update(name_key=patient.patient_id)
    second = freeze(recipe | {"split": {"seed": 99, "fractions": [0.2, 0.4, 0.4]}})
    after = dict(ReleaseStack.objects.filter(release=second).values_list("patient", "split"))
    assert second.number == 3
    assert len(after) == 8
    assert {patient: after[patient] for patient in before} == before
    assert compare_releases(first, second).counts["patients_added"] == 6
    assert compare_releases(first, second).counts["patients_moved"] == 0


def test_the_number_of_queries_does_not_grow_with_the_slices(
    marked_studies: MarkedStudies, tmp_path: Path, admin: User, run_queued_jobs, django_assert_max_num_queries
):
    truth = ReleaseRecipe.from_json(RECIPE).truth
    places = stacks_in_order(marked_studies.study_ids, Pictures())
    content_of(places, truth, report=lambda done: None)
    with django_assert_max_num_queries(14):
        content_of(places, truth, report=lambda done: None)
    folder = tmp_path / "long"
    folder.mkdir()
    ct_series(folder, slices=40, rows=16, columns=16, study="ct-long", patient_id="LONG")
    ingest_paths(admin, [folder])
    run_queued_jobs()
    longer = stacks_in_order(list(Study.objects.values_list("pk", flat=True)), Pictures())
    content_of(longer, truth, report=lambda done: None)
    with django_assert_max_num_queries(14):
        content = content_of(longer, truth, report=lambda done: None)
    assert sum(len(stack.frames) for stack in content.stacks) == 44


def test_only_data_managers_and_admins_do_any_of_this(radiologist: User, data_manager: User):
    cohort = save_cohort(data_manager, "Mine", {})
    for act in (
        lambda: save_cohort(radiologist, "Other", {}),
        lambda: request_release(radiologist, cohort.pk, RECIPE),
        lambda: withdraw_patient(radiologist, "patient-1", reason="x"),
        lambda: judge_leak(radiologist, cohort.pk, "a", "b", verdict="together", reason="x"),
        lambda: discard_release(radiologist, uuid.uuid4()),
    ):
        with pytest.raises(NotAllowedError):
            act()


@pytest.mark.parametrize(
    ("born", "said"), [("19660822", "50 to 59"), ("11111111", "unknown"), ("20300101", "unknown"), ("", "unknown")]
)
def test_an_age_that_nobody_reaches_is_unknown(born, said):
    assert decade_of_life(born, "20260101") == said
