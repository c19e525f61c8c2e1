"""Numbers of rows as addresses and forms carry them."""

from collections.abc import Iterable

# What a BigAutoField holds; SQLite fails on more instead of finding nothing.
LARGEST = 2**63 - 1


def row_numbers(values: Iterable[str]) -> list[int]:
    """Those of the values that may be the number of a row, in their order."""
    numbers = [int(value) for value in values if value.isdecimal() and len(value) < 20]
    return [number for number in numbers if number <= LARGEST]
