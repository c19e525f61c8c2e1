"""Write down long work that is to be done, and wake a worker when the writing is committed."""

from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotator.accounts.policies import Person
from annotator.jobs.dispatch import send_message
from annotator.jobs.models import Job
from annotator.jobs.registry import registered_work


def queue_job(
    requested_by: Person | None,
    kind: str,
    parameters: dict[str, Any],
    *,
    title: str = "",
    queue: str | None = None,
) -> Job:
    """Queue a job; whoever calls has decided that the person may ask for it.

    The row is written in the caller's transaction and the message sent after its commit, so work
    never starts on what was rolled back, and a broker that is down loses nothing.

    Parameters
    ----------
    requested_by : None for the system itself.
    kind : the name that a room registered with @work.
    parameters : what JSON can hold; the work may be run more than once with them.
    queue : "cpu" or "gpu"; left out, the one that the work was registered with.
    """
    if queue is None:
        known = registered_work(kind)
        queue = known.queue if known else "cpu"
    job = Job.objects.create(
        kind=kind,
        title=(title or kind)[:200],
        queue=queue,
        parameters=parameters,
        requested_by_id=requested_by.pk if requested_by is not None and requested_by.is_authenticated else None,
        sent_at=timezone.now(),
    )
    transaction.on_commit(partial(send_message, job.pk, job.queue))
    return job
