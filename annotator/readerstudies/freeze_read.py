"""A reading as it is handed in: checked for what it lacks, and frozen."""

import json
from hashlib import sha256
from typing import Any

from django.db.models import Sum

from annotator.accounts.errors import ConflictError
from annotator.annotations.models import Annotation, Answer, Finding
from annotator.annotations.records import annotation_as_dict, answer_as_dict, finding_as_dict
from annotator.cases.queries import body_part_of
from annotator.cases.stack_notes import believed_side
from annotator.labels.fitting import schema_fits
from annotator.labels.queries import schemas_by_reference
from annotator.labels.targets import AppliesTo
from annotator.readerstudies.completeness import AskedSchema, Given, GivenAnswer, missing_words, what_is_missing
from annotator.readerstudies.design import Protocol
from annotator.readerstudies.models import Assignment, Read, Step


def content_of(reading: Assignment) -> dict[str, Any]:
    """What the reader has in the case now, as the API answers it; three queries."""
    own: dict[str, Any] = {"case": reading.case_id, "owner": reading.reader_id, "deleted_at": None}
    findings = Finding.objects.select_related("owner").filter(**own).order_by("number")
    frames = ("first_frame", "last_frame", "owner")
    annotations = Annotation.objects.select_related("frame", *frames).filter(**own).order_by("created_at", "pk")
    answers = Answer.objects.select_related("schema", *frames).filter(**own).order_by("created_at", "pk")
    return {
        "findings": [finding_as_dict(one) for one in findings],
        "annotations": [annotation_as_dict(one) for one in annotations],
        "answers": [answer_as_dict(one) for one in answers],
    }


def check_complete(reading: Assignment, protocol: Protocol, content: dict[str, Any]) -> None:
    """Let a reading pass that answers what its study asks.

    Raises
    ------
    ConflictError : something is open; it says what.
    """
    body_part = body_part_of(reading.case)
    asked = [
        AskedSchema(
            str(schema),
            schema.title,
            schema.definition["applies_to"],
            _demanded(reading, schema.definition["applies_to"]) if str(schema) in protocol.must_answer else (),
        )
        for schema in schemas_by_reference(protocol.schemas)
        if schema_fits(schema.definition, modality=reading.case.modality, body_part=body_part)
    ]
    given = Given(
        findings={one["id"]: one["name"] or f"{one['kind']} {one['number']}" for one in content["findings"]},
        answers=[
            GivenAnswer(one["schema"], one["finding"] or _place(one), missing_words(one["score"]))
            for one in content["answers"]
        ],
    )
    missing = what_is_missing(asked, given)
    if missing:
        raise ConflictError(f"This reading isn't complete: {'; '.join(missing[:6])}.")


def _demanded(reading: Assignment, applies_to: str) -> tuple[str, ...]:
    """The breasts that the case shows, or any of them where no picture says its side; one range of slices."""
    if applies_to == AppliesTo.BREAST:
        stacks = reading.case.case_stacks.filter(prior=0).values_list(
            "stack__laterality", "stack__laterality_from_pixels", "stack__laterality_verdict"
        )
        shown = {believed_side(*told) for told in stacks}
        return tuple(side for side in ("L", "R") if side in shown or "B" in shown) or ("",)
    return ("",) if applies_to == AppliesTo.SLICES else ()


def freeze_read(reading: Assignment, content: dict[str, Any]) -> Read:
    """Keep what is handed in for the step that is read now. In a transaction, with the reading's row locked."""
    kept = json.loads(json.dumps(content))
    return Read.objects.create(
        assignment=reading,
        case_id=reading.case_id,
        step=reading.step or Step.FINAL,
        content=kept,
        content_sha256=sha256(canonical(kept)).hexdigest(),
        active_seconds=unaccounted_seconds(reading),
    )


def unaccounted_seconds(reading: Assignment) -> float:
    """How long the case was read since the last read of it was handed in."""
    total = reading.reading_times.aggregate(total=Sum("active_seconds"))["total"] or 0.0
    told = reading.reads.aggregate(total=Sum("active_seconds"))["total"] or 0.0
    return max(0.0, float(total) - float(told))


def canonical(value: object) -> bytes:
    """JSON in one form only, to be hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _place(answer: dict[str, Any]) -> str | None:
    """What an answer is about beside findings; None for the case."""
    return answer["breast"] or answer["first_frame"] or None
