"""nnU-Net v2: imagesTr, labelsTr, imagesTs, labelsTs, dataset.json and the folds of splits_final.json.

Source: https://github.com/MIC-DKFZ/nnUNet, documentation/dataset_format.md and manual_data_splits.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from annotator.accounts.errors import InvalidError
from annotator.datasets.exporters.exporter import Exporter, Fragment
from annotator.datasets.exporters.mark_rasters import LabelMap
from annotator.datasets.exporters.nifti import write_rows
from annotator.datasets.exporters.nifti_volumes import (
    VolumeOptions,
    add_volume,
    check_one_modality,
    left_out_row,
    volume_row,
    volumes_of,
)
from annotator.datasets.exporters.output import Output
from annotator.datasets.exporters.safe_names import safe_name
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.exporters.volume_grid import NoGridError
from annotator.datasets.released import ReleasedStack, ReleaseHeader

_TEST = "test"
_ENDING = ".nii.gz"


@dataclass(frozen=True)
class NnunetOptions(VolumeOptions):
    """Options of nnU-Net.

    Attributes
    ----------
    dataset_id : the number that nnU-Net's commands take, 1 to 999.
    """

    dataset_id: int = 501

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.dataset_id, bool) or not 1 <= self.dataset_id <= 999:
            raise InvalidError(f"nnU-Net numbers data sets from 1 to 999, not {self.dataset_id}.", "options.dataset_id")


class NnunetExporter(Exporter[NnunetOptions]):
    name = "nnunet"
    title = "nnU-Net v2: NIfTI, dataset.json, folds"
    options_class = NnunetOptions

    def __init__(self, release: ReleaseHeader, options: NnunetOptions) -> None:
        super().__init__(release, options)
        self._modalities: set[str] = set()

    @property
    def folder(self) -> str:
        """As nnU-Net wants it: Dataset, three digits, a name without blanks."""
        return f"Dataset{self.options.dataset_id:03d}_{safe_name(self.release.cohort)}"

    def write_stack(self, stack: ReleasedStack, pixels: StackPixels, output: Output) -> Fragment | None:
        try:
            volumes = volumes_of(stack, self.options)
        except NoGridError as reason:
            return {"left_out": left_out_row(stack, reason)}
        if volumes:
            # At the first one of a second modality, not after hours at the end.
            self._modalities.add(stack.modality)
            check_one_modality(self._modalities, "nnU-Net")
        part = "Ts" if stack.split == _TEST else "Tr"
        rows = []
        for volume in volumes:
            case = f"{safe_name(stack.patient)}_{volume.name}"
            image = f"{self.folder}/images{part}/{case}_0000{_ENDING}"
            label = f"{self.folder}/labels{part}/{case}{_ENDING}"
            add_volume(
                stack, pixels, volume, output, image=image, label=label, labels=LabelMap(self.release.categories)
            )
            rows.append(volume_row(stack, volume) | {"case": case})
        return {"volumes": rows} if rows else None

    def finish(self, fragments: Iterable[Fragment], output: Output) -> None:
        sides: dict[str, list[str]] = {split: [] for split in self.release.splits}
        modalities: set[str] = set()
        for fragment in fragments:
            for row in fragment.get("volumes", []):
                sides[row["split"]].append(row["case"])
                modalities.add(row["modality"])
        check_one_modality(modalities, "nnU-Net")
        output.add_json(f"{self.folder}/dataset.json", self._about(sides, modalities))
        output.add_json(f"{self.folder}/splits_final.json", folds_of(sides))
        output.add(f"{self.folder}/volumes.jsonl", lambda file: write_rows(file, fragments, "volumes"))
        output.add(f"{self.folder}/left_out.jsonl", lambda file: write_rows(file, fragments, "left_out"))

    def _about(self, sides: dict[str, list[str]], modalities: set[str]) -> dict[str, Any]:
        return {
            # "CT" makes nnU-Net normalise by the values of the whole data set, anything else by the picture's own.
            "channel_names": {"0": " ".join(sorted(modalities)) or "unknown"},
            "labels": LabelMap(self.release.categories).as_json(),
            "numTraining": sum(len(cases) for split, cases in sides.items() if split != _TEST),
            "file_ending": _ENDING,
            "name": self.release.name,
            "description": self.release.title,
            "release": self.release.content_hash,
            "licence": "For research use.",
        }


def folds_of(sides: dict[str, list[str]]) -> list[dict[str, list[str]]]:
    """nnU-Net's folds: train and val as one, or each of the release's folds in turn against the others."""
    folds = {split: sorted(cases) for split, cases in sides.items() if split.startswith("fold-")}
    if not folds:
        return [{"train": sorted(sides.get("train", [])), "val": sorted(sides.get("val", []))}]
    return [
        {
            "train": sorted(case for other, cases in folds.items() if other != held for case in cases),
            "val": folds[held],
        }
        for held in folds
    ]
