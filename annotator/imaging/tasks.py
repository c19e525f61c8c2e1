"""Long work of this room: taking an intake in, and deriving frames."""

from dataclasses import asdict
from typing import Any

from annotator.accounts.models import User
from annotator.imaging.actions.derive_frames import derive_frames
from annotator.imaging.actions.ingest_intake import ingest_intake
from annotator.imaging.actions.ingest_paths import CASES_WORK, DERIVE_WORK, unready_instances
from annotator.imaging.actions.seal_intake import INGEST_WORK
from annotator.jobs.actions.queue_job import queue_job
from annotator.jobs.registry import WorkContext, work


def _person(context: WorkContext) -> User | None:
    return User.objects.filter(pk=context.requested_by_id).first() if context.requested_by_id is not None else None


@work(INGEST_WORK)
def ingest(context: WorkContext) -> dict[str, Any]:
    """{"intake": key}: take its files in, then queue their frames."""
    intake_id = context.parameters["intake"]
    summary = ingest_intake(intake_id, report=context.report)
    if unready_instances(intake_id):
        queue_job(_person(context), DERIVE_WORK, {"intake": intake_id}, title="Making pictures ready")
    return {
        "ingested": summary.ingested,
        "already_there": summary.already_there,
        "quarantined": summary.quarantined,
        "summary": str(summary),
    }


@work(DERIVE_WORK)
def derive(context: WorkContext) -> dict[str, Any]:
    """{"intake": key} or {"instances": [keys]}: derive their frames, then queue the making of cases."""
    intake_id = context.parameters.get("intake")
    summary = derive_frames(
        intake_id=intake_id, instance_ids=context.parameters.get("instances", ()), report=context.report
    )
    if summary.study_ids:
        parameters = {"studies": summary.study_ids, **({"intake": intake_id} if intake_id else {})}
        queue_job(_person(context), CASES_WORK, parameters, title="Making cases")
    return asdict(summary)
