"""Pictures and people that two sides share."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from annotator.accounts.models import User
from annotator.datasets.actions.judge_leak import judge_leak
from annotator.datasets.actions.request_release import request_release
from annotator.datasets.actions.save_cohort import save_cohort
from annotator.datasets.leak_check import (
    Identity,
    Judged,
    LeakEnd,
    LeakPair,
    Pictures,
    same_people,
    same_pictures,
    together,
)
from annotator.datasets.looks import look_of
from annotator.datasets.models import Release
from annotator.datasets.release_recipe import LeakCheck
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.models import Patient
from tests.annotator.datasets.test_looks import picture
from tests.builders.studies import ultrasound

CHECK = LeakCheck()
ENDS = tuple(LeakEnd(f"p{at}", side, f"1.{at}", f"s{at}") for at, side in enumerate(("train", "test", "test")))


def pictures(*values: np.ndarray, volumes: bool = False) -> Pictures:
    """One picture a stack, one stack a patient."""
    looks = [look_of(one) for one in values]
    return Pictures(
        looks=np.array([look.bits for look in looks], np.uint64),
        hashes=np.arange(len(looks), dtype=np.uint64),
        thumbnails=np.array([np.frombuffer(look.thumbnail, np.uint8) for look in looks]),
        stacks=np.arange(len(looks), dtype=np.int32),
        frames=np.array([f"f{at}" for at in range(len(looks))], dtype="S34"),
        ends=ENDS[: len(looks)],
        volumes=np.full(len(looks), volumes),
    )


def test_a_copy_on_another_side_is_found_and_named_once() -> None:
    some = pictures(picture(1), picture(2), (picture(1) / 9).astype(np.uint8))
    [pair] = same_pictures(some, CHECK, [])
    assert (pair.kind, pair.first.patient, pair.second.patient, pair.count) == ("picture", "p0", "p2", 1)
    assert (pair.first.frame_key, pair.second.frame_key) == ("f0", "f2")
    assert pair.likeness is not None
    assert pair.likeness > 0.99
    assert LeakPair.from_json(pair.to_json()) == pair
    assert same_pictures(some, replace(CHECK, near_duplicates=False), []) == []
    assert same_pictures(some, CHECK, [Judged(("p0", "p2"), "different", "looked", "me")]) == []
    assert together([Judged(("p0", "p2"), "together", "same", "me")]) == [("p0", "p2")]


def test_copies_on_one_side_are_nobodys_leak() -> None:
    assert same_pictures(pictures(picture(3), picture(1), picture(1)), CHECK, []) == []


def test_slices_of_two_bodies_that_look_alike_are_no_leak_and_the_same_slice_is() -> None:
    alike = np.roll(picture(1), 1, axis=0)
    assert same_pictures(pictures(picture(1), alike, volumes=True), CHECK, []) == []
    assert len(same_pictures(pictures(picture(1), alike, volumes=False), CHECK, [])) == 1
    same = replace(pictures(picture(1), picture(1), volumes=True), hashes=np.zeros(2, np.uint64))
    assert len(same_pictures(same, CHECK, [])) == 1


def test_one_person_and_one_examination_on_two_sides_are_named() -> None:
    known = [Identity(end, "same one\x0019600101\x00F", "") for end in ENDS[:2]]
    known.append(Identity(ENDS[2], "", "ACC1\x0020240101"))
    known.append(Identity(ENDS[0], "", "ACC1\x0020240101"))
    found = same_people(known, [])
    assert [(pair.kind, pair.first.patient, pair.second.patient) for pair in found] == [
        ("person", "p0", "p1"),
        ("study", "p0", "p2"),
    ]
    assert len(same_people(known, [Judged(("p0", "p1"), "different", "twins", "me")])) == 1


def test_a_picture_of_two_patients_stops_the_freeze_until_one_is_excluded(
    tmp_path: Path, admin: User, data_manager: User, run_queued_jobs
):
    for number, (patient, seed) in enumerate((("A", 1), ("B", 1), ("C", 2))):
        folder = tmp_path / patient
        folder.mkdir()
        ultrasound(folder, study=f"us{number}", patient_id=patient, seed=seed, rows=240, columns=320)
    ingest_paths(admin, [tmp_path])
    run_queued_jobs()
    for patient in Patient.objects.all():
        Patient.objects.filter(pk=patient.pk).update(name_key=patient.patient_id)
    cohort = save_cohort(data_manager, "Pictures", {})
    recipe = {"truth": {"uncertain": "ignore", "unread": True}, "split": {"folds": 3}}

    def freeze() -> Release:
        release = request_release(data_manager, cohort.pk, recipe)
        run_queued_jobs(may_fail=True)
        return Release.objects.select_related("job").get(pk=release.pk)

    stopped = freeze()
    assert stopped.frozen_at is None
    [leak] = stopped.leaks
    assert leak["kind"] == "picture"
    assert "nearly the same" in stopped.job.error
    first, second = leak["first"]["patient"], leak["second"]["patient"]
    judge_leak(data_manager, cohort.pk, first, second, verdict="exclude_second", reason="A copy of another")
    frozen = freeze()
    assert frozen.frozen_at is not None
    assert frozen.flow["steps"][0]["reason"] == "A copy of another"
    assert frozen.flow["left"]["patients"] == 2
