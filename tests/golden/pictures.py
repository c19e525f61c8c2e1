"""What the golden pictures show: a file, how it is rendered, and why it is among them.

The pictures beside this file were looked at by a person once. A test renders them again through the whole path
(ingest, frame store, decoding, grey chain, resizing) and compares every pixel. When a change is meant to alter what is
shown, look at the new pictures and write them with `python -m tests.golden.remake`; git shows which ones changed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from annotator.imaging.frame_description import Window
from tests.builders import ct_series, tomosynthesis

BUNDLED = Path(pydicom.__file__).parent / "data" / "test_files"
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class GoldenPicture:
    """A rendering of the first frame of a file; `source` writes it into a folder, or names one of pydicom's."""

    name: str
    source: str | Callable[[Path], Path]
    rendering: dict[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.name}.png"

    def file(self, folder: Path) -> Path:
        return BUNDLED / f"{self.source}.dcm" if isinstance(self.source, str) else self.source(folder)


def _altered(change: Callable[[Dataset], None]) -> Callable[[Path], Path]:
    """pydicom's small CT with another header."""

    def write(folder: Path) -> Path:
        dataset = pydicom.dcmread(BUNDLED / "CT_small.dcm")
        change(dataset)
        path = folder / "altered.dcm"
        dataset.save_as(path)
        return path

    return write


def _monochrome1_sigmoid(dataset: Dataset) -> None:
    dataset.PhotometricInterpretation = "MONOCHROME1"
    dataset.WindowCenter, dataset.WindowWidth, dataset.VOILUTFunction = 40, 400, "SIGMOID"


def _voi_table(dataset: Dataset) -> None:
    item = Dataset()
    item.add_new(0x00283002, "SS", [400, -160, 12])
    item.add_new(0x00283006, "OW", (4095 * (np.arange(400) / 399) ** 3).astype("<u2").tobytes())
    dataset.VOILUTSequence = Sequence([item])


def _modality_table(dataset: Dataset) -> None:
    del dataset.RescaleSlope, dataset.RescaleIntercept
    item = Dataset()
    item.add_new(0x00283002, "SS", [2200, 0, 16])
    item.add_new(0x00283004, "LO", "steps")
    item.add_new(0x00283006, "OW", (np.arange(2200) // 100 * 2900).astype("<u2").tobytes())
    dataset.ModalityLUTSequence = Sequence([item])
    dataset.WindowCenter, dataset.WindowWidth = 32000, 64000


PICTURES = [
    GoldenPicture("ct-soft-tissue", "CT_small"),
    GoldenPicture("ct-lung", "CT_small", {"window": Window(-600, 1500)}),
    GoldenPicture("ct-three-window", "CT_small", {"composition": "three-window"}),
    GoldenPicture("ct-monochrome1-sigmoid", _altered(_monochrome1_sigmoid)),
    GoldenPicture("ct-voi-table", _altered(_voi_table)),
    GoldenPicture("ct-modality-table", _altered(_modality_table)),
    GoldenPicture("ct-twice-as-large", lambda folder: ct_series(folder, slices=1)[0], {"viewport": (64, 64)}),
    GoldenPicture("mr-rle", "MR_small_RLE"),
    GoldenPicture("mr-jpeg-2000", "MR_small_jp2klossless"),
    GoldenPicture("mr-reduced", "examples_overlay", {"viewport": (121, 75)}),
    GoldenPicture("grey-deflated", "image_dfl", {"viewport": (128, 128)}),
    GoldenPicture("colour-palette-reduced", "examples_palette", {"viewport": (160, 120)}),
    GoldenPicture("colour-big-endian", "ExplVR_BigEnd"),
    GoldenPicture("tomosynthesis-from-its-groups", lambda folder: tomosynthesis(folder, frames=2)),
]
