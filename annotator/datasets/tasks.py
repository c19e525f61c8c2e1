"""Work of this room: making exports, freezing releases, fitting points to them."""

import uuid
from typing import Any

from annotator.accounts.errors import RoomError
from annotator.datasets.actions.build_export import build_export
from annotator.datasets.actions.fit_tirads_points import fit_tirads_points
from annotator.datasets.actions.freeze_release import freeze_release
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
