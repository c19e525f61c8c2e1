"""What a study still lacks before it can be launched, and where each is mended."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q

from annotator.accounts.errors import InvalidError
from annotator.accounts.models import Role
from annotator.cases.hangings.queries import enabled_protocols
from annotator.labels.fitting import schema_fits
from annotator.labels.queries import offered_schemas, schemas_by_reference
from annotator.readerstudies.allocation import check_design
from annotator.readerstudies.design import ArmKind, Protocol
from annotator.readerstudies.model_versions import missing_versions, unnamed_arms, versions_now
from annotator.readerstudies.models import Assignment, ItemStage, ReaderStudy
from annotator.readerstudies.study_drafts import fingerprint
from annotator.readerstudies.study_queries import allocated_readers, patient_code, protocol_of, readers_of


@dataclass(frozen=True)
class LaunchCheck:
    """One thing to look at.

    Attributes
    ----------
    part : of the designer, where it is mended: "protocol", "cases", "readers", "allocation".
    blocks : whether the study can't be launched with it; else somebody should know it.
    """

    words: str
    part: str
    blocks: bool = True


class _Item(NamedTuple):
    number: int
    stage: str
    patient: str
    batch: str
    score: float | None
    has_truth: bool
    modality: str
    patient_id: int


def launch_checks(study: ReaderStudy) -> list[LaunchCheck]:
    """Everything that is missing or odd, what blocks first; a constant number of queries."""
    protocol = protocol_of(study)
    found = [
        *_of_protocol(protocol),
        *_of_models(study, protocol),
        *_of_readers(study, protocol),
        *_of_cases(study, protocol),
        *_of_allocation(study),
    ]
    return sorted(found, key=lambda check: not check.blocks)


def _of_protocol(protocol: Protocol) -> Iterator[LaunchCheck]:
    if not protocol.question:
        yield LaunchCheck("The question that the study asks is not written down.", "protocol")
    if not protocol.hypothesis:
        yield LaunchCheck("No hypothesis is written down.", "protocol", blocks=False)
    if not protocol.schemas:
        yield LaunchCheck("No label schema is chosen: nothing would be asked.", "protocol")
    there = {str(schema) for schema in schemas_by_reference(protocol.schemas)}
    for reference in protocol.schemas:
        if reference not in there:
            yield LaunchCheck(f"There is no label schema {reference}.", "protocol")
    newest = {schema.key: schema for schema in offered_schemas()}
    for reference in sorted(there):
        key = reference.partition("@")[0]
        if key not in newest:
            yield LaunchCheck(f"{reference} was retired. The study would still ask it.", "protocol", blocks=False)
        elif str(newest[key]) != reference:
            words = f"{reference} was superseded by {newest[key]}. The study would ask {reference}."
            yield LaunchCheck(words, "protocol", blocks=False)
    if protocol.hanging and protocol.hanging not in {one.key for one in enabled_protocols()}:
        yield LaunchCheck(f"There is no hanging {protocol.hanging} that is switched on.", "protocol")
    if protocol.sessions > 1 and protocol.washout_days == 0:
        yield LaunchCheck("Readers see a case again without a washout between.", "protocol", blocks=False)


def _of_models(study: ReaderStudy, protocol: Protocol) -> Iterator[LaunchCheck]:
    for arm, version in missing_versions(protocol):
        words = f"The arm {arm} names the model {version}, which isn't there: see Models for names and versions."
        yield LaunchCheck(words, "protocol")
    unnamed = list(unnamed_arms(protocol))
    if unnamed:
        now = versions_now(study)
        shown = ", ".join(now) if now else "none at all: no model has proposed anything"
        words = f"{' and '.join(unnamed)}: no model is named, the launch fixes what there is then, now {shown}."
        yield LaunchCheck(words, "protocol", blocks=False)


def _of_readers(study: ReaderStudy, protocol: Protocol) -> Iterator[LaunchCheck]:
    readers = readers_of(study, active=True)
    try:
        check_design(protocol.design, allocated_readers(readers))
    except InvalidError as fault:
        yield LaunchCheck(str(fault), "protocol" if fault.path.startswith("design") else "readers")
    for one in readers:
        if not one.person.is_active or one.person.role != Role.RADIOLOGIST:
            yield LaunchCheck(f"{one.person.full_name} is no active radiologist any more.", "readers")
        elif not one.person.email:
            words = f"{one.person.full_name} has no e-mail address: reminders don't reach them."
            yield LaunchCheck(words, "readers", blocks=False)
    known = (
        Assignment.objects.filter(
            study=None, reader__in=[one.person_id for one in readers], case__in=study.items.values("case")
        )
        .order_by()
        .values_list("reader_id", flat=True)
    )
    names = {one.person_id: one.person.full_name for one in readers}
    for reader_id in sorted(set(known)):
        words = f"{names[reader_id]} has cases of this study on the ordinary worklist, or read them there."
        yield LaunchCheck(words, "readers", blocks=False)


def _of_cases(study: ReaderStudy, protocol: Protocol) -> Iterator[LaunchCheck]:
    # Columns, not rows with their cases and studies: a designer's page asks this of thousands of cases.
    rows = study.items.order_by("number").annotate(has_truth=Q(truth__isnull=False))
    columns = ("number", "stage", "patient", "batch", "score", "has_truth", "case__modality", "case__study__patient_id")
    items = [_Item(*one) for one in rows.values_list(*columns)]
    main = [one for one in items if one.stage == ItemStage.MAIN]
    if not main:
        yield LaunchCheck("No cases are chosen.", "cases")
        return
    moved = [one for one in items if one.patient != patient_code(study, one.patient_id)]
    if moved:
        words = f"Case {moved[0].number} belongs to another patient than when it was chosen. Choose the cases again."
        yield LaunchCheck(words, "cases")
    schemas = schemas_by_reference(protocol.schemas)
    for modality in sorted({one.modality for one in main}):
        if schemas and not any(schema_fits(schema.definition, modality=modality, body_part="") for schema in schemas):
            yield LaunchCheck(f"None of the label schemas is for {modality}.", "protocol")
    if protocol.training_feedback and any(not one.has_truth for one in items if one.stage == ItemStage.TRAINING):
        yield LaunchCheck("A training case has no truth to give feedback from.", "cases")
    if len({one.batch for one in main}) == 1 and len(main) > 1:
        yield LaunchCheck("All cases are of one batch: is the wanted prevalence in it?", "cases", blocks=False)
    if any(arm.kind == ArmKind.TRIAGE for arm in protocol.arms) and study.allocated_for:
        without = sum(one.score is None for one in main)
        if without:
            words = f"{without} cases have no score of a model: triage puts them last."
            yield LaunchCheck(words, "cases", blocks=without == len(main))


def _of_allocation(study: ReaderStudy) -> Iterator[LaunchCheck]:
    if not study.allocated_for:
        yield LaunchCheck("The allocation isn't computed yet.", "allocation")
    elif study.allocated_for != fingerprint(study):
        yield LaunchCheck("Protocol, readers or cases were changed since the allocation was computed.", "allocation")
