"""One write at a time for each reader in each case."""

from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError, StaleError
from annotator.accounts.models import User
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.annotations.models import Annotation, Answer, CaseLock, Finding, OwnedRecord, Revision
from annotator.annotations.policies import may_annotate
from annotator.annotations.records import record_as_dict
from annotator.cases.models import Case, CaseGrant
from annotator.cases.policies import grant_holds_at

Record = TypeVar("Record", Annotation, Finding, Answer)

# What a record's JSON reads beside its owner, so that showing one costs no further query; and of that, what it doesn't.
_RELATED: dict[type, tuple[str, ...]] = {
    Annotation: ("frame", "first_frame", "last_frame"),
    Finding: (),
    Answer: ("schema", "first_frame", "last_frame"),
}
_UNREAD = ("geometry", "grey", "overlays", "prefix_lengths")


@dataclass(frozen=True)
class Turn:
    """A reader's turn to write in a case, until the end of the transaction.

    Attributes
    ----------
    grant : the row that is locked for it.
    """

    owner: User
    grant: CaseGrant

    @property
    def case_id(self) -> UUID:
        return self.grant.case_id

    @property
    def case(self) -> Case:
        """Read when it is asked for: a mark is saved without."""
        return self.grant.case


def take_turn(person: Person, case_id: UUID) -> Turn:
    """Wait for this reader's other writes in the case to end, then let this one begin. Call it in a transaction.

    The reader's grant is the row that is locked: whoever writes marks or locks the reading locks it first, so
    two tabs can't both save over one revision, take one finding's number, or save after the reading was submitted.

    Raises
    ------
    NotAllowedError : this person doesn't mark cases.
    NotFoundError : no such case is open to them now.
    """
    if not may_annotate(person):
        raise NotAllowedError("Only radiologists mark cases.")
    owner = signed_in(person)
    rows = CaseGrant.objects.select_for_update().filter(grant_holds_at(timezone.now()), case_id=case_id, person=owner)
    grant = next(iter(rows), None)
    if grant is None:
        raise NotFoundError("There is no such case among those that you may open.")
    return Turn(owner=owner, grant=grant)


def own_record(model: type[Record], record_id: UUID, turn: Turn, *, change: UUID | None = None) -> Record | None:
    """What the reader has under this identifier, deleted or not; None when it is still free.

    Parameters
    ----------
    change : what `was_saved` will be asked about.

    Raises
    ------
    NotFoundError : it is somebody else's, which this person may not know.
    InvalidError : it is the reader's, but of another case.
    """
    # Its frames are not read with it: of ten saves nine find the mark on the frame that they look up anyway.
    found = next(iter(_rows(model, record_id, change)), None)
    if found is None:
        return None
    if found.owner_id != turn.owner.pk:
        raise NotFoundError(f"You have no {_noun(model)} {record_id} in this case.")
    if found.case_id != turn.case_id:
        raise InvalidError(f"This {_noun(model)} belongs to another of your cases.", path="case")
    found.owner = turn.owner
    return found


def take_turn_for(
    person: Person, model: type[Record], record_id: UUID, *, change: UUID | None = None
) -> tuple[Turn, Record]:
    """A turn in the case of a record that the reader has, and the record as it is then. Call it in a transaction.

    Parameters
    ----------
    change : what `was_saved` will be asked about.

    Raises
    ------
    NotAllowedError : this person doesn't mark cases.
    NotFoundError : they have no such record, or may no longer open its case.
    """
    if not may_annotate(person):
        raise NotAllowedError("Only radiologists mark cases.")
    case_id = model.objects.filter(pk=record_id, owner_id=person.pk).values_list("case_id", flat=True).first()
    if case_id is None:
        raise NotFoundError(f"You have no {_noun(model)} {record_id}.")
    turn = take_turn(person, case_id)
    unread = [f"{name}__{column}" for name in _RELATED[model] if name.endswith("frame") for column in _UNREAD]
    record = _rows(model, record_id, change).select_related(*_RELATED[model]).defer(*unread).get()
    record.owner = turn.owner
    return turn, record


def was_saved(record: Annotation | Finding | Answer, change: UUID | None) -> bool:
    """Whether a change is in a record already, however much was saved over it since.

    Parameters
    ----------
    record : read by `own_record` or `take_turn_for` with the same change.
    """
    return change is not None and bool(vars(record)["knows_change"])


def check_may_change(turn: Turn, record: Annotation | Finding | Answer | None, *, seen: int) -> None:
    """Let a change pass when the reading is open and the reader saw the newest state of the record.

    Parameters
    ----------
    record : what is there now, read by `own_record` or `take_turn_for` in this turn; None for a new one.
    seen : the revision that the reader's program last saw, 0 for a new record.

    Raises
    ------
    ConflictError : the reading was submitted; with what is there now.
    StaleError : the record was changed meanwhile; with what is there now.
    NotFoundError : a revision of something that isn't there.
    """
    known = {} if record is None else vars(record)
    reason = known["lock_reason"] if "lock_reason" in known else _lock_of(turn)
    if reason is not None:
        raise ConflictError(
            f"Your reading of this case can't be changed any more: {reason}. An admin can reopen it.",
            _shown(record),
        )
    if record is None:
        if seen != 0:
            raise NotFoundError("There is nothing of yours to change under this identifier. A new one has revision 0.")
    elif record.revision != seen:
        raise StaleError(
            f"This was changed meanwhile: you saw revision {seen}, it is now at {record.revision}. "
            "Look at what is there and change that.",
            _shown(record),
        )


def check_terms(turn: Turn, *, mark_kind: str | None = None, schema: str | None = None) -> None:
    """Let pass what the reader was let into the case for.

    Raises
    ------
    InvalidError : a kind of mark, or a label schema, that this reading doesn't use; path "kind" or "schema".
    """
    kinds, schemas = turn.grant.mark_kinds, turn.grant.schemas
    if mark_kind is not None and kinds is not None and mark_kind not in kinds:
        raise InvalidError(f"No {mark_kind} is drawn in this reading. Allowed: {', '.join(kinds) or 'none'}.", "kind")
    if schema is not None and schemas is not None and schema not in schemas:
        raise InvalidError(f"{schema} is not asked in this reading. Asked: {', '.join(schemas) or 'none'}.", "schema")


def _lock_of(turn: Turn) -> str | None:
    locks = CaseLock.objects.filter(case=turn.case_id, owner=turn.owner)
    return next(iter(locks.values_list("reason", flat=True)), None)


def _shown(record: Annotation | Finding | Answer | None) -> dict[str, object] | None:
    return None if record is None else {**record_as_dict(record)}


def _rows(model: type[Record], record_id: UUID, change: UUID | None) -> QuerySet[Record]:
    """The record under an identifier, if there is one, with why it is locked and whether it knows a change."""
    locks = CaseLock.objects.filter(case=OuterRef("case"), owner=OuterRef("owner")).values("reason")
    rows = model.objects.filter(pk=record_id).order_by().annotate(lock_reason=Subquery(locks[:1]))
    if change is None:
        return rows
    known = Revision.objects.filter(target_kind=str(model._meta.model_name), target_id=OuterRef("pk"), change=change)
    return rows.annotate(knows_change=Exists(known))


def _noun(model: type[OwnedRecord]) -> str:
    return {Annotation: "mark", Finding: "finding", Answer: "answer"}[model]
