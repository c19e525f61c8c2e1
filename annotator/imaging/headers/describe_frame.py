"""What a header says of each frame: where it lies, how large its pixels are, how its values become grey."""

import math
from dataclasses import dataclass

from pydicom.dataset import Dataset

from annotator.imaging.frame_description import FrameGeometry, FrameGrey, SpacingSource, UltrasoundRegion
from annotator.imaging.headers.describe_grey import describe_grey
from annotator.imaging.headers.dicom_values import integer, items, number, numbers, vector
from annotator.imaging.headers.functional_groups import FrameAttributes

CENTIMETRES = 3
MM_PER_CM = 10.0
TWO_DIMENSIONAL = 1
# Region Data Types whose pixels are no picture of tissue: spectra, traces, grey and colour bars, other waveforms.
NOT_TISSUE = (*range(0x3, 0xF), 0x10, 0x11, 0x12)
LOW_PRIORITY = 1
# Modalities whose picture is a projection: pixels are smaller in the patient than at the detector.
PROJECTIONS = ("MG", "DX", "CR", "RF", "XA", "RG", "PX", "IO")


@dataclass(frozen=True)
class FrameDescription:
    """One frame as Frame.geometry and Frame.grey hold it, and its place along the normal in mm."""

    geometry: FrameGeometry
    grey: FrameGrey
    position_along_normal: float | None


def describe_frames(dataset: Dataset, *, number_of_frames: int, modality: str, colour: bool) -> list[FrameDescription]:
    """Describe every frame of an instance, in the order of their numbers."""
    attributes = FrameAttributes(dataset)
    regions = ultrasound_regions(dataset)
    times = frame_times(dataset, number_of_frames)
    described: list[FrameDescription] = []
    for index in range(number_of_frames):
        if described and not attributes.varies and len(set(times)) == 1:
            described.append(described[0])
            continue
        geometry = _geometry(attributes, index, modality, regions, times[index])
        described.append(
            FrameDescription(
                geometry=geometry,
                grey=FrameGrey(colour=True) if colour else describe_grey(attributes, index),
                position_along_normal=position_along_normal(geometry),
            )
        )
    return described


def position_along_normal(geometry: FrameGeometry) -> float | None:
    """Millimetres of the top-left pixel's centre along the normal of the frame (row cosines x column cosines).

    Source: DICOM PS3.3 C.7.6.2.1.1.
    """
    if geometry.position is None or geometry.orientation is None:
        return None
    a, b, c, d, e, f = geometry.orientation
    normal = (b * f - c * e, c * d - a * f, a * e - b * d)
    return sum(p * n for p, n in zip(geometry.position, normal, strict=True))


def _geometry(
    attributes: FrameAttributes,
    index: int,
    modality: str,
    regions: tuple[UltrasoundRegion, ...],
    frame_time_ms: float | None,
) -> FrameGeometry:
    place = attributes.holding(index, "PlanePositionSequence", "ImagePositionPatient")
    plane = attributes.holding(index, "PlaneOrientationSequence", "ImageOrientationPatient")
    measures = attributes.holding(index, "PixelMeasuresSequence", "PixelSpacing")
    position = vector(place, "ImagePositionPatient", 3)
    spacing, source = _spacing(measures, attributes.dataset, modality)
    thickness = number(attributes.holding(index, "PixelMeasuresSequence", "SliceThickness"), "SliceThickness")
    return FrameGeometry(
        position=(position[0], position[1], position[2]) if position is not None else None,
        orientation=_orientation(plane),
        spacing=spacing,
        spacing_source=source,
        slice_thickness=thickness,
        regions=regions,
        frame_time_ms=frame_time_ms,
        gantry_tilt=number(attributes.dataset, "GantryDetectorTilt") or None,
    )


def _orientation(plane: Dataset) -> tuple[float, float, float, float, float, float] | None:
    """Six cosines that make a plane; anything else would put marks in the wrong place."""
    found = vector(plane, "ImageOrientationPatient", 6)
    if found is None:
        return None
    rows, columns = math.dist(found[:3], (0, 0, 0)), math.dist(found[3:], (0, 0, 0))
    skew = sum(a * b for a, b in zip(found[:3], found[3:], strict=True))
    if abs(rows - 1) > 0.01 or abs(columns - 1) > 0.01 or abs(skew) > 0.01:
        return None
    a, b, c, d, e, f = found
    return (a, b, c, d, e, f)


