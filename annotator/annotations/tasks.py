"""Long work of this room."""

from typing import Any

from annotator.accounts.errors import RoomError
from annotator.annotations.actions.try_schema import KIND_OF_WORK, try_schema_for_job
from annotator.jobs.registry import WorkContext, WorkFailedError, work


@work(KIND_OF_WORK)
def try_schema_on_answers(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"key", "revision"} of a draft; result: what would become of the answers that there are."""
    asked = context.parameters
    try:
        return try_schema_for_job(asked["key"], asked["revision"], report=context.report)
    except RoomError as error:
        raise WorkFailedError(str(error)) from error
