"""A definition that is being written, answered for a try. Pure."""

from typing import Any

from annotator.labels.context import ScoringContext
from annotator.labels.drafting import completed
from annotator.labels.errors import AnswerError
from annotator.labels.schema import check_answers, score_answers


def preview_score(definition: dict[str, Any], answers: dict[str, Any], *, size_mm: float | None) -> dict[str, Any]:
    """What a definition without faults makes of answers.

    Parameters
    ----------
    size_mm : as if it were measured on the picture.

    Returns
    -------
    JSON: `score`, null where the answers aren't allowed, and then `path` and `detail` of the fault.
    """
    whole = completed(definition)
    try:
        check_answers(whole, answers)
    except AnswerError as error:
        return {"score": None, "path": error.path, "detail": str(error)}
    return {"score": score_answers(whole, answers, context=ScoringContext(size_mm=size_mm)), "path": "", "detail": ""}
