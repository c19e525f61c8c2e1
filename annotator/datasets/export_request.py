"""What a data manager asks of an export, checked before any work begins."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from annotator.accounts.errors import InvalidError
from annotator.datasets.split import SPLITS, SplitError, check_fractions

Frames = Literal["marked", "all"]
MAX_TITLE = 200
AUTO_WINDOW = "auto"
# Modalities whose windows have units in common, so that a preset means the same in every picture.
PRESET_MODALITIES = ("CT",)
MAX_SEED = 2**31 - 1


@dataclass(frozen=True)
class ExportRequest:
    """The recipe of one export; the same recipe over the same marks gives the same bytes.

    Attributes
    ----------
    study_ids : primary keys of the chosen studies.
    schema_key : the label schema whose answers go along, None for marks alone.
    window : "auto" (each frame's own window, else the preset of its modality) or a preset's name, e.g. "Brain";
        pictures of a modality without presets are windowed as "auto".
    frames : pictures of marked frames only, or of every frame (a detector also needs the empty ones).
    fractions : of patients, in the order train, val, test; they sum to 1.
    seed : of the split.
    submitted_only : marks of submitted readings only, else everything that readers have saved.
    """

    title: str
    study_ids: tuple[int, ...]
    schema_key: str | None = None
    window: str = AUTO_WINDOW
    frames: Frames = "marked"
    fractions: tuple[float, float, float] = (0.7, 0.15, 0.15)
    seed: int = 1
    submitted_only: bool = False

    def __post_init__(self) -> None:
        if not self.title.strip() or len(self.title) > MAX_TITLE:
            raise InvalidError(f"An export needs a title of 1 to {MAX_TITLE} characters.", "title")
        if not self.study_ids:
            raise InvalidError("Choose at least one study to export.", "study_ids")
        if self.frames not in ("marked", "all"):
            raise InvalidError(f'Frames must be "marked" or "all", not {self.frames!r}.', "frames")
        if isinstance(self.seed, bool) or not 0 <= self.seed <= MAX_SEED:
            raise InvalidError(f"The seed must be a whole number from 0 to {MAX_SEED}.", "seed")
        try:
            check_fractions(self.fractions)
        except SplitError as error:
            raise InvalidError(str(error), "fractions") from error

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "ExportRequest":
        values = dict(data)
        values["study_ids"] = tuple(values["study_ids"])
        fractions = values.get("fractions", (0.7, 0.15, 0.15))
        if len(fractions) != len(SPLITS):
            raise InvalidError("Give three fractions: train, val and test.", "fractions")
        values["fractions"] = tuple(fractions)
        return cls(**values)
