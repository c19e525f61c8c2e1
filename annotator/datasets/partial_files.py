"""Half-written zips: one draft a run, and what killed workers left behind is swept."""

import uuid
from pathlib import Path

from annotator.datasets.models import Export
from annotator.datasets.queries import export_path
from annotator.jobs.models import JobState

_ENDING = ".partial"


def partial_path(export_id: uuid.UUID) -> Path:
    """A fresh place for one run's draft, in the folder of the finished zips."""
    final = export_path(export_id)
    final.parent.mkdir(parents=True, exist_ok=True)
    return final.with_name(f"{export_id}.{uuid.uuid4().hex}{_ENDING}")


def sweep_partial_files(export_id: uuid.UUID) -> int:
    """Remove the drafts of runs that nobody finishes any more; how many went. A run of an export calls it first.

    Those are this export's own, since a job has one worker at a time, and those of exports whose job doesn't run. A
    worker that lost its lease and still writes finds its draft gone at the end, and its outcome doesn't count.
    """
    running = {str(pk) for pk in Export.objects.filter(job__state=JobState.RUNNING).values_list("pk", flat=True)}
    kept = running - {str(export_id)}
    swept = 0
    for path in export_path(export_id).parent.glob(f"*{_ENDING}"):
        if path.name.partition(".")[0] not in kept:
            path.unlink(missing_ok=True)
            swept += 1
    return swept
