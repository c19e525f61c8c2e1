"""Load the networks that answer, and have each draw once: the first drawing takes several times as long as the next."""

import logging

import numpy as np

from annotator.accounts.errors import RoomError
from annotator.assist.model_queries import answering_versions
from ml_assist.inference.loaded_models import caliper_network_of, inference_devices, segmenter_of

logger = logging.getLogger(__name__)


def warm_up() -> None:
    """Of every version that answers; one that can't be loaded is named in the log and fails when it is asked."""
    for version in answering_versions():
        for device in inference_devices():
            try:
                if version.task == "segmentation":
                    segmenter = segmenter_of(version, device=device)
                    picture = np.zeros((64, 64, segmenter.config.picture_channels), np.uint8)
                    segmenter.outline(picture)
                elif version.task == "calipers":
                    caliper_network_of(version, device=device).find(np.zeros((64, 64), np.uint8))
            except (RoomError, KeyError, ValueError) as error:
                logger.warning("%s on %s is not warm: %s", version, device, error)
