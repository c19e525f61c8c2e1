"""Begin a reader study, or take a draft away."""

from uuid import UUID

from django.db import IntegrityError, transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.annotations.storable_checks import check_line
from annotator.readerstudies.design import Protocol
from annotator.readerstudies.models import ReaderStudy, StudyState
from annotator.readerstudies.policies import may_run_studies
from annotator.readerstudies.study_queries import study_for


def make_study(person: Person, name: str, protocol: object | None = None) -> ReaderStudy:
    """Begin a draft.

    Raises
    ------
    NotAllowedError : `person` doesn't run studies.
    InvalidError : no name, or a protocol that doesn't hold together; with the path of the fault.
    ConflictError : another study has this name.
    """
    if not may_run_studies(person):
        raise NotAllowedError("Only an admin may begin a study.")
    read = Protocol.from_json({} if protocol is None else protocol)
    called = checked_name(name)
    try:
        with transaction.atomic():
            study = ReaderStudy.objects.create(name=called, protocol=read.to_json(), created_by=signed_in(person))
            detail: dict[str, object] = {"name": called}
            record_audit(person, "make_study", target_kind="reader_study", target_id=study.pk, detail=detail)
    except IntegrityError as taken:
        raise ConflictError(f"There is a study called {called} already.") from taken
    return study


def checked_name(name: object) -> str:
    """Return a study's name.

    Raises
    ------
    InvalidError : path "name".
    """
    called = check_line(name, path="name", longest=120)
    if not called:
        raise InvalidError("A study has a name: its readers see it.", path="name")
    return called


def discard_study(person: Person, study_id: UUID | str) -> None:
    """Take a draft away for good.

    Raises
    ------
    NotAllowedError, NotFoundError : `person` doesn't run studies; there is no such study.
    ConflictError : it is no draft any more.
    """
    with transaction.atomic():
        study = study_for(person, study_id)
        locked = ReaderStudy.objects.select_for_update().get(pk=study.pk)
        if locked.state != StudyState.DRAFT:
            raise ConflictError("A study that readers have begun can't be taken away. Close it.")
        detail: dict[str, object] = {"name": locked.name}
        record_audit(person, "discard_study", target_kind="reader_study", target_id=locked.pk, detail=detail)
        locked.delete()
