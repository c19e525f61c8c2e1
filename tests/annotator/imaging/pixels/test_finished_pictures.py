"""A cache that stays inside its budget, whoever fills it."""

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from annotator.imaging.pixels.finished_pictures import ENTRY_BYTES, FinishedPictures


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3000)), max_size=60))
def test_the_budget_holds_and_what_is_kept_is_what_was_put(puts: list[tuple[int, int]]) -> None:
    cache, put = FinishedPictures(10_000, largest=0.5), {}
    for key, size in puts:
        cache.put(key, bytes([key]) * size)
        put[key] = bytes([key]) * size
        assert cache.byte_size <= 10_000

    kept = {key: cache.get(key) for key in put if cache.get(key) is not None}
    assert all(put[key] == picture for key, picture in kept.items())
    assert cache.byte_size == sum(len(picture) + ENTRY_BYTES for picture in kept.values())


def test_the_least_recently_used_goes_first() -> None:
    cache = FinishedPictures(3 * (1000 + ENTRY_BYTES), largest=1)
    for key in "abc":
        cache.put(key, b"x" * 1000)
    cache.get("a")
    cache.put("d", b"x" * 1000)

    assert [key for key in "abcd" if cache.get(key)] == ["a", "c", "d"]


def test_a_picture_too_large_for_the_budget_pushes_nothing_out() -> None:
    cache = FinishedPictures(10_000)
    cache.put("small", b"x")
    cache.put("large", b"x" * 3000)

    assert cache.get("small") == b"x"
    assert cache.get("large") is None


def test_a_budget_of_nothing_keeps_nothing() -> None:
    cache = FinishedPictures(0)
    cache.put("key", b"")

    assert cache.get("key") is None
    assert cache.byte_size == 0


def test_threads_never_lose_count() -> None:
    cache = FinishedPictures(50_000)

    def fill(start: int) -> None:
        for number in range(500):
            cache.put((start * 7 + number) % 40, b"x" * (number % 2000))
            cache.get(number % 40)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(fill, range(8)))
    kept = [picture for picture in (cache.get(key) for key in range(40)) if picture is not None]

    assert cache.byte_size == sum(len(picture) + ENTRY_BYTES for picture in kept) <= 50_000
    cache.clear()
    assert cache.byte_size == 0
