"""Crops of real pictures with calipers, burned in or drawn, and where these are: the same for the same seed and number.

What nobody is sure of is left out of the loss: it teaches neither that it is a caliper nor that it is none.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.datasets.preprocessing.painting import calipers_painted_out
from ml_assist.networks.caliper_planes import STRIDE, planes_of
from ml_assist.training.caliper_config import CaliperConfig
from ml_assist.training.drawn_calipers import draw_calipers_and_clutter

# Spread of the heat round a centre, in cells.
_SPREAD = 1.1
# Cells round an unsure place that are left out.
_UNSURE = 5
_PAINTED = 9
# So near to where a crop was cut out of its picture nothing is learned: to the network it looks like the picture's own
# edge, where symbols are the legend's.
_CUT = 14
_AHEAD = 3
_NOWHERE = np.empty((0, 2), np.float64)
_UNCUT = (False, False, False, False)
# Below what the losses take for a centre or its surroundings.
_NO_CENTRE = 0.3


@dataclass(frozen=True)
class KnownCalipers:
    """What is known of a picture: column and row (SCOORD), (n, 2) each.

    Attributes
    ----------
    sure : calipers; unsure : places that may be one.
    """

    sure: NDArray[np.float64]
    unsure: NDArray[np.float64]

    def to_json(self) -> dict[str, Any]:
        return {"sure": self.sure.round(2).tolist(), "unsure": self.unsure.round(2).tolist()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(*(np.array(data[name], np.float64).reshape(-1, 2) for name in ("sure", "unsure")))


@dataclass(frozen=True)
class LabelledPicture:
    """A picture, (rows, columns) grey, with what is known of it.

    Attributes
    ----------
    hard : (n, 2), where the network of the round before was wrong.
    """

    key: str
    picture: NDArray[np.uint8]
    known: KnownCalipers
    hard: NDArray[np.float64] = field(default_factory=lambda: _NOWHERE)


@dataclass(frozen=True)
class Crop:
    """A part of a picture, (size, size, 3), and what is known of it, in its own columns and rows.

    Attributes
    ----------
    cut : the left, top, right and lower side: whether the picture goes on behind it.
    """

    picture: NDArray[np.uint8]
    known: KnownCalipers
    cut: tuple[bool, bool, bool, bool]


@dataclass(frozen=True)
class CropBatch:
    """What a step learns from.

    Attributes
    ----------
    planes : (n, 2, size, size) uint8.
    heat : (n, size/2, size/2), 0 to 1; 1 in the cell of a centre.
    counts : (n, size/2, size/2); False where it is left out of the loss.
    places : (n, 2, size/2, size/2): the centre's column and row from the cell's middle, in cells, near a centre.
    """

    planes: NDArray[np.uint8]
    heat: NDArray[np.float32]
    counts: NDArray[np.bool_]
    places: NDArray[np.float32]


def crop_batches(
    pictures: Sequence[LabelledPicture], config: CaliperConfig, *, epoch: int, count: int, ahead: int = _AHEAD
) -> Iterator[CropBatch]:
    """As many batches, made while the network is busy with the one before."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        waiting: list[Future[CropBatch]] = []
        for step in range(count + ahead):
            if step < count:
                waiting.append(pool.submit(_batch, pictures, config, epoch, step))
            if step >= ahead:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()


def _batch(pictures: Sequence[LabelledPicture], config: CaliperConfig, epoch: int, step: int) -> CropBatch:
    made = [
        _targets(some_crop(pictures, config, np.random.default_rng([config.seed, epoch, step, at])))
        for at in range(config.batch_size)
    ]
    planes, heat, counts, places = (np.stack(parts) for parts in zip(*made, strict=True))
    return CropBatch(planes, heat, counts, places)


