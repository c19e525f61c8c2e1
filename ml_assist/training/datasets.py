"""A frozen release as a torch Dataset: pictures, masks, boxes, targets, weights, a frame at a time."""

from collections.abc import Sequence
from typing import Any, TypedDict

import cv2
import numpy as np
import torch
from django.db import connections
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset, WeightedRandomSampler

from annotator.annotations.shapes import CLOSED_KINDS
from annotator.datasets.exporters.mark_rasters import mark_pixels, paint
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.exporters.windowed_pictures import picture_of, window_of
from annotator.datasets.models import Release
from annotator.datasets.released import ReleasedMark, ReleasedStack
from ml_assist.training.frame_index import FrameIndex, LoadingOptions, answers_for

# Connections that a worker has from its parent. Closing or collecting them would end the parent's.
_INHERITED: list[Any] = []


class Sample(TypedDict):
    """One frame.

    image : (channels, rows, columns) float32, 0 to 1. masks : (categories, rows, columns) float32, 0 or 1.
    boxes : (n, 4) float32, left, top, right, bottom in pixels of `image`; classes : (n,) their categories' numbers.
    targets : (questions,) float32, NaN where left out. answers : as they were given, schema by schema.
    weight : see FrameIndex.weights.
    """

    image: torch.Tensor
    masks: torch.Tensor
    boxes: torch.Tensor
    classes: torch.Tensor
    targets: torch.Tensor
    answers: list[dict[str, Any]]
    weight: float
    patient: str
    study_uid: str
    frame_key: str


