"""Networks of registered versions, kept warm in a worker: each is read and checked once."""

import threading
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TypeVar

import torch

from annotator.assist.model_queries import weights_of
from annotator.assist.models import ModelVersion
from ml_assist.inference.caliper_network import CaliperNetwork
from ml_assist.inference.engine import Engine
from ml_assist.inference.segmenter import Segmenter

Network = TypeVar("Network")

# Of each kind, counted on every device: a department asks a handful, of some tens of megabytes, on up to eight.
_KEPT = 64
_CPU_BATCH, _CUDA_BATCH = 4, 64
# Two threads that ask at once must not both load.
_loading = threading.Lock()


@cache
def inference_devices() -> tuple[torch.device, ...]:
    """Every CUDA device, else the processor; looked for once."""
    if torch.cuda.is_available():
        return tuple(torch.device("cuda", number) for number in range(torch.cuda.device_count()))
    return (torch.device("cpu"),)


def inference_engines() -> dict[torch.device, Engine]:
    """The thread of each device."""
    with _loading:
        return {device: _engine(str(device)) for device in inference_devices()}


def free_device() -> tuple[torch.device, Engine]:
    """The device for which the least waits, and its thread."""
    return min(inference_engines().items(), key=lambda one: one[1].load)


def segmenter_of(version: ModelVersion, *, device: torch.device | None = None) -> Segmenter:
    """The network of a version.

    Raises
    ------
    UnavailableError, WeightsError : its weights are gone, changed, or another network's.
    """
    return _loaded(_segmenter, version, device)


def caliper_network_of(version: ModelVersion, *, device: torch.device | None = None) -> CaliperNetwork:
    """The same of a caliper network."""
    return _loaded(_caliper_network, version, device)


def _loaded(load: Callable[[int, str], Network], version: ModelVersion, device: torch.device | None) -> Network:
    with _loading:
        return load(version.pk, str(device or torch.device("cpu")))


@lru_cache(maxsize=_KEPT)
def _segmenter(version_id: int, device: str) -> Segmenter:
    version = ModelVersion.objects.get(pk=version_id)
    return Segmenter(version.card, weights_of(version), device=torch.device(device))


@lru_cache(maxsize=_KEPT)
def _caliper_network(version_id: int, device: str) -> CaliperNetwork:
    version = ModelVersion.objects.get(pk=version_id)
    return CaliperNetwork(version.card, weights_of(version), device=torch.device(device))


@cache
def _engine(device: str) -> Engine:
    return Engine(device, most=_CUDA_BATCH if device.startswith("cuda") else _CPU_BATCH)
