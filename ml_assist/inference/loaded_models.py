"""Networks of registered versions, kept warm in a worker: each is read and checked once."""

from functools import lru_cache

import torch

from annotator.assist.model_queries import weights_of
from annotator.assist.models import ModelVersion
from ml_assist.inference.segmenter import Segmenter

# A department asks a handful of models; each takes some tens of megabytes.
_KEPT = 4


def segmenter_of(version: ModelVersion, *, device: torch.device | None = None) -> Segmenter:
    """The network of a version.

    Raises
    ------
    UnavailableError, WeightsError : its weights are gone, changed, or another network's.
    """
    return _segmenter(version.pk, str(device or torch.device("cpu")))


@lru_cache(maxsize=_KEPT)
def _segmenter(version_id: int, device: str) -> Segmenter:
    version = ModelVersion.objects.get(pk=version_id)
    return Segmenter(version.card, weights_of(version), device=torch.device(device))
