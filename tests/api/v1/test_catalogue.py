"""Lists of the catalogue: filters, pages, and as many queries for many rows as for few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.models import Role
from annotator.datasets.models import Cohort, Export, Release, Withdrawal
from annotator.imaging.models import Collection, Intake, IntakeFile, Tag
from annotator.jobs.models import Job
from annotator.readerstudies.models import Assignment
from tests.annotator.case_rows import make_case, make_stack, make_study
from tests.api.v1.world import EXPORT_REQUEST, World, make_annotation, make_suggestion
from tests.fixtures.people import make_person


@pytest.fixture
def catalogue(world):
    """Beside the world's CT: a CT and an ultrasound of another patient, on other days."""
    ct = make_study(patient_id="PAT-8", name="Other^Olga")
    ct.study_date = "20250615"
    ct.save()
    make_case(ct, make_stack(ct))
    us = make_study(patient_id="PAT-8", name="Other^Olga")
    us.study_date = ""
    us.save()
    make_case(us, make_stack(us, modality="US", kind="still", frames=1), modality="US")
    Tag.objects.create(name="motion").studies.add(us)
    record_audit(world.admin, "did_something", target_kind="case", target_id=world.case.pk)
    return world


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("modality=US", 1),
        ("modality=us", 1),
        ("modality=MG", 0),
        ("patient_id=PAT-8", 2),
        ("patient_id=PAT", 0),
        ("date_from=2024-01-02", 2),
        ("date_from=2024-01-03", 1),
        ("date_to=2024-01-02", 1),
        ("date_to=2024-01-01", 0),
        ("date_from=2025-01-01&date_to=2025-12-31&modality=CT", 1),
    ],
)
def test_studies_are_found_by_patient_modality_and_date(query, count, catalogue, manager_client):
    assert manager_client.get(f"/api/v1/studies?{query}").json()["count"] == count


@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("patients", 2),
        ("patients?patient_id=PAT-8", 1),
        ("patients?name=olga", 1),
        ("series?modality=US", 2),
        ("series?patient_id=PAT-8", 2),
        ("cases?modality=US", 1),
    ],
)
def test_other_lists_are_filtered_as_they_say(address, count, catalogue, manager_client):
    assert manager_client.get(f"/api/v1/{address}").json()["count"] == count


def test_a_study_says_what_it_holds(catalogue, manager_client):
    study = manager_client.get(f"/api/v1/studies/{catalogue.study.pk}").json()
    assert study["patient"]["patient_id"] == "PAT-7"
    assert study["modalities"] == ["CT"]
    assert (study["series_count"], study["instance_count"], study["ready_count"], study["frame_count"]) == (1, 3, 3, 3)


def test_pages_follow_each_other(catalogue, manager_client):
    first = manager_client.get("/api/v1/studies?limit=2").json()
    rest = manager_client.get(first["next"].removeprefix("http://testserver")).json()
    assert (len(first["results"]), len(rest["results"]), rest["next"]) == (2, 1, None)
    assert len({study["id"] for study in first["results"] + rest["results"]}) == 3


@pytest.mark.parametrize(
    "address",
    [
        "patients",
        "studies",
        "series",
        "tags",
        "collections",
        "cases",
        "jobs",
        "intakes",
        "quarantine",
        "exports",
        "cohorts",
        "releases",
        "withdrawals",
        "assignments",
        "people",
        "audit",
    ],
)
def test_a_longer_list_costs_no_more_queries(address, catalogue, admin_client):
    def rows_and_queries() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as captured:
            listed = admin_client.get(f"/api/v1/{address}").json()["results"]
        return len(listed), len(captured)

    rows, queries = rows_and_queries()
    add_more(catalogue)
    more_rows, more_queries = rows_and_queries()
    assert more_rows >= rows + 3
    assert more_queries == queries


def test_a_reading_costs_as_many_queries_for_many_marks_as_for_one(world, reader_client):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            reader_client.get(f"/api/v1/cases/{world.case.pk}/reading")
        return len(captured)

    few = queries()
    for _ in range(5):
        make_annotation(world.case, world.reader)
        make_suggestion(world.case, world.frame)
    assert queries() == few


def add_more(world: World) -> None:
    """Three more of everything that is listed."""
    for number in range(3):
        study = make_study(patient_id=f"PAT-1{number}")
        Tag.objects.create(name=f"tag {number}").studies.add(study)
        Collection.objects.create(name=f"Set {number}").studies.add(study)
        case = make_case(study, make_stack(study), make_stack(study, series_number=2))
        reader = make_person(f"reader-{number}", Role.RADIOLOGIST)
        Assignment.objects.create(case=case, reader=reader, place=1)
        intake = Intake.objects.create(requested_by=reader, source="upload")
        IntakeFile.objects.create(intake=intake, name="b.txt", outcome="quarantined", reason="Not DICOM.")
        job = Job.objects.create(kind="datasets.build_export", requested_by=reader)
        Export.objects.create(title="Set", requested_by=reader, job=job, request=EXPORT_REQUEST)
        cohort = Cohort.objects.create(name=f"Cohort {number}", query={})
        freezing = Job.objects.create(kind="datasets.freeze_release", requested_by=reader)
        Release.objects.create(cohort=cohort, title="Set", recipe={}, job=freezing, requested_by=reader)
        Withdrawal.objects.create(patient=f"patient-{number}", reason="Asked to.", by=reader)
        record_audit(reader, "did_something", target_kind="case", target_id=case.pk)


@pytest.mark.parametrize("number", ["99999999999999999999", "-1", "1.5", "NaN"])
@pytest.mark.parametrize("name", ["api-series", "api-cases"])
def test_a_number_that_no_study_can_have_is_refused(number, name, admin_client):
    answer = admin_client.get(reverse(name) + f"?study={number}")
    assert answer.status_code == 400
    assert answer.json()["path"] == "study"
