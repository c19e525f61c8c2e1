"""What a U-Net is trained to do, how, and on what: one object that makes the same training again. Nothing of torch."""

import re
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Self

from annotator.accounts.errors import InvalidError
from annotator.datasets.exporters.windowed_pictures import AUTO, PictureOptions, WindowChoice
from ml_assist.guidance.guide import HINT_KINDS, HintKind
from ml_assist.guidance.outlines import CIRCLE, AxisAspects
from ml_assist.training.config_members import check_members, members_from_json

Truth = Literal["marks", "calipers"]
Calipers = Literal["none", "known", "find"]
Imbalance = Literal["oversample", "weighted", "focal", "none"]
Device = Literal["auto", "cpu", "cuda"]
Precision = Literal["auto", "full", "half"]
Schedule = Literal["plateau", "cosine"]
_CHOICES: dict[str, tuple[str, ...]] = {
    "truth": ("marks", "calipers"),
    "calipers": ("none", "known", "find"),
    "imbalance": ("oversample", "weighted", "focal", "none"),
    "device": ("auto", "cpu", "cuda"),
    "precision": ("auto", "full", "half"),
    "schedule": ("plateau", "cosine"),
}
_WHOLE = {"size": (32, 1024), "epochs": (1, 1000), "patience": (1, 1000), "batch_size": (1, 256), "seed": (0, 2**31)}
_NUMBERS = {
    "learning_rate": (1e-6, 1.0),
    "rotation": (0.0, 180.0),
    "shift": (0.0, 0.5),
    "scale": (0.0, 0.5),
    "share": (0.0, 1.0),
}
_LEVELS = 4


