"""Long work of this room."""

from typing import Any

from annotator.cases.actions.make_cases import make_cases
from annotator.jobs.registry import WorkContext, work


@work("cases.make_cases")
def make_cases_of_studies(context: WorkContext) -> dict[str, Any]:
    """Parameters: {"studies": [study primary key, ...]}; result: {"cases": [identifier, ...]}."""
    studies: list[int] = context.parameters["studies"]
    cases: list[str] = []
    for done, study_id in enumerate(studies):
        context.report(100 * done // len(studies), f"Hanging study {done + 1} of {len(studies)}")
        cases += [str(case.pk) for case in make_cases(None, [study_id])]
    return {"cases": cases}
