"""Compute a draft's allocation, once, and keep it."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError
from annotator.accounts.policies import Person
from annotator.readerstudies.allocation import Allocation, allocate
from annotator.readerstudies.design import ArmKind, Protocol
from annotator.readerstudies.freeze_read import canonical
from annotator.readerstudies.model_versions import triage_scores
from annotator.readerstudies.models import AllocationPart, ItemStage, ReaderStudy, StudyItem, StudyReader
from annotator.readerstudies.study_drafts import fingerprint, locked_draft
from annotator.readerstudies.study_queries import allocated_cases, allocated_readers, protocol_of

_BATCH = 500


def allocate_study(person: Person, study_id: UUID | str, *, revision: int) -> ReaderStudy:
    """Compute who reads what from the draft's seed and keep it, to be looked at; launching uses what is kept.

    Raises
    ------
    NotAllowedError, NotFoundError, ConflictError, StaleError : as for study_drafts.locked_draft.
    ConflictError : the study was allocated as it is now: another order needs another seed.
    InvalidError : the design can't be done with these readers and cases; with the path.
    """
    with transaction.atomic():
        study = locked_draft(person, study_id, revision=revision)
        wanted = fingerprint(study)
        if study.allocated_for == wanted:
            raise ConflictError("This was allocated already. For another order choose another seed.")
        protocol, readers = protocol_of(study), list(study.readers.all())
        items = list(study.items.all())
        main = [one for one in items if one.stage == ItemStage.MAIN]
        if not main:
            raise InvalidError("Choose the cases of the study first.", "cases")
        set_scores(protocol, main)
        found = allocate(protocol, allocated_cases(main), allocated_readers(readers))
        study.allocation.all().delete()
        keep_allocation(study, readers, found, training=[one for one in items if one.stage == ItemStage.TRAINING])
        study.allocated_for = wanted
        study.save(update_fields=["allocated_for"])
        detail: dict[str, object] = {"seed": protocol.seed, "readings": sum(map(len, found.values())), "for": wanted}
        record_audit(person, "allocate_study", target_kind="reader_study", target_id=study.pk, detail=detail)
    return study


def set_scores(protocol: Protocol, items: Iterable[StudyItem]) -> None:
    """Freeze the scores by which a triage arm puts cases in order; another arm needs none."""
    arm = next((one for one in protocol.arms if one.kind == ArmKind.TRIAGE), None)
    if arm is None:
        return
    chosen = list(items)
    scores = triage_scores(arm, [one.case_id for one in chosen])
    for one in chosen:
        one.score = scores.get(one.case_id)
    StudyItem.objects.bulk_update(chosen, ["score"], batch_size=_BATCH)


def keep_allocation(
    study: ReaderStudy,
    readers: Iterable[StudyReader],
    allocation: Allocation,
    *,
    training: Iterable[StudyItem] = (),
    amendment: int = 0,
) -> list[AllocationPart]:
    """Keep what each reader reads, training cases first: those by turns under each arm. In a transaction."""
    arms = protocol_of(study).arms
    first = [[item.number, arms[at % len(arms)].name, 0] for at, item in enumerate(training)]
    parts = []
    for reader in readers:
        entries = [*first, *([one.number, one.arm, one.session] for one in allocation.get(reader.code, ()))]
        if entries:
            digest = sha256(canonical(entries)).hexdigest()
            part = AllocationPart(study=study, reader=reader, amendment=amendment, entries=entries, sha256=digest)
            parts.append(part)
    return AllocationPart.objects.bulk_create(parts)


def loads_of(parts: Iterable[AllocationPart], items: Mapping[int, str]) -> dict[str, int]:
    """How many main cases each reader has, by code.

    Parameters
    ----------
    items : stage by number.
    """
    numbers: dict[str, set[int]] = {}
    for part in parts:
        own = numbers.setdefault(part.reader.code, set())
        own |= {number for number, *_ in part.entries if items.get(number) == ItemStage.MAIN}
    return {code: len(own) for code, own in numbers.items()}
