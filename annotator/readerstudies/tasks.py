"""Work of this room: making the readings of large studies, and counting their results; reminders, daily."""

from typing import Any

from celery import shared_task

from annotator.accounts.errors import RoomError
from annotator.jobs.registry import WorkContext, WorkFailedError, work
from annotator.readerstudies import kept_results
from annotator.readerstudies.actions import make_allocated_readings as making
from annotator.readerstudies.actions.remind_readers import remind_idle_readers


@work(making.WORK)
def make_readings_work(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"study": id}."""
    try:
        made = making.make_allocated_readings(context.parameters["study"], report=context.report)
    except RoomError as error:
        raise WorkFailedError(str(error)) from error
    return {"readings": made}


@work(kept_results.WORK)
def count_results_work(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"result": id}."""
    try:
        reads = kept_results.count_kept(context.parameters["result"], report=context.report)
    except RoomError as error:
        raise WorkFailedError(str(error)) from error
    return {"reads": reads}


@shared_task(name="readerstudies.remind_idle_readers")
def remind_daily() -> None:
    remind_idle_readers()
