"""A worker shows that it lives by touching a file beside the data, which every web process can see."""

import os
import socket
import threading
from pathlib import Path
from typing import Any

from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings

HEARTBEAT_SECONDS = 2.0
FORGET_AFTER_SECONDS = 24 * 3600.0

_stop = threading.Event()


def heartbeat_folder() -> Path:
    """Where the workers' files lie, one a worker."""
    return Path(settings.DATA_DIR) / "heartbeats"


def newest_heartbeat() -> float | None:
    """When a worker last said that it lives, in seconds since the epoch; None when none ever did."""
    times = []
    for path in heartbeat_folder().glob("worker-*"):
        try:
            times.append(path.stat().st_mtime)
        except FileNotFoundError:  # its worker has just stopped
            continue
    return max(times, default=None)


def newest_heartbeat_of(queue: str) -> float | None:
    """The same of the workers that serve a queue."""
    times = []
    for path in heartbeat_folder().glob("worker-*"):
        try:
            if queue in path.read_text().split():
                times.append(path.stat().st_mtime)
        except FileNotFoundError:
            continue
    return max(times, default=None)


def beat_once(path: Path) -> None:
    """Say now that this worker lives."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


@worker_ready.connect
def start_beating(sender: Any = None, **_: Any) -> None:
    """Begin to touch the file from a thread of the worker's main process, and forget workers long gone."""
    path = heartbeat_folder() / f"worker-{socket.gethostname()}-{os.getpid()}"
    beat_once(path)
    path.write_text(" ".join(queues_of(sender)))
    newest = path.stat().st_mtime
    for other in heartbeat_folder().glob("worker-*"):
        if other.exists() and newest - other.stat().st_mtime > FORGET_AFTER_SECONDS:
            other.unlink(missing_ok=True)
    _stop.clear()
    threading.Thread(target=_beat_until_stopped, args=(path,), name="heartbeat", daemon=True).start()


def queues_of(consumer: Any) -> list[str]:
    """The queues that a worker serves, by what its signals send; none outside of a worker."""
    return sorted(consumer.app.amqp.queues.consume_from) if consumer is not None else []


@worker_shutting_down.connect
def stop_beating(**_: Any) -> None:
    """End the heartbeat; the file goes with it."""
    _stop.set()


def _beat_until_stopped(path: Path) -> None:
    while not _stop.wait(HEARTBEAT_SECONDS):
        beat_once(path)
    path.unlink(missing_ok=True)
