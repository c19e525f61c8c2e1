"""Have models look at cases before anybody opens them."""

from collections.abc import Iterable
from uuid import UUID

from annotator.accounts.policies import Person
from annotator.assist.model_queries import answering_versions
from annotator.jobs.actions.queue_job import queue_job
from annotator.jobs.models import Job

WORK = "assist.pre_segment"


def queue_ahead(case_ids: Iterable[UUID], *, requested_by: Person | None = None) -> Job | None:
    """Queue one job for some cases; None where no network answers, or there are no cases.

    What was worked out before is looked up, so that queueing a case twice costs nothing. Whoever calls has decided
    that it may be done; None is the system itself.
    """
    wanted = list(dict.fromkeys(str(one) for one in case_ids))
    if not wanted or not answering_versions():
        return None
    title = f"Suggestions ahead for {len(wanted):,} case{'s' if len(wanted) > 1 else ''}"
    return queue_job(requested_by, WORK, {"cases": wanted}, title=title, queue="gpu")
