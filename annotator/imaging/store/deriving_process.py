"""The process in which compressed pictures are decoded: whatever a decoder does there, the worker lives on.

It reads requests from its standard input and answers on its standard output, each a pickle after its length; only
guarded_deriving.py starts it. It ends with its input.
"""

import ctypes
import importlib
import os
import pickle
import resource
import signal
import struct
import sys
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import IO, Any

LENGTH = struct.Struct("<Q")


class Work(Enum):
    """What is done here, each a function that reports the frames it begins: its module and its name."""

    DERIVE = ("annotator.imaging.store.derive_instance", "derive_instance")
    SEARCH_TEXT = ("annotator.imaging.burned_in.suspected_text", "suspected_text")


@dataclass(frozen=True)
class Request:
    """One file to be worked on."""

    work: Work
    path: Path
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """What the function gave."""

    result: Any


@dataclass(frozen=True)
class Progress:
    """A frame is begun; frame 0 when the process is ready."""

    frame: int


@dataclass(frozen=True)
class Refused:
    """The file is at fault; why, in words."""

    reason: str


@dataclass(frozen=True)
class Broke:
    """Something nobody foresaw: its class, and the number where it was the operating system's."""

    error: str
    errno: int | None = None


def send(pipe: IO[bytes], message: object) -> None:
    """Write one message."""
    content = pickle.dumps(message)
    pipe.write(LENGTH.pack(len(content)) + content)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Read one message and nothing beyond it; None when the other side is gone."""
    head = _exactly(pipe, LENGTH.size)
    content = _exactly(pipe, LENGTH.unpack(head)[0]) if head is not None else None
    # What comes through this pipe was pickled by the other end, which is this program too.
    return pickle.loads(content) if content is not None else None  # noqa: S301


def _exactly(pipe: IO[bytes], count: int) -> bytes | None:
    parts: list[bytes] = []
    while count:
        part = pipe.read(count)
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _end_with_parent() -> None:
    """A decoder that hangs doesn't see its input end; the kernel ends it with the worker (prctl, PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _limit_memory(more_bytes: int) -> None:
    """Refuse what would take this process further than that above what it holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + more_bytes, resource.RLIM_INFINITY))


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until the input ends."""
    from annotator.imaging.errors import QuarantineError

    while (request := receive(requests)) is not None:
        try:
            module, name = request.work.value
            function = getattr(importlib.import_module(module), name)
            answer: object = Done(
                function(request.path, **request.arguments, progress=lambda frame: send(answers, Progress(frame)))
            )
        except QuarantineError as error:
            answer = Refused(error.reason)
        except MemoryError:
            answer = Refused("The picture can't be decoded: it takes more memory than one picture may.")
        except OSError as error:
            answer = Broke(type(error).__name__, error.errno)
        except Exception as error:  # noqa: BLE001  told to the worker, which logs it
            answer = Broke(type(error).__name__)
        send(answers, answer)


def main() -> None:
    """Serve whoever started this process; the one argument is how many bytes more than at the start it may hold."""
    import django

    django.setup()
    # Its libraries count as what this process holds from the start.
    for work in Work:
        importlib.import_module(work.value[0])
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What decoders print must not come between the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _end_with_parent()
    _limit_memory(int(sys.argv[1]))
    send(answers, Progress(0))
    serve(requests, answers)
