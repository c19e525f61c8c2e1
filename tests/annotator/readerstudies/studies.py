"""Studies made of rows, for tests: cases of several patients and batches, readers, a protocol that lacks nothing."""

from typing import Any
from uuid import uuid4

from annotator.accounts.models import Role, User
from annotator.annotations.actions.save_answer import SaveAnswer, save_answer
from annotator.cases.models import Case
from annotator.labels.models import LabelSchema
from annotator.readerstudies.actions.allocate_study import allocate_study
from annotator.readerstudies.actions.edit_study import WantedCase, choose_cases, choose_readers
from annotator.readerstudies.actions.launch_study import launch_study
from annotator.readerstudies.actions.make_study import make_study
from annotator.readerstudies.actions.open_assignment import open_assignment
from annotator.readerstudies.actions.submit_assignment import submit_assignment
from annotator.readerstudies.models import Assignment, ReaderStudy
from annotator.readerstudies.reading_order import own_readings
from tests.annotator.case_rows import make_case, make_stack
from tests.annotator.case_rows import make_study as make_imaging_study
from tests.fixtures.people import make_person

SCHEMA = "bleed@1"
ALONE = {"name": "alone", "kind": "unaided"}
AIDED = {"name": "aided", "kind": "concurrent"}
SECOND = {"name": "second", "kind": "second read"}
PROTOCOL: dict[str, Any] = {
    "question": "Do readers find more bleeds with help?",
    "hypothesis": "hypothesis-secret",
    "instructions": "Read as you would at night.",
    "arms": [ALONE, AIDED],
    "washout_days": 28,
    "schemas": [SCHEMA],
    "seed": 5,
}
DEFINITION = {
    "applies_to": "case",
    "modalities": ["CT"],
    "answers": {"type": "object", "properties": {"bleed": {"type": "boolean"}}},
    "form": {"questions": [{"name": "bleed", "title": "Bleed", "kind": "boolean", "required": True}]},
    "scoring": {"kind": "none"},
}


def bleed_schema() -> LabelSchema:
    return LabelSchema.objects.get_or_create(
        key="bleed", version=1, defaults={"title": "Bleed", "definition": DEFINITION}
    )[0]


def make_cases(count: int) -> list[Case]:
    """Of half as many patients."""
    made = []
    for at in range(count):
        study = make_imaging_study(patient_id=f"PAT-{at // 2}", name=f"Secret^Patient{at // 2}")
        made.append(make_case(study, make_stack(study, frames=1)))
    return made


def make_readers(count: int) -> list[User]:
    return [make_person(f"reader{at}", Role.RADIOLOGIST) for at in range(count)]


def wanted(cases: list[Case]) -> list[WantedCase]:
    return [
        WantedCase(case.pk, batch="batch-secret-a" if at % 2 else "batch-secret-b") for at, case in enumerate(cases)
    ]


def draft(admin: User, cases: list[Case], readers: list[User], **protocol: Any) -> ReaderStudy:
    """A study with everything chosen and allocated."""
    bleed_schema()
    study = make_study(admin, "Bleeds at night", {**PROTOCOL, **protocol})
    choose_readers(admin, study.pk, [(one.pk, at == 0) for at, one in enumerate(readers)], revision=1)
    choose_cases(admin, study.pk, wanted(cases), revision=2)
    return allocate_study(admin, study.pk, revision=3)


def running(admin: User, cases: list[Case], readers: list[User], **protocol: Any) -> ReaderStudy:
    """The same, launched."""
    study = draft(admin, cases, readers, **protocol)
    return launch_study(admin, study.pk, revision=study.revision)


def next_reading(study: ReaderStudy, reader: User) -> Assignment:
    found = own_readings(study.pk, reader.pk).exclude(state="submitted").first()
    assert found is not None
    return found


def answer(reader: User, reading: Assignment, *, bleed: bool = True) -> None:
    """Open a reading and answer what is asked."""
    open_assignment(reader, reading.case_id)
    body = SaveAnswer(id=uuid4(), case_id=reading.case_id, schema=SCHEMA, answers={"bleed": bleed})
    save_answer(reader, body)


def read_one(study: ReaderStudy, reader: User, *, step: str = "") -> Assignment:
    """Read what comes next."""
    reading = next_reading(study, reader)
    answer(reader, reading)
    return submit_assignment(reader, reading.pk, step=step)
