"""Where trainings work and where their results lie. Nothing of torch: pages hand files out."""

import shutil
import time
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from annotator.imaging.store.filing import Place, file_all
from annotator.jobs.models import JobState
from ml_assist.models import TrainingRun

# What a page may hand out, and as what.
CONTENT_TYPES = {
    "weights.safetensors": "application/octet-stream",
    "card.json": "application/json",
    "report.json": "application/json",
    "report.html": "text/html; charset=utf-8",
    "best.png": "image/png",
    "median.png": "image/png",
    "worst.png": "image/png",
}
_LEFT_BEHIND_SECONDS = 7 * 24 * 3600


def training_folder(run_id: uuid.UUID) -> Path:
    """Where a training works: squares and checkpoints, of which a killed run goes on."""
    return Path(settings.TRAINING_DIR) / str(run_id)


def result_place(run_id: uuid.UUID, name: str) -> Place:
    """Where a file of a finished training lies."""
    return Place("models", f"{run_id}/{name}")


def file_results(run_id: uuid.UUID, names: Iterable[str]) -> None:
    """Put a training's files into the store; its folder goes when the row knows of them."""
    folder = training_folder(run_id)
    file_all((folder / name, result_place(run_id, name)) for name in names)


def remove_training_folder(run_id: uuid.UUID) -> None:
    shutil.rmtree(training_folder(run_id), ignore_errors=True)


def delete_work_left_behind() -> int:
    """Folders of trainings that nobody went on with for a week; how many."""
    root = Path(settings.TRAINING_DIR)
    alive = TrainingRun.objects.filter(job__state__in=[JobState.QUEUED, JobState.RUNNING])
    kept = {str(pk) for pk in alive.values_list("pk", flat=True)}
    old = time.time() - _LEFT_BEHIND_SECONDS
    left = [
        folder
        for folder in (root.iterdir() if root.is_dir() else ())
        if folder.name not in kept and folder.stat().st_mtime < old
    ]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return len(left)
