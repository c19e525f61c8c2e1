"""Load the networks that answer, and have each work once: the first picture takes several times as long as the next.

A click goes through a picture's window, a device's thread and the network. Each is slow once, in that thread and at
that size: only a whole picture on the same way makes the first click as fast as the second.
"""

import logging

import numpy as np

from annotator.accounts.errors import RoomError
from annotator.assist.model_queries import answering_versions, pinned_versions
from annotator.assist.models import ModelVersion
from annotator.imaging.frame_description import FrameGrey, Window
from annotator.imaging.models import Frame, InstanceState, StackKind
from annotator.imaging.pixels.windowing import grey_from_stored
from annotator.imaging.store.frame_source import source_of_frame
from ml_assist.guidance.guide import Hint
from ml_assist.inference.caliper_finding import NetworkFinder
from ml_assist.inference.drawing import Drawer

logger = logging.getLogger(__name__)

_ROWS, _COLUMNS = 768, 1024


def warm_up_new(warm: set[int]) -> None:
    """Warm up every version that answers, anywhere or in a study alone, and isn't among `warm`, and add it there.

    One that can't be loaded is named in the log, once, and fails when it is asked.
    """
    for version in (*answering_versions(), *pinned_versions()):
        if version.pk in warm:
            continue
        warm.add(version.pk)
        try:
            _warm_up(version)
        except (RoomError, KeyError, ValueError) as error:
            logger.warning("%s is not warm: %s", version, error)
        else:
            logger.info("%s is warm.", version)


def _warm_up(version: ModelVersion) -> None:
    _warm_up_windows()
    if version.task == "segmentation":
        drawer = Drawer(version)
        drawer.warm_up(_ROWS, _COLUMNS)
        if (frame := _newest_frame(version.modality)) is not None:
            guided = bool(version.card["config"].get("guidance"))
            side = min(frame.instance.rows, frame.instance.columns)
            hint = Hint("box", ((side / 4, side / 4), (side / 2, side / 2))) if guided else None
            drawer.draw(source_of_frame(frame.key), hint, urgent=False)
    elif version.task == "calipers":
        finder = NetworkFinder(version)
        finder.warm_up(_ROWS, _COLUMNS)
        if (frame := _newest_frame(version.modality)) is not None:
            finder.find(source_of_frame(frame.key))


def _warm_up_windows() -> None:
    """The compiled loops that turn stored values into grey, for the types that pictures are stored in."""
    for stored in (np.uint8, np.uint16, np.int16):
        grey_from_stored(np.zeros((2, 2), stored), FrameGrey(), Window(40, 400))


def _newest_frame(modality: str) -> Frame | None:
    """A picture that is at hand: its size and coding are likely those of the next one."""
    ready = Frame.objects.filter(instance__state=InstanceState.READY, instance__series__modality=modality)
    stills = ready.filter(instance__stack__kind=StackKind.STILL) if modality == "US" else ready
    return stills.select_related("instance").order_by("-pk").first()
