"""Trainings as data managers and admins may see them."""

import uuid

from django.db.models import QuerySet

from annotator.accounts.errors import NotFoundError
from annotator.accounts.policies import Person
from annotator.imaging.store.filing import Place, place_exists
from ml_assist.models import TrainingRun
from ml_assist.policies import may_train
from ml_assist.training_files import result_place


def training_runs_for(person: Person) -> QuerySet[TrainingRun]:
    """All trainings, newest first, with release, cohort, job and who asked; none for others."""
    runs = TrainingRun.objects.select_related("release__cohort", "job", "requested_by").defer(
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
