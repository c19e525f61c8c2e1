"""Which frames of a release are trained on, and what is said of each: everything but tensors. Nothing of torch."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from annotator.accounts.errors import ConflictError, InvalidError
from annotator.datasets.balance import sampler_weight
from annotator.datasets.exporters.mark_rasters import encloses_pixels
from annotator.datasets.exporters.stack_pixels import MissingPictureError, StackPixels
from annotator.datasets.exporters.windowed_pictures import AUTO, PictureOptions, WindowChoice
from annotator.datasets.models import Release, ReleaseStack
from annotator.datasets.preprocessing.options import Preprocessing
from annotator.datasets.preprocessing.prepared_stack import prepare, why_not_prepared
from annotator.datasets.release_queries import whole_stacks
from annotator.datasets.release_rows import stack_of
from annotator.datasets.released import ReleasedAnswer, ReleasedStack

_STACKS_KEPT = 8


@dataclass(frozen=True)
class LoadingOptions:
    """What is loaded.

    Attributes
    ----------
    splits : sides, e.g. ("train",), or folds; empty: all.
    windows : one, or three as channels: "auto", a preset's name or (centre, width), as exports have them.
    size : (rows, columns) that a picture is fitted into, its shape kept, the rest black; None: as it is.
    frames : "all", or "marked" for those that a mark holds for.
    modality : "CT"; empty: all.
    questions : "schema.question" of the targets, in their order.
    """

    splits: tuple[str, ...] = ()
    windows: tuple[WindowChoice, ...] = (AUTO,)
    size: tuple[int, int] | None = None
    frames: Literal["all", "marked"] = "all"
    modality: str = ""
    questions: tuple[str, ...] = ()
    preprocessing: Preprocessing = field(default_factory=Preprocessing)

    def __post_init__(self) -> None:
        PictureOptions(windows=self.windows, frames=self.frames)
        if self.size is not None and (len(self.size) != 2 or min(self.size) < 1):
            raise InvalidError("A size is rows and columns, both above 0.", "options.size")


class FrameIndex:
    """The frames of a release, each by a number from 0. Holds numbers only; a stack is read when it is asked for.

    Attributes
    ----------
    categories : of marks that have an inside, on any side of the release, so that all sides share their numbers.
    weights : how often a sampler should draw each frame; a stack's weight is shared among its frames.
    patients : pseudonyms, of those who are in it.
    left_out : (stack key, why): a picture is gone, or the preprocessing can't be applied.

    Raises
    ------
    ConflictError : the release isn't frozen.
    InvalidError : a side or a question that it doesn't have.
    """

    def __init__(self, release: Release, options: LoadingOptions) -> None:
        if release.frozen_at is None:
            raise ConflictError(f"The release “{release.title}” is not frozen.")
        self.options = options
        self._release = release.pk
        self._kept: OrderedDict[int, tuple[ReleasedStack, StackPixels]] = OrderedDict()
        self._check(release)
        self.patients: set[str] = set()
        self.left_out: list[tuple[str, str]] = []
        categories: set[str] = set()
        stacks: list[int] = []
        frames: list[int] = []
        weights: list[float] = []
        for place, stack, gone in whole_stacks(release):
            categories |= {mark.category for mark in stack.marks if encloses_pixels(mark)}
            chosen = self._chosen(stack, gone)
            stacks += [place] * len(chosen)
            frames += chosen
            if chosen:
                self.patients.add(stack.patient)
                weights += [sampler_weight(stack, release.balance["class_weights"]) / len(chosen)] * len(chosen)
        self.categories = tuple(sorted(categories))
        self.weights = np.array(weights, np.float64)
        self._stacks, self._frames = np.array(stacks, np.int32), np.array(frames, np.int32)

    def __len__(self) -> int:
        return len(self._frames)

    def frame(self, number: int) -> tuple[ReleasedStack, StackPixels, int]:
        """A frame's stack, its pictures, and its place among them, preprocessed.

        Raises
        ------
        MissingPictureError : its patient withdrew since.
        """
        at = int(self._stacks[number])
        if at not in self._kept:
            row = ReleaseStack.objects.get(release_id=self._release, place=at)
            stack = stack_of(row)
            if stack is None:
                raise MissingPictureError("A patient of the release withdrew. Make the data set again without them.")
            self._kept[at] = prepare(stack, StackPixels(stack), self.options.preprocessing)
            if len(self._kept) > _STACKS_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(at)
        return (*self._kept[at], int(self._frames[number]))

    def targets(self, stack: ReleasedStack, place: int) -> NDArray[np.float32]:
        """Of each question 0 to 1 for a frame, the mean of its readers; NaN where it is to be left out."""
        found: dict[str, list[float]] = {}
        for answer in answers_for(stack, place):
            key = answer.schema.partition("@")[0]
            for question, target in answer.targets.items():
                if target is not None:
                    found.setdefault(f"{key}.{question}", []).append(target)
        return np.array([np.mean(found.get(question, [np.nan])) for question in self.options.questions], np.float32)

    def _check(self, release: Release) -> None:
        sides = release.header["splits"]
        for split in self.options.splits:
            if split not in sides:
                raise InvalidError(f"This release has no {split!r}: {', '.join(sides)}.", "options.splits")
        known = {question for side in release.balance["targets"].values() for question in side}
        for question in self.options.questions:
            if question not in known:
                raise InvalidError(
                    f"No answer has a target {question!r}. There are: {', '.join(sorted(known)) or 'none'}.",
                    "options.questions",
                )

    def _chosen(self, stack: ReleasedStack, gone: int) -> list[int]:
        options = self.options
        if options.splits and stack.split not in options.splits:
            return []
        if options.modality and stack.modality != options.modality:
            return []
        reason = f"{gone} of its pictures are gone" if gone else why_not_prepared(stack, options.preprocessing)
        if reason:
            self.left_out.append((stack.stack_key, reason))
            return []
        places = range(len(stack.frames))
        if options.frames == "all":
            return list(places)
        return [place for place in places if any(mark.first_place <= place <= mark.last_place for mark in stack.marks)]


def answers_for(stack: ReleasedStack, place: int) -> list[ReleasedAnswer]:
    """The answers that speak of a frame: about the case, its breast, its slices, or a finding that is marked on it."""
    shown = {mark.finding for mark in stack.marks_on(place)}
    return [answer for answer in stack.answers if _speaks_of(answer, stack, place, shown)]


def _speaks_of(answer: ReleasedAnswer, stack: ReleasedStack, place: int, shown: set[str | None]) -> bool:
    target = answer.target
    if target.kind == "finding":
        return target.finding in shown
    if target.kind == "breast":
        return target.breast == stack.laterality
    if target.kind == "slices":
        return (target.first_place or 0) <= place <= (target.last_place or 0)
    return True
