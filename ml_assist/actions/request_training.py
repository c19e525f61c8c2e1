"""A data manager asks for a network to be trained on a frozen release; a job of the queue training does it."""

import uuid
from typing import Any

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import NotAllowedError
from annotator.accounts.models import User
from annotator.assist.model_queries import model_version_for
from annotator.datasets.release_queries import frozen_release_for
from annotator.jobs.actions.queue_job import queue_job
from ml_assist.models import Network, TrainingRun
from ml_assist.policies import may_train
from ml_assist.training.caliper_config import CaliperConfig
from ml_assist.training.network_build import build_of, check_build
from ml_assist.training.release_sides import sides_of
from ml_assist.training.unet_config import UNetConfig

# Of both networks: jobs that wait in a queue know it by this name since there was but one.
WORK = "ml_assist.train_unet"


def request_training(
    person: User,
    release_id: uuid.UUID,
    asked: dict[str, Any],
    *,
    network: Network = Network.UNET,
    begin: int | None = None,
) -> TrainingRun:
    """Check what is asked, file it and queue its job.

    Parameters
    ----------
    asked : UNetConfig, or CaliperConfig, as JSON; what is left out is as shipped, the filters those of `begin`.
    begin : the registered version that it goes on from; None begins with chance.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    NotFoundError, ConflictError : there is no such release or version, or the release isn't frozen.
    InvalidError : with the path of the fault; "begin" or a member of the configuration where the version is built
        otherwise.
    """
    if not may_train(person):
        raise NotAllowedError("Models are trained by data managers and admins.")
    release = frozen_release_for(person, release_id)
    begun_with = None if begin is None else model_version_for(person, begin)
    kind = UNetConfig if network == Network.UNET else CaliperConfig
    config = kind.from_json(asked if begun_with is None else build_of(begun_with.card, kind) | asked)
    # A job that could only fail is refused while the person is still there.
    sides_of(release.header["splits"])
    if begun_with is not None:
        check_build(begun_with.card, config)
    run_id = uuid.uuid4()
    with transaction.atomic():
        title = f"Train {config.name} on “{release.title}” {release.number}"
        job = queue_job(person, WORK, {"training": str(run_id)}, title=title[:200], queue="training")
        run = TrainingRun.objects.create(
            id=run_id,
            release=release,
            network=network,
            config=config.to_json(),
            begun_with=begun_with,
            job=job,
            requested_by=person,
        )
        record_audit(
            person,
            "request_training",
            target_kind="release",
            target_id=release.pk,
            detail={"training": str(run_id), "config": run.config, "begin": begun_with and str(begun_with)},
        )
    return run
