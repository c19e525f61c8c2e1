"""Marks as the measurement groups of a TID 1500 report: where they lie (SCOORD), how long, what they are.

highdicom makes the content; it takes a second to import, so that only what writes or reads reports imports this.

Source: DICOM PS3.16 TID 1500, 1410, 1501, 300; PS3.3 C.18.6 (SCOORD).
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import highdicom.sr as sr
import numpy as np
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from annotator.annotations.shapes import SQUARE, Scale, angle_of, lengths_of, outline_of
from annotator.datasets.exporters.derived_uids import derived_uid
from annotator.datasets.exporters.finding_codes import OWN_SCHEME, concept_of_category, short_text
from annotator.datasets.exporters.mark_rasters import mark_pixels
from annotator.datasets.exporters.pixel_outlines import pieces_of
from annotator.datasets.released import ReleasedAnswer, ReleasedFinding, ReleasedFrame, ReleasedMark, ReleasedStack
from annotator.imaging.calibration import calibration_of

# What a group says of itself in our own scheme, so that a mark comes back as what it was.
KIND = Code("mark-kind", OWN_SCHEME, "Kind of mark")
LABEL = Code("mark-label", OWN_SCHEME, "Label")
CATEGORY = Code("mark-category", OWN_SCHEME, "Category")
AXIS_UNIT_UNKNOWN = Code("{pixels}", "UCUM", "pixels")
_LONGEST_VALUE = 16

# It tells of every attribute that it copies.
logging.getLogger("highdicom").setLevel(logging.WARNING)

Points = Sequence[Sequence[float]]
Group = Any


@dataclass(frozen=True)
class Told:
    """What is known about the things that marks show.

    Attributes
    ----------
    titles : question -> (its title, value -> title), by schema.
    """

    findings: dict[str, ReleasedFinding]
    answers: dict[str, list[ReleasedAnswer]]
    titles: dict[str, dict[str, tuple[str, dict[str, str]]]]


def groups_of_mark(mark: ReleasedMark, stack: ReleasedStack, told: Told, *, salt: str) -> list[Group]:
    """A mark's groups: one a frame that it holds for, and one a piece of a mask; they share a tracking UID.

    A hole of a mask is joined to its rim: pixel for pixel a mask is in a Segmentation, here is its outline.
    """
    many = len({frame.sop_instance_uid for frame in stack.frames}) < len(stack.frames)
    known = _known(mark, told, salt=salt)
    if mark.kind == "slices":
        places = range(mark.first_place, mark.last_place + 1)
        sources = [sr.SourceImageForMeasurementGroup(*_reference(stack.frames[place], many=many)) for place in places]
        return [sr.MeasurementsAndQualitativeEvaluations(source_images=sources, **known)]
    groups: list[Group] = []
    for place in range(mark.first_place, mark.last_place + 1):
        frame = stack.frames[place]
        if mark.kind in ("length", "bidirectional", "angle"):
            lines = _measured_lines(mark, frame, many=many)
            groups.append(sr.MeasurementsAndQualitativeEvaluations(measurements=lines, **known))
            continue
        for graphic_type, points in _regions(mark, frame):
            source = sr.SourceImageForRegion(*_reference(frame, many=many))
            region = sr.ImageRegion(graphic_type, np.asarray(points, dtype=np.float64), source)
            groups.append(
                sr.PlanarROIMeasurementsAndQualitativeEvaluations(
                    referenced_region=region, measurements=_sizes(mark) if place == mark.place else None, **known
                )
            )
    return groups


def group_of_answer(answer: ReleasedAnswer, told: Told, *, salt: str) -> Group:
    """What was answered about the case, a breast or slices."""
    about = f"{answer.schema} {answer.target.kind} {answer.target.breast}".strip()
    tracking = sr.TrackingIdentifier(uid=derived_uid(salt, answer.id), identifier=short_text(about))
    return sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=tracking, qualitative_evaluations=evaluations_of(answer, told)
    )


def evaluations_of(answer: ReleasedAnswer, told: Told) -> list[Any]:
    """Question and answer as coded concepts, a choice each; numbers and words as their text."""
    titles = told.titles.get(answer.schema, {})
    rows = []
    for question, given in sorted(answer.answers.items()):
        title, options = titles.get(question, (question, {}))
        for value in given if isinstance(given, list) else [given]:
            text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
            rows.append(_evaluation(own_code(question, title), own_code(text, options.get(text, text))))
    return rows


def own_code(value: str, meaning: str) -> Code:
    """A concept of our own scheme; a value that doesn't fit is told by its hash."""
    fits = (
        value
        if 0 < len(value) <= _LONGEST_VALUE and value.isascii() and "\\" not in value and value.strip() == value
        else (hashlib.sha256(value.encode()).hexdigest()[:_LONGEST_VALUE])
    )
    return Code(fits, OWN_SCHEME, short_text(meaning))


