"""The catalogue and one study."""

import pytest

from annotator.accounts.models import User
from annotator.imaging.actions.count_studies import count_studies
from annotator.imaging.models import InstanceState, Patient, Series, Study
from tests.frontend.conftest import Catalogue, ClientFor


def found(client: object, query: str) -> list[str]:
    rows = client.get(f"/studies/?{query}").context["rows"]  # type: ignore[attr-defined]
    return sorted(study.patient.patient_id for study, _, _ in rows)


def test_the_catalogue_lists_each_study_with_whose_it_is_and_how_far(
    catalogue: Catalogue, data_manager: User, client_for: ClientFor
) -> None:
    page = client_for(data_manager).get("/studies/").content.decode()
    assert "Doe, Jane" in page
    assert "PAT-US" in page
    assert page.count('class="state ready"') == 2


def test_each_study_has_the_middle_of_its_longest_stack_as_a_picture(
    catalogue: Catalogue, data_manager: User, client_for: ClientFor
) -> None:
    rows = client_for(data_manager).get("/studies/").context["rows"]
    pictures = {study.pk: picture for study, _, picture in rows}
    middle = catalogue.ct.series.get().instances.get(instance_number=2)
    address = pictures[catalogue.ct.pk].address
    assert address == (
        f"/dicomweb/studies/{catalogue.ct.study_instance_uid}/series/{middle.series.series_instance_uid}"
        f"/instances/{middle.sop_instance_uid}/frames/1/rendered"
    )
    assert f"{address}?viewport=192,192" in client_for(data_manager).get("/studies/").content.decode()


def test_a_study_whose_frames_are_not_ready_has_no_picture_and_says_so(
    catalogue: Catalogue, data_manager: User, client_for: ClientFor
) -> None:
    for series in catalogue.ct.series.all():
        series.instances.update(state=InstanceState.RECEIVED)
    count_studies([catalogue.ct.pk])
    page = client_for(data_manager).get("/studies/?modality=CT").content.decode()
    assert "Received, 0 of 3 ready" in page
    assert "not ready" in page
    assert "/dicomweb/" not in page


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", ["PAT-CT", "PAT-US"]),
        ("modality=CT", ["PAT-CT"]),
        ("modality=XX", []),
        ("q=doe+jane", ["PAT-CT"]),
        ("q=Doe,+Jane", ["PAT-CT"]),
        ("q=pat-us", ["PAT-US"]),
        ("q=doe+pat-us", []),
        ("state=ready", ["PAT-CT", "PAT-US"]),
        ("state=waiting", []),
        ("since=not-a-date&until=1&page=99&state=odd", ["PAT-CT", "PAT-US"]),
    ],
)
def test_the_filter_finds(
    query: str, wanted: list[str], catalogue: Catalogue, data_manager: User, client_for: ClientFor
) -> None:
    assert found(client_for(data_manager), query) == wanted


def test_the_filter_by_date_takes_both_days_in(data_manager: User, client_for: ClientFor) -> None:
    for day in ("20260101", "20260102", "20260103", ""):
        patient = Patient.objects.create(patient_id=f"on {day or 'no day'}")
        Study.objects.create(patient=patient, study_instance_uid=f"1.{day or 9}", study_date=day)
    client = client_for(data_manager)
    assert found(client, "since=2026-01-02") == ["on 20260102", "on 20260103"]
    assert found(client, "until=2026-01-02") == ["on 20260101", "on 20260102"]
    assert found(client, "since=2026-01-02&until=2026-01-02") == ["on 20260102"]


def test_ticked_studies_go_along_to_the_export(catalogue: Catalogue, data_manager: User, client_for: ClientFor) -> None:
    client = client_for(data_manager)
    answer = client.post("/studies/", {"study": [catalogue.ct.pk], "then": "export"})
    assert answer.headers["Location"] == "/exports/"
    assert client.get("/exports/").context["chosen"] == [catalogue.ct.pk]


