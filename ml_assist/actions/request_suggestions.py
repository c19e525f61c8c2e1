"""A data manager has the models look at cases."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.policies import Person
from annotator.assist.actions.queue_ahead import queue_ahead
from annotator.assist.policies import may_see_models
from annotator.cases.queries import catalogued_cases_for
from annotator.jobs.models import Job

_MOST_CASES = 20_000


def request_suggestions(person: Person, case_ids: Iterable[UUID]) -> Job:
    """Queue one job that looks at some cases; its progress is on the page of jobs, where it is cancelled and retried.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    InvalidError : no cases, or too many.
    NotFoundError : there is no such case.
    ConflictError : no network answers.
    """
    if not may_see_models(person):
        raise NotAllowedError("Data managers and admins have models look at cases.")
    wanted = list(dict.fromkeys(case_ids))
    if not 0 < len(wanted) <= _MOST_CASES:
        raise InvalidError(f"Choose 1 to {_MOST_CASES:,} cases, not {len(wanted):,}.", "cases")
    there = set(catalogued_cases_for(person).values_list("pk", flat=True))
    if missing := next((one for one in wanted if one not in there), None):
        raise NotFoundError(f"There is no case {missing}.")
    with transaction.atomic():
        job = queue_ahead(wanted, requested_by=person)
        if job is None:
            raise ConflictError("No network answers. An admin promotes one on the page of models.")
        detail: dict[str, object] = {"cases": len(wanted)}
        record_audit(person, "request_suggestions", target_kind="job", target_id=job.pk, detail=detail)
    return job
