"""A reader's own list, the next case, and opening one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotator.accounts.models import User
from annotator.readerstudies.actions.assign_cases import assign_cases
from annotator.readerstudies.models import Assignment, AssignmentState
from tests.frontend.conftest import Catalogue, ClientFor


@pytest.fixture
def assigned(catalogue: Catalogue, admin: User, radiologist: User) -> list[Assignment]:
    due = timezone.localdate() - timedelta(days=2)
    return assign_cases(admin, [case.pk for case in catalogue.cases], [radiologist.pk], due_date=due)


def submit(assignment: Assignment) -> None:
    Assignment.objects.filter(pk=assignment.pk).update(state=AssignmentState.SUBMITTED, submitted_at=timezone.now())


def test_the_worklist_shows_the_own_cases_in_order_and_what_is_overdue(
    assigned: list[Assignment], radiologist: User, client_for: ClientFor
) -> None:
    answer = client_for(radiologist).get("/worklist/")
    page = answer.content.decode()
    assert [row for row, _ in answer.context["rows"]] == assigned
    assert "0 of 2 read" in page
    assert page.count("2 days overdue") == 2
    assert "Start reading" in page


def test_the_worklist_sends_what_closed_pages_left_for_its_own_person_only(
    assigned: list[Assignment], radiologist: User, client_for: ClientFor
) -> None:
    page = client_for(radiologist).get("/worklist/").content.decode()
    assert f'data-person="radiologist" data-person-number="{radiologist.pk}"' in page
    assert "viewer/waiting.js" in page


def test_a_worklist_holds_nobody_elses_cases(
    assigned: list[Assignment], second_radiologist: User, client_for: ClientFor
) -> None:
    page = client_for(second_radiologist).get("/worklist/").content.decode()
    assert "Your worklist is empty" in page
    assert assigned[0].case.title not in page


def test_a_reader_does_not_learn_whose_case_it_is_unless_granted(
    assigned: list[Assignment], admin: User, radiologist: User, second_radiologist: User, client_for: ClientFor
) -> None:
    page = client_for(radiologist).get("/worklist/").content.decode()
    for identity in ("Doe", "Jane", "PAT-CT", "PAT-US", "/dicomweb/"):
        assert identity not in page
    assign_cases(admin, [row.case_id for row in assigned], [second_radiologist.pk], shows_identity=True)
    page = client_for(second_radiologist).get("/worklist/").content.decode()
    assert "Doe, Jane" in page
    assert "PAT-US" in page


@pytest.mark.usefixtures("plain_viewer")
def test_opening_a_case_marks_it_opened_and_names_the_way_on(
    assigned: list[Assignment], radiologist: User, client_for: ClientFor
) -> None:
    client = client_for(radiologist)
    page = client.get(f"/cases/{assigned[0].case_id}/").content.decode()
    assert f"/worklist/next/?after={assigned[0].pk}" in page
    assigned[0].refresh_from_db()
    assert assigned[0].state == AssignmentState.OPENED
    assert "Continue" in client.get("/worklist/").content.decode()


@pytest.mark.usefixtures("plain_viewer")
def test_an_admin_who_looks_at_a_case_opens_nobodys_assignment(
    assigned: list[Assignment], admin: User, client_for: ClientFor
) -> None:
    assert client_for(admin).get(f"/cases/{assigned[0].case_id}/").status_code == 200
    assigned[0].refresh_from_db()
    assert assigned[0].state == AssignmentState.ASSIGNED


def test_next_leads_to_the_first_case_that_is_not_submitted_and_past_the_one_being_left(
    assigned: list[Assignment], radiologist: User, client_for: ClientFor
) -> None:
    client = client_for(radiologist)
    first, second = assigned
    assert client.get("/worklist/next/").headers["Location"] == f"/cases/{first.case_id}/"
    assert client.get(f"/worklist/next/?after={first.pk}").headers["Location"] == f"/cases/{second.case_id}/"
    assert client.get("/worklist/next/?after=nonsense").headers["Location"] == f"/cases/{first.case_id}/"
    submit(first)
    submit(second)
    answer = client.get("/worklist/next/", follow=True)
    assert answer.redirect_chain == [("/worklist/", 302)]
    assert "Every case of your worklist is submitted" in answer.content.decode()


def test_the_list_of_cases_finds_by_title_patient_and_modality(
    catalogue: Catalogue, data_manager: User, client_for: ClientFor
) -> None:
    client = client_for(data_manager)
    ct, ultrasound = catalogue.cases
    assert set(client.get("/cases/").context["page"]) == {ct, ultrasound}
    assert list(client.get("/cases/?q=pat-us").context["page"]) == [ultrasound]
    assert list(client.get("/cases/?q=ct+doe").context["page"]) == [ct]
    assert "No case matches" in client.get("/cases/?q=zebra").content.decode()
