"""Long work of this room."""

import logging
import threading
import uuid
from dataclasses import asdict
from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down
from django.db import DatabaseError, connection

from annotator.accounts.errors import RoomError
from annotator.assist.actions.queue_ahead import queue_ahead
from annotator.jobs.heartbeat import queues_of
from annotator.jobs.queries import is_served
from annotator.jobs.registry import WorkContext, WorkFailedError, work

logger = logging.getLogger(__name__)


@work("assist.find_calipers")
def find_calipers_of_case(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"case": identifier}; result: stills looked at, calipers found, new suggestions,
    printed lengths that were read.

    Where networks answer and a worker runs them, they are asked instead: result {"job": that work's job}.
    """
    # Every process imports this module to know the work's name; only a worker needs the detector.
    from ml_assist.actions.suggest_calipers import suggest_calipers

    if is_served("gpu") and (job := queue_ahead([uuid.UUID(context.parameters["case"])])):
        return {"job": str(job.pk)}
    return asdict(suggest_calipers(context.parameters["case"], report=context.report))


@work("assist.outline", queue="gpu")
def outline_work(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"request": id}; result: how many outlines there are, 0 or 1."""
    from ml_assist.actions.draw_outline import draw_outline

    try:
        return {"outlines": draw_outline(uuid.UUID(context.parameters["request"]))}
    except RoomError as error:
        raise WorkFailedError(str(error)) from error


# Of sixteen threads two look ahead, so that a click never waits for a thread.
@work("assist.pre_segment", queue="gpu", at_once=2)
def pre_segment_work(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"cases": [identifiers]}; result: PreSegmented of actions/pre_segment.py."""
    from ml_assist.actions.pre_segment import pre_segment

    try:
        return asdict(pre_segment(context.parameters["cases"], report=context.report))
    except RoomError as error:
        raise WorkFailedError(str(error)) from error


@work("ml_assist.train_unet", queue="training")
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


# A version that is promoted meanwhile is warm after this, in every worker.
_LOOK_FOR_PROMOTIONS_SECONDS = 15.0
_stop = threading.Event()


@worker_ready.connect
def keep_networks_warm(sender: Any = None, **_: Any) -> None:
    """Load what answers before somebody clicks, in the worker that runs networks."""
    if "gpu" in queues_of(sender):
        _stop.clear()
        threading.Thread(target=_keep_warm, name="warm-up", daemon=True).start()


@worker_shutting_down.connect
def stop_warming(**_: Any) -> None:
    _stop.set()


def _keep_warm() -> None:
    from ml_assist.inference.warm_up import warm_up_new

    warm: set[int] = set()
    while not _stop.is_set():
        try:
            warm_up_new(warm)
        except DatabaseError as error:
            logger.warning("Which versions answer can't be read: %s", error)
        finally:
            connection.close()
        _stop.wait(_LOOK_FOR_PROMOTIONS_SECONDS)