def test_all_that_the_filter_finds_can_be_chosen_at_once(
    catalogue: Catalogue, admin: User, client_for: ClientFor
) -> None:
    client = client_for(admin)
    answer = client.post("/studies/?modality=US", {"all_found": "1", "then": "assign"})
    assert answer.headers["Location"] == "/assignments/"
    page = client.get("/assignments/")
    assert page.context["chosen"] == [catalogue.ultrasound.pk]
    assert [case.study_id for case in page.context["cases"]] == [catalogue.ultrasound.pk]


def test_choosing_nothing_is_said(catalogue: Catalogue, data_manager: User, client_for: ClientFor) -> None:
    answer = client_for(data_manager).post("/studies/?modality=CT", {"then": "export", "study": ["x"]}, follow=True)
    assert answer.redirect_chain == [("/studies/?modality=CT", 302)]
    assert "Nothing was chosen" in answer.content.decode()


def test_a_data_manager_is_not_offered_to_assign(
    catalogue: Catalogue, data_manager: User, admin: User, client_for: ClientFor
) -> None:
    assert "Assign to readers" not in client_for(data_manager).get("/studies/").content.decode()
    assert "Assign to readers" in client_for(admin).get("/studies/").content.decode()


def test_an_empty_catalogue_says_what_to_do_next(data_manager: User, client_for: ClientFor) -> None:
    page = client_for(data_manager).get("/studies/").content.decode()
    assert "The catalogue is empty" in page
    assert 'href="/intakes/"' in page


def test_the_number_of_queries_does_not_grow_with_the_number_of_studies(
    data_manager: User, client_for: ClientFor, django_assert_max_num_queries: object
) -> None:
    for number in range(25):
        patient = Patient.objects.create(patient_id=f"P{number}")
        study = Study.objects.create(patient=patient, study_instance_uid=f"1.{number}", study_date="20260101")
        Series.objects.create(study=study, series_instance_uid=f"1.{number}.1", modality="CT")
    client = client_for(data_manager)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert len(client.get("/studies/").context["rows"]) == 25


def test_a_study_shows_its_series_stacks_and_case(
    catalogue: Catalogue, data_manager: User, client_for: ClientFor
) -> None:
    page = client_for(data_manager).get(f"/studies/{catalogue.ultrasound.pk}/").content.decode()
    (case,) = catalogue.ultrasound.cases.all()
    assert f'href="/cases/{case.pk}/"' in page
    assert page.count('class="stack-card"') == 2
    assert catalogue.ultrasound.series.get().series_instance_uid in page


def test_the_header_of_a_stack_is_shown_when_asked_for(
    catalogue: Catalogue, data_manager: User, client_for: ClientFor
) -> None:
    client = client_for(data_manager)
    stack = catalogue.ct.series.get().stacks.get()
    page = client.get(f"/studies/{catalogue.ct.pk}/?header={stack.key}").content.decode()
    assert "(0010,0020)" in page
    assert "Patient ID" in page
    assert client.get(f"/studies/{catalogue.ct.pk}/?header=of-another-study").status_code == 404


def test_a_picture_that_could_not_be_prepared_is_named_with_the_reason(
    catalogue: Catalogue, data_manager: User, client_for: ClientFor
) -> None:
    instance = catalogue.ct.series.get().instances.first()
    assert instance is not None
    instance.state, instance.failure = InstanceState.FAILED, "Its pixel data breaks off after 12 of 64 rows."
    instance.save()
    page = client_for(data_manager).get(f"/studies/{catalogue.ct.pk}/").content.decode()
    assert "breaks off after 12 of 64 rows" in page


def test_a_study_that_does_not_exist_is_a_page_in_words(data_manager: User, client_for: ClientFor) -> None:
    answer = client_for(data_manager).get("/studies/99999/")
    assert answer.status_code == 404
    assert "no study 99999" in answer.content.decode()
