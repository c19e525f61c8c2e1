"""Work of this room: large studies' readings, results and files; reminders and what is swept, daily."""

import uuid
from typing import Any

from celery import shared_task

from annotator.accounts.errors import RoomError
from annotator.jobs.registry import WorkContext, WorkFailedError, work
from annotator.readerstudies import kept_results
from annotator.readerstudies.actions import make_allocated_readings as making
from annotator.readerstudies.actions import take_back_launch
from annotator.readerstudies.actions.build_reads_export import build_reads_export
from annotator.readerstudies.actions.remind_readers import remind_idle_readers
from annotator.readerstudies.actions.request_reads_export import WORK as BUILD_READS
from annotator.readerstudies.reads_exports import delete_expired_reads


@work(making.WORK)
def make_readings_work(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"study": id}."""
    try:
        made = making.make_allocated_readings(context.parameters["study"], report=context.report)
    except RoomError as error:
        raise WorkFailedError(str(error)) from error
    return {"readings": made}


@work(take_back_launch.WORK)
def take_back_work(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"study": id}."""
    try:
        gone = take_back_launch.take_back_readings(context.parameters["study"], report=context.report)
    except RoomError as error:
        raise WorkFailedError(str(error)) from error
    return {"readings": gone}


@work(kept_results.WORK)
def count_results_work(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"result": id}."""
    try:
        reads = kept_results.count_kept(context.parameters["result"], report=context.report)
    except RoomError as error:
        raise WorkFailedError(str(error)) from error
    return {"reads": reads}


@work(BUILD_READS)
def build_reads_export_work(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"export": id}."""
    try:
        return build_reads_export(uuid.UUID(context.parameters["export"]), report=context.report)
    except RoomError as error:
        raise WorkFailedError(str(error)) from error


@shared_task(name="readerstudies.remind_idle_readers")
def remind_daily() -> None:
    remind_idle_readers()


@shared_task(name="readerstudies.sweep_reads_exports")
def sweep_reads_exports() -> None:
    delete_expired_reads()
