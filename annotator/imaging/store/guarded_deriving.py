"""Decode pictures so that no file can hang, fill or break the worker: compressed ones in a process with limits.

Uncompressed pictures take no decoder and stay in this process; they are what comes by the thousand. The other process
is started with the first compressed picture and serves this one for good.
"""

import atexit
import errno
import os
import select
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import IO, Any, cast

from django.conf import settings

from annotator.imaging.burned_in.suspected_text import SuspectedText, suspected_text
from annotator.imaging.errors import QuarantineError
from annotator.imaging.pixels.decoding import LITTLE_ENDIAN
from annotator.imaging.store.derive_instance import DerivedInstance, derive_instance
from annotator.imaging.store.deriving_process import Broke, Done, Progress, Refused, Request, Work, receive, send
from annotator.imaging.store.filing import frames_place, local_file, original_place
from annotator.imaging.store.staging import staging_name

# A frame's limit counts processor time, which a busy machine doesn't stretch; one that waits for ever ends too.
WALL_FOR_CPU = 6
POLL_SECONDS = 0.5
START_SECONDS = 120
_START = "from annotator.imaging.store.deriving_process import main; main()"
_TICKS = os.sysconf("SC_CLK_TCK")


class DecoderBrokeError(Exception):
    """Something that nobody foresaw went wrong with one picture; no fault of the disk or the store."""


def derive_guarded(sha256: str, *, transfer_syntax_uid: str) -> DerivedInstance:
    """Derive a filed instance, whatever its bytes do to a decoder.

    Raises
    ------
    QuarantineError : it can't be read, or took longer or more memory than MAX_DECODE_SECONDS a frame and
        MAX_DECODE_BYTES allow, or broke the decoder's process.
    DecoderBrokeError : an error of our own.
    OSError, UnavailableError : the disk or the bucket, not the file.
    """
    draft = staging_name(frames_place(sha256).store)
    try:
        with local_file(original_place(sha256)) as path:
            if transfer_syntax_uid in LITTLE_ENDIAN:
                return derive_instance(path, sha256=sha256, draft=draft)
            request = Request(Work.DERIVE, path, {"sha256": sha256, "draft": draft})
            return cast(DerivedInstance, _decoder.ask(request))
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def search_text_guarded(path: Path, *, transfer_syntax_uid: str) -> list[SuspectedText] | None:
    """Search a file's pictures for writing (see suspected_text), with the same limits.

    Raises
    ------
    QuarantineError, DecoderBrokeError, OSError : as derive_guarded.
    """
    if transfer_syntax_uid in LITTLE_ENDIAN:
        return suspected_text(path)
    return cast("list[SuspectedText] | None", _decoder.ask(Request(Work.SEARCH_TEXT, path)))


class DecodingProcess:
    """The other process, one request at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._started_by = 0
        self._lock = Lock()

    def ask(self, request: Request) -> Any:
        """What the work gives; errors as derive_guarded has them."""
        with self._lock:
            process = self._running()
            try:
                return self._asked(process, request)
            except _AnsweredError as error:
                raise error.cause from None
            except BaseException:
                # Without an answer it is in the middle of something.
                self.stop()
                raise

    def stop(self) -> None:
        """End it; the next request starts another."""
        process, self._process = self._process, None
        if process is None or self._started_by != os.getpid():
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _running(self) -> "subprocess.Popen[bytes]":
        # A process that this one inherited by forking belongs to the parent.
        if self._process is None or self._started_by != os.getpid() or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START, str(settings.MAX_DECODE_BYTES)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=settings.BASE_DIR,
                # What lies in a buffer here, select doesn't see.
                bufsize=0,
            )
            self._started_by = os.getpid()
            # Loading its libraries counts against no picture.
            ready, _, _ = select.select([cast(IO[bytes], self._process.stdout)], [], [], START_SECONDS)
            if not ready or receive(cast(IO[bytes], self._process.stdout)) is None:
                self.stop()
                raise OSError(errno.ECHILD, "The process that decodes pictures does not start; its log says why")
        return self._process

    def _asked(self, process: "subprocess.Popen[bytes]", request: Request) -> Any:
        try:
            send(cast(IO[bytes], process.stdin), request)
        except BrokenPipeError:
            raise QuarantineError(_BROKEN) from None
        frame = 0
        while True:
            answer = self._answer(process, frame)
            if isinstance(answer, Progress):
                frame = answer.frame
            elif isinstance(answer, Done):
                return answer.result
            elif isinstance(answer, Refused):
                raise _AnsweredError(QuarantineError(answer.reason))
            elif isinstance(answer, Broke):
                number = answer.errno
                raise _AnsweredError(
                    DecoderBrokeError(answer.error) if number is None else OSError(number, os.strerror(number))
                )

    def _answer(self, process: "subprocess.Popen[bytes]", frame: int) -> Any:
        """The next message; gives up when the limit of time for a frame is passed."""
        answers = cast(IO[bytes], process.stdout)
        cpu_limit = _cpu_seconds(process.pid) + settings.MAX_DECODE_SECONDS
        wall_limit = time.monotonic() + settings.MAX_DECODE_SECONDS * WALL_FOR_CPU
        while not select.select([answers], [], [], POLL_SECONDS)[0]:
            if _cpu_seconds(process.pid) > cpu_limit or time.monotonic() > wall_limit:
                where = f"Frame {frame}" if frame else "Its header"
                raise QuarantineError(
                    f"{where} can't be decoded: it takes longer than {settings.MAX_DECODE_SECONDS:g} seconds. "
                    "The file is damaged, or made to hold up whoever opens it."
                )
        answer = receive(answers)
        if answer is None:
            raise QuarantineError(_BROKEN)
        return answer


_BROKEN = "The picture can't be decoded: the decoder broke on it. The file is damaged; send it again."


class _AnsweredError(Exception):
    """The other process said what is wrong, and is ready for the next request."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


def _cpu_seconds(pid: int) -> float:
    """Processor time of a process so far; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


_decoder = DecodingProcess()
atexit.register(_decoder.stop)
