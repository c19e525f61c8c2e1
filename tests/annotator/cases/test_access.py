"""Who may open which case, until when, shown what."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from annotator.accounts.errors import InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import User
from annotator.cases.actions.grant_case import grant_case
from annotator.cases.actions.revoke_grant import revoke_grant
from annotator.cases.models import Case, CaseGrant
from annotator.cases.policies import may_open_case
from annotator.cases.queries import case_for, cases_for, cases_with_suggestions
from annotator.cases.records import case_as_dict, identity_of
from tests.annotator.case_rows import grant, make_case, make_stack, make_study

HOUR = timedelta(hours=1)


@pytest.fixture
def case(db: None) -> Case:
    study = make_study()
    return make_case(study, make_stack(study))


@pytest.mark.parametrize(
    ("begins", "ends", "opens"),
    [
        (None, None, True),
        (-HOUR, None, True),
        (None, HOUR, True),
        (-HOUR, HOUR, True),
        (HOUR, None, False),
        (None, -HOUR, False),
        (-2 * HOUR, -HOUR, False),
    ],
)
def test_a_radiologist_opens_a_case_while_the_grant_holds(
    begins: timedelta | None, ends: timedelta | None, opens: bool, radiologist: User, case: Case
) -> None:
    now = timezone.now()
    grant(case, radiologist, valid_from=now + begins if begins else None, valid_until=now + ends if ends else None)
    assert may_open_case(radiologist, case) is opens
    assert list(cases_for(radiologist)) == ([case] if opens else [])
    if not opens:
        with pytest.raises(NotFoundError):
            case_for(radiologist, case.pk)


def test_one_readers_grant_opens_nothing_to_another(radiologist: User, second_radiologist: User, case: Case) -> None:
    grant(case, radiologist)
    assert not may_open_case(second_radiologist, case)
    assert not cases_for(second_radiologist).exists()
    with pytest.raises(NotFoundError):
        case_for(second_radiologist, case.pk)


def test_a_case_that_may_not_be_opened_and_one_that_is_not_there_answer_alike(radiologist: User, case: Case) -> None:
    said = set()
    for case_id in (case.pk, uuid4(), "no uuid"):
        with pytest.raises(NotFoundError) as refused:
            case_for(radiologist, case_id)
        said.add(str(refused.value))
    assert len(said) == 1


def test_data_managers_and_admins_open_every_case_and_see_whose_it_is(
    data_manager: User, admin: User, case: Case
) -> None:
    for person in (data_manager, admin):
        record = case_as_dict(case_for(person, case.pk))
        assert record["patient"] == {
            "patient_id": "PAT-7",
            "name": "Testcase^Tilda",
            "sex": "F",
            "birth_date": "19610203",
        }


def test_a_radiologist_sees_whose_case_it_is_only_when_the_grant_says_so(
    radiologist: User, second_radiologist: User, case: Case
) -> None:
    grant(case, radiologist)
    grant(case, second_radiologist, shows_identity=True)
    assert case_as_dict(case_for(radiologist, case.pk))["patient"] is None
    assert case_as_dict(case_for(second_radiologist, case.pk))["patient"] is not None


def test_a_case_that_was_loaded_past_the_queries_shows_nobody(case: Case) -> None:
    assert identity_of(Case.objects.get(pk=case.pk)) is None


def test_suggestions_are_shown_where_the_grant_shows_them(
    radiologist: User, second_radiologist: User, admin: User, case: Case
) -> None:
    grant(case, radiologist, shows_suggestions=False)
    grant(case, second_radiologist)
    assert not cases_with_suggestions(radiologist).exists()
    assert list(cases_with_suggestions(second_radiologist)) == [case]
    assert list(cases_with_suggestions(admin)) == [case]


@pytest.mark.parametrize("role", ["radiologist", "data_manager", "admin"])
def test_who_was_deactivated_or_is_not_signed_in_opens_nothing(
    role: str, request: pytest.FixtureRequest, case: Case
) -> None:
    person = request.getfixturevalue(role)
    grant(case, person)
    person.is_active = False
    person.save()
    for nobody in (person, AnonymousUser()):
        assert not may_open_case(nobody, case)
        assert not cases_for(nobody).exists()


def test_an_admin_grants_changes_and_revokes_access(admin: User, radiologist: User, case: Case) -> None:
    grant_case(admin, case.pk, reader_id=radiologist.pk)
    grant_case(admin, case.pk, reader_id=radiologist.pk, shows_identity=True)
    assert CaseGrant.objects.get().shows_identity
    assert revoke_grant(admin, case.pk, reader_id=radiologist.pk)
    assert not revoke_grant(admin, case.pk, reader_id=radiologist.pk)
    assert not may_open_case(radiologist, case)


def test_only_an_admin_grants_and_revokes(radiologist: User, data_manager: User, case: Case) -> None:
    for person in (radiologist, data_manager):
        with pytest.raises(NotAllowedError):
            grant_case(person, case.pk, reader_id=radiologist.pk)
        with pytest.raises(NotAllowedError):
            revoke_grant(person, case.pk, reader_id=radiologist.pk)
    assert not CaseGrant.objects.exists()


def test_access_that_ends_before_it_begins_and_access_for_nobody_are_refused(
    admin: User, radiologist: User, case: Case
) -> None:
    now = timezone.now()
    refused: list[tuple[dict[str, Any], str]] = [
        ({"reader_id": radiologist.pk, "valid_from": now, "valid_until": now}, "valid_until"),
        ({"reader_id": 987654}, "reader"),
    ]
    for terms, path in refused:
        with pytest.raises(InvalidError) as error:
            grant_case(admin, case.pk, **terms)
        assert error.value.path == path


def test_listing_cases_costs_one_query_however_many_there_are(
    radiologist: User, django_assert_num_queries: Callable[..., Any]
) -> None:
    for number in range(5):
        study = make_study(patient_id=f"P{number}")
        grant(make_case(study, make_stack(study)), radiologist, shows_identity=True)
    with django_assert_num_queries(1):
        listed = [case_as_dict(case) for case in cases_for(radiologist)]
    assert len(listed) == 5
    assert all(record["patient"] for record in listed)
