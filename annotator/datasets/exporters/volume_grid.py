"""Whether a stack's frames make one grid of voxels, and where that grid lies in the patient. Pure.

NIfTI and RTSTRUCT place a whole volume by one matrix. Slices that lie elsewhere than the matrix says would put every
mark on them beside its anatomy, so such stacks are told apart here, in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.imaging.frame_description import FrameGeometry
from annotator.imaging.geometry import nifti_affine, patient_from_scoord, ras_from_lps

# A slice may lie so much of the step between slices beside where the matrix puts it.
MOST_BESIDE = 0.05
# Cosines that differ by more than this are two orientations.
SAME_DIRECTION = 1e-3
# Spacings that differ by a greater part are two.
SAME_SPACING = 1e-3


@dataclass(frozen=True)
class VolumeGrid:
    """A grid of voxels.

    Attributes
    ----------
    affine : (4, 4), voxel (column, row, slice), whole at centres, to RAS millimetres.
    orthogonal : its axes stand at right angles; those of a CT with a tilted gantry don't.
    in_patient : False where the frames lie nowhere and the axes are the picture's own, a millimetre a pixel where
        nothing is known.
    """

    affine: NDArray[np.float64]
    orthogonal: bool
    in_patient: bool


class NoGridError(ValueError):
    """The frames make no single grid; the message says why."""


def volume_grid(frames: Sequence[FrameGeometry]) -> VolumeGrid:
    """The grid of a volume.

    Parameters
    ----------
    frames : in order along the normal.

    Raises
    ------
    NoGridError : frames of several orientations or spacings, or slices that lie unevenly.
    """
    known = [frame for frame in frames if frame.position and frame.orientation and frame.spacing]
    if not known:
        return _of_pixels(frames)
    if len(known) < len(frames):
        raise NoGridError(f"{len(frames) - len(known)} of {len(frames)} slices have no place in the patient")
    first = frames[0]
    for frame in frames:
        if _apart(frame.orientation, first.orientation) > SAME_DIRECTION:
            raise NoGridError("its slices lie in several orientations")
        if _apart(frame.spacing, first.spacing) > SAME_SPACING * min(first.spacing or (1.0,)):
            raise NoGridError("its slices have pixels of several sizes")
    affine = nifti_affine(frames)
    step = float(np.linalg.norm(affine[:3, 2]))
    if step <= 0:
        raise NoGridError("all of its slices lie at one place")
    beside = max(_beside(affine, frame, at) for at, frame in enumerate(frames))
    if beside > MOST_BESIDE * step:
        raise NoGridError(f"its slices lie unevenly: up to {beside:.2f} mm beside an even step of {step:.2f} mm")
    return VolumeGrid(affine, _is_orthogonal(affine), in_patient=True)


def _beside(affine: NDArray[np.float64], frame: FrameGeometry, at: int) -> float:
    """Millimetres between a slice's first pixel and where the matrix puts it."""
    said = ras_from_lps(patient_from_scoord([[0.5, 0.5]], frame))[0]
    return float(np.linalg.norm(said - (affine @ [0.0, 0.0, at, 1.0])[:3]))


def _of_pixels(frames: Sequence[FrameGeometry]) -> VolumeGrid:
    between_rows, between_columns = (frames[0].spacing if frames else None) or (1.0, 1.0)
    plain = FrameGeometry((0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), (between_rows, between_columns))
    affine = nifti_affine([plain])
    affine[2, 2] = (frames[0].slice_thickness if frames else None) or 1.0
    return VolumeGrid(affine, orthogonal=True, in_patient=False)


def _is_orthogonal(affine: NDArray[np.float64]) -> bool:
    axes = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    return bool(np.abs(axes.T @ axes - np.eye(3)).max() < SAME_DIRECTION)


def _apart(one: Sequence[float] | None, other: Sequence[float] | None) -> float:
    if one is None or other is None:
        return float("inf")
    return max(abs(a - b) for a, b in zip(one, other, strict=True))
