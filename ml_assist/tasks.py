"""Long work of this room."""

from dataclasses import asdict
from typing import Any

from annotator.jobs.registry import WorkContext, work


@work("assist.find_calipers")
def find_calipers_of_case(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"case": identifier}; result: stills looked at, calipers found, new suggestions."""
    # Every process imports this module to know the work's name; only a worker needs the detector.
    from ml_assist.actions.suggest_calipers import suggest_calipers

    return asdict(suggest_calipers(context.parameters["case"], report=context.report))
