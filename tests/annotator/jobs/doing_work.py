"""Work that tests queue: what it does is set by the job's parameters."""

from annotator.jobs.models import Job
from annotator.jobs.registry import WorkContext, WorkFailedError, work


@work("tests.count")
def count(context: WorkContext) -> dict[str, object]:
    """Counts to `to`, reporting on the way."""
    to = int(context.parameters["to"])
    for number in range(to):
        context.report(100 * number // to, f"counted {number} of {to}")
    return {"counted": to}


@work("tests.refuse")
def refuse(context: WorkContext) -> dict[str, object]:
    raise WorkFailedError("the folder is empty; choose another")


@work("tests.break")
def break_down(context: WorkContext) -> dict[str, object]:
    return {"never": 1 / int(context.parameters["divisor"])}


@work("tests.answer_badly")
def answer_badly(context: WorkContext) -> dict[str, object]:
    return {"not for JSON": object()}


@work("tests.change_own_row")
def change_own_row(context: WorkContext) -> dict[str, object]:
    """Does to its own row what another process would do, then reports."""
    Job.objects.filter(pk=context.job_id).update(**context.parameters["change"])
    context.report(50, "half-way")
    return {"got": "to the end"}


@work("tests.change_own_row_silently")
def change_own_row_silently(context: WorkContext) -> dict[str, object]:
    Job.objects.filter(pk=context.job_id).update(**context.parameters["change"])
    return {"got": "to the end"}


@work("tests.on_the_gpu", queue="gpu")
def on_the_gpu(context: WorkContext) -> dict[str, object]:
    return {}
