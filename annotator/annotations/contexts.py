"""What the scores of one reader's answers in one case may follow from, and computing them anew as it changes.

A score is no record of the reader: it changes without a revision whenever what it follows from does. Scores are
computed in an order, so that no order of saving matters: of findings and slices first, then of breasts, then of the
case. A score sees all other answers, and of their scores those that stand before it in that order.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from annotator.accounts.models import User
from annotator.annotations.models import Annotation, Answer, Finding, MarkKind
from annotator.cases.stack_notes import believed_side
from annotator.labels.context import MarkedFinding, OtherAnswer, ScoringContext
from annotator.labels.models import LabelSchema
from annotator.labels.schema import score_answers
from annotator.labels.scoring_functions import FUNCTIONS
from annotator.labels.slice_words import answers_of_words
from annotator.labels.targets import BREASTS, AppliesTo, Target

_ORDER = {AppliesTo.FINDING: 0, AppliesTo.SLICES: 0, AppliesTo.BREAST: 1, AppliesTo.CASE: 2}
_UNREAD = tuple(
    f"{end}_frame__{column}"
    for end in ("first", "last")
    for column in ("geometry", "grey", "overlays", "prefix_lengths")
)


def target_of(answer: Answer) -> Target:
    """What an answer is about. Reads its frames: select them with it."""
    if answer.finding_id is not None:
        return Target(AppliesTo.FINDING, finding=str(answer.finding_id))
    if answer.breast:
        return Target(AppliesTo.BREAST, breast=answer.breast)
    if answer.first_frame is not None and answer.last_frame is not None:
        return Target(AppliesTo.SLICES, first_frame=answer.first_frame.key, last_frame=answer.last_frame.key)
    return Target(AppliesTo.CASE)


@dataclass(frozen=True)
class Measured:
    """The largest diameter on calibrated pictures and what it was measured with; None when it is not known."""

    size_mm: float | None = None
    size_source: str = "measured"


@dataclass
class CaseAnswers:
    """Everything that one reader answered in one case by now, read when it is asked for."""

    case_id: UUID
    owner: User

    @cached_property
    def live(self) -> list[Answer]:
        """In an order that doesn't depend on when they were saved last."""
        rows = list(self._rows().select_related("first_frame", "last_frame").defer(*_UNREAD))
        for one in rows:
            one.schema, one.owner = self.schemas[one.schema_id], self.owner
        return sorted(rows, key=lambda one: (_ORDER[target_of(one).kind], one.pk))

    @cached_property
    def schemas(self) -> dict[int, LabelSchema]:
        """What was answered under. A case may hold thirty answers to one schema: its definition is read once."""
        answered = set(self._rows().values_list("schema_id", flat=True))
        return LabelSchema.objects.in_bulk(answered) if answered else {}

    @cached_property
    def targets(self) -> dict[UUID, Target]:
        """What each live answer is about."""
        return {one.pk: target_of(one) for one in self.live}

    @cached_property
    def findings(self) -> tuple[MarkedFinding, ...]:
        live = {"case_id": self.case_id, "owner": self.owner, "deleted_at__isnull": True}
        rows = list(Finding.objects.filter(**live).order_by("number").values_list("pk", "kind"))
        sides: dict[UUID, set[str]] = defaultdict(set)
        if rows:
            pictures = Annotation.objects.filter(**live, finding__isnull=False).order_by().distinct()
            stack = "frame__instance__stack__laterality"
            for finding, *said in pictures.values_list("finding", stack, f"{stack}_from_pixels", f"{stack}_verdict"):
                sides[finding].add(believed_side(*said))
        return tuple(MarkedFinding(id=str(pk), kind=kind, side=_one_side(sides[pk])) for pk, kind in rows)

    def following(self) -> list[Answer]:
        """Answers whose scores follow from others; one query where nothing was answered, two where none follows."""
        names = {name for name, function in FUNCTIONS.items() if function.uses_context}
        follow = {pk for pk, schema in self.schemas.items() if _scoring_name(schema.definition) in names}
        return [one for one in self.live if one.schema_id in follow] if follow else []

    def context_for(self, target: Target, measured: Measured, *, without: UUID | None = None) -> ScoringContext:
        """What the score of an answer for this target may follow from.

        Parameters
        ----------
        without : the answer itself.
        """
        place = _ORDER[target.kind]
        others = [
            OtherAnswer(
                schema_key=one.schema.key,
                target=self.targets[one.pk],
                answers=one.answers,
                score=one.score if _ORDER[self.targets[one.pk].kind] < place else {},
                override=one.override,
            )
            for one in self.live
            if one.pk != without
        ]
        return ScoringContext(
            size_mm=measured.size_mm,
            size_source=measured.size_source,
            target=target,
            finding_count=len(self.findings),
            findings=self.findings,
            others=(*others, *self.words_of_slices),
        )

    @cached_property
    def words_of_slices(self) -> list[OtherAnswer]:
        """What labels of slices answer."""
        labels = list(
            Annotation.objects.filter(
                case_id=self.case_id, owner=self.owner, kind=MarkKind.SLICES, deleted_at__isnull=True
            )
            .order_by("pk")
            .values_list("label", "first_frame__key", "last_frame__key")
        )
        if not labels:
            return []
        return [
            OtherAnswer(schema.key, Target(AppliesTo.SLICES, first_frame=first, last_frame=last), answers)
            for schema in _newest_of_slices()
            for words, first, last in labels
            if (answers := answers_of_words(schema.definition, words))
        ]

    def _rows(self) -> QuerySet[Answer]:
        return Answer.objects.filter(case_id=self.case_id, owner=self.owner, deleted_at__isnull=True).order_by()


def scores_that_follow(path: str) -> Q:
    """Rows whose scoring, under this path, follows from other answers or from findings."""
    names = [name for name, function in FUNCTIONS.items() if function.uses_context]
    return Q(**{f"{path}__kind__in": names}) | Q(**{f"{path}__kind": "function", f"{path}__name__in": names})


def refresh_scores(case_id: UUID, owner: User, *, without: UUID | None = None) -> None:
    """Compute anew what follows from other answers and findings. Call it in the turn that changed one of those.

    Parameters
    ----------
    without : an answer that was scored just now.
    """
    answers = CaseAnswers(case_id, owner)
    for one in answers.following():
        if one.pk == without:
            continue
        context = answers.context_for(answers.targets[one.pk], measured_before(one.score), without=one.pk)
        score = score_answers(one.schema.definition, one.answers, context=context)
        if score != one.score:
            # What stands behind it in the order sees the new one.
            one.score = score
            Answer.objects.filter(pk=one.pk).update(score=score)


def measured_before(score: dict[str, Any]) -> Measured:
    """The size that was measured when the answer was saved; one that was typed stands among the answers."""
    source = score.get("size_source")
    if source in {None, "typed"}:
        return Measured()
    return Measured(score.get("size_mm"), str(source))


def _one_side(sides: set[str]) -> str:
    return next(iter(sides)) if len(sides) == 1 and sides <= BREASTS.keys() else ""


def _scoring_name(definition: dict[str, Any]) -> str:
    scoring = definition["scoring"]
    return str(scoring["name"] if scoring["kind"] == "function" else scoring["kind"])


def _newest_of_slices() -> list[LabelSchema]:
    newest: dict[str, LabelSchema] = {}
    for schema in LabelSchema.objects.filter(definition__applies_to=AppliesTo.SLICES.value).order_by("key", "-version"):
        newest.setdefault(schema.key, schema)
    return list(newest.values())
