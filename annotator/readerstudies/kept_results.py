"""Results that were computed once and hold as long as what they rest on stays as it is; large ones are a job's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from annotator.accounts.errors import ConflictError
from annotator.accounts.policies import Person
from annotator.jobs.actions.queue_job import queue_job
from annotator.jobs.models import Job, JobState
from annotator.readerstudies.freeze_read import canonical
from annotator.readerstudies.lesion_results import LesionResult, lesion_results
from annotator.readerstudies.models import AssignmentStage, KeptResult, Read, ReaderStudy
from annotator.readerstudies.result_records import result_as_dict, result_from_dict
from annotator.readerstudies.results import ConditionResult, results_of
from annotator.readerstudies.results_queries import (
    CountedStudy,
    counted_plan,
    counted_reads,
    counted_study,
    frame_order,
    item_facts,
    parts_for,
    truth_of,
)

WORK = "readerstudies.count_results"
# So many reads are counted within the request of whoever looks: about a second.
MOST_AT_ONCE: dict[str, int] = {"figures": 1_000, "lesions": 300}

Part = Literal["figures", "lesions"]
Report = Callable[[int, str], None]


@dataclass(frozen=True)
class Basis:
    """What results rest on: `mark` changes with every read, truth and case that changes; `reads` that count."""

    mark: str
    reads: int


@dataclass(frozen=True)
class ShownResult:
    """What there is to show.

    Attributes
    ----------
    conditions : None where nothing was counted yet.
    truths : how many units have a truth.
    as_of : when it was counted. reads, reads_now : what it rests on, and what there is now.
    is_current : whether anything it rests on has changed since.
    job : that counts it anew, or failed to.
    """

    counted: CountedStudy
    conditions: list[ConditionResult] | list[LesionResult] | None
    truths: int
    as_of: datetime | None
    reads: int
    reads_now: int
    is_current: bool
    job: Job | None


def shown_result(
    person: Person, study_id: UUID | str, chosen: Mapping[str, Any] | None = None, *, part: Part = "figures"
) -> ShownResult:
    """The results of a study under a plan: as they were kept, counted now where that is quick, or the last ones.

    Raises
    ------
    NotAllowedError, ResultsShutError, NotFoundError, InvalidError : as for `counted_study`.
    """
    counted = counted_study(person, study_id, chosen)
    basis = basis_of(counted.study)
    kept = _kept(counted, part)
    if (kept is None or kept.basis != basis.mark) and basis.reads <= MOST_AT_ONCE[part]:
        kept = _count(counted, part, basis)
    return _shown(counted, part, kept, basis)


def request_count(
    person: Person, study_id: UUID | str, chosen: Mapping[str, Any] | None = None, *, part: Part = "figures"
) -> ShownResult:
    """Have a large study counted by a job; asking again while it waits or runs changes nothing.

    Raises
    ------
    NotAllowedError, ResultsShutError, NotFoundError, InvalidError : as for `counted_study`.
    """
    counted = counted_study(person, study_id, chosen)
    basis = basis_of(counted.study)
    with transaction.atomic():
        # Two who ask at once take turns.
        ReaderStudy.objects.select_for_update().get(pk=counted.study.pk)
        kept, _ = KeptResult.objects.get_or_create(
            study=counted.study,
            part=part,
            plan_sha256=_plan_hash(counted),
            defaults={"plan": counted.plan.to_json(), "basis": "", "reads": 0},
        )
        if kept.basis != basis.mark and not _is_under_way(kept.job):
            title = f"Count “{counted.study.name}”"
            kept.job = queue_job(person, WORK, {"result": kept.pk}, title=title)
            kept.save(update_fields=["job"])
    return _shown(counted, part, kept, basis)


def count_kept(result_id: int, *, report: Report) -> int:
    """Count what was asked for and keep it; returns how many reads it rests on. The system's own, as a job.

    Raises
    ------
    ConflictError : nobody asks for it any more: the study is gone.
    """
    kept = KeptResult.objects.select_related("study").filter(pk=result_id).first()
    if kept is None:
        raise ConflictError("The study whose results were asked for is gone.")
    report(1, "Reading what was handed in")
    counted = counted_plan(kept.study, kept.plan)
    part: Part = "lesions" if kept.part == "lesions" else "figures"
    return _count(counted, part, basis_of(kept.study), report=report).reads


def basis_of(study: ReaderStudy) -> Basis:
    """What the results of a study rest on now; two queries."""
    told = Read.objects.filter(assignment__study=study).exclude(
        assignment__stage__in=[AssignmentStage.PILOT, AssignmentStage.TRAINING]
    )
    live = Q(set_aside_at=None, assignment__given_up_at=None)
    sums = told.order_by().aggregate(
        all=Count("pk"),
        last=Max("handed_in_at"),
        live=Count("pk", filter=live),
        aside=Max("set_aside_at"),
        reads=Count("pk", filter=live & Q(assignment__stage=AssignmentStage.MAIN)),
    )
    truths = list(study.items.order_by("number").values_list("number", "truth"))
    mark = sha256(canonical([[str(value) for value in sums.values()], truths])).hexdigest()
    return Basis(mark, sums["reads"])


def _count(
    counted: CountedStudy, part: Part, basis: Basis, *, report: Report = lambda percent, doing: None
) -> KeptResult:
    """Compute, and keep it under the basis of before: what was handed in meanwhile makes it an older one."""
    if part == "lesions":
        reads = counted_reads(counted.study, parts=("findings", "annotations"))
        report(30, "Matching lesions")
        found = lesion_results(reads, order=frame_order(reads), least=counted.plan.minimum_overlap, arms=counted.arms)
        content = {"conditions": [result_as_dict(one) for one in found], "truths": 0}
    else:
        reads = counted_reads(counted.study, parts=parts_for(counted.question))
        report(30, "Counting agreement and accuracy")
        truth = truth_of(counted, reads, item_facts(counted.study))
        figures = results_of(
            reads, counted.plan, truth=truth, values=counted.values, order=frame_order(reads), arms=counted.arms
        )
        content = {"conditions": [result_as_dict(one) for one in figures], "truths": len(truth)}
    report(95, "Keeping it")
    kept, _ = KeptResult.objects.update_or_create(
        study=counted.study,
        part=part,
        plan_sha256=_plan_hash(counted),
        defaults={
            "plan": counted.plan.to_json(),
            "basis": basis.mark,
            "reads": basis.reads,
            "content": content,
            "computed_at": timezone.now(),
        },
    )
    return kept


def _kept(counted: CountedStudy, part: Part) -> KeptResult | None:
    rows = KeptResult.objects.select_related("job").filter(study=counted.study, part=part)
    return rows.filter(plan_sha256=_plan_hash(counted)).first()


def _plan_hash(counted: CountedStudy) -> str:
    return sha256(canonical(counted.plan.to_json())).hexdigest()


def _is_under_way(job: Job | None) -> bool:
    return job is not None and job.state in (JobState.QUEUED, JobState.RUNNING)


def _shown(counted: CountedStudy, part: Part, kept: KeptResult | None, basis: Basis) -> ShownResult:
    conditions: list[ConditionResult] | list[LesionResult] | None = None
    content = kept.content if kept else None
    if content is not None:
        try:
            if part == "lesions":
                conditions = [result_from_dict(LesionResult, one) for one in content["conditions"]]
            else:
                conditions = [result_from_dict(ConditionResult, one) for one in content["conditions"]]
        except (TypeError, ValueError, KeyError):
            # Kept by another version of the product: as if it had never been counted.
            content = None
    is_current = kept is not None and content is not None and kept.basis == basis.mark
    return ShownResult(
        counted=counted,
        conditions=conditions,
        truths=content["truths"] if content else 0,
        as_of=kept.computed_at if kept and content else None,
        reads=kept.reads if kept and content else 0,
        reads_now=basis.reads,
        is_current=is_current,
        job=None if kept is None or is_current else kept.job,
    )
