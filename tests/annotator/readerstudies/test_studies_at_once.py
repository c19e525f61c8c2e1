"""Two at the same moment, at a study: on SQLite the database takes turns, on PostgreSQL the locked row does."""

import pytest

from annotator.accounts.errors import ConflictError
from annotator.accounts.models import Role, User
from annotator.readerstudies.actions.launch_study import launch_study
from annotator.readerstudies.actions.submit_assignment import submit_assignment
from annotator.readerstudies.models import Assignment, Read
from tests.annotator.readerstudies.studies import answer, draft, make_cases, make_readers, next_reading
from tests.fixtures.at_once import at_once
from tests.fixtures.people import make_person

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_admins_who_launch_one_does_and_of_two_windows_that_submit_one_read_comes(admin: User) -> None:
    other, readers = make_person("other_admin", Role.ADMIN), make_readers(2)
    study = draft(admin, make_cases(3), readers)
    launched = at_once(
        *(lambda who=who: launch_study(who, study.pk, revision=study.revision) for who in (admin, other))
    )
    assert sorted(isinstance(one, ConflictError) for one in launched) == [False, True]
    assert Assignment.objects.filter(study=study).count() == 12
    reading = next_reading(study, readers[0])
    answer(readers[0], reading)
    at_once(*(lambda: submit_assignment(readers[0], reading.pk) for _window in range(2)))
    assert Read.objects.count() == 1
