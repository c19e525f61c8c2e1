"""What the calipers of an ultrasound case measure, beside what is printed in its pictures; a read."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TypedDict

from annotator.annotations.models import MarkKind
from annotator.assist.filed_results import filed_by, hash_of_hint
from annotator.assist.models import Suggestion
from annotator.cases.models import Case
from annotator.imaging.frame_description import FrameGeometry
from annotator.imaging.models import Frame
from ml_assist.guidance.caliper_axes import MOST_CALIPERS, Axis, measured_lesions
from ml_assist.guidance.printed_lengths import (
    ComparedLength,
    PictureLengths,
    PrintedLength,
    compare_lengths,
    lengths_in,
)
from ml_assist.inference.matched_calipers import LABEL
from ml_assist.printed_length_identity import NAME, VERSION


class CaliperAxisRecord(TypedDict):
    points: list[list[float]]
    pixels: float
    measured_mm: float | None
    printed_mm: float | None
    difference_mm: float | None
    tolerance_mm: float | None
    state: str
    told: str


class CaliperLengthsRecord(TypedDict):
    frame: str
    model: str
    axes: list[CaliperAxisRecord]
    other_printed_mm: list[float]
    told: str


def caliper_lengths(case: Case, suggestions: Iterable[Suggestion]) -> list[CaliperLengthsRecord]:
    """One record a picture of an ultrasound case in which at least two calipers were found; in the pictures' order.

    Calipers count whatever a reader decided on them: rejecting one says nothing of where it lies.

    Parameters
    ----------
    suggestions : those that a person is shown, from queries.suggestions_for.
    """
    if case.modality != "US":
        return []
    found: dict[int, dict[int, list[Suggestion]]] = defaultdict(lambda: defaultdict(list))
    for one in suggestions:
        if one.kind == MarkKind.POINT and one.label == LABEL and one.asked_by_id is None:
            found[one.frame_id][one.model_version_id].append(one)
    # An older version's that somebody decided on stay; the newest one's are all there.
    newest = {frame: of_models[max(of_models)] for frame, of_models in found.items()}
    measured = {frame: its for frame, its in newest.items() if 2 <= len(its) <= MOST_CALIPERS}
    if not measured:
        return []
    printed = filed_by(measured.keys(), NAME, VERSION)
    frames = Frame.objects.filter(pk__in=measured).order_by("instance__stack_id", "instance_id", "pk")
    records = []
    for pk, geometry, picture in frames.values_list("pk", "geometry", "instance__sha256"):
        its = measured[pk]
        shapes = printed.get((pk, hash_of_hint(None, picture=picture)))
        lengths = None if shapes is None else [length for one in shapes for length in lengths_in(one.label)]
        compared = _compared(its, lengths, FrameGeometry.from_json(geometry))
        records.append(_record(its[0], compared))
    return records


def _compared(
    calipers: list[Suggestion], lengths: list[PrintedLength] | None, geometry: FrameGeometry
) -> PictureLengths:
    lesions = measured_lesions([one.points[0] for one in calipers])
    axes: list[Axis] = [axis for lesion in lesions for axis in lesion.axes]
    return compare_lengths(axes, lengths, geometry, surely_all=len(calipers) % 2 == 0)


def _record(one: Suggestion, compared: PictureLengths) -> CaliperLengthsRecord:
    return CaliperLengthsRecord(
        frame=one.frame.key,
        model=str(one.model_version),
        axes=[_axis_record(axis) for axis in compared.axes],
        other_printed_mm=[length.mm for length in compared.others],
        told=compared.words,
    )


def _axis_record(one: ComparedLength) -> CaliperAxisRecord:
    return CaliperAxisRecord(
        points=[list(one.axis.start), list(one.axis.end)],
        pixels=round(one.axis.length, 1),
        measured_mm=_rounded(one.measured_mm),
        printed_mm=one.printed.mm if one.printed else None,
        difference_mm=_rounded(one.difference_mm),
        tolerance_mm=_rounded(one.tolerance_mm),
        state=one.state.value,
        told=one.words,
    )


def _rounded(mm: float | None) -> float | None:
    return None if mm is None else round(mm, 3)
