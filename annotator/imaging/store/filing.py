"""Every byte lies in a named store: a local folder or a bucket, by settings.STORAGES. Files are named by their content.

A crash leaves whole files or temporary ones, never halves, whichever kind of store it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from django.core.files.storage import storages


class ByteStore(Protocol):
    """What a store of settings.STORAGES must do beyond Django's storage: see LocalFolder and Bucket.

    Names that aren't there raise FileNotFoundError; what can't be reached raises an UnavailableError.
    """

    @property
    def staging(self) -> Path:
        """A folder of this machine for drafts."""
        ...

    def read_span(self, name: str, offset: int, length: int) -> bytes: ...

    def open_ranges(self, name: str) -> BinaryIO: ...

    def pieces(self, name: str, chunk_bytes: int) -> Iterator[bytes]: ...

    def holds(self, name: str) -> bool: ...

    def byte_size(self, name: str) -> int: ...

    def forget(self, name: str) -> None: ...

    def as_file(self, name: str) -> AbstractContextManager[Path]: ...

    def settle(self, drafts: Sequence[Path]) -> None:
        """Do ahead what makes adopting these drafts quick; leaving it out changes nothing."""
        ...

    def adopt(self, drafts: Sequence[tuple[Path, str]]) -> None: ...


@dataclass(frozen=True)
class Place:
    """Where bytes lie: a store of settings.STORAGES and the name in it."""

    store: str
    name: str

    def __str__(self) -> str:
        return f"{self.store}/{self.name}"


def byte_store(store: str) -> ByteStore:
    """The store that settings.STORAGES has under this name."""
    return cast(ByteStore, storages[store])


def original_place(sha256: str) -> Place:
    """Where an instance's file lies."""
    return Place("originals", f"{sha256[:2]}/{sha256}.dcm")


def frames_place(sha256: str) -> Place:
    """Where an instance's derived frames lie, one file an instance."""
    return Place("frames", f"{sha256[:2]}/{sha256}.frames")


def quarantine_place(sha256: str) -> Place:
    """Where the bytes of a refused file lie."""
    return Place("quarantine", f"{sha256[:2]}/{sha256}.bin")


def beside_place(sha256: str) -> Place:
    """Where a table or mask lies that came with pictures."""
    return Place("beside", f"{sha256[:2]}/{sha256}.bin")


def source_place(sha256: str) -> Place:
    """Where a file lies as it came, at a site that de-identifies and keeps what came all the same."""
    return Place("sources", f"{sha256[:2]}/{sha256}.bin")


def open_place(place: Place) -> BinaryIO:
    """Open for reading, seekable; of a bucket only the ranges that are read come over the network.

    Raises
    ------
    FileNotFoundError : nothing lies there.
    UnavailableError : the bucket can't be reached.
    """
    return byte_store(place.store).open_ranges(place.name)


def read_span(place: Place, offset: int, length: int) -> bytes:
    """A piece in one read or one range request; shorter where the file ends.

    Raises
    ------
    FileNotFoundError, UnavailableError : as open_place.
    """
    return byte_store(place.store).read_span(place.name, offset, length)


def local_file(place: Place) -> AbstractContextManager[Path]:
    """A path of this machine's disk to read from while the context lasts: the file itself, or a copy of the object.

    Raises
    ------
    FileNotFoundError : an object isn't there; of a file whoever opens it learns that.
    UnavailableError : the bucket can't be reached.
    """
    return byte_store(place.store).as_file(place.name)


def place_exists(place: Place) -> bool:
    """Whether something lies there."""
    return byte_store(place.store).holds(place.name)


def size_of(place: Place) -> int:
    """How many bytes lie there.

    Raises
    ------
    FileNotFoundError : nothing.
    """
    return byte_store(place.store).byte_size(place.name)


def remove(place: Place) -> None:
    """Take it away; nothing there is no error."""
    byte_store(place.store).forget(place.name)


def file_all(moves: Iterable[tuple[Path, Place]]) -> None:
    """Make staged files durable at their places; they are gone from their temporary names after that.

    One round for the whole batch: syncs, or uploads, of all files are under way together.
    """
    drafts: dict[str, list[tuple[Path, str]]] = defaultdict(list)
    for draft, place in moves:
        drafts[place.store].append((draft, place.name))
    for store, pending in drafts.items():
        byte_store(store).adopt(pending)


def pieces_of(place: Place, *, chunk_bytes: int = 1 << 20) -> Iterator[bytes]:
    """Everything that lies there, piece by piece and in one request, for an answer that is streamed.

    Raises
    ------
    FileNotFoundError, UnavailableError : as open_place, when the first piece is asked for.
    """
    return byte_store(place.store).pieces(place.name, chunk_bytes)
