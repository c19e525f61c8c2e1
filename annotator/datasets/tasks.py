"""Work of this room: exports, freezing releases, fitting points to them, marks that come in; what is swept daily."""

import uuid
from typing import Any

from celery import shared_task

from annotator.accounts.errors import RoomError
from annotator.datasets.actions.build_export import build_export
from annotator.datasets.actions.build_release_export import build_release_export
from annotator.datasets.actions.fit_tirads_points import fit_tirads_points
from annotator.datasets.actions.freeze_release import freeze_release
from annotator.datasets.actions.request_mark_import import run_mark_import
from annotator.datasets.exporting.export_files import delete_expired, delete_work_left_behind
from annotator.datasets.importers.import_files import forget_left_behind
from annotator.jobs.registry import WorkContext, WorkFailedError, work


@work("datasets.build_export")
def build_export_work(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"export": id}."""
    try:
        return build_export(uuid.UUID(context.parameters["export"]), report=context.report)
    except RoomError as error:
        raise WorkFailedError(str(error)) from error


@work("datasets.freeze_release")
def freeze_release_work(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"release": id}."""
    try:
        return freeze_release(uuid.UUID(context.parameters["release"]), report=context.report)
    except RoomError as error:
        raise WorkFailedError(str(error)) from error


@work("datasets.fit_tirads")
def fit_tirads_work(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"fit": id}."""
    try:
        return fit_tirads_points(uuid.UUID(context.parameters["fit"]), report=context.report)
    except RoomError as error:
        raise WorkFailedError(str(error)) from error


@work("datasets.build_release_export")
def build_release_export_work(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"export": id}."""
    try:
        return build_release_export(uuid.UUID(context.parameters["export"]), report=context.report)
    except RoomError as error:
        raise WorkFailedError(str(error)) from error


@work("datasets.import_marks")
def import_marks_work(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"import": id, "save": whether it is more than a look}."""
    parameters = context.parameters
    try:
        return run_mark_import(uuid.UUID(parameters["import"]), save=parameters["save"], report=context.report)
    except RoomError as error:
        raise WorkFailedError(str(error)) from error


@shared_task(name="datasets.sweep_exports")
def sweep_exports() -> None:
    forget_left_behind()
    delete_expired()
    delete_work_left_behind()
