"""Long work of this room: taking an intake in, deriving frames, blanking text in many pictures."""

from dataclasses import asdict
from typing import Any

from annotator.accounts.models import User
from annotator.imaging.actions.blank_same_layout import SAME_LAYOUT_WORK, blank_reviews
from annotator.imaging.actions.decide_text_review import RELEASE_WORK, remove_superseded
from annotator.imaging.actions.derive_frames import derive_frames
from annotator.imaging.actions.ingest_intake import ingest_intake
from annotator.imaging.actions.ingest_paths import CASES_WORK, DERIVE_WORK, unready_instances
from annotator.imaging.actions.seal_intake import INGEST_WORK
from annotator.imaging.models import Instance
from annotator.jobs.actions.queue_job import queue_job
from annotator.jobs.registry import WorkContext, WorkFailedError, work


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


@work(RELEASE_WORK)
def release_pictures(context: WorkContext) -> dict[str, Any]:
    """{"instances": [keys], "replaced": [hashes]}: remove the files with text, then derive the pictures' frames."""
    remove_superseded(context.parameters.get("replaced", ()))
    return derive(context)


@work(SAME_LAYOUT_WORK)
def blank_same_layout(context: WorkContext) -> dict[str, Any]:
    """{"reviews": [keys], "regions": [boxes], "replaced": [hashes]}: blank them all, then make them ready."""
    person = _person(context)
    if person is None:
        raise WorkFailedError("Whoever asked for this is no longer there. Somebody else has to ask again.")
    reviews = context.parameters["reviews"]
    done, failed = blank_reviews(person, reviews, regions=context.parameters["regions"], report=context.report)
    remove_superseded(context.parameters["replaced"])
    instances = list(Instance.objects.filter(text_review__in=reviews).values_list("pk", flat=True))
    queue_job(person, DERIVE_WORK, {"instances": instances}, title="Making reviewed pictures ready")
    return {"blanked": done, "failed": failed[:50], "summary": f"blanked {done}, not blanked {len(failed)}"}
