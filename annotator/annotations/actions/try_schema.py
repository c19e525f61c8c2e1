"""What would become of the answers that there are if a draft were published. Nothing is changed.

A few answers are tried at once, many in a job. What is found names answers, cases and findings by identifier and number
only: titles are added as it is read, for who may open the cases.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError
from annotator.accounts.policies import Person
from annotator.annotations.contexts import CaseAnswers, measured_before, target_of
from annotator.annotations.models import Answer
from annotator.cases.queries import cases_for
from annotator.jobs.actions.queue_job import queue_job
from annotator.jobs.models import Job, JobState
from annotator.jobs.queries import job_for
from annotator.labels.context import ScoringContext
from annotator.labels.drafting import completed
from annotator.labels.dry_run import Tally, try_answer
from annotator.labels.models import LabelSchema, LabelSchemaDraft
from annotator.labels.policies import may_edit_schemas
from annotator.labels.queries import draft_for, newest_version
from annotator.labels.schema import check_definition
from annotator.labels.scoring_functions import scoring_of

KIND_OF_WORK = "annotations.try_schema"
MOST_AT_ONCE = 300
_BATCH = 200

Report = Callable[[int, str], None]


@dataclass(frozen=True)
class DryRun:
    """What was found, or the job that looks."""

    found: dict[str, Any] | None
    job: Job | None


def try_schema(person: Person, key: str, *, revision: int) -> DryRun:
    """Try a draft on the live answers of the newest version of its schema.

    Raises
    ------
    NotAllowedError : the person is no admin.
    NotFoundError : there is no draft.
    ConflictError : the draft is at another revision.
    DefinitionError : the draft does not hold together.
    """
    if not may_edit_schemas(person):
        raise NotAllowedError("Only an admin may change label schemas.")
    draft = draft_for(person, key)
    if draft.revision != revision:
        raise ConflictError(f"The draft is at revision {draft.revision} by now: look at it again.")
    check_definition(completed(draft.definition))
    newest = newest_version(key)
    if newest is None or _answers_of(newest).count() <= MOST_AT_ONCE:
        return DryRun(found=tried_answers(draft, newest), job=None)
    job = queue_job(
        person, KIND_OF_WORK, {"key": key, "revision": revision}, title=f"Try the draft of {key} on {newest}'s answers"
    )
    return DryRun(found=None, job=job)


def try_schema_for_job(key: str, revision: int, *, report: Report) -> dict[str, Any]:
    """The same as a job's work.

    Raises
    ------
    ConflictError : the draft was changed, published or thrown away meanwhile.
    """
    draft = LabelSchemaDraft.objects.filter(key=key, revision=revision).first()
    if draft is None:
        raise ConflictError("The draft was changed meanwhile: try it again.")
    return tried_answers(draft, newest_version(key), report=report)


def tried_answers(
    draft: LabelSchemaDraft, newest: LabelSchema | None, *, report: Report = lambda _percent, _doing: None
) -> dict[str, Any]:
    """Hold every live answer of a version against a draft that holds together; see labels/dry_run.py for the form."""
    tally = Tally()
    definition = completed(draft.definition)
    if newest is not None:
        answers = _answers_of(newest)
        count = answers.count()
        sees_others = scoring_of(definition).uses_context
        rows = answers.select_related("finding", "owner", "first_frame", "last_frame").order_by("pk")
        for done, answer in enumerate(rows.iterator(chunk_size=_BATCH)):
            if done % 20 == 0:
                report(99 * done // max(1, count), f"answer {done + 1} of {count}")
            context = _context(answer, sees_others=sees_others)
            tried = try_answer(definition, answer.answers, score=answer.score, context=context)
            tally.add(tried, _example(answer))
    return {
        "schema": str(newest) if newest else None,
        "key": draft.key,
        "revision": draft.revision,
        **tally.to_json(),
    }


def dry_run_of_job(person: Person, key: str, job_id: UUID | str) -> DryRun:
    """How a job that tries a draft goes, and what it found once it is done.

    Raises
    ------
    NotFoundError : this person sees no such job.
    InvalidError : it is a job of another kind or key.
    """
    job = job_for(person, job_id)
    if job.kind != KIND_OF_WORK or job.parameters.get("key") != key or not may_edit_schemas(person):
        raise InvalidError("This job tries no draft of this schema.", path="job")
    return DryRun(found=job.result if job.state == JobState.DONE else None, job=job)


def with_titles(person: Person, found: dict[str, Any]) -> dict[str, Any]:
    """Name the cases of examples by their titles, where this person may open them."""
    listed = [one for group in (*found["faults"], *found["levels"]) for one in group["examples"]]
    titles = dict(
        cases_for(person).filter(pk__in={one["case"] for one in listed}).order_by().values_list("pk", "title")
    )
    named = {str(case): title for case, title in titles.items()}

    def told(group: dict[str, Any]) -> dict[str, Any]:
        return {**group, "examples": [{**one, "title": named.get(one["case"], "")} for one in group["examples"]]}

    return {**found, "faults": [told(one) for one in found["faults"]], "levels": [told(one) for one in found["levels"]]}


def _context(answer: Answer, *, sees_others: bool) -> ScoringContext:
    """What the score knew when the answer was saved; other answers as they are now."""
    measured = measured_before(answer.score)
    if not sees_others:
        return ScoringContext(size_mm=measured.size_mm, size_source=measured.size_source)
    others = CaseAnswers(answer.case_id, answer.owner)
    return others.context_for(target_of(answer), measured, without=answer.pk)


def _answers_of(schema: LabelSchema) -> QuerySet[Answer]:
    return Answer.objects.filter(schema=schema, deleted_at__isnull=True)


def _example(answer: Answer) -> dict[str, Any]:
    return {
        "answer": str(answer.pk),
        "case": str(answer.case_id),
        "finding": str(answer.finding) if answer.finding else "",
    }
