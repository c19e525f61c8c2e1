"""Sizes of lesions as they are told apart in reports. Pure."""

from itertools import pairwise

_ENDS = (5, 10, 15, 20, 30, 50)
SIZE_BINS = (
    f"under {_ENDS[0]} mm",
    *(f"{low} to {high} mm" for low, high in pairwise(_ENDS)),
    f"{_ENDS[-1]} mm and more",
)


def size_bin(size_mm: float) -> str:
    """In which of SIZE_BINS a greatest diameter is; the lower end is taken in."""
    return SIZE_BINS[sum(size_mm >= end for end in _ENDS)]
