"""Cases are made from studies, once, and don't move under a reader."""

import pytest

from annotator.accounts.errors import NotAllowedError
from annotator.accounts.models import AuditEntry, User
from annotator.cases.actions.make_cases import make_cases
from annotator.cases.models import Case
from annotator.imaging.models import Study
from annotator.jobs.actions.queue_job import queue_job
from annotator.jobs.models import Job
from tests.annotator.case_rows import grant, make_stack, make_study
from tests.fixtures.queued_jobs import RunQueuedJobs


def places(case: Case) -> list[tuple[int, str]]:
    return list(case.case_stacks.values_list("place", "title"))


@pytest.fixture
def breast_study(db: None) -> Study:
    study = make_study(name="Secret^Susan")
    for laterality, view in (("L", "CC"), ("R", "CC"), ("L", "MLO"), ("R", "MLO")):
        make_stack(study, modality="MG", frames=2, laterality=laterality, view=view)
    return study


def test_a_tomosynthesis_study_becomes_one_case_of_four_panes(breast_study: Study) -> None:
    (case,) = make_cases(None, [breast_study.pk])
    assert (case.modality, case.layout) == ("MG", "2x2")
    assert places(case) == [(0, "RCC"), (1, "LCC"), (2, "RMLO"), (3, "LMLO")]


def test_making_cases_twice_makes_them_once(breast_study: Study) -> None:
    (first,) = make_cases(None, [breast_study.pk])
    (second,) = make_cases(None, [breast_study.pk, breast_study.pk])
    assert (first.pk, first.title) == (second.pk, second.title)
    assert Case.objects.count() == 1
    assert AuditEntry.objects.filter(target_kind="case").count() == 1


def test_a_title_says_nothing_of_the_patient(breast_study: Study) -> None:
    (case,) = make_cases(None, [breast_study.pk])
    said = " ".join([case.title, *case.case_stacks.values_list("title", flat=True)])
    patient = breast_study.patient
    for secret in (patient.patient_id, "Secret", "Susan", patient.birth_date, breast_study.study_date):
        assert secret not in said


def test_a_study_of_two_modalities_becomes_two_cases(db: None) -> None:
    study = make_study()
    make_stack(study, modality="CT")
    make_stack(study, modality="US", kind="still", frames=1)
    assert [case.modality for case in make_cases(None, [study.pk])] == ["CT", "US"]


def test_only_what_is_ready_comes_into_a_case(db: None) -> None:
    study = make_study()
    make_stack(study, frames=2)
    make_stack(study, frames=9, series_number=2, state="received")
    (case,) = make_cases(None, [study.pk])
    assert case.case_stacks.count() == 1
    assert case.title.startswith("CT · 2 slices")


def test_a_study_without_ready_frames_and_one_that_is_gone_make_no_case(db: None) -> None:
    study = make_study()
    make_stack(study, state="received")
    assert make_cases(None, [study.pk, 987654]) == []


def test_a_case_that_nobody_may_open_yet_is_hung_anew_when_a_stack_comes(db: None) -> None:
    study = make_study()
    make_stack(study, frames=2)
    (case,) = make_cases(None, [study.pk])
    make_stack(study, frames=5, series_number=2)
    make_cases(None, [study.pk])
    assert places(case) == [(0, "axial · 5 slices · 5 mm"), (1, "axial · 2 slices · 5 mm")]


def test_nothing_moves_under_a_reader_when_a_stack_comes(radiologist: User) -> None:
    study = make_study()
    make_stack(study, frames=2)
    (case,) = make_cases(None, [study.pk])
    grant(case, radiologist)
    make_stack(study, frames=5, series_number=2)
    make_cases(None, [study.pk])
    assert places(case) == [(0, "axial · 2 slices · 5 mm"), (1, "axial · 5 slices · 5 mm")]


def test_an_ultrasound_case_gets_its_calipers_looked_for_once(db: None) -> None:
    study = make_study()
    make_stack(study, modality="US", kind="still", frames=1, view="transverse")
    (case,) = make_cases(None, [study.pk])
    make_cases(None, [study.pk])
    (job,) = Job.objects.filter(kind="assist.find_calipers")
    assert job.parameters == {"case": str(case.pk)}


def test_radiologists_make_no_cases(radiologist: User, breast_study: Study) -> None:
    with pytest.raises(NotAllowedError):
        make_cases(radiologist, [breast_study.pk])


def test_the_job_after_ingest_makes_the_cases(breast_study: Study, run_queued_jobs: RunQueuedJobs) -> None:
    queue_job(None, "cases.make_cases", {"studies": [breast_study.pk]})
    (job,) = run_queued_jobs()
    assert job.result == {"cases": [str(Case.objects.get().pk)]}
