"""What each role sees of the catalogue, the intakes and the quarantine, and with how many queries."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from annotator.accounts.errors import NotFoundError
from annotator.accounts.models import User
from annotator.imaging import policies, queries
from annotator.imaging.models import Instance, Study
from tests.annotator.imaging.conftest import Take
from tests.builders import ct_series, not_dicom, ultrasound

LISTS = (
    queries.patients_for,
    queries.studies_for,
    queries.series_for,
    queries.instances_for,
    queries.intakes_for,
    queries.quarantined_for,
)


@pytest.fixture
def catalogue(take: Take, tmp_path: Path) -> None:
    for study in ("one", "two", "three"):
        ct_series(tmp_path / study, slices=2, study=study)
        ct_series(tmp_path / study, slices=1, study=study, series=2)
    ultrasound(tmp_path, patient_id="PAT-US")
    not_dicom(tmp_path)
    take(tmp_path, derive=True)


@pytest.mark.parametrize("listed", LISTS)
def test_readers_and_strangers_see_nothing_of_the_catalogue(
    listed: Any, catalogue: None, radiologist: User, data_manager: User, admin: User
) -> None:
    assert not listed(radiologist).exists()
    assert not listed(AnonymousUser()).exists()
    assert listed(data_manager).exists()
    assert listed(admin).exists()


@pytest.mark.parametrize(
    "right", [policies.may_bring_files_in, policies.may_browse_catalogue, policies.may_see_quarantine]
)
def test_the_rights_of_this_room_belong_to_data_managers_and_admins(
    right: Any, radiologist: User, data_manager: User, admin: User
) -> None:
    assert [right(person) for person in (AnonymousUser(), radiologist, data_manager, admin)] == [
        False,
        False,
        True,
        True,
    ]


def test_counts_of_studies_are_right_and_cost_one_query(
    catalogue: None, data_manager: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        found = {
            (study.patient.patient_id, *queries.modalities_of(study)): study
            for study in queries.studies_for(data_manager)
        }
    ct = found["PAT-CT", "CT"]
    assert (ct.series_count, ct.instance_count, ct.ready_count, ct.failed_count, ct.frame_count) == (2, 3, 3, 0, 3)
    assert queries.patients_for(data_manager).get(patient_id="PAT-CT").study_count == 3


def test_one_study_or_none(catalogue: None, data_manager: User, radiologist: User) -> None:
    study = Study.objects.first()
    assert study is not None
    assert queries.study_for(data_manager, study.pk) == study
    with pytest.raises(NotFoundError):
        queries.study_for(radiologist, study.pk)
    with pytest.raises(NotFoundError):
        queries.study_for(data_manager, 10**9)
    with pytest.raises(NotFoundError):
        queries.intake_for(data_manager, uuid.uuid4())


def test_an_instance_comes_with_its_header(catalogue: None, data_manager: User, radiologist: User) -> None:
    uid = Instance.objects.values_list("sop_instance_uid", flat=True)[0]
    assert queries.instance_for(data_manager, uid).header["00080018"]["Value"] == [uid]
    with pytest.raises(NotFoundError):
        queries.instance_for(radiologist, uid)


def test_intakes_count_their_files_by_outcome(catalogue: None, data_manager: User) -> None:
    (intake,) = queries.intakes_for(data_manager)
    assert (intake.file_count, intake.ingested, intake.already_there, intake.quarantined, intake.waiting) == (
        11,
        10,
        0,
        1,
        0,
    )


def test_the_quarantine_lists_names_and_reasons_in_one_query(
    catalogue: None, data_manager: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        rows = [(row.name, row.reason, row.intake.source) for row in queries.quarantined_for(data_manager)]
    assert len(rows) == 1
    assert "Not DICOM" in rows[0][1]


def test_an_intake_that_does_not_look_like_one_is_not_found(data_manager: User, db: None) -> None:
    with pytest.raises(NotFoundError):
        queries.intake_for(data_manager, "not-a-uuid")
