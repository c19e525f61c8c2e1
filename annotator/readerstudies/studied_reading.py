"""What the viewer must know of a reading that belongs to a study."""

from annotator.accounts.models import User
from annotator.annotations.finding_kinds import finding_kinds_for
from annotator.cases.models import Case
from annotator.cases.queries import grants_that_hold
from annotator.cases.reading_state import FindingKindChoice, ReadingState
from annotator.readerstudies.models import Assignment, AssignmentStage, AssignmentState, Step
from annotator.readerstudies.reading_order import own_readings
from annotator.readerstudies.study_queries import protocol_of


def studied_reading(reader: User, case: Case) -> Assignment | None:
    """This reader's reading of a study's case that is open to them now."""
    rows = Assignment.objects.select_related("study").filter(case=case, reader=reader, study__isnull=False)
    found = rows.filter(given_up_at=None).first()
    is_open = found is not None and grants_that_hold(reader).filter(case=case).exists()
    return found if is_open else None


def study_reading_state(reading: Assignment, *, locked: bool, answered_schemas: tuple[int, ...]) -> ReadingState:
    """As `queries.reading_state` has it; the position counts within the session, and nobody else's readings."""
    study = reading.study
    if study is None:
        raise ValueError("This reading belongs to no study.")
    protocol = protocol_of(study)
    session = own_readings(study.pk, reading.reader_id).filter(session=reading.session)
    places = list(session.values_list("pk", flat=True))
    at = places.index(reading.pk) + 1 if reading.pk in places else None
    return ReadingState(
        assignment=str(reading.pk),
        state=reading.state,
        locked=locked,
        may_annotate=not locked and reading.state != AssignmentState.SUBMITTED,
        position=f"{at} of {len(places)}" if at else None,
        returned=reading.returned,
        adjudicates=reading.stage == AssignmentStage.ADJUDICATION,
        finding_kinds=tuple(
            FindingKindChoice(value=kind.value, label=kind.label) for kind in finding_kinds_for(reading.case.modality)
        ),
        answered_schemas=answered_schemas,
        schemas=protocol.schemas or None,
        mark_kinds=protocol.mark_kinds,
        hanging=protocol.hanging,
        submits_to="suggestions" if reading.step == Step.UNAIDED else "done",
    )
