"""Many frames through the networks at once: what was filed is looked up, what is new is filed as it comes."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

from annotator.accounts.errors import RoomError
from annotator.assist.filed_results import file_many, filed_for
from annotator.assist.proposals import ProposedShape
from annotator.imaging.frame_description import FrameGeometry
from annotator.imaging.models import Frame
from annotator.imaging.store.frame_source import FrameSource
from ml_assist.inference.engine import OutOfMemoryError
from ml_assist.inference.loaded_models import inference_devices

_FILED_AT_ONCE = 32


@dataclass(frozen=True)
class SeenFrame:
    """A frame, and what reading it takes; made where the database may be asked."""

    pk: int
    source: FrameSource
    geometry: FrameGeometry
    picture: str

    @classmethod
    def of(cls, frame: Frame, source: FrameSource) -> "SeenFrame":
        return cls(frame.pk, source, FrameGeometry.from_json(frame.geometry), frame.instance.sha256)


@dataclass(frozen=True)
class Question:
    """One frame with one hint; `work` asks no database."""

    frame: SeenFrame
    hint_hash: str
    work: Callable[[], list[ProposedShape]]


@dataclass
class FrameWork:
    """What was made of some questions.

    Attributes
    ----------
    left_out : why frames have no answer, in words.
    """

    shapes: dict[tuple[int, str], list[ProposedShape]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def on(self, frame_id: int) -> list[ProposedShape]:
        """All on one frame, whatever the hint."""
        return [shape for (frame, _), shapes in self.shapes.items() if frame == frame_id for shape in shapes]


def answers_to(
    questions: Sequence[Question], version_id: int, *, report: Callable[[int, int], None] = lambda _done, _of: None
) -> FrameWork:
    """Answer all. A frame that can't be read is left out with the reason; the others are answered.

    Parameters
    ----------
    report : called with how many are done of how many; what it raises ends the work, and what was done stays filed.

    Raises
    ------
    OutOfMemoryError : a picture doesn't fit the device.
    """
    filed = filed_for({one.frame.pk for one in questions}, version_id)
    keys = [(one.frame.pk, one.hint_hash) for one in questions]
    made = FrameWork({key: filed[key] for key in keys if key in filed})
    new = [one for one, key in zip(questions, keys, strict=True) if key not in filed]
    unfiled: list[tuple[int, str, list[ProposedShape]]] = []
    try:
        for done, (question, future) in enumerate(_done_one_by_one(new), start=1):
            report(len(questions) - len(new) + done, len(questions))
            try:
                shapes = future.result()
            except OutOfMemoryError:
                raise
            except RoomError as error:
                made.left_out.append(f"Frame {question.frame.pk}: {error}")
                continue
            made.shapes[question.frame.pk, question.hint_hash] = shapes
            unfiled.append((question.frame.pk, question.hint_hash, shapes))
            if len(unfiled) >= _FILED_AT_ONCE:
                file_many(version_id, unfiled)
                unfiled = []
    finally:
        file_many(version_id, unfiled)
    return made


def _done_one_by_one(questions: Sequence[Question]) -> "Iterator[tuple[Question, Future[list[ProposedShape]]]]":
    if not questions:
        return
    pool = ThreadPoolExecutor(_threads(), thread_name_prefix="frames")
    try:
        futures = {pool.submit(one.work): one for one in questions}
        for future in as_completed(futures):
            yield futures[future], future
    finally:
        pool.shutdown(cancel_futures=True)


def _threads() -> int:
    """Enough to fill batches: decoding is what takes long beside CUDA, the network is on processors."""
    cores = os.cpu_count() or 1
    return min(64, 4 * cores) if inference_devices()[0].type == "cuda" else min(4, 2 * cores)
