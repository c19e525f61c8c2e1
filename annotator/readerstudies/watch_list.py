"""What went wrong around a study while it is read: cases that moved to another patient, readers who can't read."""

from annotator.accounts.models import Role
from annotator.labels.queries import offered_schemas
from annotator.readerstudies.models import ReaderStudy, StudyState
from annotator.readerstudies.study_queries import patient_code, protocol_of, readers_of

_LIVE = (StudyState.PILOT, StudyState.STARTING, StudyState.RUNNING)
_MOST_NAMED = 8


def watch_list(study: ReaderStudy) -> list[str]:
    """What an admin should look at, in words; nothing of a study that isn't read. Four queries."""
    if study.state not in _LIVE:
        return []
    return [*_of_cases(study), *_of_readers(study), *_of_schemas(study)]


def _of_cases(study: ReaderStudy) -> list[str]:
    codes: dict[int, str] = {}
    moved: list[int] = []
    rows = study.items.order_by("number").values_list("number", "patient", "case__study__patient_id")
    for number, code, patient in rows:
        if patient not in codes:
            codes[patient] = patient_code(study, patient)
        if codes[patient] != code:
            moved.append(number)
    if not moved:
        return []
    named = ", ".join(map(str, moved[:_MOST_NAMED])) + (" …" if len(moved) > _MOST_NAMED else "")
    what = "belongs" if len(moved) == 1 else "belong"
    return [
        f"Case {named} {what} to another patient than when chosen. The allocation kept neighbours of one patient apart "
        "as it was then; reads stay. Look whether its truth is still that of the case."
    ]


def _of_readers(study: ReaderStudy) -> list[str]:
    return [
        f"{one.code} {one.person.full_name} can't sign in as a radiologist any more: withdraw them, reassign the rest."
        for one in readers_of(study, active=True)
        if not one.person.is_active or one.person.role != Role.RADIOLOGIST
    ]


def _of_schemas(study: ReaderStudy) -> list[str]:
    newest = {schema.key: str(schema) for schema in offered_schemas()}
    words = []
    for reference in protocol_of(study).schemas:
        key = reference.partition("@")[0]
        if newest.get(key) != reference:
            now = f"superseded by {newest[key]}" if key in newest else "retired"
            words.append(f"{reference} was {now}. The study goes on asking {reference}.")
    return words
