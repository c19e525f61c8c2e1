"""One damaged file, taken the way that every file goes, in a process that may die of it."""

import hashlib
import resource
import sys
import tempfile
import traceback
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

MEMORY_BYTES = 1 << 30
# Of what describes pixels: when any of it changed, other pixels are no surprise.
DESCRIBING = (
    "00280002", "00280004", "00280006", "00280008", "00280010", "00280011", "00280100", "00280101", "00280102",
    "00280103", "00281101", "00281102", "00281103",
)  # fmt: skip


@dataclass(frozen=True)
class Ending:
    """How a file ended.

    Attributes
    ----------
    how : "instance", "quarantined", "traceback", "too much memory", "wrong picture"; by the crew "too slow", "crash".
    why : the reason in words, or where it went wrong.
    """

    how: str
    why: str = ""
    seconds: float = 0.0


@dataclass
class Picture:
    """What a file shows: its frames by their hashes, and what describes their pixels."""

    described: dict[str, Any]
    frames: list[str] = field(default_factory=list)


def work(connection: Connection) -> None:
    """Take (name, original, damaged, outside, without_identity) until None comes; answer each with an Ending."""
    _prepare()
    originals: dict[str, Picture | None] = {}
    with tempfile.TemporaryDirectory() as folder:
        while (task := connection.recv()) is not None:
            name, original, damaged, outside, without_identity = task
            if name not in originals:
                originals[name] = _undamaged(original, Path(folder))
            ending = trial(damaged, originals[name], Path(folder), compare=outside, without_identity=without_identity)
            connection.send(ending)


def _prepare() -> None:
    """Load what decoding needs first: only what a file makes of memory counts."""
    import django
    from django.conf import settings

    django.setup()
    settings.DEIDENTIFICATION_KEY = "a key for damaged files, which nobody uses elsewhere"
    from frontend.pages import header_table  # noqa: F401

    sys.setrecursionlimit(1000)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _undamaged(content: bytes, folder: Path) -> Picture | None:
    from annotator.imaging.errors import QuarantineError

    try:
        return take(content, folder)
    except QuarantineError:
        return None


def trial(
    content: bytes, original: Picture | None, folder: Path, *, compare: bool, without_identity: bool = False
) -> Ending:
    """Take one damaged file and compare what it shows with the original, when only bytes outside the pixels differ."""
    from annotator.imaging.errors import QuarantineError

    try:
        picture = take(content, folder, without_identity=without_identity)
    except QuarantineError as error:
        return Ending("quarantined", error.reason)
    except MemoryError:
        return Ending("too much memory", _last_place())
    except Exception as error:  # noqa: BLE001 - finding these is what this is for
        return Ending("traceback", f"{type(error).__name__}: {str(error)[:100]} at {_last_place()}")
    comparable = compare and original is not None and picture.described == original.described
    if comparable and original is not None and picture.frames != original.frames:
        return Ending("wrong picture", "the pixels differ, though nothing that describes them does")
    return Ending("instance")


def take(content: bytes, folder: Path, *, without_identity: bool = False) -> Picture:
    """Read, describe and derive a file as an ingest does.

    Parameters
    ----------
    without_identity : de-identified and searched for text first, as where a site wants that.

    Raises
    ------
    QuarantineError : as an ingest does; anything else is a fault.
    """
    from annotator.imaging.headers.header_json import header_json
    from annotator.imaging.headers.header_reading import reading_odd_headers
    from annotator.imaging.headers.parsing import open_instance, parse_instance
    from annotator.imaging.pixels.decoding import decode_frame
    from annotator.imaging.store.derive_instance import derive_instance
    from frontend.pages.header_table import header_rows

    path, draft = folder / "file", folder / "draft"
    path.write_bytes(content)
    if without_identity:
        path = _without_identity(path)
    with reading_odd_headers():
        parsed = parse_instance(path)
        header = header_json(parsed.dataset)
    list(header_rows(header))
    try:
        derive_instance(path, sha256="0" * 64, draft=draft)
    finally:
        draft.unlink(missing_ok=True)
    picture = Picture({tag: header.get(tag) for tag in DESCRIBING})
    picture.described["syntax"] = parsed.transfer_syntax_uid
    with open_instance(path) as instance:
        picture.described["palette"] = instance.pixel_description.palette
        for index in range(min(4, parsed.picture.number_of_frames)):
            values = decode_frame(instance.frame_bytes(index), instance.pixel_description)
            shape = f"{values.shape} {values.dtype}".encode()
            picture.frames.append(hashlib.sha256(shape + values.tobytes()).hexdigest())
    return picture


def _without_identity(path: Path) -> Path:
    from annotator.imaging.burned_in.suspected_text import suspected_text
    from annotator.imaging.deidentification.deidentify_file import deidentify_file
    from annotator.imaging.headers.parsing import parse_instance

    parse_instance(path)
    target = path.with_name("without-identity")
    deidentify_file(path, target)
    suspected_text(target)
    return target


def _last_place() -> str:
    """Where in this product an exception was raised."""
    frames = traceback.extract_tb(sys.exc_info()[2])
    ours = [frame for frame in frames if "/annotator/" in frame.filename or "/frontend/" in frame.filename]
    last = (ours or frames)[-1]
    return f"{Path(last.filename).name}:{last.lineno}, in {frames[-1].name} of {Path(frames[-1].filename).name}"
