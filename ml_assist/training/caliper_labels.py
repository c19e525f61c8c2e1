"""What is known of the calipers on pictures that nobody has marked: what two finders agree on. Nothing of torch.

Where one of them alone finds something nobody is sure: it teaches nothing.
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType

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
# From this score on what is none is nearly taken for one.
_NEARLY = 0.25
_NONE: Mapping[str, NDArray[np.float64]] = MappingProxyType({})

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


def hard_places(found: Sequence[Caliper], known: KnownCalipers) -> NDArray[np.float64]:
    """Where a network is wrong on a picture that people checked, (n, 2): what it nearly takes for one, and misses.

    Parameters
    ----------
    found : its finds down to what may be one.
    """
    finds = _places([one for one in found if one.score >= _NEARLY])
    sure = _places([one for one in found if one.score >= _NETWORK_ALONE])
    there = np.concatenate([known.sure, known.unsure])
    wrong = [place for place in finds if not _near(place, there)]
    missed = [place for place in known.sure if not _near(place, sure)]
    return _array([(float(column), float(row)) for column, row in (*wrong, *missed)])


def _near(place: NDArray[np.float64], others: NDArray[np.float64]) -> bool:
    return bool((np.hypot(*(others - place).T) <= _SAME).any())


def labelled(
    pictures: Sequence[FolderPicture], known: dict[str, KnownCalipers], hard: Mapping[str, NDArray[np.float64]] = _NONE
) -> list[LabelledPicture]:
    """With their pixels; `hard` is by picture, where there is any."""
    nowhere = np.empty((0, 2))
    return [LabelledPicture(one.key, picture_of(one), known[one.key], hard.get(one.key, nowhere)) for one in pictures]


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


def _above_the_legend(finds: Sequence[Caliper], rows: int) -> list[Caliper]:
    return [one for one in finds if one.row <= rows - _LEGEND_ROWS]


def _places(finds: Sequence[Caliper]) -> NDArray[np.float64]:
    return _array([(one.column, one.row) for one in finds])


def _array(places: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    return np.array(places, np.float64).reshape(-1, 2)
