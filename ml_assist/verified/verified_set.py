"""Calipers of real pictures that were checked one by one, and how a finder does on them. Pure.

The pictures lie elsewhere. README.md beside it says how they were checked and what can't be said.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_assist.inference.calipers import Caliper
from ml_assist.training.caliper_evaluation import FoundCalipers, judge_finds

_HERE = Path(__file__).parent
CALIPERS = _HERE / "bus_bra_calipers.tsv"
PICTURES = _HERE / "bus_bra_pictures.tsv"
FURTHER_WITHOUT = _HERE / "bus_bra_further_pictures.tsv"
OTHERS_WITHOUT = _HERE / "breast_usg_pictures.tsv"
CRITERIA = ("3 pixels", "boxes")
Places = NDArray[np.float64]


class VerifiedSetError(ValueError):
    """The tables don't fit each other; the message says where."""


@dataclass(frozen=True)
class VerifiedPicture:
    """A picture that was looked at.

    Attributes
    ----------
    image : its file's name without ending.
    calipers : (n, 2), column and row of their centres, SCOORD; in the order of the table.
    shapes : of each, in words.
    legend_copy : whether a copy of a symbol stands beside a printed length: no caliper.
    doubtful : whether the one who looked was not sure of everything.
    not_judged : (n, 2), places where nobody can say: symbols cut in half by the edge, a scanner's cursor.
    """

    image: str
    patient: str
    device: str
    calipers: Places
    shapes: tuple[str, ...]
    legend_copy: bool
    doubtful: bool
    not_judged: Places
    note: str


@dataclass(frozen=True)
class ScoredGroup:
    """How a finder does on some of the pictures, by one criterion."""

    group: str
    found: FoundCalipers

    def to_json(self) -> dict[str, Any]:
        return {"group": self.group, **self.found.to_json()}


def verified_pictures(pictures: Path = PICTURES, calipers: Path | None = CALIPERS) -> list[VerifiedPicture]:
    """Read the tables; without one of calipers no picture has any.

    Raises
    ------
    VerifiedSetError : they contradict each other.
    """
    places: dict[str, list[tuple[float, float]]] = {}
    shapes: dict[str, list[str]] = {}
    for line in _lines(calipers) if calipers else ():
        places.setdefault(line["image"], []).append((float(line["column"]), float(line["row"])))
        shapes.setdefault(line["image"], []).append(line["shape"])
    found = []
    for line in _lines(pictures):
        image = line["image"]
        at = places.pop(image, [])
        if int(line["calipers"]) != len(at):
            raise VerifiedSetError(f"{pictures.name} gives {image} {line['calipers']} calipers, their table {len(at)}.")
        found.append(
            VerifiedPicture(
                image=image,
                patient=line["patient"],
                device=line["device"],
                calipers=_array(at),
                shapes=tuple(shapes.get(image, ())),
                legend_copy=line["legend_copy"] == "yes",
                doubtful=line["doubtful"] == "yes",
                not_judged=_array([_place(one) for one in line["not_judged"].split()]),
                note=line["note"],
            )
        )
    if places:
        raise VerifiedSetError(f"{pictures.name} lacks {', '.join(sorted(places))}, which have calipers.")
    return found


def score_finds(found: Mapping[str, Sequence[Caliper]], pictures: Sequence[VerifiedPicture]) -> list[ScoredGroup]:
    """Hold finds against what is there, by both criteria: all pictures, then by device and by what makes them hard.

    Parameters
    ----------
    found : by picture's name without ending; a picture that isn't in it had no finds.
    """
    groups: list[tuple[str, Callable[[VerifiedPicture], bool]]] = [("all", lambda _one: True)]
    groups += [(device, _of_device(device)) for device in sorted({one.device for one in pictures})]
    groups += [
        ("with a legend's copy", lambda one: one.legend_copy),
        ("without calipers", lambda one: not len(one.calipers)),
        ("nothing doubtful", lambda one: not one.doubtful),
    ]
    scored = []
    for name, belongs in groups:
        chosen = [one for one in pictures if belongs(one)]
        if chosen:
            known = {one.image: one.calipers for one in chosen}
            unsure = {one.image: one.not_judged for one in chosen}
            scored += [
                ScoredGroup(name, judge_finds(found, known, criterion=criterion, unsure=unsure))
                for criterion in CRITERIA
            ]
    return scored


def table_of(scored: Sequence[ScoredGroup]) -> str:
    """Markdown, one line a group and criterion."""
    lines = [
        "| pictures | criterion | pictures (without) | calipers | right | wrong | missed | precision | recall "
        "| pixels beside, median and 95th percentile | pictures without that got one |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in scored:
        found = one.found
        beside = f"{found.beside[0]:.2f}, {found.beside[1]:.2f}" if found.beside else "-"
        cells = (
            one.group,
            "IoU 0.5 of 13-pixel boxes" if found.criterion == "boxes" else found.criterion,
            f"{found.pictures} ({found.without})",
            *(str(number) for number in (found.calipers, found.right, found.wrong, found.missed)),
            _percent(found.right, found.right + found.wrong, found.precision.low, found.precision.high),
            _percent(found.right, found.calipers, found.recall.low, found.recall.high),
            beside,
            f"{found.wrong_pictures} of {found.without}" if found.without else "-",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _of_device(device: str) -> Callable[[VerifiedPicture], bool]:
    return lambda one: one.device == device


def _percent(part: int, whole: int, low: float | None, high: float | None) -> str:
    if not whole or low is None or high is None:
        return "-"
    return f"{100 * part / whole:.2f} % ({100 * low:.2f} to {100 * high:.2f})"


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as table:
        return list(csv.DictReader(table, delimiter="\t"))


def _place(written: str) -> tuple[float, float]:
    column, row = written.split(",")
    return float(column), float(row)


def _array(places: Sequence[tuple[float, float]]) -> Places:
    return np.array(places, np.float64).reshape(-1, 2)
