"""Work of which a process does only a few pieces at once, so that its other threads stay free for what people wait for.

A message of such work that finds all places taken is let go: the row stays queued, and whoever holds a place takes the
oldest queued job of its kind when it is done. What nobody takes the sweeper reminds of.
"""

import threading
import uuid
from collections import Counter
from collections.abc import Callable

from annotator.jobs.models import Job, JobState
from annotator.jobs.registry import registered_work

_taken: Counter[str] = Counter()
_lock = threading.Lock()


def run_in_turn(job_id: uuid.UUID, run: Callable[[uuid.UUID], object]) -> None:
    """Run a job, and behind it what waits of its kind where that is limited; nothing when all places are taken."""
    kind = Job.objects.filter(pk=job_id).values_list("kind", flat=True).first()
    work = registered_work(kind) if kind is not None else None
    if work is None or work.at_once is None:
        run(job_id)
        return
    if not _take(work.kind, work.at_once):
        return
    try:
        following: uuid.UUID | None = job_id
        while following is not None:
            run(following)
            # One that another worker claims in between is skipped by `run`, and no longer queued the next time.
            waiting = Job.objects.filter(kind=work.kind, state=JobState.QUEUED).order_by("created_at")
            following = waiting.values_list("pk", flat=True).first()
    finally:
        with _lock:
            _taken[work.kind] -= 1


def _take(kind: str, places: int) -> bool:
    with _lock:
        if _taken[kind] >= places:
            return False
        _taken[kind] += 1
        return True
