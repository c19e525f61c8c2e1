"""A CT whose contents are known by place in the patient: small bright balls in water, gantry tilted or not."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from annotator.demo.ct_object import ct_slice
from annotator.demo.dicom_files import MadeStudy, save

Place = tuple[float, float, float]

BALL_HU = 900.0
BALL_RADIUS_MM = 5.0


def landmark_ct(
    folder: Path,
    places: Sequence[Place],
    *,
    patient_id: str,
    tilt_degrees: float = 0.0,
    side: int = 64,
    slices: int = 40,
    spacing: float = 1.5,
    step: float = 2.0,
    left_out: Sequence[int] = (),
) -> list[Path]:
    """Slices around the origin, lowest first, with a ball at each of `places` (mm, LPS).

    The table moves along the body: with a tilted gantry the slices lean, and each is shifted against the one below.

    Parameters
    ----------
    tilt_degrees : how far the front of a slice leans to the head.
    left_out : indices of slices that are not written.
    """
    lean = math.radians(tilt_degrees)
    down = np.array([0.0, math.cos(lean), -math.sin(lean)])
    right = np.array([1.0, 0.0, 0.0])
    owner = MadeStudy(patient_id, patient_id, "Test^Landmarks", description="Landmarks")
    row, column = np.mgrid[:side, :side]
    half = (side - 1) / 2 * spacing
    paths = []
    for index in range(slices):
        if index in left_out:
            continue
        middle = np.array([0.0, 0.0, (index - (slices - 1) / 2) * step])
        origin = middle - half * right - half * down
        at = origin + (column * spacing)[..., None] * right + (row * spacing)[..., None] * down
        values = np.where(np.hypot(at[..., 0], at[..., 1]) < half * 0.95, 0.0, -1000.0)
        for place in places:
            away = np.linalg.norm(at - np.array(place), axis=-1)
            values = np.where(away <= BALL_RADIUS_MM, BALL_HU, values)
        made = ct_slice(
            owner,
            values,
            number=index + 1,
            position=(float(origin[0]), float(origin[1]), float(origin[2])),
            spacing=spacing,
            slice_thickness=step,
            windows=(("WIDE", 0, 2000),),
        )
        made.ImageOrientationPatient = [round(float(value), 6) for value in (*right, *down)]
        if tilt_degrees:
            made.GantryDetectorTilt = tilt_degrees
        paths.append(save(made, folder / f"{patient_id}-{index + 1:03d}.dcm"))
    return paths
