"""Calipers on a frame by the network that answers; through the engine."""

from typing import Any

import numpy as np

from annotator.assist.models import ModelVersion
from annotator.assist.proposals import ProposedShape
from annotator.imaging.pixels.rendering import render_pixels
from annotator.imaging.store.frame_source import FrameSource
from ml_assist.inference.loaded_models import caliper_network_of, free_device, inference_engines
from ml_assist.inference.matched_calipers import shapes_of


class NetworkFinder:
    """A caliper network, warm on every device. Making one asks the database; finding doesn't.

    Raises
    ------
    UnavailableError, WeightsError : its weights are gone, changed, or another network's.
    """

    def __init__(self, version: ModelVersion) -> None:
        self._kind = ("calipers", version.pk)
        self._networks = {device: caliper_network_of(version, device=device) for device in inference_engines()}

    def find(self, source: FrameSource) -> list[ProposedShape]:
        """Every caliper of a frame as a point.

        Raises
        ------
        RoomError : the frame's bytes or the device's memory is missing; in words.
        """
        device, engine = free_device()
        find_many: Any = self._networks[device].find_many
        return shapes_of(engine.ask(self._kind, find_many, render_pixels(source), urgent=False).result())

    def warm_up(self, rows: int, columns: int) -> None:
        """Search once on every device, in its own thread: there the first picture takes longest."""
        for device, engine in inference_engines().items():
            find_many: Any = self._networks[device].find_many
            engine.ask(self._kind, find_many, np.zeros((rows, columns), np.uint8), urgent=False).result()
