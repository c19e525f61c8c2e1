"""Who said what of which case, and how often each value was said. Pure."""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

# A row a case, a column a reader; None where a reader didn't say anything.
Ratings = Sequence[Sequence[Hashable | None]]


def values_in(ratings: Ratings) -> list[Hashable]:
    """Every value that was said, sorted; of mixed kinds by their text."""
    found = {value for row in ratings for value in row if value is not None}
    try:
        return sorted(found)  # type: ignore[type-var]
    except TypeError:
        return sorted(found, key=repr)


def value_counts(ratings: Ratings, values: Sequence[Hashable]) -> NDArray[np.int64]:
    """How many readers said each value of each case.

    Returns
    -------
    (cases, values).

    Raises
    ------
    ValueError : somebody said a value that isn't among them.
    """
    place = {value: at for at, value in enumerate(values)}
    counts = np.zeros((len(ratings), len(values)), dtype=np.int64)
    for at, row in enumerate(ratings):
        for value in row:
            if value is None:
                continue
            if value not in place:
                raise ValueError(f"{value!r} is not among the values {', '.join(map(repr, values))}.")
            counts[at, place[value]] += 1
    return counts
