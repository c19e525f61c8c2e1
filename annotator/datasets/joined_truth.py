"""The consensus of several readings of one case: marks joined by overlap, findings by their marks, answers by majority.

Closed marks and points of several readers are joined where they overlap; what fewer than the asked number marked is
left out. Lengths, angles and arrows have no consensus and are left out. Pure.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from annotator.annotations.mark_pixels import MarkPixels, on_one_ground, pixels_of_mark
from annotator.annotations.shapes import CLOSED_KINDS
from annotator.datasets.joined_answers import join_answers
from annotator.datasets.measured_marks import measure
from annotator.datasets.released import CONSENSUS, ReleasedAnswer, ReleasedFinding, ReleasedFrame, ReleasedMark
from annotator.statistics.consensus import (
    SpannedBox,
    iou_of_boxes,
    join_by_overlap,
    majority_mask,
    majority_of,
    middle_box,
    runs_of_places,
)

# Readers who gave one lesion different kinds.
UNDECIDED = "undecided"
# The side of the square round a point, in pixels, by which points overlap.
POINT_BOX = 13.0
_NAMESPACE = uuid.UUID("7f1d2d5a-6f0e-5b8e-9a51-2d6a3b1c9e44")


@dataclass(frozen=True)
class CaseTruth:
    """Of one case, everything that counts.

    Attributes
    ----------
    readers : who read it, whether they marked anything or not.
    marks : by the key of their stack; frames : of those stacks.
    answers : (key of the stack for one about slices, else "", answer).
    """

    readers: tuple[str, ...]
    frames: Mapping[str, Sequence[ReleasedFrame]]
    marks: dict[str, list[ReleasedMark]]
    findings: list[ReleasedFinding]
    answers: list[tuple[str, ReleasedAnswer]]


def join_case(
    case: CaseTruth, *, minimum_readers: int, minimum_overlap: float, definitions: Mapping[str, Mapping[str, object]]
) -> CaseTruth:
    """One truth of all readings of a case.

    Parameters
    ----------
    minimum_readers : how many must have marked, or answered alike.
    minimum_overlap : IoU from which two marks are one.
    definitions : of the schemas of the answers, by "key@version".
    """
    kinds = {finding.id: finding for finding in case.findings}
    joined: dict[str, list[ReleasedMark]] = {}
    bound: list[frozenset[str]] = []
    for stack, marks in sorted(case.marks.items()):
        frames = case.frames[stack]
        groups = _groups(sorted(marks, key=_what_it_is), frames, minimum_overlap)
        kept = [group for group in groups if len(group) >= minimum_readers]
        bound += [frozenset(mark.finding for mark in group if mark.finding) for group in kept]
        joined[stack] = [_joined_mark(group, frames) for group in kept]
        joined[stack] += _slice_labels(marks, minimum_readers)
    findings, belongs = _joined_findings(bound, kinds)
    for stack, marks in joined.items():
        joined[stack] = [replace(mark, finding=belongs.get(mark.finding or "")) for mark in marks]
    return CaseTruth(
        readers=case.readers,
        frames=case.frames,
        marks=joined,
        findings=findings,
        answers=join_answers(case.answers, belongs, minimum_readers=minimum_readers, definitions=definitions),
    )


def _what_it_is(mark: ReleasedMark) -> tuple[object, ...]:
    """An order that doesn't depend on who made a mark or when."""
    return mark.first_place, mark.place, mark.kind, mark.points, mark.id


def _groups(
    marks: Sequence[ReleasedMark], frames: Sequence[ReleasedFrame], least: float
) -> list[tuple[ReleasedMark, ...]]:
    found: list[tuple[ReleasedMark, ...]] = []
    for kinds in (CLOSED_KINDS, ("point",)):
        some = [mark for mark in marks if mark.kind in kinds]
        if not some:
            continue
        overlap = _overlaps(some, frames)
        found += [
            tuple(some[at] for at in group)
            for group in join_by_overlap(overlap, [mark.reader for mark in some], least=least)
        ]
    return found


def _overlaps(marks: Sequence[ReleasedMark], frames: Sequence[ReleasedFrame]) -> NDArray[np.float64]:
    """IoU of every pair: of boxes and points as boxes with their spans, of anything else pixel by pixel."""
    overlap = np.zeros((len(marks), len(marks)))
    boxes = [_box_of(mark) for mark in marks]
    pixels: dict[int, MarkPixels | None] = {}

    def pixels_at(at: int) -> MarkPixels | None:
        if at not in pixels:
            mark, frame = marks[at], frames[marks[at].place]
            pixels[at] = pixels_of_mark(mark.kind, mark.points, mark.mask, rows=frame.rows, columns=frame.columns)
        return pixels[at]

    for one, other in combinations(range(len(marks)), 2):
        if iou_of_boxes(boxes[one], boxes[other]) == 0.0:
            continue
        if {marks[one].kind, marks[other].kind} <= {"box", "point"}:
            value = iou_of_boxes(boxes[one], boxes[other])
        else:
            value = _iou(pixels_at(one), pixels_at(other))
        overlap[one, other] = overlap[other, one] = value
    return overlap


def _box_of(mark: ReleasedMark) -> SpannedBox:
    across, down = [point[0] for point in mark.points], [point[1] for point in mark.points]
    half = POINT_BOX / 2 if mark.kind == "point" else 0.0
    return (
        min(across) - half,
        min(down) - half,
        max(across) + half,
        max(down) + half,
        mark.first_place,
        mark.last_place,
    )


