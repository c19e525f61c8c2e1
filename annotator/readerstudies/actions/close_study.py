"""End a study: nothing of it is read any more."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotator.accounts.policies import Person
from annotator.readerstudies.actions.amend_study import locked_running, record_amendment
from annotator.readerstudies.models import AssignmentState, ReaderStudy, StudyState
from annotator.readerstudies.reading_order import close_all
from annotator.readerstudies.study_queries import readers_of, readings_of


def close_study(person: Person, study_id: UUID | str, *, reason: str) -> ReaderStudy:
    """Close a study that runs: its cases are closed to its readers, its reads are what they are.

    Raises
    ------
    NotAllowedError, NotFoundError : `person` doesn't run studies; there is no such study.
    InvalidError : no reason; path "reason".
    ConflictError : it doesn't run.
    """
    with transaction.atomic():
        study = locked_running(person, study_id, while_made=True)
        unread = readings_of(study).exclude(state=AssignmentState.SUBMITTED).count()
        record_amendment(person, study, kind="closed", reason=reason, change={"unread": unread})
        study.state, study.closed_at = StudyState.CLOSED, timezone.now()
        study.save(update_fields=["state", "closed_at"])
        for reader in readers_of(study):
            close_all(study, reader.person_id)
    return study
