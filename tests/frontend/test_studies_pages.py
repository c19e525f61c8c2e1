"""The catalogue and one study."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotator.accounts.models import User
from annotator.imaging.actions.count_studies import count_studies
from annotator.imaging.actions.tag_studies import tag_studies
from annotator.imaging.models import InstanceState, Study
from tests.annotator.case_rows import make_stack, make_study
from tests.frontend.conftest import Catalogue, ClientFor


def found(client: object, query: str) -> list[str]:
    page = client.get(f"/studies/?{query}").context["page"]  # type: ignore[attr-defined]
    return sorted(study.patient.patient_id for study in page)


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
    client = client_for(data_manager)
    page = client.get("/studies/").content.decode()
    for study in (catalogue.ct, catalogue.ultrasound):
        study.refresh_from_db()
        assert study.cover is not None
        address = f"/thumbnails/{study.cover.key}"
        assert f'src="{address}"' in page
        picture = client.get(address)
        assert picture.headers["Content-Type"] == "image/jpeg"
        assert picture.content.startswith(b"\xff\xd8")


def test_a_picture_is_kept_by_the_browser_that_fetched_it_and_asked_about_with_its_tag(
    catalogue: Catalogue, data_manager: User, client_for: ClientFor
) -> None:
    client = client_for(data_manager)
    catalogue.ct.refresh_from_db()
    address = f"/thumbnails/{catalogue.ct.cover.key}"
    first = client.get(address)
    assert first.headers["Cache-Control"] == "private, max-age=3600"
    assert "Cookie" in first.headers["Vary"]
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    for refused in (client.get("/thumbnails/no-such-stack"), Client().get(address)):
        assert refused.status_code in (404, 302)
        assert "no-store" in refused.headers["Cache-Control"]


def test_a_study_whose_frames_are_not_ready_has_no_picture_and_says_so(
    catalogue: Catalogue, data_manager: User, client_for: ClientFor
) -> None:
    for series in catalogue.ct.series.all():
        series.instances.update(state=InstanceState.RECEIVED)
    count_studies([catalogue.ct.pk])
    page = client_for(data_manager).get("/studies/?modality=CT").content.decode()
    assert "Received, 0 of 3 ready" in page
    assert "not ready" in page
    assert "/thumbnails/" not in page


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
        ("state=look", []),
        ("body_part=HEAD", ["PAT-CT"]),
        ("q=head+jane", ["PAT-CT"]),
        ("tag=nothing", []),
        ("collection=7", []),
        ("collection=" + "9" * 30 + "&size=7&order=odd", ["PAT-CT", "PAT-US"]),
        ("since=not-a-date&until=1&page=99&state=odd", ["PAT-CT", "PAT-US"]),
    ],
)
def test_the_filter_finds(
    query: str, wanted: list[str], catalogue: Catalogue, data_manager: User, client_for: ClientFor
) -> None:
    assert found(client_for(data_manager), query) == wanted


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
    data_manager: User, client_for: ClientFor
) -> None:
    client = client_for(data_manager)

    def add_studies(number: int) -> None:
        for _ in range(number):
            study = make_study(patient_id=f"P{Study.objects.count()}")
            make_stack(study, frames=1)
            tag_studies(data_manager, [study.pk], name="motion")

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    add_studies(2)
    few = [queries("/studies/"), queries("/studies/?q=testcase&tag=motion&modality=CT")]
    add_studies(30)
    assert [queries("/studies/"), queries("/studies/?q=testcase&tag=motion&modality=CT")] == few
    assert max(few) <= 12


def test_pages_of_every_size_show_each_study_once(data_manager: User, client_for: ClientFor) -> None:
    wanted = [make_study(patient_id=f"P{number % 3}").pk for number in range(60)]
    client = client_for(data_manager)
    for order in ("newest", "oldest", "received", "patient"):
        pages = [client.get(f"/studies/?order={order}&page={number}").context["page"] for number in (1, 2, 3)]
        assert [len(page.object_list) for page in pages] == [25, 25, 10]
        assert sorted(study.pk for page in pages for study in page) == wanted
    page = client.get("/studies/?size=50&page=2").context["page"]
    assert (page.start_index(), page.end_index(), page.paginator.count) == (51, 60, 60)


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
