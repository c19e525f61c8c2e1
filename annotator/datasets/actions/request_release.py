"""A data manager asks for a release of a cohort; a job freezes it."""

import uuid
from typing import Any

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError, NotAllowedError
from annotator.accounts.models import User
from annotator.datasets.cohort_query import CohortQuery
from annotator.datasets.models import Release
from annotator.datasets.policies import may_manage_datasets
from annotator.datasets.release_queries import cohort_for
from annotator.datasets.release_recipe import ReleaseRecipe
from annotator.jobs.actions.queue_job import queue_job
from annotator.labels.models import LabelSchema

WORK = "datasets.freeze_release"
LONGEST_TITLE = 200


def request_release(person: User, cohort_id: uuid.UUID, recipe: dict[str, Any], *, title: str = "") -> Release:
    """Check a recipe, file it with the cohort's question as it is now, and queue the job that freezes.

    Parameters
    ----------
    recipe : ReleaseRecipe as JSON; its `truth.uncertain` must be chosen.
    title : what people read; the cohort's name where empty.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    NotFoundError : there is no such cohort.
    InvalidError : with the path of the fault, e.g. "truth.uncertain".
    """
    if not may_manage_datasets(person):
        raise NotAllowedError("Releases are frozen by data managers and admins.")
    cohort = cohort_for(person, cohort_id)
    checked = ReleaseRecipe.from_json(recipe)
    _check_names(checked)
    called = " ".join(title.split()) or cohort.name
    if len(called) > LONGEST_TITLE or not called.isprintable():
        raise InvalidError(f"A title has at most {LONGEST_TITLE} letters.", "title")
    query = CohortQuery.from_json(cohort.query)
    release_id = uuid.uuid4()
    with transaction.atomic():
        job = queue_job(person, WORK, {"release": str(release_id)}, title=f"Freeze “{called}”")
        release = Release.objects.create(
            id=release_id,
            cohort=cohort,
            title=called,
            recipe=checked.to_json() | {"query": query.to_json()},
            job=job,
            requested_by=person,
        )
        record_audit(
            person,
            "request_release",
            target_kind="release",
            target_id=release.pk,
            detail={"cohort": cohort.name, "title": called, "recipe": release.recipe},
        )
    return release


def _check_names(recipe: ReleaseRecipe) -> None:
    """Readers and schemas that are named must be there: a typing error would freeze an empty release."""
    reader = recipe.truth.reader
    if reader and not User.objects.filter(username=reader).exists():
        raise InvalidError(f"There is nobody with the user name {reader!r}.", "truth.reader")
    named = set(recipe.truth.schemas) | {
        what.removeprefix("answer:").partition(".")[0]
        for what in recipe.split.stratify_by
        if what.startswith("answer:")
    }
    known = set(LabelSchema.objects.filter(key__in=named).values_list("key", flat=True))
    for key in sorted(named - known):
        raise InvalidError(f"There is no label schema {key!r}.", "truth.schemas")
