"""A trained caliper network with its card: from a picture to the centres of the calipers on it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from ml_assist.guidance.completed_calipers import completed
from ml_assist.guidance.measured_hints import FoundCaliper
from ml_assist.inference.calipers import Caliper
from ml_assist.networks.caliper_net import CaliperNet
from ml_assist.networks.caliper_planes import MULTIPLE, STRIDE, planes_of
from ml_assist.networks.device import placed, precision_on
from ml_assist.networks.weights import load_weights
from ml_assist.training.caliper_config import CaliperConfig

# Two peaks nearer than this are one caliper, pixels: legs of a symbol, not two of them.
SEPARATION = 8.0
# A larger picture is looked at in parts, so that memory doesn't grow with it. Parts share a margin as wide as what a
# cell sees, and each part answers for its own middle.
_PART, _MARGIN = 1024, 128
_AT_ONCE = 8
_MOST = 200


class CaliperNetwork:
    """Holds the network warm.

    Parameters
    ----------
    card : as the training wrote it: configuration, threshold and the weights' SHA-256; and from which score on, below
        the threshold, a find may complete two axes ("half_seen"; none in cards of before).
    weights : the safetensors file.

    Raises
    ------
    WeightsError : they aren't the card's.
    """

    def __init__(self, card: dict[str, Any], weights: bytes, *, device: torch.device | None = None) -> None:
        self.config = CaliperConfig.from_json(card["config"])
        self.threshold = float(card["threshold"])
        self.half_seen = float(card.get("half_seen", self.threshold))
        self.device = device or torch.device("cpu")
        network = CaliperNet(self.config.filters)
        load_weights(network, weights, sha256=card["weights"]["sha256"])
        self._network = placed(network, self.device).eval()

    @classmethod
    def of(cls, network: torch.nn.Module, config: CaliperConfig, *, device: torch.device) -> Self:
        """A network that is in memory already, e.g. while it is trained; its threshold is 0.5."""
        made = cls.__new__(cls)
        made.config, made.device, made._network = config, device, network.eval()
        made.threshold = made.half_seen = 0.5
        return made

    def find(self, image: NDArray[Any], *, minimum_score: float | None = None) -> list[Caliper]:
        """Find the calipers of one ultrasound picture, best first.

        Parameters
        ----------
        image : uint8, (rows, columns) grey or (rows, columns, 3) RGB, as it is shown.
        minimum_score : how sure to be, 0 to 1; without it, as the card says, which may be less sure where a find makes
            two axes whole (ml_assist/guidance/completed_calipers.py).

        Raises
        ------
        ValueError : an image of another type or shape.
        """
        return self.find_many([image], minimum_score=minimum_score)[0]

    def find_many(self, images: Sequence[NDArray[Any]], *, minimum_score: float | None = None) -> list[list[Caliper]]:
        """The same for many; those of one size go through the network together.

        Raises
        ------
        ValueError : an image of another type or shape.
        """
        least = min(self.threshold, self.half_seen) if minimum_score is None else minimum_score
        found: list[list[Caliper]] = [[] for _ in images]
        of_size: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for number, image in enumerate(images):
            if image.size:
                of_size[image.shape[:2]].append(number)
        for (rows, columns), numbers in of_size.items():
            at_once = _AT_ONCE if rows * columns <= _PART**2 else 1
            for start in range(0, len(numbers), at_once):
                part = numbers[start : start + at_once]
                planes = np.stack([planes_of(images[number]) for number in part])
                for number, peaks in zip(part, self._peaks(planes, least), strict=True):
                    found[number] = _apart(peaks)
        return [self._completed(one) for one in found] if minimum_score is None else found

    def _completed(self, found: list[Caliper]) -> list[Caliper]:
        sure = [one for one in found if one.score >= self.threshold]
        by_point = {(one.column, one.row): one for one in found}
        sides = [
            [FoundCaliper(point, one.score) for point, one in by_point.items() if (one in sure) == is_sure]
            for is_sure in (True, False)
        ]
        return sure + [by_point[one.point] for one in completed(*sides)]

    def _peaks(self, planes: NDArray[np.uint8], least: float) -> list[list[Caliper]]:
        rows, columns = planes.shape[2:]
        found: list[list[Caliper]] = [[] for _ in planes]
        for top, bottom in _parts(rows):
            for left, right in _parts(columns):
                first_row, first_column = max(0, top - _MARGIN), max(0, left - _MARGIN)
                seen = planes[:, :, first_row : bottom + _MARGIN, first_column : right + _MARGIN]
                for number, peaks in enumerate(self._peaks_in(seen, least)):
                    for one in peaks:
                        column, row = one.column + first_column, one.row + first_row
                        if left <= column < right and top <= row < bottom:
                            found[number].append(Caliper(column, row, one.score))
        return found

    @torch.no_grad()
    def _peaks_in(self, planes: NDArray[np.uint8], least: float) -> list[list[Caliper]]:
        rows, columns = planes.shape[2:]
        taken = torch.from_numpy(np.ascontiguousarray(planes)).to(self.device, torch.float32) / 255
        # Black comes above and before, never below or behind: a picture ends there as crops did in training, and the
        # network knows the lower edge, where the legend's copies stand.
        above, before = -rows % MULTIPLE, -columns % MULTIPLE
        taken = functional.pad(taken, (before, 0, above, 0))
        with precision_on(self.device, "auto"):
            drawn = self._network(taken.contiguous(memory_format=torch.channels_last))
        drawn = drawn.float()
        heat = drawn[:, :1].sigmoid()
        highest = (heat == functional.max_pool2d(heat, 3, stride=1, padding=1)) & (heat >= least)
        found: list[list[Caliper]] = [[] for _ in planes]
        for number, _, row, column in highest.nonzero().tolist():
            across, down = drawn[number, 1:, row, column].clamp(-2, 2).tolist()
            place = (STRIDE * (column + 0.5 + across) - before, STRIDE * (row + 0.5 + down) - above)
            # What was filled in before the picture holds none.
            if 0 <= place[0] < columns and 0 <= place[1] < rows:
                found[number].append(Caliper(*place, float(heat[number, 0, row, column])))
        return found


def _parts(length: int) -> list[tuple[int, int]]:
    return [(begin, min(length, begin + _PART)) for begin in range(0, length, _PART)]


def _apart(peaks: list[Caliper]) -> list[Caliper]:
    kept: list[Caliper] = []
    for one in sorted(peaks, key=lambda peak: -peak.score)[: 10 * _MOST]:
        if all(np.hypot(one.column - other.column, one.row - other.row) >= SEPARATION for other in kept):
            kept.append(one)
    return kept[:_MOST]
