"""Save what a reader chose in a label schema, with the score that follows from it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from annotator.accounts.errors import ConflictError, InvalidError
from annotator.accounts.policies import Person
from annotator.annotations.contexts import CaseAnswers, Measured, refresh_scores
from annotator.annotations.drawn_answers import check_drawn
from annotator.annotations.findings import own_live_finding
from annotator.annotations.models import Answer
from annotator.annotations.records import answer_as_dict
from annotator.annotations.revisions import save_as_next_revision, verb_for
from annotator.annotations.spans import Span, span_of_case
from annotator.annotations.storable_checks import check_json_storable
from annotator.annotations.turns import Turn, check_may_change, check_terms, own_record, take_turn, was_saved
from annotator.cases.models import Case
from annotator.cases.queries import body_part_of
from annotator.labels.context import ScoringContext
from annotator.labels.fitting import schema_fits
from annotator.labels.models import LabelSchema
from annotator.labels.override import check_override
from annotator.labels.queries import is_retired, schema_by_reference
from annotator.labels.schema import check_answers, score_answers
from annotator.labels.scoring_functions import scoring_of
from annotator.labels.targets import Target, target_for


@dataclass(frozen=True)
class SaveAnswer:
    """The state that a reader wants an answer to have; `id`, `revision` and `change` as for a mark.

    Attributes
    ----------
    schema : key and version, e.g. "acr-tirads@1".
    answers : by question.
    finding_id, breast, first_frame_key, last_frame_key : what the answer is about, as its schema says; for one that
        applies to the case none of them.
    size_mm, size_source : the largest diameter, for scores that depend on it, and what it was measured with; None
        when it is not known.
    override : {"level" or "category": value, "reason": text}, what holds in place of the computed; checked here.
    """

    id: UUID
    case_id: UUID
    schema: str
    answers: dict[str, Any] = field(default_factory=dict)
    finding_id: UUID | None = None
    revision: int = 0
    change: UUID | None = None
    size_mm: float | None = None
    size_source: str = "measured"
    breast: str = ""
    first_frame_key: str | None = None
    last_frame_key: str | None = None
    override: object = None


def save_answer(person: Person, wanted: SaveAnswer) -> Answer:
    """Save an answer and return it with its score; the state that is already there is returned as it is.

    Scores of the reader's other answers that follow from this one are computed anew.

    Raises
    ------
    NotAllowedError, NotFoundError : this person doesn't mark, can't open the case, or it is not their answer.
    InvalidError : no such schema, one that doesn't fit or is retired, or answers that it doesn't have; with the path of
        the fault.
    StaleError : changed meanwhile; with what is there now.
    ConflictError : answered already under another identifier, or the reading was submitted.
    """
    check_json_storable(wanted.answers, path="answers")
    check_json_storable(wanted.override, path="override")
    schema = schema_by_reference(wanted.schema)
    check_answers(schema.definition, wanted.answers)
    override = check_override(schema.definition, wanted.override)
    target = _target(schema, wanted)
    with transaction.atomic():
        turn = take_turn(person, wanted.case_id)
        existing = own_record(Answer, wanted.id, turn, change=wanted.change)
        if existing is not None and was_saved(existing, wanted.change):
            return existing
        _check_fits(schema, turn.case)
        _check_offered(schema, existing, turn)
        check_drawn(turn, schema.definition, wanted.answers, finding_id=wanted.finding_id)
        first, last = _span(turn, target)
        score = score_answers(schema.definition, wanted.answers, context=_context(turn, schema, target, wanted))
        asked = {
            "schema_id": schema.pk,
            "finding_id": wanted.finding_id,
            "breast": target.breast or "",
            "first_frame_id": first.pk if first else None,
            "last_frame_id": last.pk if last else None,
            "answers": wanted.answers,
            "override": override,
        }
        is_there = existing is not None and existing.deleted_at is None
        is_same = is_there and all(getattr(existing, name) == asked[name] for name in asked)
        # The measured size may have moved on; a late repetition of an old request doesn't save it.
        if existing is not None and is_same and (score == existing.score or wanted.revision != existing.revision):
            return existing
        check_may_change(turn, existing, seen=wanted.revision)
        check_terms(turn, schema=str(schema))
        answer = existing or Answer(id=wanted.id, case_id=turn.case_id, owner=turn.owner)
        for name, value in asked.items():
            setattr(answer, name, value)
        answer.finding = own_live_finding(turn, wanted.finding_id)
        answer.first_frame, answer.last_frame = first, last
        answer.schema, answer.score = schema, score
        _check_only_answer(turn, answer)
        save_as_next_revision(answer, saved_by=turn.owner, verb=verb_for(answer), change=wanted.change)
        refresh_scores(turn.case_id, turn.owner, without=answer.pk)
    return answer


def _context(turn: Turn, schema: LabelSchema, target: Target, wanted: SaveAnswer) -> ScoringContext:
    """Only a scoring that follows from the rest of the case has it read."""
    measured = Measured(wanted.size_mm, wanted.size_source)
    if not scoring_of(schema.definition).uses_context:
        return ScoringContext(size_mm=measured.size_mm, size_source=measured.size_source, target=target)
    return CaseAnswers(turn.case_id, turn.owner).context_for(target, measured, without=wanted.id)


def _target(schema: LabelSchema, wanted: SaveAnswer) -> Target:
    return target_for(
        schema.definition["applies_to"],
        schema.title,
        finding=str(wanted.finding_id) if wanted.finding_id else None,
        breast=wanted.breast,
        first_frame=wanted.first_frame_key,
        last_frame=wanted.last_frame_key,
    )


def _span(turn: Turn, target: Target) -> Span:
    if target.first_frame is None or target.last_frame is None:
        return None, None
    return span_of_case(turn.case_id, target.first_frame, target.last_frame)


def _check_fits(schema: LabelSchema, case: Case) -> None:
    body_part = body_part_of(case)
    if not schema_fits(schema.definition, modality=case.modality, body_part=body_part):
        parts = ", ".join(schema.definition.get("body_parts", ()))
        meant_for = ", ".join(schema.definition["modalities"]) + (f" of {parts}" if parts else "")
        this = f"{case.modality} of {body_part}" if body_part else case.modality
        raise InvalidError(f"{schema.title} is for {meant_for}, not for {this}.", path="schema")


def _check_offered(schema: LabelSchema, existing: Answer | None, turn: Turn) -> None:
    """A retired schema takes no new answers; those that there are may be changed, deleted and brought back.

    Who was let in to answer that very version, by a study, goes on to.
    """
    if str(schema) in (turn.grant.schemas or ()):
        return
    is_new = existing is None or existing.schema.key != schema.key
    if is_new and is_retired(schema.key):
        raise InvalidError(f"{schema.title} was retired meanwhile: it takes no new answers.", path="schema")


def _check_only_answer(turn: Turn, answer: Answer) -> None:
    """One live answer a target and schema, whatever the version."""
    other = (
        Answer.objects.select_related("owner", "schema", "first_frame", "last_frame")
        .filter(
            case_id=turn.case_id,
            owner=turn.owner,
            schema__key=answer.schema.key,
            finding=answer.finding,
            breast=answer.breast,
            first_frame=answer.first_frame,
            last_frame=answer.last_frame,
            deleted_at__isnull=True,
        )
        .exclude(pk=answer.pk)
        .first()
    )
    if other is not None:
        raise ConflictError(
            f"You answered {answer.schema.title} here already, in another window perhaps. Change that answer.",
            {**answer_as_dict(other)},
        )