def some_crop(pictures: Sequence[LabelledPicture], config: CaliperConfig, random: np.random.Generator) -> Crop:
    """As seen on a screen, with calipers and clutter drawn onto it or not."""
    if random.random() < config.plain or not pictures:
        crop, known, cut = _plain(config.size, random), KnownCalipers(_NOWHERE, _NOWHERE), _UNCUT
    else:
        crop, known, cut = _cut_out(_chosen(pictures, config, random), config.size, random)
    crop = np.repeat(crop[..., None], 3, axis=2)
    most = 4 if random.random() < config.drawn else 0
    # Nothing is drawn over what may be one either.
    there = np.concatenate([known.sure, known.unsure])
    drawn = draw_calipers_and_clutter(crop, there, random, most=most)
    sure = np.concatenate([known.sure, drawn.calipers[len(there) :]])
    return Crop(_as_shown(drawn.picture, random), KnownCalipers(sure, known.unsure), cut)


def _chosen(pictures: Sequence[LabelledPicture], config: CaliperConfig, random: np.random.Generator) -> LabelledPicture:
    hard = [one for one in pictures if len(one.hard)]
    if hard and random.random() < config.hard:
        return hard[int(random.integers(len(hard)))]
    one = pictures[int(random.integers(len(pictures)))]
    return replace(one, hard=_NOWHERE)


def _cut_out(
    labelled: LabelledPicture, size: int, random: np.random.Generator
) -> tuple[NDArray[np.uint8], KnownCalipers, tuple[bool, bool, bool, bool]]:
    picture, known, hard = labelled.picture, labelled.known, labelled.hard
    sure, unsure = known.sure, known.unsure
    if len(sure) and not len(hard) and random.random() < 0.2:
        places = [(float(column), float(row)) for column, row in sure]
        picture = np.asarray(calipers_painted_out(picture, places, radius=_PAINTED), np.uint8)
        sure = _NOWHERE
    scale = float(random.uniform(0.75, 1.6)) if random.random() < 0.45 else 1.0
    if scale != 1:
        way = int(random.choice([cv2.INTER_LINEAR, cv2.INTER_AREA, cv2.INTER_CUBIC]))
        rows, columns = picture.shape
        resized = (max(1, round(columns * scale)), max(1, round(rows * scale)))
        sure, unsure, hard = (part * (resized[0] / columns, resized[1] / rows) for part in (sure, unsure, hard))
        picture = np.asarray(cv2.resize(picture, resized, interpolation=way), np.uint8)
    rows, columns = picture.shape
    near = _middle_of_a_crop(sure, hard, size, rows, columns, random)
    left, top = (
        int(np.clip(round(place - size / 2), min(0, side - size), max(0, side - size)))
        for place, side in zip(near, (columns, rows), strict=True)
    )
    crop = np.zeros((size, size), np.uint8)
    part = picture[max(0, top) : top + size, max(0, left) : left + size]
    crop[max(0, -top) : max(0, -top) + part.shape[0], max(0, -left) : max(0, -left) + part.shape[1]] = part
    sure, unsure = (_inside(places - (left, top), size) for places in (sure, unsure))
    cut = (left > 0, top > 0, left + size < columns, top + size < rows)
    crop = np.asarray(_contrast(crop, random), np.uint8)
    for axis, chance in ((1, 0.5), (0, 0.1)):
        if random.random() < chance:
            crop = np.ascontiguousarray(np.flip(crop, axis))
            sure, unsure = (_flipped(places, axis, size) for places in (sure, unsure))
            cut = (cut[2], cut[1], cut[0], cut[3]) if axis else (cut[0], cut[3], cut[2], cut[1])
    return crop, KnownCalipers(sure, unsure), cut


def _middle_of_a_crop(
    sure: NDArray[np.float64],
    hard: NDArray[np.float64],
    size: int,
    rows: int,
    columns: int,
    random: np.random.Generator,
) -> NDArray[np.float64]:
    """Near what was hard, near a caliper, along the lower edge, where legends stand, or anywhere."""
    places = hard if len(hard) else sure
    if len(places) and (len(hard) or random.random() < 0.55):
        return np.asarray(places[int(random.integers(len(places)))] + random.uniform(-0.4, 0.4, 2) * size)
    if random.random() < 0.4:
        return np.array([random.uniform(0, 1) * columns, rows])
    return random.uniform(0, 1, 2) * (columns, rows)


