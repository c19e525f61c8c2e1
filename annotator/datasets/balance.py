"""What a release holds of everything, side by side, before anything is trained on it. Pure; stacks come one by one."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from annotator.datasets.known_answers import known_answers
from annotator.datasets.released import ReleasedAnswer, ReleasedMark, ReleasedStack
from annotator.datasets.size_bins import SIZE_BINS, size_bin

# Location in the picture as a 3 x 3 grid: enough to see that all lesions lie in one corner.
GRID = 3
UNKNOWN = "unknown"


@dataclass
class _Side:
    """Counts of one side."""

    patients: set[str] = field(default_factory=set)
    studies: set[str] = field(default_factory=set)
    stacks: int = 0
    frames: int = 0
    marked_frames: int = 0
    marks: Counter[str] = field(default_factory=Counter)
    patients_of: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    findings: set[str] = field(default_factory=set)
    answers: set[str] = field(default_factory=set)
    scanners: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    sites: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    modalities: Counter[str] = field(default_factory=Counter)
    sizes: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sizes_px: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    grid: Counter[str] = field(default_factory=Counter)
    # question -> value -> studies
    values: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    # question -> [sum of targets, how many have one, how many are left out]
    targets: dict[str, list[float]] = field(default_factory=lambda: defaultdict(lambda: [0.0, 0.0, 0.0]))


class Balance:
    """Counts stacks as they come; `report` says what was counted.

    Parameters
    ----------
    sides : of the split, so that one without a patient is there, too.
    """

    def __init__(self, sides: Iterable[str] = ()) -> None:
        self._sides: dict[str, _Side] = defaultdict(_Side, {side: _Side() for side in sides})

    def add(self, stack: ReleasedStack) -> None:
        side = self._sides[stack.split]
        side.patients.add(stack.patient)
        side.studies.add(stack.study_uid)
        side.stacks += 1
        side.frames += len(stack.frames)
        side.modalities[stack.modality] += 1
        side.scanners[f"{stack.manufacturer} {stack.manufacturer_model}".strip() or UNKNOWN].add(stack.patient)
        side.sites[stack.site or UNKNOWN].add(stack.patient)
        side.findings |= {finding.id for finding in stack.findings}
        marked: set[int] = set()
        for mark in stack.marks:
            side.marks[mark.category] += 1
            side.patients_of[mark.category].add(stack.patient)
            marked.update(range(mark.first_place, mark.last_place + 1))
            self._measure(side, stack, mark)
        side.marked_frames += len(marked)
        for answer in stack.answers:
            if answer.id not in side.answers:
                side.answers.add(answer.id)
                self._answer(side, stack.study_uid, answer)

    def counts(self) -> dict[str, dict[str, int]]:
        """{split: {"patients", "studies", "stacks", "frames", "marks", "findings", "answers"}}."""
        return {
            name: {
                "patients": len(side.patients),
                "studies": len(side.studies),
                "stacks": side.stacks,
                "frames": side.frames,
                "marks": side.marks.total(),
                "findings": len(side.findings),
                "answers": len(side.answers),
            }
            for name, side in sorted(self._sides.items())
        }

    def report(self) -> dict[str, Any]:
        """JSON: counts by split; classes, sizes, locations, scanners, sites, answers, targets and their weights.

        `positive_weight` of a target is negatives by positives on the training side (the pos_weight of a binary cross
        entropy), None where there is no positive; `class_weights` are inverse to how many
        patients of the training side show a class, "" being those who show none: see sampler_weight.
        """
        train = self._training()
        return {
            "counts": self.counts(),
            "marked_frames": {name: side.marked_frames for name, side in sorted(self._sides.items())},
            "classes": {name: dict(sorted(side.marks.items())) for name, side in sorted(self._sides.items())},
            "patients_of_class": {
                name: {category: len(who) for category, who in sorted(side.patients_of.items())}
                for name, side in sorted(self._sides.items())
            },
            "class_weights": _inverse(_patients_of(train), len(train.patients)),
            "targets": {name: _targets(side) for name, side in sorted(self._sides.items())},
            "sizes_mm": {name: _sizes(side.sizes) for name, side in sorted(self._sides.items())},
            "sizes_px": {name: _sizes(side.sizes_px) for name, side in sorted(self._sides.items())},
            "size_bins_mm": {
                name: {
                    category: {bin_name: sum(size_bin(one) == bin_name for one in some) for bin_name in SIZE_BINS}
                    for category, some in sorted(side.sizes.items())
                }
                for name, side in sorted(self._sides.items())
            },
            "locations": {name: dict(sorted(side.grid.items())) for name, side in sorted(self._sides.items())},
            "scanners": {name: _numbers(side.scanners) for name, side in sorted(self._sides.items())},
            "sites": {name: _numbers(side.sites) for name, side in sorted(self._sides.items())},
            "modalities": {name: dict(sorted(side.modalities.items())) for name, side in sorted(self._sides.items())},
            "answers": {
                name: {question: _numbers(values) for question, values in sorted(side.values.items())}
                for name, side in sorted(self._sides.items())
            },
        }

    def _training(self) -> _Side:
        """The side that weights are for; with folds the first but one, since every fold is trained on once."""
        return self._sides.get("train") or self._sides.get("fold-2") or _Side()

    def _measure(self, side: _Side, stack: ReleasedStack, mark: ReleasedMark) -> None:
        if mark.kind in ("slices", "arrow", "angle") or not mark.points:
            return
        frame = stack.frames[mark.place]
        across, down = [point[0] for point in mark.points], [point[1] for point in mark.points]
        column = _third((min(across) + max(across)) / 2, frame.columns)
        row = _third((min(down) + max(down)) / 2, frame.rows)
        side.grid[f"{row},{column}"] += 1
        if mark.longest_mm is not None:
            side.sizes[mark.category].append(mark.longest_mm)
        elif mark.kind != "point":
            side.sizes_px[mark.category].append(max(max(across) - min(across), max(down) - min(down)))

    @staticmethod
    def _answer(side: _Side, study: str, answer: ReleasedAnswer) -> None:
        key = answer.schema.partition("@")[0]
        for question, value in known_answers(answer.answers, answer.score).items():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str | bool):
                    side.values[f"{key}.{question}"][str(one)].add(study)
        for question, target in answer.targets.items():
            counted = side.targets[f"{key}.{question}"]
            if target is None:
                counted[2] += 1
            else:
                counted[0] += target
                counted[1] += 1


def sampler_weight(stack: ReleasedStack, class_weights: dict[str, float]) -> float:
    """How often a sampler should draw a stack: by the greatest weight of a class that it shows, "" where none."""
    return max((class_weights.get(mark.category, 1.0) for mark in stack.marks), default=class_weights.get("", 1.0))


def _inverse(patients: dict[str, int], every: int) -> dict[str, float]:
    """Weights inverse to how many patients show a class, so that the classes are drawn alike often."""
    if not every:
        return {}
    return {name: round(every / (len(patients) * max(count, 1)), 6) for name, count in sorted(patients.items())}


def _patients_of(side: _Side) -> dict[str, int]:
    """How many patients show each class; "" are those who show none."""
    shown = {name: len(who) for name, who in side.patients_of.items()}
    unmarked = len(side.patients - set().union(*side.patients_of.values()))
    return shown | ({"": unmarked} if unmarked else {})


def _targets(side: _Side) -> dict[str, dict[str, float | None]]:
    found: dict[str, dict[str, float | None]] = {}
    for question, (positive, counted, left_out) in sorted(side.targets.items()):
        found[question] = {
            "positive": round(positive, 3),
            "negative": round(counted - positive, 3),
            "left_out": left_out,
            "prevalence": round(positive / counted, 6) if counted else None,
            "positive_weight": round((counted - positive) / positive, 6) if positive else None,
        }
    return found


def _sizes(sizes: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    found = {}
    for category, some in sorted(sizes.items()):
        quarters = statistics.quantiles(some, n=4, method="inclusive") if len(some) > 1 else [some[0]] * 3
        found[category] = {
            "count": len(some),
            "least": round(min(some), 3),
            "quarter": round(quarters[0], 3),
            "median": round(quarters[1], 3),
            "three_quarters": round(quarters[2], 3),
            "greatest": round(max(some), 3),
        }
    return found


def _numbers(who: dict[str, set[str]]) -> dict[str, int]:
    return {name: len(some) for name, some in sorted(who.items())}


def _third(position: float, size: int) -> int:
    return min(GRID - 1, max(0, int(position / size * GRID))) if size else 0
