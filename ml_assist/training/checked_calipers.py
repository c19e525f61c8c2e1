"""Calipers that people checked, read from tables. Nothing of torch."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotator.accounts.errors import InvalidError


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


def _array(places: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    return np.array(places, np.float64).reshape(-1, 2)
