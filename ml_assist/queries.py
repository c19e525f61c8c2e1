"""Trainings, and the cases that models look at, as data managers and admins may see them."""

import uuid
from dataclasses import dataclass

from django.db.models import QuerySet

from annotator.accounts.errors import InvalidError, NotFoundError
from annotator.accounts.policies import Person
from annotator.assist.models import ModelVersion
from annotator.cases.queries import catalogued_cases_for
from annotator.datasets.cohort_query import CohortQuery
from annotator.datasets.cohort_studies import resolve_cohort
from annotator.datasets.release_queries import cohort_for
from annotator.imaging.store.filing import Place, place_exists
from ml_assist.models import TrainingRun
from ml_assist.policies import may_train
from ml_assist.training.caliper_config import CaliperConfig
from ml_assist.training.network_build import can_begin
from ml_assist.training.unet_config import UNetConfig
from ml_assist.training_files import result_place


@dataclass(frozen=True)
class CasesToLookAt:
    """Cases by their identifiers; else all of a modality, of a cohort's studies, or of both."""

    cases: tuple[uuid.UUID, ...] = ()
    modality: str = ""
    cohort: uuid.UUID | None = None


def cases_to_look_at(person: Person, wanted: CasesToLookAt) -> list[uuid.UUID]:
    """The cases that are meant, of those that this person may see and that are no copies.

    Raises
    ------
    NotFoundError : there is no such cohort.
    InvalidError : nothing is said.
    """
    if wanted.cases:
        return list(wanted.cases)
    cases = catalogued_cases_for(person)
    if wanted.modality:
        cases = cases.filter(modality=wanted.modality)
    elif wanted.cohort is None:
        raise InvalidError("Say which cases: by their identifiers, a modality or a cohort.", "cases")
    if wanted.cohort is not None:
        found = resolve_cohort(CohortQuery.from_json(cohort_for(person, wanted.cohort).query))
        cases = cases.filter(study__in=found.studies)
    return list(cases.order_by("created_at", "pk").values_list("pk", flat=True))


def versions_to_begin_with(person: Person) -> list[ModelVersion]:
    """The registered versions that a training can go on from, by name, the newest first."""
    if not may_train(person):
        return []
    versions = ModelVersion.objects.exclude(weights="").order_by("name", "-pk")
    return [one for one in versions if any(can_begin(one.card, kind) for kind in (UNetConfig, CaliperConfig))]


def training_runs_for(person: Person) -> QuerySet[TrainingRun]:
    """All trainings, newest first, with release, cohort, job and who asked; none for others."""
    runs = TrainingRun.objects.select_related("release__cohort", "begun_with", "job", "requested_by").defer(
        "release__datasheet", "release__balance"
    )
    return runs if may_train(person) else runs.none()


def training_run_for(person: Person, run_id: uuid.UUID) -> TrainingRun:
    """One training; NotFoundError when there is none that this person may see."""
    found = training_runs_for(person).filter(pk=run_id).first()
    if found is None:
        raise NotFoundError("There is no such training.")
    return found


def training_file_for(person: Person, run_id: uuid.UUID, name: str) -> tuple[TrainingRun, Place]:
    """Where a file of a finished training lies.

    Raises
    ------
    NotFoundError : no such training or file, or it isn't finished.
    """
    run = training_run_for(person, run_id)
    place = result_place(run.pk, name)
    if name not in run.files or not place_exists(place):
        raise NotFoundError(f"This training has no file {name}.")
    return run, place
