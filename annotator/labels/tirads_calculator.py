"""TI-RADS of one nodule by both tables of points, from features alone: for programs, and for the public calculator."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from annotator.labels.schema import check_answers, score_answers
from annotator.labels.shipped import newest_shipped

SCHEMA_KEY = "acr-tirads"


@cache
def tirads_definition() -> dict[str, Any]:
    """The newest shipped version of the TI-RADS schema; read only."""
    return newest_shipped(SCHEMA_KEY).definition


def calculate_tirads(features: Mapping[str, Any], *, size_mm: float | None = None) -> dict[str, Any]:
    """Points, level, advice and why, by ACR TI-RADS 2017 and AI TI-RADS 2019.

    Parameters
    ----------
    features : category -> feature, e.g. {"composition": "solid", "echogenic_foci": ["none"]}; a category left out
        is unanswered, and then there is no level.
    size_mm : the largest diameter; None when it is not known.

    Returns
    -------
    JSON as score_answers gives it; `systems["acr"]` and `systems["ai"]` hold each table's result.

    Raises
    ------
    AnswerError : an unknown category or feature, "none" with other foci, an absurd size; with the path of it.
    """
    answers = dict(features)
    if size_mm is not None:
        answers["size_mm"] = size_mm
    definition = tirads_definition()
    check_answers(definition, answers)
    return score_answers(definition, answers)
