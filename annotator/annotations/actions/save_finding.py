"""Save a finding: a new one, a changed one, or a deleted one that comes back."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from annotator.accounts.errors import InvalidError
from annotator.accounts.policies import Person
from annotator.annotations.contexts import refresh_scores
from annotator.annotations.models import Finding, FindingKind
from annotator.annotations.revisions import save_as_next_revision, verb_for
from annotator.annotations.storable_checks import check_line
from annotator.annotations.turns import Turn, check_may_change, own_record, take_turn, was_saved


@dataclass(frozen=True)
class SaveFinding:
    """The state that a reader wants a finding to have; `id`, `revision` and `change` as for a mark."""

    id: UUID
    case_id: UUID
    kind: str
    name: str = ""
    revision: int = 0
    change: UUID | None = None


def save_finding(person: Person, wanted: SaveFinding) -> Finding:
    """Save a finding and return it; the state that is already there is returned as it is.

    A new one takes the next number of this reader in this case; numbers of deleted findings are not used again.
    Bringing a deleted one back doesn't tie its former marks to it again: the reader's program saves those.

    Raises
    ------
    NotAllowedError, NotFoundError : this person doesn't mark, can't open the case, or it is not their finding.
    InvalidError : no such kind, or a name that can't be; with the path of the fault.
    StaleError, ConflictError : changed meanwhile, or the reading was submitted; with what is there now.
    """
    if wanted.kind not in FindingKind.values:
        raise InvalidError(f"There is no kind of finding called {wanted.kind!r}.", path="kind")
    name = check_line(wanted.name, path="name", longest=100)
    with transaction.atomic():
        turn = take_turn(person, wanted.case_id)
        existing = own_record(Finding, wanted.id, turn, change=wanted.change)
        if existing is not None:
            is_same = existing.deleted_at is None and (existing.kind, existing.name) == (wanted.kind, name)
            if is_same or was_saved(existing, wanted.change):
                return existing
        check_may_change(turn, existing, seen=wanted.revision)
        finding = existing or Finding(id=wanted.id, case_id=turn.case_id, owner=turn.owner, number=_next_number(turn))
        finding.kind, finding.name = wanted.kind, name
        save_as_next_revision(finding, saved_by=turn.owner, verb=verb_for(finding), change=wanted.change)
        refresh_scores(turn.case_id, turn.owner)
    return finding


def _next_number(turn: Turn) -> int:
    highest = Finding.objects.filter(case_id=turn.case_id, owner=turn.owner).aggregate(highest=Max("number"))["highest"]
    return (highest or 0) + 1
