"""How a trained U-Net does on pictures that it has never seen, on their own matrix, by each kind of hint."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ml_assist.guidance.guide import HintKind
from ml_assist.inference.segmenter import Segmenter
from ml_assist.training.batches import Batches
from ml_assist.training.dice import DiceSummary, dice_of_masks, dice_summary
from ml_assist.training.prepared_set import PreparedSet

Report = Callable[[int, str], None]
_CHOSEN = 0.5


@dataclass(frozen=True)
class JudgedPicture:
    """One picture of the test side.

    Attributes
    ----------
    dice : of what the network drew; guide_dice : of the hint's approximate mask alone, None without guidance.
    """

    number: int
    key: str
    patient: str
    group: str
    dice: float
    guide_dice: float | None

    def to_json(self) -> dict[str, Any]:
        plain = {"key": self.key, "patient": self.patient, "group": self.group, "dice": round(self.dice, 4)}
        return plain if self.guide_dice is None else plain | {"guide_dice": round(self.guide_dice, 4)}


@dataclass(frozen=True)
class Judgement:
    """All pictures with one kind of hint.

    Attributes
    ----------
    hint : "none" of a network without guidance.
    """

    hint: str
    pictures: list[JudgedPicture]
    summary: DiceSummary
    guide_summary: DiceSummary | None
    by_group: dict[str, DiceSummary]

    def to_json(self) -> dict[str, Any]:
        return {
            "hint": self.hint,
            "dice": self.summary.to_json(),
            "guide_alone": self.guide_summary and self.guide_summary.to_json(),
            "by_group": {name: one.to_json() for name, one in self.by_group.items()},
            "pictures": [one.to_json() for one in self.pictures],
        }

    def examples(self) -> dict[str, JudgedPicture]:
        """The best, the median and the worst picture."""
        ordered = sorted(self.pictures, key=lambda one: (one.dice, one.key))
        return {"best": ordered[-1], "median": ordered[len(ordered) // 2], "worst": ordered[0]}


def judge_on_test(segmenter: Segmenter, prepared: PreparedSet, *, report: Report) -> list[Judgement]:
    """Judge by marks, whatever was trained on. Each kind of hint is judged where it can be given: calipers where two
    were found, ends and boxes, as steady as can be, where something is marked. A kind that can be given nowhere is left
    out.
    """
    config = segmenter.config
    batches = Batches(prepared, config)
    every = prepared.numbers("test", config)
    found = []
    for kind in config.guidance or (None,):
        numbers = [number for number in every if kind is None or _can_be_given(prepared, number, kind)]
        if numbers:
            found.append(_judged(segmenter, prepared, batches, numbers, kind, report))
    return found


def drawn_on(
    segmenter: Segmenter, prepared: PreparedSet, numbers: list[int], guides: NDArray[np.uint8]
) -> list[NDArray[np.uint8]]:
    """Masks, (rows, columns) each, on the pictures' own matrices.

    Parameters
    ----------
    guides : (n, side, side).
    """
    pictures = np.stack([prepared.pictures[number] for number in numbers])
    squares = [prepared.examples[number].square for number in numbers]
    drawn = segmenter.probabilities(pictures, guides)
    return [(square.out_of(one) >= _CHOSEN).astype(np.uint8) for square, one in zip(squares, drawn, strict=True)]


def guides_for(batches: Batches, numbers: list[int], kind: HintKind | None) -> NDArray[np.uint8]:
    """(n, side, side): steady guides; empty without guidance."""
    side = batches.config.size
    if kind is None:
        return np.zeros((len(numbers), side, side), np.uint8)
    return np.stack([batches.guide(number, kind) for number in numbers])


def _judged(
    segmenter: Segmenter,
    prepared: PreparedSet,
    batches: Batches,
    numbers: list[int],
    kind: HintKind | None,
    report: Report,
) -> Judgement:
    pictures = []
    size = batches.config.batch_size
    for start in range(0, len(numbers), size):
        report(100 * start // len(numbers), "Judging the pictures that were held out")
        part = numbers[start : start + size]
        guides = guides_for(batches, part, kind)
        for at, (number, drawn) in enumerate(zip(part, drawn_on(segmenter, prepared, part, guides), strict=True)):
            example = prepared.examples[number]
            _, truth = prepared.whole(number)
            alone = None
            if kind is not None:
                whole = example.square.out_of(guides[at].astype(np.float32)) >= _CHOSEN
                alone = _dice(whole.astype(np.uint8), truth)
            pictures.append(
                JudgedPicture(number, example.key, example.patient, example.group, _dice(drawn, truth), alone)
            )
    return Judgement(
        hint=kind or "none",
        pictures=pictures,
        summary=_summary(pictures, batches.config.seed),
        guide_summary=None if kind is None else _summary(pictures, batches.config.seed, of_guide=True),
        by_group={
            group: _summary([one for one in pictures if one.group == group], batches.config.seed)
            for group in sorted({one.group for one in pictures if one.group})
        },
    )


def _summary(pictures: list[JudgedPicture], seed: int, *, of_guide: bool = False) -> DiceSummary:
    dice = [(one.guide_dice or 0.0) if of_guide else one.dice for one in pictures]
    return dice_summary(dice, [one.patient for one in pictures], seed=seed)


def _dice(drawn: NDArray[np.uint8], truth: NDArray[np.uint8]) -> float:
    return dice_of_masks(torch.from_numpy(drawn)[None, None], torch.from_numpy(truth)[None, None])[0]


def _can_be_given(prepared: PreparedSet, number: int, kind: HintKind) -> bool:
    example = prepared.examples[number]
    return len(example.calipers) >= 2 if kind == "calipers" else example.ends is not None
