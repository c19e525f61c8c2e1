"""Long work of this room."""

import uuid
from dataclasses import asdict
from typing import Any

from celery import shared_task

from annotator.accounts.errors import RoomError
from annotator.jobs.registry import WorkContext, WorkFailedError, work


@work("assist.find_calipers")
def find_calipers_of_case(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"case": identifier}; result: stills looked at, calipers found, new suggestions."""
    # Every process imports this module to know the work's name; only a worker needs the detector.
    from ml_assist.actions.suggest_calipers import suggest_calipers

    return asdict(suggest_calipers(context.parameters["case"], report=context.report))


@work("assist.outline", queue="gpu")
def outline_work(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"request": id}; result: how many outlines there are, 0 or 1."""
    from ml_assist.actions.draw_outline import draw_outline

    try:
        return {"outlines": draw_outline(uuid.UUID(context.parameters["request"]))}
    except RoomError as error:
        raise WorkFailedError(str(error)) from error


@work("ml_assist.train_unet", queue="gpu")
def train_unet_work(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"training": id}."""
    # torch is for workers alone.
    from ml_assist.actions.run_training import run_training

    try:
        return run_training(uuid.UUID(context.parameters["training"]), report=context.report)
    except RoomError as error:
        raise WorkFailedError(str(error)) from error


@shared_task(name="ml_assist.sweep_trainings")
def sweep_trainings() -> None:
    from ml_assist.training_files import delete_work_left_behind

    delete_work_left_behind()
