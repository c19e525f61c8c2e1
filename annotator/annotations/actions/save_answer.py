"""Save what a reader chose in a label schema, with the score that follows from it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from annotator.accounts.errors import ConflictError, InvalidError
from annotator.accounts.policies import Person
from annotator.annotations.findings import own_live_finding
from annotator.annotations.models import Answer, Finding
from annotator.annotations.records import answer_as_dict
from annotator.annotations.revisions import save_as_next_revision, verb_for
from annotator.annotations.storable_checks import check_json_storable
from annotator.annotations.turns import Turn, check_may_change, own_record, take_turn, was_saved
from annotator.cases.models import Case
from annotator.cases.queries import body_part_of
from annotator.labels.fitting import schema_fits
from annotator.labels.models import LabelSchema
from annotator.labels.queries import schema_by_reference
from annotator.labels.schema import check_answers, score_answers


@dataclass(frozen=True)
class SaveAnswer:
    """The state that a reader wants an answer to have; `id`, `revision` and `change` as for a mark.

    Attributes
    ----------
    schema : key and version, e.g. "acr-tirads@1".
    answers : by question.
    finding_id : for a schema that applies to findings; None for one that applies to the case.
    size_mm : the largest diameter, for scores that depend on it; None when it is not known.
    """

    id: UUID
    case_id: UUID
    schema: str
    answers: dict[str, Any] = field(default_factory=dict)
    finding_id: UUID | None = None
    revision: int = 0
    change: UUID | None = None
    size_mm: float | None = None


def save_answer(person: Person, wanted: SaveAnswer) -> Answer:
    """Save an answer and return it with its score; the state that is already there is returned as it is.

    Raises
    ------
    NotAllowedError, NotFoundError : this person doesn't mark, can't open the case, or it is not their answer.
    InvalidError : no such schema, one that doesn't fit, or answers that it doesn't have; with the path of the fault.
    StaleError : changed meanwhile; with what is there now.
    ConflictError : answered already under another identifier, or the reading was submitted.
    """
    check_json_storable(wanted.answers, path="answers")
    schema = schema_by_reference(wanted.schema)
    check_answers(schema.definition, wanted.answers)
    with transaction.atomic():
        turn = take_turn(person, wanted.case_id)
        existing = own_record(Answer, wanted.id, turn, change=wanted.change)
        if existing is not None and was_saved(existing, wanted.change):
            return existing
        _check_fits(schema, turn.case, finding_id=wanted.finding_id)
        score = score_answers(
            schema.definition, wanted.answers, size_mm=wanted.size_mm, finding_count=_finding_count(turn)
        )
        if existing is not None and existing.deleted_at is None:
            asked = (schema.pk, wanted.finding_id, wanted.answers)
            is_same = asked == (existing.schema_id, existing.finding_id, existing.answers)
            # The score may have moved on with the findings; a late repetition of an old request doesn't save it.
            if is_same and (score == existing.score or wanted.revision != existing.revision):
                return existing
        check_may_change(turn, existing, seen=wanted.revision)
        answer = existing or Answer(id=wanted.id, case_id=turn.case_id, owner=turn.owner)
        answer.finding = own_live_finding(turn, wanted.finding_id)
        answer.schema, answer.answers, answer.score = schema, wanted.answers, score
        _check_only_answer(turn, answer)
        save_as_next_revision(answer, saved_by=turn.owner, verb=verb_for(answer), change=wanted.change)
    return answer


def _finding_count(turn: Turn) -> int:
    return Finding.objects.filter(case_id=turn.case_id, owner=turn.owner, deleted_at__isnull=True).count()


def _check_fits(schema: LabelSchema, case: Case, *, finding_id: UUID | None) -> None:
    body_part = body_part_of(case)
    if not schema_fits(schema.definition, modality=case.modality, body_part=body_part):
        parts = ", ".join(schema.definition.get("body_parts", ()))
        meant_for = ", ".join(schema.definition["modalities"]) + (f" of {parts}" if parts else "")
        this = f"{case.modality} of {body_part}" if body_part else case.modality
        raise InvalidError(f"{schema.title} is for {meant_for}, not for {this}.", path="schema")
    applies_to = schema.definition.get("applies_to")
    if applies_to == "finding" and finding_id is None:
        raise InvalidError(f"{schema.title} is answered for a finding. Say which.", path="finding")
    if applies_to == "case" and finding_id is not None:
        raise InvalidError(f"{schema.title} is answered for the whole case, not for a finding.", path="finding")


def _check_only_answer(turn: Turn, answer: Answer) -> None:
    other = (
        Answer.objects.select_related("owner", "schema")
        .filter(
            case_id=turn.case_id,
            owner=turn.owner,
            schema=answer.schema,
            finding=answer.finding,
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
