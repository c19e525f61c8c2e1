"""Train what was asked for, in the worker; run again after a kill it goes on where it was."""

import errno
import uuid
from collections.abc import Callable
from typing import Any

from annotator.accounts.errors import RoomError
from annotator.assist.model_queries import weights_of
from annotator.datasets.models import ReleaseStack
from ml_assist.models import Network, TrainingRun
from ml_assist.taught_patients import taught_of
from ml_assist.training.begun_network import BegunNetwork
from ml_assist.training.caliper_config import CaliperConfig
from ml_assist.training.caliper_release import CaliperRelease
from ml_assist.training.release_source import ReleaseSource
from ml_assist.training.train_caliper import files_of, train_caliper, verified_by_release
from ml_assist.training.train_unet import TrainingOutcome, train_unet
from ml_assist.training.unet_config import UNetConfig
from ml_assist.training_files import file_results, remove_training_folder, training_folder

Report = Callable[[int, str], None]


class TrainingStoppedError(RoomError):
    """What was trained so far stays, and the next run goes on with it."""


def run_training(run_id: uuid.UUID, *, report: Report) -> dict[str, Any]:
    """Train, judge, and put weights, card and report into the store.

    Parameters
    ----------
    report : called with percent and what is being done; raises when the job is cancelled.

    Returns
    -------
    Epochs and pictures, for the list of jobs.

    Raises
    ------
    RoomError : a picture is missing or another one by now, the configuration doesn't fit, the weights to go on from are
        gone, or the disk or the device's memory is full; in words that say what to do.
    """
    run = TrainingRun.objects.select_related("release__cohort", "begun_with").get(pk=run_id)
    if run.card:
        return _counts(run.card)
    try:
        outcome = (_unet if run.network == Network.UNET else _calipers)(run, report)
    except (OSError, RuntimeError) as error:
        raise TrainingStoppedError(_in_words(error)) from error
    if _withdrawn_since(run):
        remove_training_folder(run_id)
        raise TrainingStoppedError(
            "A patient of the release withdrew while this was trained: its result was thrown away. Run it again "
            "without them."
        )
    file_results(run_id, outcome.files)
    TrainingRun.objects.filter(pk=run_id).update(card=outcome.card, history=outcome.history, files=list(outcome.files))
    remove_training_folder(run_id)
    return _counts(outcome.card)


def _unet(run: TrainingRun, report: Report) -> TrainingOutcome:
    config = UNetConfig.from_json(run.config)
    return train_unet(
        ReleaseSource(run.release, config),
        config,
        training_folder(run.pk),
        command=_command(run),
        report=report,
        after_epoch=_kept(run),
        begin=_begun(run),
    )


def _calipers(run: TrainingRun, report: Report) -> TrainingOutcome:
    folder = training_folder(run.pk)
    source = CaliperRelease(run.release, folder / "work", report=report)
    card = train_caliper(
        source,
        CaliperConfig.from_json(run.config),
        folder,
        verified=verified_by_release(source),
        command=_command(run),
        report=report,
        after_epoch=_kept(run),
        begin=_begun(run),
    )
    run.refresh_from_db(fields=["history"])
    return TrainingOutcome(card, run.history, files_of(folder))


def _begun(run: TrainingRun) -> BegunNetwork | None:
    version = run.begun_with
    if version is None:
        return None
    return BegunNetwork(version.card, weights_of(version), taught_of(version, run.release).words)


def _command(run: TrainingRun) -> str:
    return f"job {run.job_id} on release {run.release_id}"


def _kept(run: TrainingRun) -> Callable[[list[dict[str, Any]]], None]:
    def keep(history: list[dict[str, Any]]) -> None:
        TrainingRun.objects.filter(pk=run.pk).update(history=history)

    return keep


def _withdrawn_since(run: TrainingRun) -> bool:
    """Whether somebody withdrew after this training was asked for."""
    withdrawn = ReleaseStack.objects.filter(release=run.release, content__isnull=True)
    return withdrawn.filter(withdrawal__at__gte=run.job.started_at or run.created_at).exists()


def _counts(card: dict[str, Any]) -> dict[str, Any]:
    taken = card["data"].get("taken", {})
    return {"epochs": card["training"]["epochs"], "pictures": sum(taken.values())}


def _in_words(error: OSError | RuntimeError) -> str:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full. Make room and run the training again: it goes on where it stopped."
    if "out of memory" in str(error).lower():
        return "The device's memory is full. Ask for the training again with a smaller batch_size or size."
    raise error
