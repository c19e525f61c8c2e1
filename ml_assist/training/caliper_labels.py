"""What is known of the calipers on pictures that nobody has marked: what two finders agree on. Nothing of torch.

Where one of them alone finds something nobody is sure: it teaches nothing.
"""

import csv
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.accounts.errors import InvalidError
from ml_assist.inference.calipers import Caliper, find_calipers
from ml_assist.training.caliper_crops import KnownCalipers, LabelledPicture
from ml_assist.training.folder_source import FolderPicture

Report = Callable[[int, str], None]
# Scores of the matching detector: sure of it alone; sure enough where the network agrees; may be one.
_SURE, _AGREED, _MAY_BE = 0.7, 0.55, 0.55
_ALONE = 0.62
# Scores of the network.
_NETWORK_SURE, _NETWORK_MAY_BE, _NETWORK_ALONE = 0.35, 0.2, 0.5
# Along the lower edge stand printed lengths with copies of the symbols, cut off from them now and then.
_LEGEND_ROWS = 14
_SAME = 5.0

Matched = dict[str, list[Caliper]]


def matched_in(pictures: Sequence[FolderPicture], path: Path, *, report: Report) -> Matched:
    """What the matching detector finds, down to what may be one; kept in a file, so that a killed run has it."""
    if path.exists():
        kept = json.loads(path.read_text())
        return {key: [Caliper(*one) for one in finds] for key, finds in kept.items()}
    found: Matched = {}
    # Most of the time is spent outside of Python's lock.
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        every = pool.map(lambda one: find_calipers(picture_of(one), minimum_score=_MAY_BE), pictures)
        for number, (one, finds) in enumerate(zip(pictures, every, strict=True)):
            found[one.key] = finds
            report(100 * number // len(pictures), f"Matching symbols in picture {number + 1} of {len(pictures)}")
    draft = path.with_suffix(".draft")
    plain = {key: [[c.column, c.row, round(c.score, 4)] for c in finds] for key, finds in found.items()}
    draft.write_text(json.dumps(plain))
    draft.replace(path)
    return found


def first_labels(matched: Sequence[Caliper], *, rows: int) -> KnownCalipers:
    """By the matching detector alone.

    Parameters
    ----------
    rows : of the picture.
    """
    matched = _above_the_legend(matched, rows)
    return KnownCalipers(
        _places([one for one in matched if one.score >= _SURE]), _places([one for one in matched if one.score < _SURE])
    )


def agreed_labels(matched: Sequence[Caliper], network: Sequence[Caliper], *, rows: int) -> KnownCalipers:
    """By both: sure where they agree or where the network is very sure, unsure where else one of them finds something.

    Parameters
    ----------
    network : its finds down to what may be one.
    rows : of the picture.
    """
    matched, network = _above_the_legend(matched, rows), _above_the_legend(network, rows)
    sure: list[Caliper] = []
    unsure: list[Caliper] = []
    others = list(network)
    for one in matched:
        near = [other for other in others if np.hypot(other.column - one.column, other.row - one.row) <= _SAME]
        score = max((other.score for other in near), default=0.0)
        if one.score >= _AGREED and score >= _NETWORK_SURE:
            sure.append(one)
            others = [other for other in others if other not in near]
        elif one.score >= _ALONE or score >= _NETWORK_MAY_BE:
            unsure.append(one)
    sure += [other for other in others if other.score >= _NETWORK_ALONE]
    unsure += [other for other in others if _NETWORK_MAY_BE <= other.score < _NETWORK_ALONE]
    return KnownCalipers(_places(sure), _places(unsure))


def labelled(pictures: Sequence[FolderPicture], known: dict[str, KnownCalipers]) -> list[LabelledPicture]:
    return [LabelledPicture(one.key, picture_of(one), known[one.key]) for one in pictures]


def picture_of(one: FolderPicture) -> NDArray[np.uint8]:
    """(rows, columns) grey.

    Raises
    ------
    InvalidError : it can't be read.
    """
    read = cv2.imread(str(one.path), cv2.IMREAD_GRAYSCALE)
    if read is None:
        raise InvalidError(f"{one.path.name} is no picture that can be read. Take it out of the table, or mend it.")
    return np.asarray(read, np.uint8)


@dataclass(frozen=True)
class CheckedCalipers:
    """What people checked, by picture; (n, 2) each of column and row, SCOORD.

    Attributes
    ----------
    calipers : of every picture that was looked at, none where it has none.
    not_judged : places where nobody can say.
    """

    calipers: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    not_judged: dict[str, NDArray[np.float64]] = field(default_factory=dict)


def checked_calipers(*paths: Path) -> CheckedCalipers:
    """Read what people checked.

    Parameters
    ----------
    paths : tables with a column image; with columns column and row it lists calipers, with x and y too, but these count
        pixels, and the middle of one lies half a pixel on; without them pictures, which have none unless another says,
        and in not_judged places, "12.5,40 100,7.5".

    Raises
    ------
    InvalidError : it is no such table.
    """
    found: dict[str, list[tuple[float, float]]] = {}
    doubtful: dict[str, list[tuple[float, float]]] = {}
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
            for line in csv.DictReader(lines, delimiter="\t" if "\t" in (lines or [""])[0] else ","):
                key = Path(line["image"]).stem
                places = found.setdefault(key, [])
                if line.get("column"):
                    places.append((float(line["column"]), float(line["row"])))
                elif line.get("x"):
                    places.append((float(line["x"]) + 0.5, float(line["y"]) + 0.5))
                for place in (line.get("not_judged") or "").split():
                    column, row = place.split(",")
                    doubtful.setdefault(key, []).append((float(column), float(row)))
        except (OSError, KeyError, ValueError) as error:
            raise InvalidError(f"{path} should be a table of calipers or pictures: {error}.", "calipers") from error
    return CheckedCalipers(*({key: _array(places) for key, places in one.items()} for one in (found, doubtful)))


def _above_the_legend(finds: Sequence[Caliper], rows: int) -> list[Caliper]:
    return [one for one in finds if one.row <= rows - _LEGEND_ROWS]


def _places(finds: Sequence[Caliper]) -> NDArray[np.float64]:
    return _array([(one.column, one.row) for one in finds])


def _array(places: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    return np.array(places, np.float64).reshape(-1, 2)
