"""How far two readings of one case agree: what they marked, and what they answered. Pure.

Findings are compared as what their marks enclose, frame by frame. Each finding of one reader is matched to the
finding of the other that it overlaps most (Dice), the best pairs first, each finding once; what overlaps by less than a
tenth is not the same thing. Marks without a finding count as findings of their own.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.annotations.mark_pixels import MarkPixels, pixels_of_mark
from annotator.statistics.lesion_matching import match_lesions
from annotator.statistics.overlap import dice_of_counts

# Marks were checked against their own frame when they were saved.
_ANY_SIZE = 65_535

# By frame.
Enclosed = dict[str, MarkPixels]
Mark = tuple[str, str, str, list[list[float]], dict[str, list[int]] | None]


@dataclass(frozen=True)
class Read:
    """One reader's reading of a case.

    Attributes
    ----------
    marks : (finding, frame, kind, points, mask) of each.
    answers : by (what they are about, schema). What they are about is a finding, "" for the whole case, or words that
        two readers have in common: "L", "R" for a breast, the two frames of a range of slices.
    """

    reader: str
    marks: Sequence[Mark]
    answers: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """A question that two readers answered differently; `findings` are theirs, "" where it is about no finding.

    `about` says which breast or range it is about; "" for a finding and for the whole case.
    """

    schema: str
    question: str
    answers: tuple[Any, Any]
    findings: tuple[str, str]
    about: str = ""


@dataclass(frozen=True)
class Agreement:
    """Of two readings.

    Attributes
    ----------
    matched : (finding of the first, of the second, Dice from 0 to 1), best first.
    only : findings that the first, and that the second, marked alone.
    equal, compared : questions that both answered, and answered alike, of matched findings and of all else that both
        answered about: the case, a breast, the same range of slices.
    """

    readers: tuple[str, str]
    matched: tuple[tuple[str, str, float], ...]
    only: tuple[tuple[str, ...], tuple[str, ...]]
    equal: int
    compared: int
    differences: tuple[Difference, ...]

    @property
    def mean_dice(self) -> float | None:
        """Of the matched findings; None when there are none."""
        return sum(dice for _, _, dice in self.matched) / len(self.matched) if self.matched else None


def agreement_between(first: Read, second: Read) -> Agreement:
    """Compare two readings of one case."""
    one, other = enclosed_by(first), enclosed_by(second)
    # Sorted, so that of equal overlaps the same is taken whatever was made first.
    ours, theirs = sorted(one), sorted(other)
    overlap = np.array([[dice_of(one[a], other[b]) for b in theirs] for a in ours]).reshape(len(ours), len(theirs))
    matched = [(ours[a], theirs[b], dice) for a, b, dice in match_lesions(overlap).pairs]
    equal, differences = 0, []
    # Identifiers of findings are never shared: what is shared is the case, breasts and ranges.
    shared = {about for about, _ in first.answers} & {about for about, _ in second.answers}
    for a, b in [*((about, about) for about in sorted(shared)), *((a, b) for a, b, _ in matched)]:
        alike, unlike = _compare(first, second, a, b)
        equal += alike
        differences += unlike
    return Agreement(
        readers=(first.reader, second.reader),
        matched=tuple(matched),
        only=(
            tuple(a for a in one if all(a != x for x, _, _ in matched)),
            tuple(b for b in other if all(b != y for _, y, _ in matched)),
        ),
        equal=equal,
        compared=equal + len(differences),
        differences=tuple(differences),
    )


def dice_of(one: Enclosed, other: Enclosed) -> float:
    """Dice coefficient of what two findings enclose, over all frames: twice the common pixels by the sum of both."""
    common = sum(_common(one[frame], other[frame]) for frame in one.keys() & other.keys())
    total = sum(int(part.pixels.sum()) for finding in (one, other) for part in finding.values())
    return dice_of_counts(common, total, 0)


def enclosed_by(read: Read) -> dict[str, Enclosed]:
    """What each finding encloses, by frame. Points and lines enclose nothing and are not compared."""
    found: dict[str, Enclosed] = defaultdict(dict)
    for finding, frame, kind, points, mask in read.marks:
        pixels = pixels_of_mark(kind, points, mask, rows=_ANY_SIZE, columns=_ANY_SIZE)
        if pixels is not None:
            before = found[finding].get(frame)
            found[finding][frame] = pixels if before is None else _union(before, pixels)
    return found


def _union(one: MarkPixels, other: MarkPixels) -> MarkPixels:
    left, top = min(one.column, other.column), min(one.row, other.row)
    right = max(one.column + one.pixels.shape[1], other.column + other.pixels.shape[1])
    bottom = max(one.row + one.pixels.shape[0], other.row + other.pixels.shape[0])
    whole = np.zeros((bottom - top, right - left), dtype=bool)
    for part in (one, other):
        height, width = part.pixels.shape
        row, column = part.row - top, part.column - left
        whole[row : row + height, column : column + width] |= part.pixels
    return MarkPixels(left, top, whole)


def _common(one: MarkPixels, other: MarkPixels) -> int:
    """How many pixels of a frame lie in both."""
    left, top = max(one.column, other.column), max(one.row, other.row)
    right = min(one.column + one.pixels.shape[1], other.column + other.pixels.shape[1])
    bottom = min(one.row + one.pixels.shape[0], other.row + other.pixels.shape[0])
    if left >= right or top >= bottom:
        return 0

    def part(whole: MarkPixels) -> NDArray[np.bool_]:
        return whole.pixels[top - whole.row : bottom - whole.row, left - whole.column : right - whole.column]

    return int((part(one) & part(other)).sum())


def _compare(first: Read, second: Read, a: str, b: str) -> tuple[int, list[Difference]]:
    """Questions of one schema version that both answered about this finding, or about the case."""
    equal, differences = 0, []
    schemas = {schema for finding, schema in first.answers if finding == a}
    for schema in sorted(schemas & {schema for finding, schema in second.answers if finding == b}):
        one, other = first.answers[a, schema], second.answers[b, schema]
        for question in sorted(one.keys() & other.keys()):
            if _plain(one[question]) == _plain(other[question]):
                equal += 1
            else:
                findings, about = (("", ""), a) if a == b else ((a, b), "")
                differences.append(Difference(schema, question, (one[question], other[question]), findings, about))
    return equal, differences


def _plain(answer: Any) -> Any:
    """Of several choices the order says nothing."""
    return sorted(map(str, answer)) if isinstance(answer, list) else answer
