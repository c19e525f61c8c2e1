"""Studies, their parts and their progress as programs and pages get them."""

from typing import Any, TypedDict

from annotator.readerstudies.launch_checks import LaunchCheck
from annotator.readerstudies.models import AllocationPart, Amendment, ReaderStudy, StudyItem, StudyReader
from annotator.readerstudies.study_progress import ArmProgress, ReaderProgress, StudyProgress
from annotator.readerstudies.study_queries import OwnStudy


class StudyRecord(TypedDict):
    id: str
    name: str
    state: str
    revision: int
    protocol: dict[str, Any]
    created_at: str
    launched_at: str | None
    closed_at: str | None
    job: str | None


class CheckRecord(TypedDict):
    words: str
    part: str
    blocks: bool


def study_as_dict(study: ReaderStudy) -> StudyRecord:
    """The head of a study."""
    return StudyRecord(
        id=str(study.pk),
        name=study.name,
        state=study.state,
        revision=study.revision,
        protocol=study.protocol,
        created_at=study.created_at.isoformat(),
        launched_at=study.launched_at.isoformat() if study.launched_at else None,
        closed_at=study.closed_at.isoformat() if study.closed_at else None,
        job=str(study.job_id) if study.job_id else None,
    )


def check_as_dict(check: LaunchCheck) -> CheckRecord:
    """One line of the launch list."""
    return CheckRecord(words=check.words, part=check.part, blocks=check.blocks)


def reader_as_dict(reader: StudyReader) -> dict[str, Any]:
    """A reader of a study. Reads `person`: select it with it."""
    return {
        "code": reader.code,
        "person": reader.person_id,
        "username": reader.person.username,
        "is_anchor": reader.is_anchor,
        "withdrawn_at": reader.withdrawn_at.isoformat() if reader.withdrawn_at else None,
    }


def item_as_dict(item: StudyItem) -> dict[str, Any]:
    """A case of a study, as those see it who design it."""
    return {
        "number": item.number,
        "case": str(item.case_id),
        "stage": item.stage,
        "patient": item.patient,
        "batch": item.batch,
        "truth": item.truth,
        "amendment": item.amendment,
    }


def allocation_as_dict(part: AllocationPart) -> dict[str, Any]:
    """What one reader reads. Reads `reader`: select it with it."""
    return {"reader": part.reader.code, "amendment": part.amendment, "sha256": part.sha256, "entries": part.entries}


def amendment_as_dict(amendment: Amendment) -> dict[str, Any]:
    """A change of a launched study. Reads `made_by`: select it with it."""
    return {
        "number": amendment.number,
        "kind": amendment.kind,
        "reason": amendment.reason,
        "change": amendment.change,
        "made_by": amendment.made_by.username,
        "made_at": amendment.made_at.isoformat(),
    }


def progress_as_dict(progress: StudyProgress) -> dict[str, Any]:
    """How far a study is."""
    return {
        "read": progress.read,
        "total": progress.total,
        "expected_end": progress.expected_end.isoformat() if progress.expected_end else None,
        "due_date": progress.due_date.isoformat() if progress.due_date else None,
        "arms": [_arm(one) for one in progress.arms],
        "readers": [_reader(one) for one in progress.readers],
    }


def own_study_as_dict(own: OwnStudy) -> dict[str, Any]:
    """A study as its reader sees it."""
    return {
        "id": str(own.id),
        "name": own.name,
        "instructions": own.instructions,
        "is_pilot": own.is_pilot,
        "session": own.session,
        "read": own.read,
        "total": own.total,
        "opens_at": own.opens_at.isoformat() if own.opens_at else None,
    }


def _arm(one: ArmProgress) -> dict[str, Any]:
    return {"arm": one.arm, "session": one.session, "read": one.read, "total": one.total}


def _reader(one: ReaderProgress) -> dict[str, Any]:
    return {
        "reader": one.reader.code,
        "read": one.read,
        "total": one.total,
        "training_read": one.training[0],
        "training_total": one.training[1],
        "arms": [_arm(arm) for arm in one.arms],
        "last_read": one.last_read.isoformat() if one.last_read else None,
        "a_day": round(one.a_day, 2),
        "expected_end": one.expected_end.isoformat() if one.expected_end else None,
        "is_overdue": one.is_overdue,
        "is_late": one.is_late,
        "withdrawn": one.reader.withdrawn_at is not None,
    }
