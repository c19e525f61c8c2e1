"""A reader clicks the ends of a lesion and asks a network for its outline."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, UnavailableError
from annotator.accounts.policies import Person
from annotator.annotations.models import MarkKind
from annotator.annotations.turns import check_may_change, check_terms, take_turn
from annotator.assist.actions.answer_outline import answer_outline
from annotator.assist.filed_results import filed_shapes, hash_of_hint
from annotator.assist.fitness import Fitness
from annotator.assist.model_queries import answering_versions, fitness_for, is_guided
from annotator.assist.models import ModelVersion, OutlineRequest
from annotator.assist.outline_queries import NOBODY_WORKS, QUEUE
from annotator.assist.policies import may_decide_on_suggestions
from annotator.cases.models import Case
from annotator.cases.queries import case_for
from annotator.imaging.models import Frame, InstanceState
from annotator.jobs.actions.queue_job import queue_job
from annotator.jobs.queries import is_served
from ml_assist.guidance.caliper_axes import GuidanceError
from ml_assist.guidance.guide import Hint, outlines_of
from ml_assist.hints import hint_as_json, weighed_by_hint

WORK = "assist.outline"
SEGMENTATION = "segmentation"


@dataclass(frozen=True)
class AskOutline:
    """What a reader asks.

    Attributes
    ----------
    replaces : the suggestion that an earlier click made, which is rejected when this one comes.
    """

    case_id: UUID
    frame_key: str
    hint: Hint
    replaces: UUID | None = None


def request_outline(person: Person, asked: AskOutline) -> OutlineRequest:
    """Ask for an outline. What was worked out before is there at once; else a job of the queue "gpu" makes it.

    Raises
    ------
    NotAllowedError : the person doesn't mark, or reads this case without a model.
    NotFoundError : the case is not open to them.
    InvalidError : the frame is not in the case, or the hint makes no outline; with the path.
    ConflictError : the reading was submitted, no network that outlines is promoted, or it isn't asked about such
        pictures; in words.
    UnavailableError : no worker serves the queue.
    """
    if not may_decide_on_suggestions(person):
        raise NotAllowedError("Only radiologists ask for outlines.")
    case = case_for(person, asked.case_id)
    if not getattr(case, "shows_suggestions", False):
        raise NotAllowedError("This case is read without a model's help.")
    with transaction.atomic():
        turn = take_turn(person, case.pk)
        check_may_change(turn, None, seen=0)
        check_terms(turn, mark_kind=MarkKind.CONTOUR)
        frame = _frame(case, asked.frame_key)
        series = frame.instance.series
        version, fitness = guided_version(case, modality=series.modality, anatomy=series.body_part)
        _check_hint(asked.hint, frame)
        hint = hint_as_json(asked.hint)
        shapes = filed_shapes(frame.pk, version.pk, hash_of_hint(hint, picture=frame.instance.sha256))
        if shapes is None and not is_served(QUEUE):
            raise UnavailableError(NOBODY_WORKS)
        request = OutlineRequest.objects.create(
            case=case,
            frame=frame,
            asked_by=turn.owner,
            version=version,
            hint=hint,
            replaces=asked.replaces,
            note=fitness.note,
        )
        if shapes is not None:
            answer_outline(request.pk, weighed_by_hint(shapes, asked.hint))
        else:
            title = f"Outline in {case.title}"
            request.job = queue_job(person, WORK, {"request": str(request.pk)}, title=title, queue=QUEUE)
            request.save(update_fields=["job"])
    return request


def guided_version(case: Case, *, modality: str, anatomy: str) -> tuple[ModelVersion, Fitness]:
    """The network that answers clicks in a case on such pictures.

    Raises
    ------
    ConflictError : there is none, or it isn't asked about these; in words.
    """
    guided = [one for one in answering_versions(case.pk) if one.task == SEGMENTATION and is_guided(one)]
    if not guided:
        raise ConflictError("No network that outlines answers here. An admin promotes one on the page of models.")
    # That of the modality speaks for all where none fits.
    guided.sort(key=lambda one: one.modality != modality)
    fits = [(one, fitness_for(one, modality=modality, anatomy=anatomy)) for one in guided]
    for version, fitness in fits:
        if fitness.answers:
            return version, fitness
    raise ConflictError(fits[0][1].reason)


def _frame(case: Case, key: str) -> Frame:
    frame = (
        Frame.objects.select_related("instance__series")
        .filter(key=key, instance__stack__case_stacks__case=case, instance__stack__case_stacks__prior=0)
        .filter(instance__state=InstanceState.READY)
        .first()
    )
    if frame is None:
        raise InvalidError("This frame is not among those of the case that are read.", "frame")
    return frame


def _check_hint(hint: Hint, frame: Frame) -> None:
    rows, columns = frame.instance.rows, frame.instance.columns
    for name in ("points", "added", "removed"):
        for at, (column, row) in enumerate(getattr(hint, name)):
            if not (0 <= column <= columns and 0 <= row <= rows):
                raise InvalidError(f"({column:g}, {row:g}) lies outside the picture.", f"hint.{name}[{at}]")
    try:
        outlines_of(hint, rows=rows, columns=columns)
    except GuidanceError as error:
        raise InvalidError(str(error), "hint.points") from error
