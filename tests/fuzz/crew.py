"""Processes that take damaged files under limits of time and memory; one that hangs or dies is replaced."""

import multiprocessing
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from tests.fuzz.mutations import Damage, Sample
from tests.fuzz.trial import Ending, work

SECONDS = 10.0
# A process starts, imports and compiles before its first answer.
SECONDS_TO_START = 60.0
_spawning = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Case:
    """A damaged file and what it was made from."""

    sample: Sample
    seed: int
    damage: Damage

    @property
    def without_identity(self) -> bool:
        """Every third goes the way of a site that de-identifies."""
        return self.seed % 3 == 0


class _Hand:
    """One process, and the case that it has in hand."""

    def __init__(self) -> None:
        self.connection: Connection
        self.process: BaseProcess
        self.case: Case | None = None
        self.since = 0.0
        self.patience = SECONDS_TO_START
        self.start()

    def start(self) -> None:
        self.connection, theirs = _spawning.Pipe()
        self.process = _spawning.Process(target=work, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()
        self.patience = SECONDS_TO_START

    def give(self, case: Case) -> None:
        self.case, self.since = case, time.monotonic()
        sample, harm = case.sample, case.damage
        self.connection.send((sample.name, sample.content, harm.content, harm.outside_pixels, case.without_identity))

    def replace(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()
        self.start()

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()


def endings(cases: Iterable[Case], *, processes: int = 2) -> Iterator[tuple[Case, Ending]]:
    """Each case with how it ended, in the order in which they end."""
    waiting = iter(cases)
    hands = [_Hand() for _ in range(processes)]
    busy: dict[Connection, _Hand] = {}
    try:
        for hand in hands:
            _give_next(hand, waiting, busy)
        while busy:
            ready = wait(list(busy), timeout=0.5)
            for hand in [busy[one] for one in ready] or _late(busy):  # type: ignore[index]
                case, ending = _finish(hand, busy)
                yield case, ending
                _give_next(hand, waiting, busy)
    finally:
        for hand in hands:
            hand.end()


def _give_next(hand: _Hand, waiting: Iterator[Case], busy: dict[Connection, _Hand]) -> None:
    case = next(waiting, None)
    if case is not None:
        hand.give(case)
        busy[hand.connection] = hand


def _late(busy: dict[Connection, _Hand]) -> list[_Hand]:
    now = time.monotonic()
    return [hand for hand in busy.values() if now - hand.since > hand.patience]


def _finish(hand: _Hand, busy: dict[Connection, _Hand]) -> tuple[Case, Ending]:
    assert hand.case is not None
    took = time.monotonic() - hand.since
    del busy[hand.connection]
    try:
        ending = hand.connection.recv() if hand.connection.poll() else None
    except (EOFError, OSError):
        hand.process.join(5)
        ending = Ending("crash", f"the process ended with {hand.process.exitcode}")
    if ending is None:
        ending = Ending("too slow", f"no answer after {SECONDS:.0f} s")
    if ending.how in ("crash", "too slow"):
        hand.replace()
    else:
        hand.patience = SECONDS
    return hand.case, replace(ending, seconds=took)
