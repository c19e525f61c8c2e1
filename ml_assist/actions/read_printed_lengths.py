"""Read the lengths that scanners printed into pictures with calipers, once a picture."""

import os
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache

from annotator.accounts.errors import RoomError
from annotator.annotations.models import MarkKind
from annotator.assist.actions.record_suggestions import kept_version
from annotator.assist.filed_results import file_shapes, filed_shapes, hash_of_hint
from annotator.assist.proposals import ProposedShape
from annotator.imaging.pixels.rendering import render_pixels
from annotator.imaging.store.frame_source import FrameSource
from ml_assist.inference.printed_length_reader import ReadLength, read_lengths
from ml_assist.inference.text_reader import content_hash, text_reader
from ml_assist.printed_length_identity import length_reader_identity

# As `nice` counts.
_GIVES_WAY = 10


@dataclass(frozen=True)
class PictureWithCalipers:
    """A frame on which somebody measured; `picture` is its file's SHA-256."""

    frame_id: int
    picture: str
    source: FrameSource


@dataclass
class PrintedLengths:
    """How many lengths were read, and in words why pictures have none."""

    lengths: int = 0
    left_out: list[str] = field(default_factory=list)


def read_printed_lengths(pictures: Sequence[PictureWithCalipers]) -> PrintedLengths:
    """Read what was not read before and file it, "nothing" too; a picture that can't be read is left out.

    One after the other, in a thread that gives way: reading takes a core for the better part of a second, nobody waits
    for it, and a reader's click runs in the same process. The system's own: workers call it, no person does.
    """
    made = PrintedLengths()
    version = kept_version(length_reader_identity(content_hash())).pk
    for one in pictures:
        hint = hash_of_hint(None, picture=one.picture)
        filed = filed_shapes(one.frame_id, version, hint)
        if filed is None:
            try:
                filed = _quiet_thread().submit(_shapes_in, one.source).result()
            except RoomError as error:
                made.left_out.append(str(error))
                continue
            file_shapes(one.frame_id, version, hint, filed)
        made.lengths += len(filed)
    return made


def _shapes_in(source: FrameSource) -> list[ProposedShape]:
    return [_as_shape(length) for length in read_lengths(text_reader(), render_pixels(source))]


@cache
def _quiet_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="printed-lengths", initializer=_give_way)


def _give_way() -> None:
    """On Linux a thread has a priority of its own, under its own number; elsewhere it shares the process's."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, max(_GIVES_WAY, os.getpriority(os.PRIO_PROCESS, thread)))


def _as_shape(read: ReadLength) -> ProposedShape:
    """What is filed: where it stands, and the length itself as its label."""
    corners = [[round(read.left, 1), round(read.top, 1)], [round(read.right, 1), round(read.bottom, 1)]]
    return ProposedShape(MarkKind.BOX.value, corners, read.text, min(max(read.score, 0.0), 1.0))
