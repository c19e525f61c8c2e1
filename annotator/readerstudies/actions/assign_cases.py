"""Give cases to readers: an order, a due date, and access."""

import random
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from annotator.accounts.actions.record_audits import record_audits
from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import Role, User
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.assist.actions.queue_ahead import queue_ahead
from annotator.cases.actions.grant_cases import grant_cases
from annotator.cases.models import Case
from annotator.cases.queries import catalogued_cases_for
from annotator.readerstudies.models import Assignment
from annotator.readerstudies.policies import may_assign

_BATCH = 500


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
        cases = _cases_named(admin, case_ids)
        readers = _locked_readers(reader_ids)
        chosen = {case.pk for case in cases}
        on_lists = Assignment.objects.filter(reader__in=readers).values_list("case_id", "reader_id")
        taken = {(case_id, reader_id) for case_id, reader_id in on_lists if case_id in chosen}
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
        if shows_suggestions:
            queue_ahead({one.case_id for one in made})
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
    made = Assignment.objects.bulk_create(
        (
            Assignment(case=case, reader=reader, place=place, due_date=due_date, assigned_by=admin)
            for place, case in enumerate(cases, start=last + 1)
        ),
        batch_size=_BATCH,
    )
    grant_cases(admin, cases, reader=reader, shows_identity=shows_identity, shows_suggestions=shows_suggestions)
    due = due_date.isoformat() if due_date else None
    record_audits(
        admin,
        "assign_case",
        target_kind="assignment",
        targets=(
            (one.pk, {"case": str(one.case_id), "reader": reader.username, "place": one.place, "due_date": due})
            for one in made
        ),
    )
    return made


def _cases_named(admin: User, case_ids: Iterable[UUID | str]) -> list[Case]:
    try:
        wanted = list(dict.fromkeys(UUID(str(one)) for one in case_ids))
    except ValueError as bad:
        raise InvalidError(f"A case is named by its identifier, {bad}.", path="cases") from bad
    if not wanted:
        raise InvalidError("Choose at least one case.", path="cases")
    found = catalogued_cases_for(admin).in_bulk(wanted)
    if missing := [one for one in wanted if one not in found]:
        raise NotFoundError(f"There is no case {missing[0]}.")
    return [found[one] for one in wanted]


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
