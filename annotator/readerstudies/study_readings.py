"""From an allocation to readings: copies of the cases, what models propose in them, and the readers' assignments."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Max

from annotator.accounts.models import User
from annotator.cases.actions.copy_cases import copy_cases
from annotator.readerstudies.design import Protocol
from annotator.readerstudies.model_versions import show_suggestions
from annotator.readerstudies.models import Assignment, AssignmentStage, ItemStage, ReaderStudy, StudyItem, StudyReader
from annotator.readerstudies.reading_order import first_step

_BATCH = 1000
# item, arm, session
Slot = tuple[int, str, int]


@dataclass(frozen=True)
class Planned:
    """What one reader reads, in order."""

    reader: StudyReader
    slots: Sequence[Slot]


def make_readings(
    study: ReaderStudy,
    protocol: Protocol,
    planned: Iterable[Planned],
    *,
    assigned_by: User,
    due_date: date | None,
    is_pilot: bool = False,
    copies: dict[Slot, UUID] | None = None,
) -> int:
    """Make the readings of a plan behind what each reader has. In a transaction; returns how many.

    Readers of one item under one arm in one session share a copy of its case, whether it was made now or before.

    Parameters
    ----------
    copies : the copies that there are, as `shared_copies` finds them, for whoever calls many times; new ones are added.
    """
    plan = list(planned)
    # Whoever gives out places of a worklist locks its reader first: see assign_cases.
    list(
        User.objects.select_for_update(no_key=True).filter(pk__in=[one.reader.person_id for one in plan]).order_by("pk")
    )
    wanted = sorted({slot for one in plan for slot in one.slots})
    numbers = {number for number, *_ in wanted}
    items = {one.number: one for one in study.items.filter(number__in=numbers)}
    cases = shared_copies(study, is_pilot=is_pilot) if copies is None else copies
    _add_copies(protocol, items, [slot for slot in wanted if slot not in cases], cases)
    made = 0
    for one in plan:
        own = Assignment.objects.filter(reader=one.reader.person_id)
        place = own.aggregate(last=Max("place"))["last"] or 0
        sequence = own.filter(study=study).aggregate(last=Max("sequence"))["last"] or 0
        rows = [
            Assignment(
                case_id=cases[number, arm, session],
                reader_id=one.reader.person_id,
                place=place + at,
                due_date=due_date,
                assigned_by=assigned_by,
                study=study,
                item=items[number],
                stage=_stage(items[number], is_pilot=is_pilot),
                arm=arm,
                session=session,
                sequence=sequence + at,
                step=first_step(protocol.arm(arm)),
            )
            for at, (number, arm, session) in enumerate(one.slots, start=1)
        ]
        Assignment.objects.bulk_create(rows, batch_size=_BATCH)
        made += len(rows)
    return made


def fresh_copy(protocol: Protocol, item: StudyItem, arm: str) -> UUID:
    """One more copy of an item's case, with the suggestions that the arm shows."""
    (copy,) = copy_cases([item.case_id], with_priors=protocol.shows_priors)
    if arm:
        show_suggestions(protocol.arm(arm), [(item.case_id, copy.pk)])
    return copy.pk


def shared_copies(study: ReaderStudy, *, is_pilot: bool = False) -> dict[Slot, UUID]:
    """The copy of each item that is read under an arm in a session: the first one, where a reset made more."""
    there = Assignment.objects.filter(study=study).exclude(stage=AssignmentStage.ADJUDICATION)
    there = there.filter(stage=AssignmentStage.PILOT) if is_pilot else there.exclude(stage=AssignmentStage.PILOT)
    cases: dict[Slot, UUID] = {}
    rows = there.order_by("sequence").values_list("item__number", "arm", "session", "case_id")
    for number, arm, session, case_id in rows.iterator(_BATCH):
        if number is not None:
            cases.setdefault((number, arm, session), case_id)
    return cases


def _add_copies(
    protocol: Protocol, items: Mapping[int, StudyItem], missing: Sequence[Slot], cases: dict[Slot, UUID]
) -> None:
    copies = copy_cases([items[number].case_id for number, *_ in missing], with_priors=protocol.shows_priors)
    for arm in protocol.arms:
        of_arm = [(slot, copy) for slot, copy in zip(missing, copies, strict=True) if slot[1] == arm.name]
        show_suggestions(arm, [(items[slot[0]].case_id, copy.pk) for slot, copy in of_arm])
    cases.update({slot: copy.pk for slot, copy in zip(missing, copies, strict=True)})


def _stage(item: StudyItem, *, is_pilot: bool) -> str:
    if is_pilot:
        return AssignmentStage.PILOT
    return AssignmentStage.TRAINING if item.stage == ItemStage.TRAINING else AssignmentStage.MAIN