def _iou(one: MarkPixels | None, other: MarkPixels | None) -> float:
    if one is None or other is None:
        return 0.0
    stacked = on_one_ground([one, other])[0]
    union = int((stacked[0] | stacked[1]).sum())
    return int((stacked[0] & stacked[1]).sum()) / union if union else 0.0


def _joined_mark(group: Sequence[ReleasedMark], frames: Sequence[ReleasedFrame]) -> ReleasedMark:
    made = _joined_shape(group, frames)
    frame = frames[made.place]
    measured = measure(made.kind, made.points, made.mask, frame.geometry)
    return replace(
        made,
        lengths_mm=measured.lengths_mm,
        longest_mm=measured.longest_mm,
        area_mm2=measured.area_mm2,
        calibration=measured.calibration,
        agreement=_mean_overlap(group, made, frames),
    )


def _joined_shape(group: Sequence[ReleasedMark], frames: Sequence[ReleasedFrame]) -> ReleasedMark:
    first = group[0]
    base = ReleasedMark(
        id=str(uuid.uuid5(_NAMESPACE, "|".join(sorted(mark.id for mark in group)))),
        kind=first.kind,
        points=first.points,
        mask=None,
        label=majority_of([mark.label for mark in group]).value or "",
        category=majority_of([mark.category for mark in group]).value or UNDECIDED,
        # Of the findings that are joined any one: join_case puts the joined one in its place.
        finding=next((mark.finding for mark in group if mark.finding), None),
        reader=CONSENSUS,
        provenance=CONSENSUS,
        model=None,
        place=first.place,
        first_place=first.first_place,
        last_place=first.last_place,
        readers=tuple(sorted(mark.reader for mark in group)),
    )
    if first.kind == "point":
        columns, rows = (float(np.mean([mark.points[0][axis] for mark in group])) for axis in (0, 1))
        return replace(base, points=((columns, rows),))
    if all(mark.kind == "box" for mark in group):
        left, top, right, bottom, begin, end = middle_box([_box_of(mark) for mark in group])
        place = min(max(first.place, begin), end)
        return replace(base, points=((left, top), (right, bottom)), place=place, first_place=begin, last_place=end)
    # A mark of this kind lies on one frame; all of a group lie on the same, or they would not overlap.
    drawn = [mark for mark in group if mark.kind != "box"]
    place = drawn[0].place
    parts = [
        part
        for mark in group
        if (
            part := pixels_of_mark(
                mark.kind, mark.points, mark.mask, rows=frames[place].rows, columns=frames[place].columns
            )
        )
    ]
    grounds, left, top = on_one_ground(parts)
    whole = majority_mask(grounds)
    if not whole.any():
        whole = grounds[0]
    points, mask = MarkPixels(left, top, whole).as_mask()
    return replace(
        base,
        kind="mask",
        points=tuple((column, row) for column, row in points),
        mask=mask,
        place=place,
        first_place=place,
        last_place=place,
    )


def _mean_overlap(group: Sequence[ReleasedMark], made: ReleasedMark, frames: Sequence[ReleasedFrame]) -> float:
    """How far the joined marks agree with what became of them."""
    overlap = _overlaps([made, *group], frames)
    return round(float(overlap[0, 1:].mean()), 6)


def _slice_labels(marks: Iterable[ReleasedMark], least: int) -> list[ReleasedMark]:
    """Labels of slices: each slice by itself, unbroken runs again."""
    voters: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    example: dict[str, ReleasedMark] = {}
    for mark in sorted((one for one in marks if one.kind == "slices"), key=_what_it_is):
        example.setdefault(mark.label, mark)
        for place in range(mark.first_place, mark.last_place + 1):
            voters[mark.label][place].add(mark.reader)
    made = []
    for label, places in sorted(voters.items()):
        votes = {place: len(readers) for place, readers in places.items()}
        for begin, end in runs_of_places(votes, least=least):
            readers = sorted(set().union(*(places[place] for place in range(begin, end + 1))))
            name = f"{example[label].id}|{label}|{begin}|{end}"
            made.append(
                replace(
                    example[label],
                    id=str(uuid.uuid5(_NAMESPACE, name)),
                    finding=None,
                    reader=CONSENSUS,
                    provenance=CONSENSUS,
                    model=None,
                    place=begin,
                    first_place=begin,
                    last_place=end,
                    readers=tuple(readers),
                )
            )
    return made


def _joined_findings(
    bound: Sequence[frozenset[str]], kinds: Mapping[str, ReleasedFinding]
) -> tuple[list[ReleasedFinding], dict[str, str]]:
    """Findings whose marks were joined are one; and for each of the readers' findings the one that it is now."""
    groups: list[set[str]] = []
    for together in (set(some) & kinds.keys() for some in bound):
        if not together:
            continue
        touching = [group for group in groups if group & together]
        groups = [group for group in groups if not group & together]
        groups.append(together.union(*touching))
    findings: list[ReleasedFinding] = []
    belongs: dict[str, str] = {}
    for number, group in enumerate(sorted(groups, key=lambda group: min(kinds[one].number for one in group)), start=1):
        members = [kinds[one] for one in sorted(group)]
        name = str(uuid.uuid5(_NAMESPACE, "|".join(sorted(group))))
        belongs |= dict.fromkeys(group, name)
        most = Counter(member.name for member in members).most_common(1)[0][0]
        findings.append(
            ReleasedFinding(
                id=name,
                kind=majority_of([member.kind for member in members]).value or UNDECIDED,
                number=number,
                name=most,
                reader=CONSENSUS,
                readers=tuple(sorted({member.reader for member in members})),
            )
        )
    return findings, belongs
