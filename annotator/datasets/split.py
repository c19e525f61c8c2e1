"""Split patients, never images, into training, validation and test sets."""

import hashlib
import math
from collections.abc import Iterable
from typing import Literal

Split = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = ("train", "val", "test")


class SplitError(ValueError):
    """The fractions can't divide anything."""


def check_fractions(fractions: tuple[float, float, float]) -> None:
    """Refuse fractions that are not three numbers of 0 to 1 with the sum 1 (to a millionth)."""
    if any(not math.isfinite(fraction) or not 0 <= fraction <= 1 for fraction in fractions):
        raise SplitError(f"Each fraction must lie between 0 and 1, not {list(fractions)}.")
    if abs(math.fsum(fractions) - 1) > 1e-6:
        raise SplitError(f"The fractions must sum to 1, not {math.fsum(fractions):g}.")


def split_by_patient(patients: Iterable[str], fractions: tuple[float, float, float], *, seed: int) -> dict[str, Split]:
    """Put every patient on one side.

    Patients are ordered by a hash of seed and identifier, so the answer depends on neither their order nor
    Python's random generator; the counts follow the fractions by the largest remainder.

    Parameters
    ----------
    patients : identifiers; duplicates count once.
    fractions : of train, val and test; they sum to 1.

    Raises
    ------
    SplitError : fractions out of range.
    """
    check_fractions(fractions)
    ordered = sorted(set(patients), key=lambda patient: hashlib.sha256(f"{seed}\0{patient}".encode()).digest())
    sizes = _largest_remainder(len(ordered), fractions)
    sides = [split for split, size in zip(SPLITS, sizes, strict=True) for _ in range(size)]
    return dict(zip(ordered, sides, strict=True))


def _largest_remainder(total: int, fractions: tuple[float, float, float]) -> list[int]:
    quotas = [total * fraction for fraction in fractions]
    # A hair above the product, so that 10 x 0.7 = 6.999... counts as 7.
    sizes = [math.floor(quota + 1e-9) for quota in quotas]
    by_remainder = sorted(range(len(quotas)), key=lambda index: (sizes[index] - quotas[index], index))
    for index in by_remainder[: total - sum(sizes)]:
        sizes[index] += 1
    return sizes