def _known(mark: ReleasedMark, told: Told, *, salt: str) -> dict[str, Any]:
    concept = concept_of_category(mark.category)
    finding = told.findings.get(mark.finding or "")
    evaluations = [
        _evaluation(KIND, own_code(mark.kind, mark.kind)),
        _evaluation(CATEGORY, own_code(mark.category, mark.category)),
    ]
    if mark.label:
        evaluations.append(_evaluation(LABEL, own_code(mark.label, mark.label)))
    for answer in told.answers.get(mark.finding or "", []):
        evaluations += evaluations_of(answer, told)
    name = f"{finding.kind} {finding.number}" if finding else mark.id
    known: dict[str, Any] = {
        "tracking_identifier": sr.TrackingIdentifier(uid=derived_uid(salt, mark.id), identifier=short_text(name)),
        "finding_type": Code(concept.value, concept.scheme, concept.meaning),
        "qualitative_evaluations": evaluations,
    }
    if mark.model:
        model, _, version = mark.model.rpartition(" ")
        known["algorithm_id"] = sr.AlgorithmIdentification(name=short_text(model or version), version=version or "1")
    return known


def _evaluation(name: Code, value: Code) -> Any:
    return sr.QualitativeEvaluation(name=name, value=value)


def _reference(frame: ReleasedFrame, *, many: bool) -> tuple[str, str, list[int] | None]:
    return frame.sop_class_uid, frame.sop_instance_uid, [frame.frame_number] if many else None


def _regions(mark: ReleasedMark, frame: ReleasedFrame) -> list[tuple[Any, Points]]:
    if mark.kind == "point":
        return [(sr.GraphicTypeValues.POINT, mark.points)]
    if mark.kind == "ellipse":
        return [(sr.GraphicTypeValues.ELLIPSE, mark.points)]
    if mark.kind == "arrow":
        return [(sr.GraphicTypeValues.POLYLINE, mark.points)]
    if mark.kind == "mask":
        within = mark_pixels(mark, frame)
        pieces = pieces_of(within.pixels, column=within.column, row=within.row) if within else []
        return [(sr.GraphicTypeValues.POLYLINE, _closed(piece.outline())) for piece in pieces]
    return [(sr.GraphicTypeValues.POLYLINE, _closed(outline_of(mark.kind, mark.points)))]


def _closed(points: Points) -> Points:
    return [*points, points[0]]


def _measured_lines(mark: ReleasedMark, frame: ReleasedFrame, *, many: bool) -> list[Any]:
    found = calibration_of(mark.points, frame.geometry)
    scale: Scale = (found.mm_per_column, found.mm_per_row) if found else SQUARE
    unit = codes.UCUM.Millimeter if found else AXIS_UNIT_UNKNOWN
    if mark.kind == "angle":
        return [
            _measurement(
                codes.SCT.Angle, angle_of(mark.points, scale=scale), codes.UCUM.Degree, mark.points, frame, many
            )
        ]
    if mark.kind == "length":
        [length] = lengths_of("length", mark.points, scale=scale)
        return [_measurement(codes.SCT.Length, length, unit, mark.points, frame, many)]
    lines = (mark.points[:2], mark.points[2:])
    lengths = [lengths_of("length", line, scale=scale)[0] for line in lines]
    names = (codes.SCT.LongAxis, codes.SCT.ShortAxis)
    order = names if lengths[0] >= lengths[1] else names[::-1]
    return [
        _measurement(name, length, unit, line, frame, many)
        for name, length, line in zip(order, lengths, lines, strict=True)
    ]


def _measurement(name: Code, value: float, unit: Code, points: Points, frame: ReleasedFrame, many: bool) -> Any:
    source = sr.SourceImageForRegion(*_reference(frame, many=many))
    where = sr.CoordinatesForMeasurement(sr.GraphicTypeValues.POLYLINE, np.asarray(points, dtype=np.float64), source)
    return sr.Measurement(name=name, value=_rounded(value), unit=unit, referenced_coordinates=[where])


def _sizes(mark: ReleasedMark) -> list[Any] | None:
    sizes = []
    if mark.area_mm2 is not None:
        sizes.append(
            sr.Measurement(name=codes.SCT.Area, value=_rounded(mark.area_mm2), unit=codes.UCUM.SquareMillimeter)
        )
    if mark.longest_mm is not None:
        sizes.append(
            sr.Measurement(name=codes.SCT.Diameter, value=_rounded(mark.longest_mm), unit=codes.UCUM.Millimeter)
        )
    return sizes or None


def _rounded(value: float) -> float:
    # A decimal string has 16 characters.
    return float(f"{value:.9g}")
