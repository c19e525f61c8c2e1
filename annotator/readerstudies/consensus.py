"""One reading of several of a case: labels by majority, lesions by overlap, outlines by majority or STAPLE. Pure.

Nothing here changes a read: a consensus is a new thing beside the originals, and names who went into it.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.annotations.mark_pixels import MarkPixels, on_one_ground, pixels_of_mark
from annotator.readerstudies.agreement import Enclosed, Read, dice_of, enclosed_by
from annotator.statistics.consensus import Majority, join_by_overlap, majority_mask, majority_of, middle_box
from annotator.statistics.lesion_matching import SAME_LESION
from annotator.statistics.staple import staple


@dataclass(frozen=True)
class ConsensusLabel:
    """What most readers answered to a question.

    Attributes
    ----------
    about : "" for the case, "L" or "R" for a breast, two frames for a range, "lesion 2" for a joined lesion.
    """

    about: str
    schema: str
    question: str
    majority: Majority[Hashable]


# left, top, right, bottom
Box = tuple[float, float, float, float]
# Marks were checked against their own frame when they were saved.
_ANY_SIZE = 65_535


@dataclass(frozen=True)
class ConsensusLesion:
    """A lesion that one or more readers marked.

    Attributes
    ----------
    members : (reader, their finding) of each who marked it, sorted.
    votes, of : how many marked it, of how many who read the case.
    shape : what it encloses by frame: of boxes alone their middle box, else the joined masks. Empty where it has no
        majority.
    box : of boxes alone their middle one, (left, top, right, bottom) in columns and rows, not rounded to pixels.
    agreement : how far the members agree with that shape, mean Dice's coefficient; None without a shape.
    """

    members: tuple[tuple[str, str], ...]
    votes: int
    of: int
    shape: Enclosed
    agreement: float | None
    box: Box | None = None

    @property
    def has_majority(self) -> bool:
        return 2 * self.votes > self.of

    @property
    def is_tied(self) -> bool:
        return 2 * self.votes == self.of


@dataclass(frozen=True)
class CaseConsensus:
    """What readers of one case come to together."""

    readers: tuple[str, ...]
    labels: tuple[ConsensusLabel, ...]
    lesions: tuple[ConsensusLesion, ...]

    @property
    def ties(self) -> tuple[ConsensusLabel, ...]:
        return tuple(label for label in self.labels if label.majority.tied)


def consensus_of(
    reads: Sequence[Read], *, minimum_overlap: float = SAME_LESION, masks: str = "majority"
) -> CaseConsensus:
    """Join the readings of one case; their order doesn't matter.

    Parameters
    ----------
    minimum_overlap : Dice's coefficient that every two marks of a joined lesion have at least.
    masks : "majority" or "staple".
    """
    reads = sorted(reads, key=lambda read: read.reader)
    things: list[tuple[str, str, Enclosed]] = [
        (read.reader, finding, what) for read in reads for finding, what in sorted(enclosed_by(read).items())
    ]
    groups = lesion_groups([(reader, what) for reader, _, what in things], least=minimum_overlap)
    boxes = {(read.reader, mark[0]) for read in reads for mark in read.marks} - {
        (read.reader, mark[0]) for read in reads for mark in read.marks if mark[2] != "box"
    }
    sides = {who: box for read in reads for who, box in _sides(read).items() if who in boxes}
    lesions = [_lesion([things[at] for at in group], len(reads), sides, masks) for group in groups]
    lesions.sort(key=lambda lesion: (-lesion.votes, lesion.members))
    return CaseConsensus(tuple(read.reader for read in reads), _labels(reads, lesions), tuple(lesions))


def lesion_groups(things: Sequence[tuple[str, Enclosed]], *, least: float) -> list[tuple[int, ...]]:
    """Which of (reader, what it encloses) are one lesion: see statistics.consensus.join_by_overlap."""
    overlap = np.zeros((len(things), len(things)))
    for one, (reader, what) in enumerate(things):
        for other in range(one):
            if things[other][0] != reader:
                overlap[one, other] = overlap[other, one] = dice_of(what, things[other][1])
    return join_by_overlap(overlap, [reader for reader, _ in things], least=least)


def _lesion(
    members: Sequence[tuple[str, str, Enclosed]], readers: int, sides: Mapping[tuple[str, str], Box], masks: str
) -> ConsensusLesion:
    named = tuple((reader, finding) for reader, finding, _ in members)
    shape: Enclosed = {}
    box: Box | None = None
    if 2 * len(members) > readers:
        parts = [what for _, _, what in members]
        if set(named) <= set(sides):
            box = middle_box([(*sides[who], 0, 0) for who in named])[:4]
            shape = _on_frames(box, _frames_of_most(parts))
        else:
            shape = _joined_masks(parts, masks)
    dices = [dice_of(what, shape) for _, _, what in members]
    return ConsensusLesion(
        named, len(members), readers, shape, sum(dices) / len(dices) if shape and dices else None, box
    )


def _sides(read: Read) -> dict[tuple[str, str], Box]:
    """The sides of each finding that is marked with boxes alone, as they were drawn."""
    corners: dict[tuple[str, str], list[list[float]]] = defaultdict(list)
    for finding, _, kind, points, _ in read.marks:
        if kind == "box":
            corners[read.reader, finding] += points
    return {
        who: (min(c for c, _ in of), min(r for _, r in of), max(c for c, _ in of), max(r for _, r in of))
        for who, of in corners.items()
    }


def _on_frames(box: Box, frames: Sequence[str]) -> Enclosed:
    left, top, right, bottom = box
    pixels = pixels_of_mark("box", [[left, top], [right, bottom]], rows=_ANY_SIZE, columns=_ANY_SIZE)
    return {} if pixels is None else dict.fromkeys(frames, pixels)


def _joined_masks(members: Sequence[Enclosed], masks: str) -> Enclosed:
    shape: Enclosed = {}
    for frame in _frames_of_most(members):
        parts = [what[frame] for what in members if frame in what]
        ground, left, top = on_one_ground(parts)
        # Who marked the lesion but not on this frame says that it isn't there.
        empty = np.zeros(ground[0].shape, dtype=bool)
        stacked = ground + [empty] * (len(members) - len(parts))
        joined = staple(stacked).mask if masks == "staple" else majority_mask(stacked)
        if joined.any():
            shape[frame] = _tight(left, top, joined)
    return shape


def _tight(left: int, top: int, joined: NDArray[np.bool_]) -> MarkPixels:
    """Without empty rows and columns at the edges."""
    lines, across = np.flatnonzero(joined.any(axis=1)), np.flatnonzero(joined.any(axis=0))
    part = joined[lines[0] : lines[-1] + 1, across[0] : across[-1] + 1]
    return MarkPixels(left + int(across[0]), top + int(lines[0]), np.ascontiguousarray(part))


def _frames_of_most(members: Sequence[Enclosed]) -> list[str]:
    votes: dict[str, int] = defaultdict(int)
    for what in members:
        for frame in what:
            votes[frame] += 1
    return sorted(frame for frame, count in votes.items() if 2 * count > len(members))


def _labels(reads: Sequence[Read], lesions: Sequence[ConsensusLesion]) -> tuple[ConsensusLabel, ...]:
    """Majorities of the case, breasts and ranges, and of lesions that two readers and more marked."""
    lesion_of = {member: f"lesion {at}" for at, lesion in enumerate(lesions, 1) for member in lesion.members}
    alone = {member for lesion in lesions if lesion.votes == 1 for member in lesion.members}
    votes: dict[tuple[str, str, str], list[Hashable]] = defaultdict(list)
    for read in reads:
        for (about, schema), answers in read.answers.items():
            member = (read.reader, about)
            if is_finding(about) and (member in alone or member not in lesion_of):
                continue
            place = lesion_of.get(member, about)
            for question, value in answers.items():
                votes[place, schema, question].append(plain(value))
    return tuple(
        ConsensusLabel(about, schema, question, majority_of(said))
        for (about, schema, question), said in sorted(votes.items())
    )


def is_finding(about: str) -> bool:
    """Whether an answer is about a finding; else about the case (""), a breast, or a range of two frames."""
    return about not in ("", "L", "R") and " " not in about


def plain(value: object) -> Hashable:
    """An answer that can be compared: of several choices the order says nothing."""
    if isinstance(value, list | tuple):
        return tuple(sorted(map(str, value)))
    return value if isinstance(value, Hashable) else str(value)


def consensus_as_dict(consensus: CaseConsensus, called: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A consensus as JSON: answers with their votes and ties, lesions with who marked them and their joined shape.

    Parameters
    ----------
    called : what frames are called outside this program, by key.
    """
    named = called or {}
    return {
        "readers": list(consensus.readers),
        "answers": [
            {
                "about": one.about or "case",
                "schema": one.schema,
                "question": one.question,
                "value": one.majority.value,
                "votes": one.majority.votes,
                "of": one.majority.of,
                "tied": list(one.majority.tied),
            }
            for one in consensus.labels
        ],
        "lesions": [
            {
                "lesion": f"lesion {at}",
                "readers": [reader for reader, _ in one.members],
                "votes": one.votes,
                "of": one.of,
                "has_majority": one.has_majority,
                "is_tied": one.is_tied,
                "agreement": one.agreement,
                "box": None if one.box is None else [list(one.box[:2]), list(one.box[2:])],
                "shape": {named.get(frame, frame): _as_runs(part) for frame, part in sorted(one.shape.items())},
            }
            for at, one in enumerate(consensus.lesions, 1)
        ],
    }


def _as_runs(part: MarkPixels) -> dict[str, Any]:
    points, mask = part.as_mask()
    return {"points": points, **mask}


def labels_by_target(consensus: CaseConsensus) -> Mapping[tuple[str, str, str], Majority[Hashable]]:
    """(about, schema, question) -> what most said."""
    return {(one.about, one.schema, one.question): one.majority for one in consensus.labels}
