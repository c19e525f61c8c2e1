"""Examples as the squares that a network sees, on the disk: made once, gone on with after a kill. Nothing of torch.

Truth, guide, share and augmentation are chosen while training, so that every approach and share trains on the same set.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.datasets.canonical_json import hash_of_json
from annotator.statistics.stratified_split import hash_order
from ml_assist.guidance.simulated_hints import LesionEnds, lesion_ends
from ml_assist.inference.network_square import NetworkSquare, made_visible, square_of
from ml_assist.training.example import Example, Side, TrainingSource
from ml_assist.training.unet_config import UNetConfig

Report = Callable[[int, str], None]
# What of a configuration decides what the squares look like.
_DECIDES = (
    "modality", "windows", "categories", "frames", "stretch", "crop", "size", "calipers", "paint_out",
)  # fmt: skip


@dataclass(frozen=True)
class PreparedExample:
    """What is known of a square; `calipers` and `ends` lie in the square.

    Attributes
    ----------
    ends : where a person would click; None where nothing is marked.
    """

    key: str
    patient: str
    side: Side
    group: str
    weight: float
    square: NetworkSquare
    calipers: tuple[tuple[float, float], ...]
    ends: LesionEnds | None

    def to_json(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in ("key", "patient", "side", "group", "weight", "calipers")}
        return plain | {"square": self.square.to_json(), "ends": self.ends and self.ends.to_json()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            **data
            | {
                "square": NetworkSquare.from_json(data["square"]),
                "calipers": tuple((column, row) for column, row in data["calipers"]),
                "ends": LesionEnds.from_json(data["ends"]) if data["ends"] else None,
            }
        )


class PreparedSet:
    """Squares by number.

    Attributes
    ----------
    pictures : (n, channels, size, size) uint8; masks : (n, size, size) uint8, 0 and 1. Both lie on the disk.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        lines = (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()
        self.examples = [PreparedExample.from_json(json.loads(line)) for line in lines]
        self.pictures: NDArray[np.uint8] = np.load(folder / "pictures.npy", mmap_mode="r")
        self.masks: NDArray[np.uint8] = np.load(folder / "masks.npy", mmap_mode="r")

    def numbers(self, side: Side, config: UNetConfig) -> list[int]:
        """The examples of a side that a configuration takes; of the training side the share of its patients.

        A smaller share is part of a larger one of the same seed.
        """
        taken = [
            number
            for number, example in enumerate(self.examples)
            if example.side == side and (len(example.calipers) >= 2 or not config.only_with_calipers)
        ]
        if side != "train" or config.share >= 1:
            return taken
        patients = {self.examples[number].patient for number in taken}
        ordered = sorted(patients, key=lambda patient: hash_order(config.seed, patient))
        chosen = set(ordered[: max(1, round(config.share * len(ordered)))])
        return [number for number in taken if self.examples[number].patient in chosen]

    def whole(self, number: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """The picture, (rows, columns) of its first channel, and the mask of an example held out, in their own size."""
        picture, mask = (cv2.imread(str(_held(self.folder, what, number)), cv2.IMREAD_GRAYSCALE) for what in _HELD)
        return np.asarray(picture, np.uint8), np.asarray(mask, np.uint8) // 255


def prepare(source: TrainingSource, config: UNetConfig, folder: Path, *, report: Report) -> PreparedSet:
    """Make the set, or go on with it where it was; one that was made of other data or otherwise is made anew.

    Parameters
    ----------
    report : called with the percentage of the pictures that are ready.
    """
    made_of = {"data": source.description()["hash"], "count": len(source)}
    fingerprint = hash_of_json(made_of | {name: _plain(getattr(config, name)) for name in _DECIDES})
    stamp = folder / "made-of.txt"
    if folder.exists() and not (stamp.exists() and stamp.read_text() == fingerprint):
        shutil.rmtree(folder)
    shape = (len(source), config.picture_channels, config.size, config.size)
    if not stamp.exists():
        (folder / "held").mkdir(parents=True, exist_ok=True)
        for name, size in (("pictures.npy", shape), ("masks.npy", (shape[0], *shape[2:]))):
            np.lib.format.open_memmap(folder / name, mode="w+", dtype=np.uint8, shape=size).flush()
        (folder / "index.jsonl").write_text("")
        stamp.write_text(fingerprint)
    done = _whole_lines(folder / "index.jsonl")
    if done < len(source):
        pictures = np.lib.format.open_memmap(folder / "pictures.npy", mode="r+")
        masks = np.lib.format.open_memmap(folder / "masks.npy", mode="r+")
        with (folder / "index.jsonl").open("a", encoding="utf-8") as index:
            for number, example in enumerate(source.examples(done), start=done):
                report(100 * number // len(source), f"Preparing picture {number + 1} of {len(source)}")
                prepared, picture, mask = _prepared(example, config)
                pictures[number], masks[number] = picture.transpose(2, 0, 1), mask
                if example.side != "train":
                    _keep(folder, number, example)
                index.write(json.dumps(prepared.to_json(), ensure_ascii=False) + "\n")
                index.flush()
        pictures.flush()
        masks.flush()
    return PreparedSet(folder)


def _prepared(example: Example, config: UNetConfig) -> tuple[PreparedExample, NDArray[np.uint8], NDArray[np.uint8]]:
    shown = made_visible(example.picture, example.calipers, stretch=config.stretch, paint_out=config.paint_out)
    square = square_of(shown, size=config.size, crop=config.crop)
    mask = square.mask_into(example.mask)
    calipers = [(float(column), float(row)) for column, row in square.points_into(example.calipers)]
    prepared = PreparedExample(
        key=example.key,
        patient=example.patient,
        side=example.side,
        group=example.group,
        weight=example.weight,
        square=square,
        calipers=tuple(calipers),
        ends=lesion_ends(mask),
    )
    return prepared, square.into(shown).reshape(config.size, config.size, -1), mask


_HELD = ("picture", "mask")


def _held(folder: Path, what: str, number: int) -> Path:
    return folder / "held" / f"{number:07d}-{what}.png"


def _keep(folder: Path, number: int, example: Example) -> None:
    """What a prediction is judged by lies in its own size, not in the network's."""
    for what, values in zip(_HELD, (example.picture[..., 0], example.mask * np.uint8(255)), strict=True):
        cv2.imwrite(str(_held(folder, what, number)), values)


def _whole_lines(path: Path) -> int:
    """How many examples are done; a line that a kill left half written is cut off."""
    with path.open("r+b") as lines:
        whole = [line for line in lines if line.endswith(b"\n")]
        lines.truncate(sum(map(len, whole)))
    return len(whole)


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value))