@dataclass(frozen=True)
class UNetConfig:
    """As shipped it is A.5's network and training for ultrasound, from precise masks, without guidance.

    Attributes
    ----------
    name : of the model, e.g. "unet-breast-us".
    modality, anatomy : what it learns from and is meant for, "US" and "breast".
    windows : one, or three as channels, as exports have them: "auto", a preset's name or (centre, width).
    categories : of marks that are outlined; empty: all that have an inside. One network draws one outline.
    frames : "marked" for those that a mark holds for, "all" for empty ones too.
    stretch : to the 1st and 99th percentile; not where values have units.
    crop : to the largest piece that isn't black.
    size : of the square's sides, a multiple of 16.
    filters : of the four levels; the bottom has as many as the last.
    guidance : which hints the second channel is made of, each as often as the others; empty: there is none.
    calipers : "known" are marked in the release ("caliper" points) or listed beside the folder, "find" are looked for.
    axis_aspects : how wide lesions are across a level axis and across an upright one, as parts of it: what two calipers
        or ends alone are completed to. A circle, as in A.5, where nothing is known of the anatomy.
    truth : "marks", or "calipers" for masks made of these (A.5's first approach); what is held out for the test is
        always judged by marks.
    paint_out : calipers are filled in from their surroundings before the network sees the picture.
    only_with_calipers : pictures without two calipers are left out.
    rotation, shift, scale : of the augmentation: at most so many degrees, parts of the side, parts of the size.
    mirror : half of the pictures are turned left to right; not where a side tells something.
    imbalance : rare classes are drawn more often (Buda et al. 2018), pixels of the lesion count more, hard pixels count
        more (Lin et al. 2017), or nothing is done.
    patience : epochs without a better validation loss after which it ends.
    schedule : of the learning rate: cut after epochs without a better loss, or falling along half a cosine to the last
        epoch, for short trainings.
    share : of the training patients that is used.
    precision : "half" is bfloat16 while training; "auto" is that on CUDA.
    """

    name: str = "unet-ultrasound"
    modality: str = "US"
    anatomy: str = ""
    windows: tuple[WindowChoice, ...] = (AUTO,)
    categories: tuple[str, ...] = ()
    frames: Literal["marked", "all"] = "marked"
    stretch: bool = True
    crop: bool = True
    size: int = 320
    filters: tuple[int, ...] = (32, 64, 128, 256)
    guidance: tuple[HintKind, ...] = ()
    calipers: Calipers = "none"
    axis_aspects: AxisAspects = CIRCLE
    truth: Truth = "marks"
    paint_out: bool = False
    only_with_calipers: bool = False
    rotation: float = 90.0
    shift: float = 0.1
    scale: float = 0.1
    mirror: bool = False
    imbalance: Imbalance = "oversample"
    epochs: int = 100
    patience: int = 10
    batch_size: int = 16
    learning_rate: float = 1e-3
    schedule: Schedule = "plateau"
    seed: int = 1
    share: float = 1.0
    device: Device = "auto"
    precision: Precision = "auto"

    def __post_init__(self) -> None:
        PictureOptions(windows=self.windows, frames=self.frames)
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.name) or len(self.name) > 64:
            raise InvalidError("A model's name is small letters, figures and hyphens, at most 64.", "config.name")
        if not re.fullmatch(r"[A-Z]{2,16}", self.modality):
            raise InvalidError("A modality is DICOM's word for it: US, CT, MG.", "config.modality")
        check_members(self, choices=_CHOICES, whole=_WHOLE, numbers=_NUMBERS)
        for name in ("stretch", "crop", "paint_out", "only_with_calipers", "mirror"):
            if not isinstance(getattr(self, name), bool):
                raise InvalidError("This is true or false.", f"config.{name}")
        self._check_together()

    @property
    def picture_channels(self) -> int:
        return len(self.windows)

    @property
    def channels(self) -> int:
        """What the network takes in: the picture's, and one for the guide."""
        return len(self.windows) + bool(self.guidance)

    @property
    def needs_calipers(self) -> bool:
        return "calipers" in self.guidance or self.truth == "calipers" or self.paint_out or self.only_with_calipers

    def changed(self, **members: Any) -> Self:
        """The same with other members, checked again."""
        return replace(self, **members)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """As a program, a form or a file has it; what is left out is as shipped.

        Raises
        ------
        InvalidError : with the path of the fault, e.g. "config.size".
        """
        return cls(**members_from_json(cls, data))

    def _check_together(self) -> None:
        if self.size % 16:
            raise InvalidError("The sides are a multiple of 16: four levels halve them.", "config.size")
        if self.share == 0:
            raise InvalidError("A share of nothing trains nothing.", "config.share")
        sizes = [isinstance(one, int) and not isinstance(one, bool) and 1 <= one <= 1024 for one in self.filters]
        if len(sizes) != _LEVELS or not all(sizes):
            raise InvalidError("There are four levels of 1 to 1,024 filters.", "config.filters")
        aspects = [
            isinstance(one, int | float) and not isinstance(one, bool) and 0.1 <= one <= 5 for one in self.axis_aspects
        ]
        if len(aspects) != 2 or not all(aspects):
            raise InvalidError(
                "These are two numbers from 0.1 to 5: across a level axis, and an upright one.", "config.axis_aspects"
            )
        if not set(self.guidance) <= set(HINT_KINDS) or len(set(self.guidance)) != len(self.guidance):
            raise InvalidError(f"Hints are {', '.join(HINT_KINDS)}, each once.", "config.guidance")
        if not all(isinstance(one, str) for one in self.categories):
            raise InvalidError("Categories are text.", "config.categories")
        if self.needs_calipers and self.calipers == "none":
            raise InvalidError("Say where the calipers come from: known or find.", "config.calipers")


ULTRASOUND = UNetConfig()
CT = UNetConfig(
    name="unet-ct",
    modality="CT",
    windows=("Brain", "Subdural", "Bone"),
    stretch=False,
    frames="all",
    guidance=("extremes", "box"),
    rotation=15.0,
)
TOMOSYNTHESIS = UNetConfig(
    name="unet-tomosynthesis",
    modality="MG",
    anatomy="breast",
    frames="all",
    guidance=("extremes", "box"),
    rotation=15.0,
)
# What a person begins with, by what the form and the command call it.
PRESETS: dict[str, UNetConfig] = {
    "ultrasound": ULTRASOUND,
    "ultrasound-approximate": ULTRASOUND.changed(truth="calipers", calipers="find", only_with_calipers=True),
    "ultrasound-guided": ULTRASOUND.changed(
        name="unet-ultrasound-guided", guidance=("calipers", "extremes", "box"), calipers="find"
    ),
    "ct": CT,
    "tomosynthesis": TOMOSYNTHESIS,
}