class ReleaseFrames(Dataset[Sample]):
    """The frames of a frozen release. Every picture is held against the hash that it was frozen with.

    Raises
    ------
    ConflictError : the release isn't frozen.
    InvalidError : an option that it can't be.
    MissingPictureError, ChangedPictureError : when a sample is read that isn't what was frozen.
    """

    def __init__(self, release: Release, options: LoadingOptions | None = None) -> None:
        self.index = FrameIndex(release, options or LoadingOptions())
        self.options = self.index.options
        self.categories = self.index.categories
        self._targets: dict[str, dict[str, dict[str, float]]] = release.balance["targets"]

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, number: int) -> Sample:
        stack, pixels, place = self.index.frame(number)
        picture = _channels(stack, pixels, place, self.options)
        scale, (rows, columns) = _fit(picture.shape[:2], self.options.size)
        image = np.zeros((picture.shape[2], rows, columns), np.float32)
        shown = _scaled(picture, scale)
        image[:, : shown.shape[0], : shown.shape[1]] = shown.transpose(2, 0, 1) / np.float32(255)
        masks, boxes, classes = self._marked(stack, place, scale, (rows, columns))
        return Sample(
            image=torch.from_numpy(image),
            masks=torch.from_numpy(masks),
            boxes=torch.from_numpy(boxes),
            classes=torch.from_numpy(classes),
            targets=torch.from_numpy(self.index.targets(stack, place)),
            answers=[answer.to_json() for answer in answers_for(stack, place)],
            weight=float(self.index.weights[number]),
            patient=stack.patient,
            study_uid=stack.study_uid,
            frame_key=stack.frames[place].frame_key,
        )

    def sampler(self, *, seed: int, draws: int | None = None) -> WeightedRandomSampler:
        """Draws rare classes as often as common ones; `draws` frames an epoch, as many as there are where None."""
        generator = torch.Generator().manual_seed(seed)
        return WeightedRandomSampler(self.index.weights.tolist(), draws or len(self), generator=generator)

    def positive_weights(self) -> torch.Tensor:
        """(questions,) negatives by positives on the loaded sides: `pos_weight` of a binary cross entropy with logits.

        1 where no answer is positive.
        """
        found = []
        for question in self.options.questions:
            sides = [
                side[question]
                for name, side in self._targets.items()
                if question in side and (not self.options.splits or name in self.options.splits)
            ]
            positive = sum(side["positive"] for side in sides)
            found.append(sum(side["negative"] for side in sides) / positive if positive else 1.0)
        return torch.tensor(found, dtype=torch.float32)

    def _marked(
        self, stack: ReleasedStack, place: int, scale: tuple[float, float], size: tuple[int, int]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
        frame = stack.frames[place]
        masks = np.zeros((len(self.categories), *size), np.float32)
        boxes: list[tuple[float, float, float, float]] = []
        classes: list[int] = []
        planes: dict[int, NDArray[np.uint8]] = {}
        for mark in stack.marks_on(place):
            made = mark_pixels(mark, frame) if mark.kind in CLOSED_KINDS else None
            if made is None:
                continue
            number = self.categories.index(mark.category)
            paint(planes.setdefault(number, np.zeros((frame.rows, frame.columns), np.uint8)), made, 1)
            height, width = made.pixels.shape
            left, top, right, bottom = _sides(mark) or (made.column, made.row, made.column + width, made.row + height)
            boxes.append((left * scale[1], top * scale[0], right * scale[1], bottom * scale[0]))
            classes.append(number)
        for number, plane in planes.items():
            part = _scaled_mask(plane, scale)
            masks[number, : part.shape[0], : part.shape[1]] = part
        return masks, np.array(boxes, np.float32).reshape(-1, 4), np.array(classes, np.int64)


def collate(samples: Sequence[Sample]) -> dict[str, Any]:
    """A batch: pictures and masks of unlike sizes are filled up with black below and to the right; boxes stay lists."""
    rows = max(sample["image"].shape[1] for sample in samples)
    columns = max(sample["image"].shape[2] for sample in samples)

    def filled(picture: torch.Tensor) -> torch.Tensor:
        missing = (0, columns - picture.shape[2], 0, rows - picture.shape[1])
        return torch.nn.functional.pad(picture, missing)

    return {
        "image": torch.stack([filled(sample["image"]) for sample in samples]),
        "masks": torch.stack([filled(sample["masks"]) for sample in samples]),
        "targets": torch.stack([sample["targets"] for sample in samples]),
        "weight": torch.tensor([sample["weight"] for sample in samples], dtype=torch.float32),
    } | {
        name: [sample[name] for sample in samples]
        for name in ("boxes", "classes", "answers", "patient", "study_uid", "frame_key")
    }


def release_loader(
    frames: ReleaseFrames, *, batch_size: int, workers: int = 0, seed: int = 0, balanced: bool = False
) -> DataLoader[Sample]:
    """Batches in an order that follows from the seed; `balanced` draws by weights instead. Workers are forked."""
    return DataLoader(
        frames,
        batch_size=batch_size,
        shuffle=None if balanced else True,
        sampler=frames.sampler(seed=seed) if balanced else None,
        generator=torch.Generator().manual_seed(seed),
        num_workers=workers,
        collate_fn=collate,
        worker_init_fn=start_worker,
        multiprocessing_context="fork" if workers else None,
    )


def start_worker(worker: int) -> None:
    """A forked worker opens connections of its own; its parent's are set aside, neither used nor closed."""
    for alias in connections:
        _INHERITED.append(connections[alias])
        del connections[alias]
    cv2.setNumThreads(0)


def _channels(stack: ReleasedStack, pixels: StackPixels, place: int, options: LoadingOptions) -> NDArray[np.uint8]:
    """(rows, columns, channels); colour in one channel is its luma."""
    if len(options.windows) == 1:
        return pixels.grey(place, window_of(options.windows[0], stack.modality))[..., None]
    return picture_of(pixels, place, options.windows)


def _fit(shape: tuple[int, ...], size: tuple[int, int] | None) -> tuple[tuple[float, float], tuple[int, int]]:
    """By how much rows and columns are scaled, and the size of what comes out."""
    rows, columns = shape
    if size is None:
        return (1.0, 1.0), (rows, columns)
    by = min(size[0] / rows, size[1] / columns)
    return (max(1, round(rows * by)) / rows, max(1, round(columns * by)) / columns), size


def _scaled(picture: NDArray[np.uint8], scale: tuple[float, float]) -> NDArray[np.uint8]:
    if scale == (1.0, 1.0):
        return picture
    shape = (round(picture.shape[1] * scale[1]), round(picture.shape[0] * scale[0]))
    made = cv2.resize(picture, shape, interpolation=cv2.INTER_AREA if min(scale) < 1 else cv2.INTER_LINEAR)
    return np.asarray(made, np.uint8).reshape(shape[1], shape[0], -1)


def _scaled_mask(plane: NDArray[np.uint8], scale: tuple[float, float]) -> NDArray[np.bool_]:
    """Pixels of which half is marked; of a mark that would vanish the pixel that holds most of it."""
    if scale == (1.0, 1.0):
        return plane.astype(bool)
    share = _scaled(plane[..., None] * np.uint8(255), scale)[..., 0]
    kept: NDArray[np.bool_] = share >= 128
    return kept if kept.any() else (share == share.max()) & (share > 0)


def _sides(mark: ReleasedMark) -> tuple[float, float, float, float] | None:
    """A box's own sides, not those of its whole pixels."""
    if mark.kind != "box":
        return None
    across, down = [point[0] for point in mark.points], [point[1] for point in mark.points]
    return min(across), min(down), max(across), max(down)
