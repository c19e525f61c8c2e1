"""Keep what a model proposes for a case."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError, NotFoundError
from annotator.annotations.geometry_checks import check_points
from annotator.annotations.masks import check_mask
from annotator.annotations.models import MarkKind
from annotator.annotations.storable_checks import check_line
from annotator.assist.models import ModelVersion, Suggestion
from annotator.assist.proposals import ModelIdentity, Proposal
from annotator.cases.models import Case
from annotator.imaging.models import Frame


def record_suggestions(
    case_id: UUID | str,
    model: ModelIdentity,
    proposals: Sequence[Proposal],
    *,
    frames_looked_at: Iterable[int] = (),
    supersedes: Collection[str] = (),
) -> int:
    """Replace what this model version proposed on these frames and nobody has decided on. Returns how many are new.

    Running it again with the same proposals changes nothing: what is there stays, under its identifier, and what a
    reader accepted or rejected is not proposed a second time. The system's own: workers call it, no person does.

    Parameters
    ----------
    frames_looked_at : primary keys of frames that the model searched, also those on which it found nothing.
    supersedes : names of models, this one's may be among them, whose undecided suggestions on these frames go: what a
        better detector or a newer version looked at is not shown twice.

    Raises
    ------
    NotFoundError : no such case.
    InvalidError : a proposal that can't be a mark on its frame, with its path, e.g. "proposals[3].points[0][1]".
    ConflictError : another model is kept under this name and version.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update(no_key=True).filter(pk=case_id).first()
        if case is None:
            raise NotFoundError(f"There is no case {case_id}.")
        version = kept_version(model)
        checked = _checked(case, proposals)
        frames = {proposal.frame_id for proposal in checked} | set(frames_looked_at)
        wanted = {_likeness(one): one for one in checked}
        there = Suggestion.objects.filter(case=case, model_version=version, asked_by=None, frame_id__in=frames)
        outdated = []
        # A decided one can't vanish between here and the deletion: accepting locks its row first.
        for suggestion in there.select_for_update().prefetch_related("decisions"):
            same = wanted.pop(_likeness(suggestion), None)
            if same is None and not suggestion.decisions.all():
                outdated.append(suggestion.pk)
            elif same is not None and _said_of(suggestion) != _said_of(same):
                Suggestion.objects.filter(pk=suggestion.pk).update(**_said_of(same))
        Suggestion.objects.filter(pk__in=outdated).delete()
        _undecided_by(supersedes, version, case, frames).delete()
        Suggestion.objects.bulk_create(
            Suggestion(
                case=case,
                frame_id=one.frame_id,
                model_version=version,
                kind=one.kind,
                points=one.points,
                mask=one.mask,
                label=one.label,
                **_said_of(one),
            )
            for one in wanted.values()
        )
        if wanted or outdated:
            detail: dict[str, object] = {"model": str(version), "new": len(wanted), "removed": len(outdated)}
            record_audit(None, "record_suggestions", target_kind="case", target_id=case.pk, detail=detail)
    return len(wanted)


def _undecided_by(names: Collection[str], but: ModelVersion, case: Case, frames: Iterable[int]) -> QuerySet[Suggestion]:
    theirs = Suggestion.objects.filter(case=case, asked_by=None, frame_id__in=frames, model_version__name__in=names)
    return theirs.exclude(model_version=but).filter(decisions=None)


def kept_version(model: ModelIdentity) -> ModelVersion:
    """The row of a detector or network; a plain method gets its row here.

    Raises
    ------
    ConflictError : another model is kept under this name and version.
    """
    version, _ = ModelVersion.objects.get_or_create(
        name=model.name,
        version=model.version,
        defaults={"task": model.task, "description": model.description, "content_hash": model.content_hash},
    )
    if version.content_hash != model.content_hash:
        raise ConflictError(f"Another model is kept as {version}. Give the changed one a new version.")
    return version


def _checked(case: Case, proposals: Sequence[Proposal]) -> list[Proposal]:
    sizes = {
        pk: (rows, columns)
        for pk, rows, columns in Frame.objects.filter(
            pk__in={proposal.frame_id for proposal in proposals},
            instance__stack__case_stacks__case=case,
            instance__stack__case_stacks__prior=0,
        ).values_list("pk", "instance__rows", "instance__columns")
    }
    checked = []
    for at, proposal in enumerate(proposals):
        path = f"proposals[{at}]"
        if proposal.frame_id not in sizes:
            raise InvalidError("This frame is not in the case.", path=f"{path}.frame_id")
        rows, columns = sizes[proposal.frame_id]
        score = float(proposal.score)
        if not (math.isfinite(score) and 0 <= score <= 1):
            raise InvalidError(f"A score is between 0 and 1, not {score}.", path=f"{path}.score")
        try:
            if proposal.kind == MarkKind.SLICES:
                raise InvalidError("A suggestion lies on one frame; a label of slices does not.", path="kind")
            points = check_points(proposal.kind, proposal.points, rows=rows, columns=columns)
            mask = check_mask(proposal.kind, proposal.mask, points)
            label = check_line(proposal.label, path="label", longest=64)
        except InvalidError as fault:
            raise InvalidError(str(fault), path=f"{path}.{fault.path}") from fault
        checked.append(replace(proposal, points=points, label=label, score=score, mask=mask))
    return checked


def _said_of(one: Proposal | Suggestion) -> dict[str, Any]:
    return {"score": one.score, "note": one.note, "model_note": one.model_note}


def _likeness(one: Proposal | Suggestion) -> tuple[object, ...]:
    runs = tuple(one.mask["runs"]) if one.mask else ()
    return one.frame_id, one.kind, tuple(tuple(point) for point in one.points), runs, one.label
