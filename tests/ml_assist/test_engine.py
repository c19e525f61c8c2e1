"""Questions of many threads become batches; a reader's go first; what doesn't fit the memory is halved."""

import threading

import pytest

from ml_assist.inference.engine import Engine, OutOfMemoryError, is_out_of_memory

WAIT = 20


class Recorded:
    """Answers with each item doubled, after the gate is open, and remembers its batches."""

    def __init__(self, *, fits: int = 100) -> None:
        self.batches: list[list[int]] = []
        self.gate = threading.Event()
        self.begun = threading.Event()
        self.fits = fits

    def __call__(self, items: list[int]) -> list[int]:
        self.begun.set()
        assert self.gate.wait(WAIT)
        self.batches.append(list(items))
        if len(items) > self.fits:
            raise RuntimeError("CUDA out of memory. Tried to allocate 3.00 GiB")
        return [2 * item for item in items]


def test_what_waits_shares_a_batch_and_what_a_reader_waits_for_comes_before_it() -> None:
    engine, answer = Engine("test", most=3, gather_seconds=0.0), Recorded()
    first = engine.ask("a", answer, 1, urgent=False)
    assert answer.begun.wait(WAIT)
    others = [engine.ask("a", answer, number, urgent=False) for number in (2, 3, 4, 5)]
    other_kind = engine.ask("b", answer, 6, urgent=False)
    click = engine.ask("a", answer, 7, urgent=True)
    answer.gate.set()
    assert [one.result(WAIT) for one in (first, *others, other_kind, click)] == [2, 4, 6, 8, 10, 12, 14]
    assert answer.batches == [[1], [7, 2, 3], [4, 5], [6]]


def test_a_batch_that_does_not_fit_the_memory_is_halved_until_it_does_and_stays_so() -> None:
    engine, answer = Engine("test", most=8, gather_seconds=0.0), Recorded(fits=2)
    blocker = Recorded()
    held = engine.ask("first", blocker, 0, urgent=True)
    assert blocker.begun.wait(WAIT)
    answer.gate.set()
    asked = [engine.ask("a", answer, number, urgent=False) for number in range(8)]
    blocker.gate.set()
    assert held.result(WAIT) == 0
    assert [one.result(WAIT) for one in asked] == [2 * number for number in range(8)]
    assert max(len(batch) for batch in answer.batches[3:]) <= 2
    assert engine.ask("a", answer, 9, urgent=False).result(WAIT) == 18


def test_one_picture_that_does_not_fit_fails_in_words_and_the_thread_lives_on() -> None:
    engine, answer = Engine("test", gather_seconds=0.0), Recorded(fits=0)
    answer.gate.set()
    with pytest.raises(OutOfMemoryError, match="doesn't fit the device's memory"):
        engine.ask("a", answer, 1, urgent=True).result(WAIT)

    def broken(_items: list[int]) -> list[int]:
        raise KeyError("a fault of its own")

    with pytest.raises(KeyError):
        engine.ask("b", broken, 1, urgent=True).result(WAIT)
    answer.fits = 1
    assert engine.ask("a", answer, 4, urgent=False).result(WAIT) == 8


def test_only_what_says_so_counts_as_a_full_memory() -> None:
    assert is_out_of_memory(MemoryError())
    assert is_out_of_memory(RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory"))
    assert not is_out_of_memory(RuntimeError("size mismatch"))
    assert not is_out_of_memory(ValueError("out of memory"))
