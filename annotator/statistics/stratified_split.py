"""Patients divided among sides: strata held even, sides kept, the same for the same seed. Pure."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray


class SplitError(ValueError):
    """The patients can't be divided so; the message names whom."""


def stratified_split(
    strata: Mapping[str, str],
    sides: Sequence[str],
    parts: Sequence[float],
    *,
    seed: int,
    kept: Mapping[str, str] | None = None,
    together: Iterable[Sequence[str]] = (),
) -> dict[str, str]:
    """Put every patient on one side.

    Within each stratum and in total the numbers on the sides are the parts of it, rounded up or down; patients who are
    bound together follow the first of them, and patients who are kept stay, so that with either the numbers come as
    near as these leave room for. Which patient goes where is decided by a hash of seed and identifier.

    Parameters
    ----------
    strata : patient -> the stratum that they count in.
    parts : of each side, not below 0, with the sum 1.
    kept : patients who have a side already; those who aren't in `strata` don't count.
    together : groups of patients who must be on one side.

    Raises
    ------
    SplitError : patients who are bound together are kept on different sides, or parts that can't divide anything.
    """
    check_parts(sides, parts)
    placed = {patient: side for patient, side in (kept or {}).items() if patient in strata and side in sides}
    follows = _bound(strata, together, placed)
    for patient, leader in follows.items():
        if leader in placed:
            placed[patient] = placed[leader]
    fresh: dict[str, list[str]] = defaultdict(list)
    everybody: dict[str, list[str]] = defaultdict(list)
    for patient, stratum in strata.items():
        everybody[stratum].append(patient)
        if patient not in placed and patient not in follows:
            fresh[stratum].append(patient)
    names = sorted(fresh)
    quotas = np.array([_quotas(everybody[name], fresh[name], placed, sides, parts) for name in names])
    if names:
        for name, sizes in zip(names, controlled_rounding(quotas), strict=True):
            ordered = sorted(fresh[name], key=lambda patient: hash_order(seed, patient))
            where = [side for side, size in zip(sides, sizes.tolist(), strict=True) for _ in range(size)]
            placed |= dict(zip(ordered, where, strict=True))
    placed |= {patient: placed[leader] for patient, leader in follows.items()}
    return {patient: placed[patient] for patient in strata}


def check_parts(sides: Sequence[str], parts: Sequence[float]) -> None:
    """Refuse parts that aren't one a side, not below 0, with the sum 1 (to a millionth)."""
    if len(sides) != len(parts) or not all(part >= 0 for part in parts) or abs(sum(parts) - 1) > 1e-6:
        raise SplitError(f"Each of {', '.join(sides)} takes a part; parts are 0 or more and sum to 1, not {parts}.")


def hash_order(seed: int, name: str) -> bytes:
    """What puts names in an order that depends on neither their own nor Python's random generator."""
    return hashlib.sha256(f"{seed}\0{name}".encode()).digest()


def controlled_rounding(quotas: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole numbers for a table of quotas whose rows have whole sums.

    Every cell is its quota rounded up or down, every row keeps its sum, every column's sum is its quotas' sum rounded
    up or down: such a table always exists (Bacharach 1966; the constraints are totally unimodular, so that a vertex of
    the linear programme is whole). Of all such tables, one nearest to the quotas is taken.

    Parameters
    ----------
    quotas : (strata, sides), not below 0.
    """
    low = np.floor(quotas + 1e-9)
    part = np.clip(quotas - low, 0.0, 1.0)
    part[part < 1e-9] = 0.0
    open_rows, open_columns = np.nonzero(part)
    if len(open_rows) == 0:
        return low.astype(np.int64)
    # SciPy takes half a second to load, in each process of the product.
    from scipy.optimize import linprog

    rows, columns = quotas.shape
    at = np.arange(len(open_rows))
    by_row, by_column = np.zeros((rows, len(at))), np.zeros((columns, len(at)))
    by_row[open_rows, at], by_column[open_columns, at] = 1.0, 1.0
    needed, total = np.rint(part.sum(axis=1)), part.sum(axis=0)
    solved = linprog(
        -part[open_rows, open_columns],
        A_eq=by_row,
        b_eq=needed,
        A_ub=np.vstack([by_column, -by_column]),
        b_ub=np.concatenate([np.ceil(total - 1e-9), -np.floor(total + 1e-9)]),
        bounds=(0.0, 1.0),
        method="highs-ds",
    )
    if not solved.success:
        raise SplitError(f"The strata can't be rounded: {solved.message}")
    low[open_rows, open_columns] += np.rint(solved.x)
    return low.astype(np.int64)


def _quotas(
    everybody: Sequence[str],
    fresh: Sequence[str],
    placed: Mapping[str, str],
    sides: Sequence[str],
    parts: Sequence[float],
) -> list[float]:
    """How many of the fresh patients of a stratum each side should get, so that with those kept the parts hold."""
    there = [sum(placed.get(patient) == side for patient in everybody) for side in sides]
    total = len(fresh) + sum(there)
    wanted = [max(0.0, part * total - count) for part, count in zip(parts, there, strict=True)]
    scale = len(fresh) / sum(wanted) if sum(wanted) > 0 else 0.0
    if scale == 0.0:
        return [part * len(fresh) for part in parts]
    return [one * scale for one in wanted]


def _bound(strata: Mapping[str, str], together: Iterable[Sequence[str]], placed: Mapping[str, str]) -> dict[str, str]:
    """Patient -> the one whom they follow: one who is kept, else the first by name."""
    leader: dict[str, str] = {}

    def root(patient: str) -> str:
        while leader.get(patient, patient) != patient:
            patient = leader[patient]
        return patient

    for group in together:
        known = [patient for patient in group if patient in strata]
        for patient in known[1:]:
            one, other = sorted((root(known[0]), root(patient)))
            leader[other] = one
    groups: dict[str, list[str]] = defaultdict(list)
    for patient in sorted(strata):
        groups[root(patient)].append(patient)
    follows: dict[str, str] = {}
    for members in groups.values():
        stay = [patient for patient in members if patient in placed]
        where = {placed[patient] for patient in stay}
        if len(where) > 1:
            raise SplitError(
                f"{', '.join(stay)} are bound together but are on the sides {', '.join(sorted(where))} for good. "
                "Exclude one of them."
            )
        head = stay[0] if stay else members[0]
        follows |= {patient: head for patient in members if patient != head and patient not in placed}
    return follows
