"""The layout of the Medical Segmentation Decathlon, whose dataset.json MONAI's load_decathlon_datalist reads.

Source: http://medicaldecathlon.com and monai.data.load_decathlon_datalist: "training", "validation" are lists of
{"image", "label"} with paths beside the file, "test" is one of images alone; ours keeps their labels in "test_labels".
"""

from collections.abc import Iterable
from typing import Any

from annotator.datasets.exporters.exporter import Exporter, Fragment
from annotator.datasets.exporters.mark_rasters import LabelMap
from annotator.datasets.exporters.nifti import write_rows
from annotator.datasets.exporters.nifti_volumes import VolumeOptions, add_volume, left_out_row, volume_row, volumes_of
from annotator.datasets.exporters.output import Output
from annotator.datasets.exporters.safe_names import safe_name
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.exporters.volume_grid import NoGridError
from annotator.datasets.released import ReleasedStack

_LISTS = {"val": "validation", "test": "test"}


class DecathlonExporter(Exporter[VolumeOptions]):
    name = "decathlon"
    title = "MONAI, Medical Segmentation Decathlon: NIfTI and dataset.json"
    options_class = VolumeOptions

    def write_stack(self, stack: ReleasedStack, pixels: StackPixels, output: Output) -> Fragment | None:
        try:
            volumes = volumes_of(stack, self.options)
        except NoGridError as reason:
            return {"left_out": left_out_row(stack, reason)}
        part = "Ts" if stack.split == "test" else "Tr"
        rows = []
        for volume in volumes:
            case = f"{safe_name(stack.patient)}_{volume.name}.nii.gz"
            image, label = f"images{part}/{case}", f"labels{part}/{case}"
            add_volume(
                stack, pixels, volume, output, image=image, label=label, labels=LabelMap(self.release.categories)
            )
            rows.append(volume_row(stack, volume) | {"image": image, "label": label})
        return {"volumes": rows} if rows else None

    def finish(self, fragments: Iterable[Fragment], output: Output) -> None:
        lists: dict[str, list[dict[str, str]]] = {"training": [], "validation": [], "test_labels": []}
        modalities: set[str] = set()
        for fragment in fragments:
            for row in fragment.get("volumes", []):
                name = _LISTS.get(row["split"], "training")
                pair = {"image": f"./{row['image']}", "label": f"./{row['label']}"}
                # Folds are told apart by "fold", as MONAI's cross-validation examples do.
                fold = {"fold": row["split"]} if row["split"].startswith("fold-") else {}
                lists["test_labels" if name == "test" else name].append(pair | fold)
                modalities.add(row["modality"])
        output.add_json("dataset.json", self._about(lists, modalities))
        output.add("volumes.jsonl", lambda file: write_rows(file, fragments, "volumes"))
        output.add("left_out.jsonl", lambda file: write_rows(file, fragments, "left_out"))

    def _about(self, lists: dict[str, list[dict[str, str]]], modalities: set[str]) -> dict[str, Any]:
        labels = LabelMap(self.release.categories).as_json()
        return {
            "name": self.release.name,
            "description": self.release.title,
            "reference": self.release.content_hash,
            "licence": "For research use.",
            "release": str(self.release.number),
            "tensorImageSize": "3D",
            "modality": {"0": " ".join(sorted(modalities)) or "unknown"},
            "labels": {str(number): name for name, number in labels.items()},
            "numTraining": len(lists["training"]),
            "numTest": len(lists["test_labels"]),
            "test": [pair["image"] for pair in lists["test_labels"]],
            **lists,
        }
