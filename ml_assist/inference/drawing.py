"""From a frame, and a hint where there is one, to the shapes that a network proposes; through the engine."""

from typing import Any

import numpy as np

from annotator.annotations.models import MarkKind
from annotator.assist.models import ModelVersion
from annotator.assist.proposals import ProposedShape
from ml_assist.guidance.guide import Hint, guide_of
from ml_assist.inference.calipers import find_calipers
from ml_assist.inference.frame_pictures import picture_for
from ml_assist.inference.loaded_models import free_engine, segmenter_of
from ml_assist.inference.mask_outline import outline_of_probability
from ml_assist.inference.segmenter import PreparedPicture, Segmenter

LABEL = "lesion"


def drawn_shapes(version: ModelVersion, frame_key: str, hint: Hint | None, *, urgent: bool) -> list[ProposedShape]:
    """One contour, or none where the network draws nothing.

    Parameters
    ----------
    urgent : a reader waits; before all that nobody waits for.

    Raises
    ------
    RoomError : the frame, the weights or the device's memory is missing; in words.
    """
    device, engine = free_engine()
    segmenter = segmenter_of(version, device=device)
    picture = picture_for(segmenter.config, frame_key).pixels
    rows, columns = picture.shape[:2]
    calipers = np.empty((0, 2))
    if segmenter.config.paint_out:
        calipers = np.array([(one.column, one.row) for one in find_calipers(picture[..., 0])], float).reshape(-1, 2)
    prepared = segmenter.prepared(picture, hint, calipers=calipers)
    drawn = engine.ask(("segment", version.pk), _batch_of(segmenter), prepared, urgent=urgent).result()
    outlined = segmenter.outlined(prepared, drawn)
    near = None if hint is None else guide_of(hint, rows=rows, columns=columns)
    points = outline_of_probability(outlined.probability, near=near)
    return [] if points is None else [ProposedShape(MarkKind.CONTOUR.value, points, LABEL, round(outlined.score, 4))]


def _batch_of(segmenter: Segmenter) -> Any:
    def answer(pictures: list[PreparedPicture]) -> Any:
        inside, guides = (np.stack([getattr(one, name) for one in pictures]) for name in ("inside", "guide"))
        return list(segmenter.probabilities(inside, guides))

    return answer
