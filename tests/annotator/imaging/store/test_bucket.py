"""A bucket as a store: only the ranges that are needed, and words when it can't be used."""

import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from pydicom import dcmread

from annotator.accounts.errors import UnavailableError
from annotator.config.settings.storages import bucket_stores
from annotator.imaging.headers.frame_spans import read_frame
from annotator.imaging.headers.parsing import open_instance
from annotator.imaging.store import bucket as buckets
from annotator.imaging.store.bucket import Bucket
from annotator.imaging.store.filing import (
    Place,
    local_file,
    open_place,
    pieces_of,
    place_exists,
    read_span,
    remove,
    size_of,
)
from annotator.imaging.store.frame_source import ByteSpan, FrameStoreError
from annotator.imaging.store.staging import file_content, move
from tests.annotator.imaging.stored_files import bytes_at, names_in
from tests.builders import multi_frame
from tests.fixtures.stores import on_both_stores

PLACE = Place("originals", "ab/abc.dcm")
CONTENT = bytes(range(256)) * 4000


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The ranges that were asked of a bucket: (offset, length)."""
    heard: list[tuple[int, int]] = []
    real = Bucket._ranged

    def ranged(self: Bucket, name: str, offset: int, length: int) -> tuple[bytes, int]:
        heard.append((offset, length))
        return real(self, name, offset, length)

    monkeypatch.setattr(Bucket, "_ranged", ranged)
    return heard


@on_both_stores
def test_what_is_filed_is_read_back_whole_by_span_and_by_seeking(store: Path) -> None:
    file_content(PLACE, CONTENT)
    assert bytes_at(PLACE) == CONTENT
    assert size_of(PLACE) == len(CONTENT)
    assert read_span(PLACE, 1000, 70) == CONTENT[1000:1070]
    with open_place(PLACE) as file:
        assert file.seek(-10, 2) == len(CONTENT) - 10
        assert file.read() == CONTENT[-10:]
        file.seek(300_000)
        assert file.read(300_000) == CONTENT[300_000:600_000]
        assert file.tell() == 600_000
    with local_file(PLACE) as path:
        assert path.read_bytes() == CONTENT
    pieces = list(pieces_of(PLACE, chunk_bytes=1 << 19))
    assert b"".join(pieces) == CONTENT
    assert len(pieces) == 2
    assert names_in("originals") == [PLACE.name]


@on_both_stores
def test_what_ends_early_or_is_not_there_is_told_apart(store: Path) -> None:
    file_content(PLACE, CONTENT)
    assert read_span(PLACE, len(CONTENT) - 5, 100) == CONTENT[-5:]
    assert read_span(PLACE, len(CONTENT) + 5, 100) == b""
    with pytest.raises(FrameStoreError, match="short"):
        ByteSpan(PLACE, len(CONTENT) - 5, 100).read()
    gone = Place("originals", "no/thing.dcm")
    assert not place_exists(gone)
    for reading in (lambda: read_span(gone, 0, 1), lambda: open_place(gone), lambda: size_of(gone)):
        with pytest.raises(FileNotFoundError):
            reading()
    with pytest.raises(FrameStoreError, match="can't be opened"):
        ByteSpan(gone, 0, 1).read()


@on_both_stores
def test_files_move_between_stores_and_go(store: Path) -> None:
    file_content(PLACE, CONTENT)
    target = Place("quarantine", "ab/abc.bin")
    move(PLACE, target)
    assert not place_exists(PLACE)
    assert bytes_at(target) == CONTENT
    remove(target)
    remove(target)
    assert not place_exists(target)
    # No draft is left behind anywhere.
    assert [path for path in store.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("store_kind", ["bucket"])
def test_an_empty_object_is_read_as_nothing(store: Path) -> None:
    file_content(PLACE, b"")
    assert bytes_at(PLACE) == b""
    assert size_of(PLACE) == 0


@pytest.mark.parametrize("store_kind", ["bucket"])
def test_a_large_object_goes_up_in_parts_and_comes_back_the_same(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "PARTS_ABOVE_BYTES", 6 << 20)
    content = CONTENT * 14
    file_content(PLACE, content)
    assert bytes_at(PLACE) == content


@pytest.mark.parametrize("store_kind", ["bucket"])
def test_the_header_of_a_volume_costs_one_request_and_a_frame_another(
    store: Path, tmp_path: Path, asked: list[tuple[int, int]]
) -> None:
    path = multi_frame(tmp_path, frames=60, rows=128, columns=128)
    with open_instance(path) as instance:
        span = instance.parsed.spans[50]
        frame = instance.frame_bytes(50)
    file_content(PLACE, path.read_bytes())
    with open_place(PLACE) as file:
        assert dcmread(file, stop_before_pixels=True).NumberOfFrames == 60
        assert len(asked) == 1
        assert read_frame(file, span) == frame
    assert len(asked) == 2
    assert sum(length for _, length in asked) < path.stat().st_size / 4
    assert span.length is not None
    assert ByteSpan(PLACE, span.offset, span.length).read() == frame


def connections_of(server: tuple[str, list[int]]) -> int:
    """How many came before one of our own: those that wait to be taken are taken in their order."""
    address, taken = server
    until = time.monotonic() + 30
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), timeout=30) as own:
        while own.getsockname()[1] not in taken:
            assert time.monotonic() < until
            time.sleep(0.01)
        return taken.index(own.getsockname()[1])


def test_a_bucket_that_does_not_answer_is_given_up_in_words_and_not_asked_at_once_again(
    silent_bucket: list[int], silent_server: tuple[str, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a busy machine what follows may take longer than a bucket is left in peace.
    monkeypatch.setattr(buckets, "DOWN_SECONDS", 600.0)
    with pytest.raises(UnavailableError, match="bucket pictures, can't be used now"):
        ByteSpan(PLACE, 0, 10).read()
    tried = connections_of(silent_server)
    assert 1 <= tried <= 2
    for _ in range(5):
        with pytest.raises(UnavailableError, match="did not answer a moment ago"):
            read_span(PLACE, 0, 10)
    assert connections_of(silent_server) == tried + 1, "ours alone"


def test_a_bucket_that_answers_again_is_asked_again(
    silent_bucket: list[int], silent_server: tuple[str, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "DOWN_SECONDS", 0.0)
    for _ in range(2):
        with pytest.raises(UnavailableError, match="ReadTimeout"):
            read_span(PLACE, 0, 10)
    assert connections_of(silent_server) >= 2


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("store_kind", ["bucket"])
def test_a_bucket_that_does_not_exist_is_named(settings: Any) -> None:
    wrong = settings.STORAGES["originals"]
    options = {**wrong["OPTIONS"], "bucket_name": "no-such-bucket"}
    settings.STORAGES = {**settings.STORAGES, "originals": {**wrong, "OPTIONS": options}}
    with pytest.raises(UnavailableError, match=r"no-such-bucket.*NoSuchBucket"):
        read_span(PLACE, 0, 10)
    with pytest.raises(UnavailableError, match=r"no-such-bucket.*NoSuchBucket"):
        file_content(PLACE, b"x")


@pytest.mark.parametrize("url", ["http://pictures", "s3:pictures", "/data/pictures", "s3://"])
def test_an_address_that_is_no_bucket_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL"):
        bucket_stores(url)


def test_stores_of_one_bucket_lie_under_prefixes() -> None:
    stores = bucket_stores("s3://pictures/hospital/room")
    assert stores["frames"]["OPTIONS"]["location"] == "hospital/room/frames"
    assert bucket_stores("s3://pictures")["originals"]["OPTIONS"]["location"] == "originals"


@pytest.mark.parametrize("store_kind", ["bucket"])
def test_threads_share_one_client(store: Path) -> None:
    """Making a client takes longer than many requests."""
    file_content(PLACE, CONTENT)
    found: list[Any] = []
    read: list[bytes] = []

    def reading() -> None:
        read.append(read_span(PLACE, 5, 9))
        found.append(storages["originals"]._client())  # type: ignore[attr-defined]

    threads = [threading.Thread(target=reading) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == [CONTENT[5:14]] * 4
    assert len({id(client) for client in found}) == 1
