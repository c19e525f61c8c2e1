"""A data manager saves a cohort: question, exclusions, words. Releases keep the question they were made by."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError
from annotator.accounts.models import User
from annotator.datasets.cohort_query import CohortQuery, CohortWords
from annotator.datasets.models import Cohort
from annotator.datasets.policies import may_manage_datasets
from annotator.datasets.release_queries import cohort_for

LONGEST_NAME, LONGEST_DESCRIPTION = 80, 4000


def save_cohort(
    person: User,
    name: str,
    query: dict[str, Any],
    *,
    cohort_id: uuid.UUID | None = None,
    description: str = "",
    words: dict[str, Any] | None = None,
) -> Cohort:
    """Make a cohort, or change the one with this identifier.

    Parameters
    ----------
    query : CohortQuery as JSON.
    words : CohortWords as JSON; None leaves them.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    InvalidError : with the path of the fault: "name", "query.…", "words.…".
    ConflictError : another cohort is called that.
    NotFoundError : there is no such cohort.
    """
    if not may_manage_datasets(person):
        raise NotAllowedError("Cohorts are made by data managers and admins.")
    kept = " ".join(name.split())
    if not kept or len(kept) > LONGEST_NAME or not kept.isprintable():
        raise InvalidError(f"A cohort needs a name of 1 to {LONGEST_NAME} letters.", "name")
    if len(description) > LONGEST_DESCRIPTION or "\0" in description:
        raise InvalidError(f"A description has at most {LONGEST_DESCRIPTION:,} letters.", "description")
    try:
        checked = CohortQuery.from_json(query).to_json()
    except InvalidError as error:
        raise InvalidError(str(error), f"query.{error.path}".rstrip(".")) from error
    try:
        said = None if words is None else CohortWords.from_json(words).to_json()
    except InvalidError as error:
        raise InvalidError(str(error), f"words.{error.path}".rstrip(".")) from error
    others = Cohort.objects.exclude(pk=cohort_id) if cohort_id else Cohort.objects.all()
    if others.filter(name__iexact=kept).exists():
        raise ConflictError(f"There is a cohort “{kept}” already.")
    cohort = cohort_for(person, cohort_id) if cohort_id else Cohort(created_by=person)
    cohort.name, cohort.description, cohort.query = kept, description, checked
    if said is not None:
        cohort.words = said
    try:
        with transaction.atomic():
            cohort.save()
            record_audit(
                person,
                "change_cohort" if cohort_id else "create_cohort",
                target_kind="cohort",
                target_id=cohort.pk,
                detail={"name": kept, "query": checked},
            )
    except IntegrityError as error:
        raise ConflictError(f"There is a cohort “{kept}” already.") from error
    return cohort
