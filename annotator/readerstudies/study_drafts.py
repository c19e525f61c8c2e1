"""A draft of a study about to change: two admins take turns, and neither overwrites what they haven't seen."""

import json
from hashlib import sha256
from uuid import UUID

from annotator.accounts.errors import ConflictError, StaleError
from annotator.accounts.policies import Person
from annotator.readerstudies.design import Protocol
from annotator.readerstudies.models import ReaderStudy, StudyState
from annotator.readerstudies.study_queries import study_for


def locked_study(person: Person, study_id: UUID | str) -> ReaderStudy:
    """Lock a study and return it as it is then. In a transaction.

    Raises
    ------
    NotAllowedError, NotFoundError : `person` doesn't run studies; there is no such study.
    """
    return ReaderStudy.objects.select_for_update().get(pk=study_for(person, study_id).pk)


def locked_draft(person: Person, study_id: UUID | str, *, revision: int | None = None) -> ReaderStudy:
    """Lock a study that can still be changed freely.

    Parameters
    ----------
    revision : of the draft that the admin saw; None: whatever there is.

    Raises
    ------
    NotAllowedError, NotFoundError : as for `locked_study`.
    ConflictError : it was launched: from then on it is changed by amendments. Or a pilot runs.
    StaleError : somebody changed it meanwhile.
    """
    study = locked_study(person, study_id)
    if study.state == StudyState.PILOT:
        raise ConflictError("The pilot is running: end it, then change the protocol.")
    if study.state == StudyState.STARTING:
        raise ConflictError("This study is being launched: its protocol is locked.")
    if study.state != StudyState.DRAFT:
        raise ConflictError("This study was launched: its protocol is locked. Make an amendment.")
    if revision is not None and revision != study.revision:
        raise StaleError(
            f"The study was changed meanwhile: you saw revision {revision}, it is now at {study.revision}. "
            "Reload the page and look at what is there.",
            {"revision": study.revision},
        )
    return study


def next_revision(study: ReaderStudy, *fields: str) -> None:
    """Save a changed draft; an allocation that was computed before doesn't fit it any more."""
    study.revision += 1
    study.save(update_fields=[*fields, "revision"])


def fingerprint(study: ReaderStudy) -> str:
    """What the allocation follows from, as one hash: design, arms, seed, readers and cases."""
    protocol = Protocol.from_json(study.protocol).to_json()
    of_order = {name: protocol[name] for name in ("design", "arms", "arm_order", "separate_batches", "seed")}
    readers = sorted(study.readers.filter(withdrawn_at=None).values_list("person_id", "code", "is_anchor"))
    items = study.items.order_by("number").values_list("number", "stage", "patient", "batch", "case_id")
    told = [of_order, readers, [[*map(str, item)] for item in items]]
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
