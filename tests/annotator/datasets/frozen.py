"""A frozen release of stacks that a test made by hand: no pictures, no job."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from annotator.accounts.models import User
from annotator.datasets.balance import Balance
from annotator.datasets.models import Cohort, Release, ReleaseStack
from annotator.datasets.release_rows import content_hash_of, row_of
from annotator.datasets.released import ReleasedStack
from annotator.jobs.models import Job, JobState


def frozen_release(
    person: User, stacks: Iterable[ReleasedStack], *, cohort: str = "By hand", schemas: dict[str, Any] | None = None
) -> Release:
    """Freeze these stacks in this order."""
    line, _ = Cohort.objects.get_or_create(name=cohort, defaults={"query": {}})
    job = Job.objects.create(kind="datasets.freeze_release", state=JobState.DONE)
    release = Release.objects.create(
        cohort=line,
        title=cohort,
        job=job,
        requested_by=person,
        recipe={"query": {}, "truth": {"uncertain": "ignore"}},
    )
    balance = Balance()
    every = list(stacks)
    for stack in every:
        balance.add(stack)
    ReleaseStack.objects.bulk_create([row_of(release, place, stack) for place, stack in enumerate(every)])
    release.header = {
        "splits": sorted({stack.split for stack in every}),
        "categories": sorted({mark.category for stack in every for mark in stack.marks}),
        "labels": [],
        "schemas": schemas or {},
        "readers": sorted({mark.reader for stack in every for mark in stack.marks}),
        "counts": balance.counts(),
    }
    release.balance = balance.report()
    release.number = Release.objects.filter(cohort=line, number__isnull=False).count() + 1
    release.content_hash = content_hash_of(release)
    release.frozen_at = timezone.now()
    release.save()
    return release
