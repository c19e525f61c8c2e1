"""Giving cases to readers, their order, and taking them back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotator.accounts.models import User
from annotator.cases.models import CaseGrant
from annotator.readerstudies.models import Assignment, AssignmentState
from tests.frontend.conftest import Catalogue, ClientFor


def form_for(catalogue: Catalogue, *readers: User, **more: str) -> dict[str, object]:
    return {
        "cases": [str(case.pk) for case in catalogue.cases],
        "readers": [reader.pk for reader in readers],
        "due_date": "",
        "order": "listed",
        "shows_suggestions": "on",
        **more,
    }


def test_cases_are_assigned_in_the_order_in_which_they_are_listed(
    catalogue: Catalogue, admin: User, radiologist: User, second_radiologist: User, client_for: ClientFor
) -> None:
    client = client_for(admin)
    answer = client.post(
        "/assignments/", form_for(catalogue, radiologist, second_radiologist, due_date="2030-01-31"), follow=True
    )
    assert "4 readings assigned" in answer.content.decode()
    for reader in (radiologist, second_radiologist):
        rows = Assignment.objects.filter(reader=reader).order_by("place")
        assert [row.case for row in rows] == catalogue.cases
        assert {str(row.due_date) for row in rows} == {"2030-01-31"}
    assert not CaseGrant.objects.filter(shows_identity=True).exists()


def test_assigning_again_says_how_many_were_there_before(
    catalogue: Catalogue, admin: User, radiologist: User, second_radiologist: User, client_for: ClientFor
) -> None:
    client = client_for(admin)
    client.post("/assignments/", form_for(catalogue, radiologist))
    answer = client.post("/assignments/", form_for(catalogue, radiologist, second_radiologist), follow=True)
    assert "2 readings assigned. 2 were assigned before." in answer.content.decode()
    assert Assignment.objects.count() == 4


@pytest.mark.parametrize("missing", ["cases", "readers"])
def test_a_choice_without_cases_or_readers_is_refused_at_its_place(
    missing: str, catalogue: Catalogue, admin: User, radiologist: User, client_for: ClientFor
) -> None:
    form = {name: value for name, value in form_for(catalogue, radiologist).items() if name != missing}
    answer = client_for(admin).post("/assignments/", form)
    assert answer.status_code == 400
    assert "Choose at least one" in str(answer.context["form"].errors[missing])
    assert not Assignment.objects.exists()


def test_a_shuffle_needs_a_seed(catalogue: Catalogue, admin: User, radiologist: User, client_for: ClientFor) -> None:
    client = client_for(admin)
    answer = client.post("/assignments/", form_for(catalogue, radiologist, order="shuffled", seed=""))
    assert answer.context["form"].errors["seed"]
    client.post("/assignments/", form_for(catalogue, radiologist, order="shuffled", seed="3"))
    assert Assignment.objects.count() == 2


def test_a_data_manager_is_no_reader(
    catalogue: Catalogue, admin: User, data_manager: User, client_for: ClientFor
) -> None:
    answer = client_for(admin).post("/assignments/", form_for(catalogue, data_manager))
    assert answer.context["form"].errors["readers"]


def test_the_order_is_changed_one_place_at_a_time(
    catalogue: Catalogue, admin: User, radiologist: User, client_for: ClientFor
) -> None:
    client = client_for(admin)
    client.post("/assignments/", form_for(catalogue, radiologist))

    def order() -> list[str]:
        return [str(pk) for pk in Assignment.objects.order_by("place").values_list("pk", flat=True)]

    first, second = order()
    client.post("/assignments/", {"assignment": second, "change": "up"})
    assert order() == [second, first]
    client.post("/assignments/", {"assignment": second, "change": "up"})
    assert order() == [second, first]
    client.post("/assignments/", {"assignment": second, "change": "down"})
    assert order() == [first, second]


def test_a_reading_is_withdrawn_and_a_submitted_one_reopened(
    catalogue: Catalogue, admin: User, radiologist: User, client_for: ClientFor
) -> None:
    client = client_for(admin)
    client.post("/assignments/", form_for(catalogue, radiologist))
    first, second = Assignment.objects.order_by("place")
    Assignment.objects.filter(pk=first.pk).update(state=AssignmentState.SUBMITTED, submitted_at=timezone.now())
    client.post("/assignments/", {"assignment": str(second.pk), "change": "withdraw"})
    refused = client.post("/assignments/", {"assignment": str(first.pk), "change": "withdraw"}, follow=True)
    assert "was submitted" in refused.content.decode()
    reopen = {"assignment": str(first.pk), "change": "reopen"}
    assert "Say why" in client.post("/assignments/", {**reopen, "reason": " "}, follow=True).content.decode()
    assert Assignment.objects.get().state == AssignmentState.SUBMITTED
    client.post("/assignments/", {**reopen, "reason": "The second <lesion> is missing."})
    assert Assignment.objects.get().state == AssignmentState.OPENED
    for person, address in ((admin, "/assignments/"), (radiologist, "/worklist/")):
        page = client_for(person).get(address).content.decode()
        assert "Given back: The second &lt;lesion&gt; is missing." in page


@pytest.mark.parametrize(
    "sent",
    [{"change": "burn"}, {"change": "up"}, {"change": "up", "assignment": "00000000-0000-0000-0000-000000000007"}],
)
def test_a_change_that_can_not_be_is_a_message_not_a_crash(
    sent: dict[str, str], admin: User, client_for: ClientFor
) -> None:
    answer = client_for(admin).post("/assignments/", sent, follow=True)
    assert answer.status_code == 200
    assert list(answer.context["messages"])


def test_the_page_shows_each_readers_progress_and_what_is_overdue(
    catalogue: Catalogue, admin: User, radiologist: User, client_for: ClientFor
) -> None:
    client = client_for(admin)
    yesterday = timezone.localdate() - timedelta(days=1)
    client.post("/assignments/", form_for(catalogue, radiologist, due_date=yesterday.isoformat()))
    first = Assignment.objects.order_by("place").first()
    assert first is not None
    Assignment.objects.filter(pk=first.pk).update(state=AssignmentState.SUBMITTED, submitted_at=timezone.now())
    page = client.get("/assignments/").content.decode()
    assert "1 of 2 read" in page
    assert page.count("1 day overdue") == 1
