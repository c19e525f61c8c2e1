"""Tables of published examples, each with its source."""

from collections.abc import Sequence

# SAS/STAT User's Guide, PROC FREQ, "Cohen's Kappa Coefficient": two dermatologists, four grades of a skin condition.
SKIN_CONDITION = [[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]]

# Fleiss, Psychological Bulletin 1971;76:378, table 1: which of 5 diagnoses 6 psychiatrists gave each of 30 patients.
# The paper has only how many gave each; who gave which doesn't matter to the kappa.
_DIAGNOSES = """
444444 222555 233335 555555 222444 113333 333355 113334 114444 555555
144444 124444 222333 144444 224445 333335 111455 111112 224444 133555
555555 244444 224555 114444 144445 222224 111155 224444 133333 555555
"""
FLEISS_1971 = [[int(diagnosis) for diagnosis in patient] for patient in _DIAGNOSES.split()]
# Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011, section C: 4 observers, 12 units, values missing.
FOUR_OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


def pairs_of(table: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    """What two readers said, case by case, from the table of how often they said it together."""
    pairs = [
        (row, column) for row, counts in enumerate(table) for column, count in enumerate(counts) for _ in range(count)
    ]
    return [row for row, _ in pairs], [column for _, column in pairs]
