"""Names of work and the functions that do it: a room registers in its tasks.py, nobody imports upward."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import autodiscover_modules

from annotator.jobs.errors import JobCancelledError, LeaseLostError, WorkFailedError

__all__ = [
    "JobCancelledError",
    "LeaseLostError",
    "RegisteredWork",
    "WorkContext",
    "WorkFailedError",
    "load_all_work",
    "registered_work",
    "work",
]


@dataclass(frozen=True)
class WorkContext:
    """What a piece of work knows of the job it is done for.

    `report(percent, doing)` says how far it is (0-100) and what it does now. Call it as often as you
    like: it writes a few times a second at most, renews the lease, and raises JobCancelledError when
    the job was cancelled and LeaseLostError when it became another worker's.
    """

    job_id: uuid.UUID
    parameters: dict[str, Any]
    requested_by_id: int | None
    report: Callable[[int, str], None]


WorkFunction = Callable[[WorkContext], dict[str, Any]]


@dataclass(frozen=True)
class RegisteredWork:
    """A function, the name it goes by and the queue its jobs go to unless they say otherwise.

    Attributes
    ----------
    at_once : how many of its jobs one process does at the same time; None: as many as it has threads.
    """

    kind: str
    queue: str
    function: WorkFunction
    at_once: int | None = None


_registered: dict[str, RegisteredWork] = {}


def work(kind: str, *, queue: str = "cpu", at_once: int | None = None) -> Callable[[WorkFunction], WorkFunction]:
    """Register a function as the work of jobs of this kind.

    The function gets a WorkContext and returns a result that JSON can hold. It has to be idempotent:
    after a worker died it is run again from its start with the same parameters. WorkFailedError's
    message is shown to people as it is; any other exception fails the job with what it says.

    Raises
    ------
    ValueError : another function holds this name.
    """

    def register(function: WorkFunction) -> WorkFunction:
        held = _registered.get(kind)
        if held is not None and (held.function.__module__, held.function.__qualname__) != (
            function.__module__,
            function.__qualname__,
        ):
            raise ValueError(f"The work {kind!r} is already done by {held.function.__module__}; choose another name.")
        _registered[kind] = RegisteredWork(kind=kind, queue=queue, function=function, at_once=at_once)
        return function

    return register


def load_all_work() -> None:
    """Import every room's tasks.py, which registers its work."""
    autodiscover_modules("tasks")


def registered_work(kind: str) -> RegisteredWork | None:
    """The work of this name, None where no room registered it."""
    if kind not in _registered:
        load_all_work()
    return _registered.get(kind)
