"""A draft that was never frozen goes; a frozen release stays for good."""

import uuid

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, NotAllowedError
from annotator.accounts.models import User
from annotator.datasets.models import Release, ReleaseStack
from annotator.datasets.policies import may_manage_datasets
from annotator.datasets.release_queries import release_for
from annotator.jobs.models import JobState


def discard_release(person: User, release_id: uuid.UUID) -> None:
    """Remove a draft and what its job has written so far.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    NotFoundError : there is none.
    ConflictError : it is frozen, or its job waits or runs: cancel that first.
    """
    if not may_manage_datasets(person):
        raise NotAllowedError("Releases are the business of data managers and admins.")
    release_for(person, release_id)
    with transaction.atomic():
        release = Release.objects.select_for_update(of=("self",)).select_related("job").get(pk=release_id)
        if release.frozen_at is not None:
            raise ConflictError("This release is frozen: it is kept as it is. Freeze another one instead.")
        if release.job.state in (JobState.QUEUED, JobState.RUNNING):
            raise ConflictError("Its job waits or runs. Cancel the job first.")
        ReleaseStack.objects.filter(release=release).delete()
        release.delete()
        record_audit(
            person, "discard_release", target_kind="release", target_id=release_id, detail={"title": release.title}
        )
