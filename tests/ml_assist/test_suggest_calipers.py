"""The work that looks for a case's calipers, from DICOM files through the real ingest to suggestions."""

from pathlib import Path

import pytest

from annotator.accounts.errors import NotFoundError
from annotator.accounts.models import User
from annotator.annotations.models import MarkKind
from annotator.assist.models import ModelVersion, Suggestion
from annotator.assist.queries import suggestions_for
from annotator.cases.models import Case
from annotator.demo.dicom_files import MadeStudy, save
from annotator.demo.thyroid_ultrasound import (
    HEIGHT,
    LEFT,
    MM_PER_PIXEL,
    TOP,
    WIDTH,
    calipers,
    length_mm,
    make_still,
)
from annotator.demo.ultrasound_object import CalibratedRegion, ultrasound_image
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.models import Frame, Instance
from annotator.jobs.actions.queue_job import queue_job
from annotator.jobs.actions.run_job import run_job
from annotator.jobs.models import Job, JobState
from ml_assist.actions.suggest_calipers import model_identity, suggest_calipers
from ml_assist.caliper_lengths import CaliperLengthsRecord, caliper_lengths
from tests import builders

pytestmark = pytest.mark.django_db(transaction=True)


def still(folder: Path, regions: list[CalibratedRegion]) -> Case:
    """A case of the transverse phantom, whose file says that tissue is shown in these regions."""
    owner = MadeStudy("caliper-still", "PAT-CAL")
    save(ultrasound_image(owner, [make_still("transverse")], view="transverse", regions=regions), folder / "still.dcm")
    ingest_paths(None, [folder], derive=True)
    return Case.objects.get()


def points(case: Case) -> set[tuple[float, float]]:
    return {tuple(suggestion.points[0]) for suggestion in case.suggestions.all()}


def test_a_new_ultrasound_case_has_its_calipers_looked_for_by_a_job_and_a_second_run_adds_nothing(
    tmp_path: Path,
) -> None:
    case = still(tmp_path, [])
    job = Job.objects.get(kind="assist.find_calipers", state=JobState.QUEUED)
    assert run_job(job.pk) == JobState.DONE
    job.refresh_from_db()
    assert job.result == {"stills": 1, "calipers": 4, "new_suggestions": 4, "printed_lengths": 2}
    drawn = {(column + 0.5, row + 0.5) for measure in calipers("transverse") for column, row in measure}
    assert points(case) == drawn
    assert {(one.kind, one.label) for one in case.suggestions.all()} == {(MarkKind.POINT, "caliper")}
    before = set(Suggestion.objects.values_list("pk", flat=True))

    again = queue_job(None, "assist.find_calipers", {"case": str(case.pk)})
    assert run_job(again.pk) == JobState.DONE
    again.refresh_from_db()
    assert again.result["new_suggestions"] == 0
    assert set(Suggestion.objects.values_list("pk", flat=True)) == before
    assert ModelVersion.objects.get(name=model_identity().name).content_hash == model_identity().content_hash


def test_nothing_is_suggested_outside_the_calibrated_picture_of_tissue(tmp_path: Path) -> None:
    (left, right), _ = calipers("transverse")
    only_left = CalibratedRegion(LEFT, TOP, (left[0] + right[0]) // 2 - 20, TOP + 500, 0.065)
    case = still(tmp_path, [only_left])
    suggest_calipers(case.pk)
    assert points(case) == {(left[0] + 0.5, left[1] + 0.5)}


def test_cines_are_left_out(tmp_path: Path) -> None:
    builders.ultrasound(tmp_path, frames=3)
    ingest_paths(None, [tmp_path], derive=True)
    assert suggest_calipers(Case.objects.get().pk).stills == 0


def test_a_case_that_is_not_there_fails_in_words() -> None:
    with pytest.raises(NotFoundError, match="no case"):
        suggest_calipers("00000000-0000-0000-0000-000000000000")


def test_what_calipers_measure_is_held_against_what_is_printed_and_read_once_a_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, admin: User
) -> None:
    case = still(tmp_path, [CalibratedRegion(LEFT, TOP, LEFT + WIDTH - 1, TOP + HEIGHT - 1, MM_PER_PIXEL)])

    def told() -> CaliperLengthsRecord:
        [record] = caliper_lengths(case, suggestions_for(admin, case))
        return record

    suggest_calipers(case.pk)
    printed = sorted((round(length_mm(measure), 1) for measure in calipers("transverse")), reverse=True)
    right = told()
    assert [(axis["state"], axis["printed_mm"]) for axis in right["axes"]] == [("agrees", mm) for mm in printed]
    assert right["axes"][0]["told"] == f"{right['axes'][0]['measured_mm']:.1f} mm measured, {printed[0]:.1f} mm printed"
    assert (right["told"], right["other_printed_mm"]) == ("", [])

    # The same picture read again asks nobody; its header now says larger pixels, or none.
    monkeypatch.setattr("ml_assist.actions.read_printed_lengths.read_lengths", lambda *_: pytest.fail("read twice"))
    assert suggest_calipers(case.pk).printed_lengths == 2
    frame = Frame.objects.get()
    for region in frame.geometry["regions"]:
        region["mm_per_column"] *= 1.25
        region["mm_per_row"] *= 1.25
    frame.save()
    wrong = told()
    assert [axis["state"] for axis in wrong["axes"]] == ["differs", "differs"]
    assert "times what is printed: the picture's calibration may be wrong." in wrong["told"]
    Frame.objects.update(geometry={})
    alone = told()
    assert [(axis["state"], axis["measured_mm"], axis["printed_mm"]) for axis in alone["axes"]] == [
        ("not_calibrated", None, mm) for mm in printed
    ]
    Instance.objects.update(sha256="0" * 64)
    assert [axis["printed_mm"] for axis in told()["axes"]] == [None, None], "another picture's lengths don't count"
