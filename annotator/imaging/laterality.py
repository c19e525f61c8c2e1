"""On which side of a breast picture the chest wall lies, and whether that fits what the header says. Pure.

The breast touches the edge at the chest wall from top to bottom and ends before the other, so the brighter vertical
edge is the chest wall. The reader of the BCS-DBT data set does it so, with the sums of the first and the last column,
because it found headers to be wrong; it then turns the picture by 180 degrees. Here nothing is turned: where header and
picture disagree a person is asked.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from annotator.imaging.headers.dicom_values import text, vector
from annotator.imaging.headers.functional_groups import FrameAttributes

Edge = Literal["left", "right", ""]
OPPOSITE = {"L": "R", "R": "L", "left": "right", "right": "left"}
# Pixels left of each side for the look: more tell nothing more.
LOOKED_AT = 256
# Part of the columns that counts as an edge.
EDGE_PART = 0.04
# A column of which less than this is picture (the rest is padding) is no edge.
LEAST_PICTURE = 0.2
# By how much one edge must be brighter, as a part of the brighter one; below, nothing is said.
SURE = 0.35
# Brightness of the brighter edge, as a part of the picture's range, below which there is no tissue at it.
LEAST_TISSUE = 0.08
# Directions that a row of a breast picture may run in, by the side and view that everybody hangs.
TOWARDS_FRONT, TOWARDS_BACK = "A", "P"


@dataclass(frozen=True)
class ChestWall:
    """The edge with the chest wall, "" when neither is clearly brighter; confidence 0 to 1."""

    edge: Edge
    confidence: float


@dataclass(frozen=True)
class BreastHeader:
    """What a header says of how a breast lies in the picture.

    Attributes
    ----------
    laterality : "L", "R" or else "".
    row_direction : "A" where columns count up towards the front of the patient, "P" towards the back, "" unknown.
    tissue_is_dark : small stored values are tissue: MONOCHROME1, or raw values that rise with the beam.
    padding : inclusive range of stored values that are no picture.
    """

    laterality: str
    row_direction: str
    tissue_is_dark: bool
    padding: tuple[int, int] | None


def find_chest_wall(
    values: NDArray[Any], *, tissue_is_dark: bool = False, padding: tuple[int, int] | None = None
) -> ChestWall:
    """Find the brighter vertical edge of one breast picture.

    Parameters
    ----------
    values : (rows, columns) stored values, at any resolution; colour pictures are none of a breast.
    """
    if values.ndim != 2 or min(values.shape) < 8:
        return ChestWall("", 0.0)
    rows, columns = (max(1, size // LOOKED_AT) for size in values.shape)
    # Outermost columns stay: the last one is part of an edge whatever the step.
    seen = values[::rows, np.unique(np.append(np.arange(0, values.shape[1], columns), values.shape[1] - 1))]
    picture = np.ones(seen.shape, dtype=bool)
    if padding is not None:
        picture = (seen < padding[0]) | (seen > padding[1])
    edges = np.flatnonzero(picture.mean(axis=0) >= LEAST_PICTURE)
    if len(edges) < 8:
        return ChestWall("", 0.0)
    shown = seen[:, edges[0] : edges[-1] + 1].astype(np.float64)
    valid = picture[:, edges[0] : edges[-1] + 1]
    if tissue_is_dark:
        shown = -shown
    dark, bright = np.percentile(shown[valid], (2, 98))
    if bright <= dark:
        return ChestWall("", 0.0)
    # Clipped: a burnt-in letter or a metal clip is no brighter than tissue.
    grey = np.where(valid, np.clip((shown - dark) / (bright - dark), 0.0, 1.0), 0.0)
    width = max(1, round(grey.shape[1] * EDGE_PART))
    left, right = float(grey[:, :width].mean()), float(grey[:, -width:].mean())
    brighter = max(left, right)
    confidence = abs(left - right) / brighter if brighter >= LEAST_TISSUE else 0.0
    if confidence < SURE:
        return ChestWall("", confidence)
    return ChestWall("left" if left > right else "right", confidence)


def side_of_picture(wall: ChestWall, header: BreastHeader) -> str:
    """Which breast the picture shows by its pixels: "L", "R", or "" when unsure.

    A left breast has its chest wall at the left edge as everybody stores it. A picture stored otherwise whose
    orientation says so (turned by 180 degrees, say) is no disagreement: then its chest wall is where the
    orientation puts it, and the header's side stands. Where it is not, the other side is named.

    Source: DICOM PS3.3 C.7.6.1.1.1 (Patient Orientation).
    """
    if not wall.edge:
        return ""
    by_edge = "L" if wall.edge == "left" else "R"
    if header.laterality not in OPPOSITE or not header.row_direction:
        return by_edge
    promised = "left" if header.row_direction == TOWARDS_FRONT else "right"
    return header.laterality if wall.edge == promised else OPPOSITE[header.laterality]


def breast_header(
    dataset: Dataset, *, laterality: str, inverted: bool, padding: tuple[int, int] | None
) -> BreastHeader:
    """Read what `side_of_picture` needs from a header.

    Raw pictures (For Processing) whose values rise with the beam show tissue dark in MONOCHROME2 too.

    Source: DICOM PS3.3 C.8.11.7.1.1 (Presentation Intent), C.8.11.3.1.2 (Pixel Intensity Relationship Sign).
    """
    raw = text(dataset, "PresentationIntentType").upper() == "FOR PROCESSING"
    rises_with_beam = text(dataset, "PixelIntensityRelationshipSign") == "1"
    return BreastHeader(
        laterality=laterality,
        row_direction=_row_direction(dataset),
        tissue_is_dark=rises_with_beam if raw else inverted,
        padding=padding,
    )


def _row_direction(dataset: Dataset) -> str:
    attributes = FrameAttributes(dataset)
    in_frame = attributes.group(0, "PatientOrientationInFrameSequence")
    first = text(in_frame if in_frame is not None else dataset, "PatientOrientation").split("\\")[0].upper()
    named = {letter for letter in (TOWARDS_FRONT, TOWARDS_BACK) if letter in first}
    if len(named) == 1:
        return named.pop()
    plane = vector(
        attributes.holding(0, "PlaneOrientationSequence", "ImageOrientationPatient"), "ImageOrientationPatient", 6
    )
    # Half way to the side the row no longer runs from front to back.
    if plane is None or abs(plane[1]) < 0.5:
        return ""
    return TOWARDS_BACK if plane[1] > 0 else TOWARDS_FRONT
