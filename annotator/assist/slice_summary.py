"""What a model's suggestions on the slices of a head CT come to for the scan, by RADnet's rule.

For a model only, and told with the slice thickness that the rule is meant for: a reader's one slice is enough
(labels/slice_rule.py). A slice scores as its surest suggestion of blood; one without any scores nothing.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import TypedDict

from annotator.assist.models import Suggestion
from annotator.cases.models import Case
from annotator.imaging.models import Frame
from annotator.imaging.queries import frame_ids_in_order
from annotator.labels.shipped import newest_shipped
from annotator.labels.slice_rule import radnet_rule
from annotator.labels.slice_words import answers_of_words


class SliceSummaryRecord(TypedDict):
    model: str
    stack: str
    positive: bool
    longest_run: int
    slice_thickness_mm: float | None
    told: str


def slice_summaries(case: Case, suggestions: Iterable[Suggestion]) -> list[SliceSummaryRecord]:
    """One record a model and stack of a CT in which the model suggests blood; none for other cases.

    Parameters
    ----------
    suggestions : those that a person is shown, from queries.suggestions_for.
    """
    if case.modality != "CT":
        return []
    scores: dict[str, dict[int, float]] = defaultdict(dict)
    for one in suggestions:
        if _says_blood(one.label):
            of_frames = scores[str(one.model_version)]
            of_frames[one.frame_id] = max(one.score, of_frames.get(one.frame_id, 0.0))
    stacks: dict[tuple[int, str], float | None] = {}
    stack_of: dict[int, int] = {}
    seen = Frame.objects.filter(pk__in={frame for of_frames in scores.values() for frame in of_frames})
    for frame, stack, key, geometry in seen.values_list("pk", "instance__stack_id", "instance__stack__key", "geometry"):
        stack_of[frame], stacks[(stack, key)] = stack, geometry.get("slice_thickness")
    return [
        _summary(model, key, [of_frames.get(frame, 0.0) for frame in frame_ids_in_order(stack)], thickness)
        for (stack, key), thickness in sorted(stacks.items())
        for model, of_frames in sorted(scores.items())
        if any(stack_of[frame] == stack for frame in of_frames)
    ]


def _summary(model: str, stack: str, scores: list[float], thickness: float | None) -> SliceSummaryRecord:
    result = radnet_rule(scores, slice_thickness_mm=thickness)
    return SliceSummaryRecord(
        model=model,
        stack=stack,
        positive=result.positive,
        longest_run=result.longest_run,
        slice_thickness_mm=thickness,
        told=result.told,
    )


@cache
def _says_blood(label: str) -> bool:
    """Whether a suggestion's label names haemorrhage or one of its types, as the head CT form does."""
    definition = newest_shipped("head-ct").definition
    scoring = definition["scoring"]
    return bool(answers_of_words(definition, label).keys() & {scoring["haemorrhage"], *scoring["types"]})
