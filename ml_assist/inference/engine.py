"""One thread a device that runs networks: questions of many threads become batches, a reader's before the others.

Nothing of torch: what answers a batch is handed over with each question.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from annotator.accounts.errors import RoomError

logger = logging.getLogger(__name__)

GATHER_SECONDS = 0.02
_MEMORY_WORDS = ("out of memory", "can't allocate memory", "not enough memory", "bad_alloc")

Answer = Callable[[list[Any]], Sequence[Any]]


class OutOfMemoryError(RoomError):
    """Not even one picture fits the device's memory."""


@dataclass(order=True)
class _Question:
    """Ordered as they are taken: urgent ones first, then by their coming."""

    is_background: bool
    number: int
    kind: Hashable = field(compare=False)
    answer: Answer = field(compare=False)
    item: Any = field(compare=False)
    future: "Future[Any]" = field(compare=False)


class Engine:
    """A device's thread and what waits for it.

    Parameters
    ----------
    most : questions in a batch; halved for a kind of which a batch did not fit the memory.
    gather_seconds : how long the first question of a batch waits for others.
    """

    def __init__(self, name: str, *, most: int = 8, gather_seconds: float = GATHER_SECONDS) -> None:
        self._most = most
        self._gather_seconds = gather_seconds
        self._fits: dict[Hashable, int] = {}
        self._numbers = count()
        self._waiting: list[_Question] = []
        self._arrived = threading.Condition()
        threading.Thread(target=self._work, name=f"inference-{name}", daemon=True).start()

    @property
    def load(self) -> int:
        """How many questions wait."""
        return len(self._waiting)

    def ask(self, kind: Hashable, answer: Answer, item: Any, *, urgent: bool) -> "Future[Any]":
        """Put a question; its future holds the answer, or what `answer` raised.

        Parameters
        ----------
        kind : questions of one kind may share a batch.
        answer : from a list of items to as many answers, called in the engine's thread.
        """
        future: Future[Any] = Future()
        with self._arrived:
            self._waiting.append(_Question(not urgent, next(self._numbers), kind, answer, item, future))
            self._arrived.notify()
        return future

    def _work(self) -> None:
        while True:
            self._answer(self._next_batch())

    def _next_batch(self) -> list[_Question]:
        with self._arrived:
            while not self._waiting:
                self._arrived.wait()
            until = time.monotonic() + self._gather_seconds
            while len(batch := self._first_batch()) < self._size(batch[0].kind):
                left = until - time.monotonic()
                if left <= 0 or not self._arrived.wait(left):
                    batch = self._first_batch()
                    break
            taken = {one.number for one in batch}
            self._waiting = [one for one in self._waiting if one.number not in taken]
            return batch

    def _first_batch(self) -> list[_Question]:
        first = min(self._waiting)
        alike = sorted(one for one in self._waiting if one.kind == first.kind)
        return alike[: self._size(first.kind)]

    def _size(self, kind: Hashable) -> int:
        return self._fits.get(kind, self._most)

    def _answer(self, batch: list[_Question]) -> None:
        try:
            answers = batch[0].answer([one.item for one in batch])
            for one, answer in zip(batch, answers, strict=True):
                one.future.set_result(answer)
        except BaseException as error:
            if not is_out_of_memory(error):
                _fail(batch, error)
                return
            _free_memory()
            if len(batch) == 1:
                words = "This picture doesn't fit the device's memory. Give the worker a device with more, or the CPU."
                logger.exception(words)
                _fail(batch, OutOfMemoryError(words))
                return
            kind, left = batch[0].kind, batch
            self._fits[kind] = len(batch) // 2
            logger.warning("A batch of %d did not fit the memory: %d at once from now on.", len(batch), len(batch) // 2)
            while left:
                size = self._size(kind)  # which halves again where that did not fit either
                self._answer(left[:size])
                left = left[size:]


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a device or this machine had no memory left; torch says so in words."""
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _MEMORY_WORDS)


def _fail(batch: list[_Question], error: BaseException) -> None:
    for one in batch:
        if not one.future.done():
            one.future.set_exception(error)


def _free_memory() -> None:
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