def _inside(places: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    return places[np.all((places >= 0) & (places < size), axis=1)]


def _flipped(places: NDArray[np.float64], axis: int, size: int) -> NDArray[np.float64]:
    flipped = places.copy()
    flipped[:, 1 - axis] = size - flipped[:, 1 - axis]
    return _inside(flipped, size)


def _contrast(picture: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    if random.random() < 0.4:
        return picture
    grey = np.arange(256, dtype=np.float64) / 255
    table = grey ** float(random.uniform(0.6, 1.6)) * float(random.uniform(0.7, 1.3)) * 255
    return np.asarray(np.clip(table, 0, 255).astype(np.uint8)[picture])


def _plain(size: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """What is no ultrasound: black, one grey, a slope, noise, smooth clouds, rectangles."""
    kind = int(random.integers(6))
    level = float(random.uniform(0, 255))
    field = np.zeros((size, size))
    if kind == 1:
        field += level
    elif kind == 2:
        field += np.linspace(level, random.uniform(0, 255), size)[:, None]
    elif kind == 3:
        field += np.abs(random.normal(level / 2, random.uniform(5, 60), (size, size)))
    elif kind == 4:
        field += random.rayleigh(60, (size, size))
        field[:] = cv2.GaussianBlur(
            field, (0, 0), sigmaX=float(random.uniform(0.6, 4)), sigmaY=float(random.uniform(0.6, 3))
        )
    elif kind == 5:
        for _ in range(int(random.integers(2, 12))):
            (left, right), (top, bottom) = np.sort(random.integers(0, size, (2, 2)), axis=1)
            field[top:bottom, left:right] = random.uniform(0, 255)
    return np.asarray(np.clip(field, 0, 255), np.uint8)


def _as_shown(picture: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """As files come: colour lost, blurred a little, compressed, noisy."""
    if random.random() < 0.4:
        picture = np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    if random.random() < 0.15:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), float(random.uniform(0.3, 0.8))), np.uint8)
    if random.random() < 0.15:
        noise = random.normal(0, random.uniform(1, 8), picture.shape[:2])[..., None]
        picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
    if random.random() < 0.2:
        written = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(45, 95))])[1]
        picture = np.asarray(cv2.imdecode(written, cv2.IMREAD_COLOR), np.uint8)
    return np.asarray(picture, np.uint8)


def _targets(
    crop: Crop,
) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.bool_], NDArray[np.float32]]:
    known = crop.known
    side = crop.picture.shape[0] // STRIDE
    heat = np.zeros((side, side), np.float32)
    counts = np.ones((side, side), np.bool_)
    places = np.zeros((2, side, side), np.float32)
    down, across = np.mgrid[:side, :side] + 0.5
    for column, row in known.unsure / STRIDE:
        counts &= np.hypot(across - column, down - row) > _UNSURE
    for column, row in known.sure / STRIDE:
        near = np.hypot(across - column, down - row)
        cell = (min(side - 1, int(row)), min(side - 1, int(column)))
        blob = np.exp(-0.5 * (np.hypot(across - cell[1] - 0.5, down - cell[0] - 0.5) / _SPREAD) ** 2)
        heat = np.maximum(heat, np.where(blob > 0.01, blob, 0).astype(np.float32))
        counts |= near <= 3
        here = near <= 2
        places[0][here], places[1][here] = (column - across)[here], (row - down)[here]
    margin = _CUT // STRIDE
    left, top, right, lower = crop.cut
    counts[:, : margin * left], counts[: margin * top] = False, False
    counts[:, side - margin * right :], counts[side - margin * lower :] = False, False
    # What isn't counted is no centre to learn a place by either.
    return planes_of(crop.picture), np.where(counts, heat, np.minimum(heat, np.float32(_NO_CENTRE))), counts, places
