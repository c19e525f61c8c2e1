"""The order in which people read the sides of a split."""

from collections.abc import Iterable

from annotator.datasets.release_recipe import SIDES


def in_order(sides: Iterable[str]) -> list[str]:
    """Train before validation before test; folds by their number."""
    return sorted(sides, key=lambda side: (SIDES.index(side) if side in SIDES else len(SIDES), len(side), side))