def _spacing(
    measures: Dataset, dataset: Dataset, modality: str
) -> tuple[tuple[float, float] | None, SpacingSource | None]:
    """(between rows, between columns) in mm and where it comes from.

    A projection whose Pixel Spacing equals its Imager Pixel Spacing was not corrected for magnification:
    it is what the detector measured. Source: DICOM PS3.3 10.7.1.1, 10.7.1.3.
    """
    plain = _pair(measures, "PixelSpacing")
    imager = _pair(dataset, "ImagerPixelSpacing")
    corrected = plain is not None and not (modality in PROJECTIONS and plain == imager)
    if corrected:
        return plain, "PixelSpacing"
    if imager is None:
        return None, None
    factor = number(dataset, "EstimatedRadiographicMagnificationFactor")
    if factor is None or factor <= 0:
        return imager, "ImagerPixelSpacing"
    return (imager[0] / factor, imager[1] / factor), "ImagerPixelSpacing"


def _pair(dataset: Dataset, keyword: str) -> tuple[float, float] | None:
    found = vector(dataset, keyword, 2)
    return (found[0], found[1]) if found is not None and min(found) > 0 else None


def ultrasound_regions(dataset: Dataset) -> tuple[UltrasoundRegion, ...]:
    """The Sequence of Ultrasound Regions, items without a location left out.

    Source: DICOM PS3.3 C.8.5.5: unit 3 is cm; a delta below zero only tells the axis' direction; spatial
    format 1 is a 2-D picture, 2 M-mode, 3 spectral, 4 a waveform, 5 graphics; bit 0 of the flags is the priority.
    An M-mode strip has centimetres along its depth, but marks measure along both axes, so it gives none.
    """
    found = []
    for item in items(dataset, "SequenceOfUltrasoundRegions"):
        corners = [
            integer(item, keyword)
            for keyword in (
                "RegionLocationMinX0",
                "RegionLocationMinY0",
                "RegionLocationMaxX1",
                "RegionLocationMaxY1",
            )
        ]
        min_column, min_row, max_column, max_row = corners
        if min_column is None or min_row is None or max_column is None or max_row is None:
            continue
        per_column = _centimetre_delta(item, "X")
        per_row = _centimetre_delta(item, "Y")
        both = per_column is not None and per_row is not None
        found.append(
            UltrasoundRegion(
                min_column=min_column,
                min_row=min_row,
                max_column=max_column,
                max_row=max_row,
                mm_per_column=per_column if both else None,
                mm_per_row=per_row if both else None,
                spatial=both
                and integer(item, "RegionSpatialFormat") == TWO_DIMENSIONAL
                and integer(item, "RegionDataType") not in NOT_TISSUE,
                low_priority=bool((integer(item, "RegionFlags") or 0) & LOW_PRIORITY),
            )
        )
    return tuple(found)


def _centimetre_delta(region: Dataset, axis: str) -> float | None:
    delta = number(region, f"PhysicalDelta{axis}")
    if delta is None or delta == 0 or integer(region, f"PhysicalUnits{axis}Direction") != CENTIMETRES:
        return None
    return abs(delta) * MM_PER_CM


def frame_times(dataset: Dataset, number_of_frames: int) -> list[float | None]:
    """Milliseconds from each frame to the next; the last frame's is the one before it.

    The vector goes before the constant time: machines that write both write the mean there. A step of zero in a
    vector (two frames at one moment) stays zero; the player shows the frame as briefly as it can.

    Source: DICOM PS3.3 C.7.6.5 (Frame Time, Frame Time Vector, whose first value is 0).
    """
    if number_of_frames == 1:
        return [None]
    steps = numbers(dataset, "FrameTimeVector")
    if len(steps) == number_of_frames and all(step >= 0 for step in steps[1:]) and any(steps[1:]):
        return [*steps[1:], steps[-1]]
    constant = number(dataset, "FrameTime")
    if constant is None or constant <= 0:
        rates = (number(dataset, keyword) for keyword in ("RecommendedDisplayFrameRate", "CineRate"))
        rate = next((rate for rate in rates if rate is not None and rate > 0), None)
        constant = 1000.0 / rate if rate is not None else None
    return [constant] * number_of_frames
