"""Give cases to readers: an order, a due date, and access."""

import random
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError
from annotator.accounts.models import Role, User
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.cases.actions.grant_case import grant_case
from annotator.cases.models import Case
from annotator.cases.queries import case_for
from annotator.readerstudies.models import Assignment
from annotator.readerstudies.policies import may_assign


def assign_cases(
    person: Person,
    case_ids: Iterable[UUID | str],
    reader_ids: Iterable[int],
    *,
    due_date: date | None = None,
    shuffle_seed: int | None = None,
    shows_identity: bool = False,
    shows_suggestions: bool = True,
) -> list[Assignment]:
    """Assign every case to every reader, behind what each reader has already, and return the new assignments.

    The order is decided here, once, and kept in rows: a worklist never reshuffles. A case that a reader has already
    stays where it is and is not in the answer; the caller says how many by counting.

    Parameters
    ----------
    shuffle_seed : None keeps the order of `case_ids` for every reader; a number gives each reader an own order,
        which the same number, reader and cases give again.
    shows_identity, shows_suggestions : what the readers are shown.

    Raises
    ------
    NotAllowedError : `person` is no admin.
    NotFoundError : there is no such case.
    InvalidError : no cases, no readers, or somebody who is no active radiologist; with the path of the fault.
    ConflictError : every one of the readers has every one of the cases already.
    """
    if not may_assign(person):
        raise NotAllowedError("Only an admin may assign cases.")
    admin = signed_in(person)
    with transaction.atomic():
        cases = [case_for(admin, case_id) for case_id in dict.fromkeys(str(one) for one in case_ids)]
        if not cases:
            raise InvalidError("Choose at least one case.", path="cases")
        readers = _locked_readers(reader_ids)
        taken = set(Assignment.objects.filter(case__in=cases, reader__in=readers).values_list("case_id", "reader_id"))
        if len(taken) == len(cases) * len(readers):
            raise ConflictError(_already_there(cases, readers))
        made: list[Assignment] = []
        for reader in readers:
            new = [case for case in cases if (case.pk, reader.pk) not in taken]
            made += _assign(
                admin,
                reader,
                _in_order(new, reader=reader, seed=shuffle_seed),
                due_date=due_date,
                shows_identity=shows_identity,
                shows_suggestions=shows_suggestions,
            )
    return made


def _assign(
    admin: User,
    reader: User,
    cases: Sequence[Case],
    *,
    due_date: date | None,
    shows_identity: bool,
    shows_suggestions: bool,
) -> list[Assignment]:
    last = Assignment.objects.filter(reader=reader).aggregate(last=Max("place"))["last"] or 0
    made = []
    for place, case in enumerate(cases, start=last + 1):
        assignment = Assignment.objects.create(
            case=case, reader=reader, place=place, due_date=due_date, assigned_by=admin
        )
        grant_case(
            admin,
            case.pk,
            reader_id=reader.pk,
            shows_identity=shows_identity,
            shows_suggestions=shows_suggestions,
        )
        detail: dict[str, object] = {
            "case": str(case.pk),
            "reader": reader.username,
            "place": place,
            "due_date": due_date.isoformat() if due_date else None,
        }
        record_audit(admin, "assign_case", target_kind="assignment", target_id=assignment.pk, detail=detail)
        made.append(assignment)
    return made


def _locked_readers(reader_ids: Iterable[int]) -> list[User]:
    """The readers, locked so that two admins don't give out one place of a worklist twice."""
    wanted = list(dict.fromkeys(reader_ids))
    if not wanted:
        raise InvalidError("Choose at least one reader.", path="readers")
    found = {
        reader.pk: reader
        for reader in User.objects.select_for_update(no_key=True)
        .filter(pk__in=wanted, role=Role.RADIOLOGIST, is_active=True)
        .order_by("pk")
    }
    for reader_id in wanted:
        if reader_id not in found:
            raise InvalidError(f"Person {reader_id} is no active radiologist.", path="readers")
    return [found[reader_id] for reader_id in wanted]


def _in_order(cases: list[Case], *, reader: User, seed: int | None) -> list[Case]:
    if seed is None:
        return cases
    shuffled = list(cases)
    # An order of reading is no secret; it has to come out the same again, which `secrets` can't.
    random.Random(f"{seed} {reader.pk}").shuffle(shuffled)  # noqa: S311
    return shuffled


def _already_there(cases: list[Case], readers: list[User]) -> str:
    shown = ", ".join(case.title for case in cases[:3]) + (f" and {len(cases) - 3} more" if len(cases) > 3 else "")
    names = ", ".join(reader.username for reader in readers)
    return f"Nothing is left to assign: {names} had {shown} on the worklist before."
