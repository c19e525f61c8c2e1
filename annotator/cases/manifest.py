"""The manifest of a case: what the viewer loads first, and the right to fetch the frames it names.

Access is decided here, once a stack: each stack carries a signed token that opens its frames until it expires.
The number of queries doesn't depend on the number of stacks, slices or schemas.
"""

from collections import defaultdict
from typing import Any, TypedDict

from django.db.models import Count, F

from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.cases.hangings.queries import enabled_protocols
from annotator.cases.manifest_hangings import HangingEntry, hanging_entries
from annotator.cases.manifest_stack import FrameRow, StackEntry, StackRow, stack_entry
from annotator.cases.models import Case, CaseStack
from annotator.cases.prior_words import prior_words
from annotator.cases.queries import case_for
from annotator.cases.reading_state import ReadingState
from annotator.cases.records import CaseRecord, case_as_dict
from annotator.imaging.frames_of_reference import frames_of_reference
from annotator.imaging.models import Frame, Instance, InstanceState
from annotator.imaging.store.frame_tokens import issue_token
from annotator.labels.models import LabelSchema
from annotator.labels.queries import current_schemas, schemas_by_reference
from annotator.labels.scoring_functions import scoring_of


class ReadingEntry(TypedDict):
    assignment: str | None
    state: str | None
    locked: bool
    may_annotate: bool
    position: str | None
    returned: str
    may_review: bool
    adjudicates: bool
    mark_kinds: list[str] | None
    submits_to: str


class SchemaEntry(TypedDict):
    key: str
    version: int
    title: str
    definition: dict[str, Any]
    current: bool
    checks: list[dict[str, Any]]


class FindingKindEntry(TypedDict):
    value: str
    label: str


class Manifest(TypedDict):
    case: CaseRecord
    reading: ReadingEntry
    stacks: list[StackEntry]
    hangings: list[HangingEntry]
    schemas: list[SchemaEntry]
    finding_kinds: list[FindingKindEntry]
    shows_suggestions: bool


def manifest_for(person: Person, case: Case, *, reading: ReadingState | None = None) -> Manifest:
    """Describe a case to the viewer of one person.

    Parameters
    ----------
    reading : from readerstudies.queries.reading_state; without it the person only looks.

    Raises
    ------
    NotFoundError : the case is not open to this person now.
    """
    # Asked again whoever loaded the case: the tokens below open its pictures.
    case = case_for(person, case.pk)
    reading = reading or ReadingState()
    hung = _hung(case)
    frames = _frames_by_stack([one.stack_id for one in hung])
    references = frames_of_reference([one.stack_id for one in hung])
    unready = _unready_by_series(case)
    person_id = signed_in(person).pk
    hung = [one for one in hung if frames[one.stack_id]]
    stacks = [
        stack_entry(
            _stack_row(
                one,
                case=case,
                person_id=person_id,
                unready=unready[one.stack.series_id],
                frame_of_reference=references[one.stack_id],
            ),
            frames[one.stack_id],
        )
        for one in hung
    ]
    # As body_part_of has it, without a query more.
    body_part = hung[0].stack.series.body_part if hung else ""
    return Manifest(
        case=case_as_dict(case),
        reading=ReadingEntry(
            assignment=reading.assignment,
            state=reading.state,
            locked=reading.locked,
            may_annotate=reading.may_annotate,
            position=reading.position,
            returned=reading.returned,
            may_review=reading.may_review,
            adjudicates=reading.adjudicates,
            mark_kinds=None if reading.mark_kinds is None else list(reading.mark_kinds),
            submits_to=reading.submits_to,
        ),
        stacks=stacks,
        hangings=sorted(
            hanging_entries(case.modality, body_part, hung=hung, frames=frames, protocols=enabled_protocols()),
            key=lambda entry: entry["key"] != reading.hanging,
        ),
        schemas=_schema_entries(_asked(case, body_part, reading), reading.answered_schemas),
        finding_kinds=[FindingKindEntry(value=kind.value, label=kind.label) for kind in reading.finding_kinds],
        shows_suggestions=bool(getattr(case, "shows_suggestions", False)),
    )


def _asked(case: Case, body_part: str, reading: ReadingState) -> list[LabelSchema]:
    """What is asked: versions that were fixed, however old by now, or the newest of all that fit."""
    if reading.schemas is None:
        return current_schemas(case.modality, body_part=body_part)
    return schemas_by_reference(reading.schemas)


def _schema_entries(current: list[LabelSchema], answered: tuple[int, ...]) -> list[SchemaEntry]:
    """What is asked now, and behind it what was answered under and is asked no more: it stays readable for ever."""
    older = set(answered) - {schema.pk for schema in current}
    superseded = list(LabelSchema.objects.filter(pk__in=older)) if older else []
    return [
        SchemaEntry(
            key=schema.key,
            version=schema.version,
            title=schema.title,
            definition=schema.definition,
            current=schema.pk not in older,
            checks=[check.to_json() for check in scoring_of(schema.definition).checks(schema.definition)],
        )
        for schema in (*current, *superseded)
    ]


def _hung(case: Case) -> list[CaseStack]:
    """The case's stacks by place. One of another patient is left out, whatever a row says: it gets no token."""
    return list(
        CaseStack.objects.filter(case=case, stack__series__study__patient=case.study.patient_id)
        .select_related("stack__series__study")
        .order_by("place")
    )


def _stack_row(hung: CaseStack, *, case: Case, person_id: int, unready: int, frame_of_reference: int) -> StackRow:
    stack = hung.stack
    issued = issue_token(stack.key, person_id=person_id)
    return StackRow(
        key=stack.key,
        title=hung.title,
        kind=stack.kind,
        place=hung.place,
        modality=stack.series.modality,
        body_part=stack.series.body_part,
        laterality=stack.laterality,
        view=stack.view,
        token=issued.token,
        token_expires=issued.expires_at.isoformat(),
        unready=unready,
        laterality_from_pixels=stack.laterality_from_pixels,
        laterality_verdict=stack.laterality_verdict,
        prior=hung.prior,
        prior_words=prior_words(case.study.study_date, stack.series.study.study_date) if hung.prior else "",
        frame_of_reference=frame_of_reference,
    )


def _frames_by_stack(stack_ids: list[int]) -> dict[int, list[FrameRow]]:
    """Ready frames by stack, in the order of imaging.queries.frames_in_order, in one query for all stacks."""
    rows = (
        Frame.objects.filter(instance__stack__in=stack_ids, instance__state=InstanceState.READY)
        .order_by(
            F("position_along_normal").asc(nulls_last=True),
            F("instance__instance_number").asc(nulls_last=True),
            "instance__sop_instance_uid",
            "number",
        )
        # Plain tuples: 300 objects of Django would cost more than everything else here.
        .values_list(
            "instance__stack_id",
            "key",
            "derived_format",
            "position_along_normal",
            "geometry",
            "grey",
            "overlays",
            "prefix_lengths",
            "instance__rows",
            "instance__columns",
            "instance__bits_stored",
            "instance__bits_allocated",
            "instance__pixel_representation",
            "instance__instance_number",
        )
    )
    frames: dict[int, list[FrameRow]] = defaultdict(list)
    for stack_id, *columns in rows:
        frames[stack_id].append(FrameRow(*columns))
    return frames


def _unready_by_series(case: Case) -> dict[int, int]:
    """How many instances of each series of the case could not be made ready."""
    counted = (
        Instance.objects.filter(series__stacks__case_stacks__case=case, state=InstanceState.FAILED)
        .values_list("series_id")
        .annotate(Count("pk", distinct=True))
    )
    return defaultdict(int, counted)
