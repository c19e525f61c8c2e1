"""STAPLE: the mask that several readers' masks most likely come from, and how good each reader is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Round the readers' masks so much background is taken in, in pixels. STAPLE weighs a reader by what they leave out too:
# with the whole picture as background every reader is perfect there, and the joined mask becomes the union.
MARGIN = 2


@dataclass(frozen=True)
class JoinedMask:
    """What STAPLE makes of several masks.

    Attributes
    ----------
    mask : pixels that are more likely in than out.
    sensitivities, specificities : of each reader against it, in the order of the masks; 1 where there is nothing to
        be told from.
    """

    mask: NDArray[np.bool_]
    sensitivities: tuple[float, ...]
    specificities: tuple[float, ...]


def staple(masks: Sequence[NDArray[np.bool_]]) -> JoinedMask:
    """Join masks of several readers by STAPLE.

    Parameters
    ----------
    masks : at least one, all of one shape; an empty one is of a reader who looked and marked nothing.

    Source: Warfield, Zou and Wells, IEEE Trans Med Imaging 2004;23:903, by SimpleITK.
    """
    union = np.logical_or.reduce(masks)
    # STAPLE knows no answer where all masks are empty or alike (it gives NaN), and with one reader nothing to join.
    if all(np.array_equal(mask, masks[0]) for mask in masks):
        perfect = tuple(1.0 for _ in masks)
        return JoinedMask(masks[0].copy(), perfect, perfect)
    import SimpleITK

    part = _box_of(union)
    estimate = SimpleITK.STAPLEImageFilter()
    estimate.SetForegroundValue(1)
    chances = estimate.Execute([SimpleITK.GetImageFromArray(_padded(mask, part)) for mask in masks])
    likely = SimpleITK.GetArrayFromImage(chances) > 0.5
    joined = np.zeros_like(union)
    inside = tuple(slice(MARGIN, MARGIN + side.stop - side.start) for side in part)
    joined[part] = likely[inside]
    return JoinedMask(joined, tuple(estimate.GetSensitivity()), tuple(estimate.GetSpecificity()))


def _box_of(union: NDArray[np.bool_]) -> tuple[slice, ...]:
    places = np.nonzero(union)
    return tuple(slice(int(axis.min()), int(axis.max()) + 1) for axis in places)


def _padded(mask: NDArray[np.bool_], part: tuple[slice, ...]) -> NDArray[np.uint8]:
    return np.pad(mask[part], MARGIN).astype(np.uint8)
