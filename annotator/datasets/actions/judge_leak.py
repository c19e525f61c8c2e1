"""A data manager looked at two patients who share something, and decides what that means for the split."""

import uuid

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError, NotAllowedError
from annotator.accounts.models import User
from annotator.datasets.cohort_query import CohortQuery
from annotator.datasets.leak_check import Judged
from annotator.datasets.models import Cohort
from annotator.datasets.policies import may_manage_datasets
from annotator.datasets.release_queries import cohort_for

VERDICTS = ("together", "different", "exclude_first", "exclude_second")
LONGEST_REASON = 200


def judge_leak(person: User, cohort_id: uuid.UUID, first: str, second: str, *, verdict: str, reason: str) -> Cohort:
    """Put two patients on one side, exclude one of them, or say that they are different; for all later freezes.

    Parameters
    ----------
    first, second : pseudonyms, as a LeakPair names them.
    verdict : "together", "different", "exclude_first", "exclude_second".

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    NotFoundError : there is no such cohort.
    InvalidError : path "verdict", "reason" or "patients".
    """
    if not may_manage_datasets(person):
        raise NotAllowedError("Leaks are judged by data managers and admins.")
    if verdict not in VERDICTS:
        raise InvalidError(f"There is no verdict {verdict!r}. There are: {', '.join(VERDICTS)}.", "verdict")
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST_REASON:
        raise InvalidError(f"Say why in 1 to {LONGEST_REASON} letters: it stands in the records.", "reason")
    if not first or not second or first == second:
        raise InvalidError("Name two patients.", "patients")
    cohort_for(person, cohort_id)
    with transaction.atomic():
        cohort = Cohort.objects.select_for_update().get(pk=cohort_id)
        if verdict in ("together", "different"):
            pair = (min(first, second), max(first, second))
            others = [one for one in cohort.judged if tuple(sorted(one["patients"])) != pair]
            cohort.judged = [*others, Judged(pair, verdict, said, person.username).to_json()]
        else:
            gone = first if verdict == "exclude_first" else second
            exclusion = {"reason": said, "criteria": {"patients": [gone]}}
            query = {**cohort.query, "exclusions": [*cohort.query.get("exclusions", ()), exclusion]}
            cohort.query = CohortQuery.from_json(query).to_json()
        cohort.save(update_fields=["judged", "query", "updated_at"])
        record_audit(
            person,
            "judge_leak",
            target_kind="cohort",
            target_id=cohort.pk,
            detail={"patients": [first, second], "verdict": verdict, "reason": said},
        )
    return cohort
