"""From a frame, and a hint where there is one, to the shapes that a network proposes; through the engine."""

from typing import Any

import numpy as np
import torch

from annotator.annotations.models import MarkKind
from annotator.assist.models import ModelVersion
from annotator.assist.proposals import ProposedShape
from annotator.imaging.store.frame_source import FrameSource
from ml_assist.guidance.guide import Hint, guide_of
from ml_assist.inference.calipers import find_calipers
from ml_assist.inference.engine import Engine
from ml_assist.inference.frame_pictures import COLOUR_NOTE, FramePicture, picture_for
from ml_assist.inference.loaded_models import free_device, inference_engines, segmenter_of
from ml_assist.inference.mask_outline import outline_of_probability
from ml_assist.inference.segmenter import PreparedPicture, Segmenter

LABEL = "lesion"


class Drawer:
    """A segmentation network, warm on every device. Making one asks the database; drawing doesn't, so that many threads
    may draw at once.

    Raises
    ------
    UnavailableError, WeightsError : its weights are gone, changed, or another network's.
    """

    def __init__(self, version: ModelVersion) -> None:
        self._kind = ("segment", version.pk)
        self._segmenters = {device: segmenter_of(version, device=device) for device in inference_engines()}

    def draw(self, source: FrameSource, hint: Hint | None, *, urgent: bool) -> list[ProposedShape]:
        """One contour, or none where the network draws nothing.

        Parameters
        ----------
        urgent : a reader waits; before all that nobody waits for.

        Raises
        ------
        RoomError : the frame's bytes or the device's memory is missing; in words.
        GuidanceError : the hint makes no outline.
        """
        device, engine = free_device()
        picture = picture_for(self._segmenters[device].config, source)
        return self._draw_on(picture, hint, device, engine, urgent=urgent)

    def warm_up(self, rows: int, columns: int) -> None:
        """Draw once on every device, in its own thread: there the first picture takes longest."""
        for device, engine in inference_engines().items():
            config = self._segmenters[device].config
            pixels = np.tile(np.arange(columns, dtype=np.uint8), (rows, 1))[..., None].repeat(
                config.picture_channels, 2
            )
            hint = Hint("box", ((columns / 4, rows / 4), (columns / 2, rows / 2))) if config.guidance else None
            self._draw_on(FramePicture(pixels, coloured=False), hint, device, engine, urgent=False)

    def _draw_on(
        self, picture: FramePicture, hint: Hint | None, device: torch.device, engine: Engine, *, urgent: bool
    ) -> list[ProposedShape]:
        segmenter = self._segmenters[device]
        rows, columns = picture.pixels.shape[:2]
        aspects = segmenter.config.axis_aspects
        near = None if hint is None else guide_of(hint, rows=rows, columns=columns, aspects=aspects)
        calipers = np.empty((0, 2))
        if segmenter.config.paint_out:
            found = find_calipers(picture.pixels[..., 0])
            calipers = np.array([(one.column, one.row) for one in found], float).reshape(-1, 2)
        prepared = segmenter.prepared(picture.pixels, hint, calipers=calipers)
        drawn = engine.ask(self._kind, _batches_of(segmenter), prepared, urgent=urgent).result()
        outlined = segmenter.outlined(prepared, drawn)
        points = outline_of_probability(outlined.probability, near=near)
        if points is None:
            return []
        note = COLOUR_NOTE if picture.coloured else ""
        return [ProposedShape(MarkKind.CONTOUR.value, points, LABEL, round(outlined.score, 4), note=note)]


def _batches_of(segmenter: Segmenter) -> Any:
    def answer(pictures: list[PreparedPicture]) -> Any:
        inside, guides = (np.stack([getattr(one, name) for one in pictures]) for name in ("inside", "guide"))
        return list(segmenter.probabilities(inside, guides))

    return answer
