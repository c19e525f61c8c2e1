"""Reads of the catalogue, the intakes and the quarantine, filtered to what the person may see."""

import uuid
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Count, F, IntegerField, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from annotator.accounts.errors import NotFoundError
from annotator.accounts.policies import Person
from annotator.imaging.deidentification.arrival_labels import sent_name
from annotator.imaging.models import (
    Frame,
    Instance,
    InstanceState,
    Intake,
    IntakeFile,
    Outcome,
    Patient,
    Series,
    Stack,
    Study,
)
from annotator.imaging.policies import may_bring_files_in, may_browse_catalogue, may_see_quarantine

M = TypeVar("M", bound=Model)


def _count(queryset: QuerySet[Any], field: str) -> Coalesce:
    """A correlated count: joins of several counts would multiply the rows."""
    counted = queryset.filter(**{field: OuterRef("pk")}).order_by().values(field).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def patients_for(person: Person) -> QuerySet[Patient]:
    """Patients by identifier, each with `study_count`."""
    if not may_browse_catalogue(person):
        return Patient.objects.none()
    return Patient.objects.annotate(study_count=_count(Study.objects.all(), "patient")).order_by("patient_id", "issuer")


def studies_for(person: Person) -> QuerySet[Study]:
    """Studies, newest first, with their patient at hand; their rows hold the counts and the modalities."""
    if not may_browse_catalogue(person):
        return Study.objects.none()
    return Study.objects.select_related("patient").order_by("-study_date", "-study_time", "-pk")


def modalities_of(study: Study) -> list[str]:
    """The modalities of a study's series, each once, in alphabetical order."""
    return [name for name in study.modalities.split("\\") if name]


def body_parts_of(study: Study) -> list[str]:
    """The body parts of a study's series, each once, in alphabetical order."""
    return [name for name in study.body_parts.split("\\") if name]


def study_for(person: Person, pk: int) -> Study:
    """One study as studies_for gives it.

    Raises
    ------
    NotFoundError : no such study, or not for this person.
    """
    return _one(studies_for(person), f"study {pk}", pk=pk)


def series_for(person: Person) -> QuerySet[Series]:
    """Series with their study and patient, each with `instance_count` and `ready_count`."""
    if not may_browse_catalogue(person):
        return Series.objects.none()
    instances = Instance.objects.all()
    return (
        Series.objects.select_related("study__patient")
        .annotate(
            instance_count=_count(instances, "series"),
            ready_count=_count(instances.filter(state=InstanceState.READY), "series"),
        )
        .order_by("study", "series_number", "pk")
    )


def instances_for(person: Person) -> QuerySet[Instance]:
    """Instances with their series, study and patient, in the order of their numbers; the header is left out."""
    if not may_browse_catalogue(person):
        return Instance.objects.none()
    return (
        Instance.objects.select_related("series__study__patient", "stack")
        .defer("header")
        .order_by("series", F("instance_number").asc(nulls_last=True), "pk")
    )


def instance_for(person: Person, sop_instance_uid: str) -> Instance:
    """One instance by its SOP Instance UID, header and all.

    Raises
    ------
    NotFoundError : no such instance, or not for this person.
    """
    return _one(instances_for(person).defer(None), f"instance {sop_instance_uid}", sop_instance_uid=sop_instance_uid)


def stacks_of(study: Study) -> QuerySet[Stack]:
    """The stacks of a study that hold a ready frame, by series, each with `frame_count`. No question of who asks."""
    return (
        Stack.objects.filter(series__study=study)
        .select_related("series")
        .annotate(frame_count=_count(Frame.objects.all(), "instance__stack"))
        .filter(frame_count__gt=0)
        .order_by(F("series__series_number").asc(nulls_last=True), "series", "pk")
    )


def frames_in_order(stack: Stack) -> list[Frame]:
    """A stack's frames as the reader scrolls: along the normal, else by instance number, then frame number."""
    return list(_ready_frames(stack).select_related("instance").defer("instance__header"))


def frame_keys_in_order(stack: Stack) -> list[str]:
    """The keys of a stack's frames as frames_in_order has them."""
    return list(_ready_frames(stack).values_list("key", flat=True))


def frame_ids_in_order(stack_id: int) -> list[int]:
    """The primary keys of a stack's frames as frames_in_order has them."""
    return list(_ready_frames(stack_id).values_list("pk", flat=True))


def _ready_frames(stack: Stack | int) -> QuerySet[Frame]:
    return Frame.objects.filter(instance__stack=stack, instance__state=InstanceState.READY).order_by(
        F("position_along_normal").asc(nulls_last=True),
        F("instance__instance_number").asc(nulls_last=True),
        "instance__sop_instance_uid",
        "number",
    )


def stack_for(person: Person, key: str) -> Stack:
    """One stack with its series, by its key.

    Raises
    ------
    NotFoundError : no such stack, or not for this person.
    """
    stacks = Stack.objects.select_related("series") if may_browse_catalogue(person) else Stack.objects.none()
    return _one(stacks, "such stack", key=key)


def intakes_for(person: Person) -> QuerySet[Intake]:
    """Intakes, newest first, with `file_count`, and how many files ended in each `Outcome`."""
    if not may_bring_files_in(person):
        return Intake.objects.none()
    return (
        Intake.objects.select_related("requested_by")
        .annotate(
            file_count=Count("files"),
            **{outcome.value: Count("files", filter=Q(files__outcome=outcome)) for outcome in Outcome},
        )
        .order_by("-created_at")
    )


def intake_for(person: Person, intake_id: uuid.UUID | str) -> Intake:
    """One intake as intakes_for gives it.

    Raises
    ------
    NotFoundError : no such intake, or not for this person.
    """
    return _one(intakes_for(person), f"intake {intake_id}", pk=intake_id)


def names_received(intake: Intake) -> list[tuple[str, int]]:
    """(name, bytes) of every file that has arrived: what a sender need not send again."""
    rows = intake.files.order_by("name").values_list("path", "name", "byte_size")
    return [(sent_name(path, name), size) for path, name, size in rows]


def quarantined_for(person: Person) -> QuerySet[IntakeFile]:
    """Quarantined files, newest first, with their intake and who sent it."""
    if not may_see_quarantine(person):
        return IntakeFile.objects.none()
    return (
        IntakeFile.objects.filter(outcome=Outcome.QUARANTINED)
        .select_related("intake__requested_by", "instance__series__study")
        .defer("instance__header")
        .order_by("-at", "name")
    )


def _one(queryset: QuerySet[M], what: str, **lookup: object) -> M:
    try:
        found = queryset.filter(**lookup).first()
    except (ValidationError, ValueError, OverflowError):  # an identifier that can't be one
        found = None
    if found is None:
        raise NotFoundError(f"There is no {what} that you may see.")
    return found
