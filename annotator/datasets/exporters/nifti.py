"""NIfTI: image and labels of each volume, sorted by split and patient."""

from collections.abc import Iterable
from typing import BinaryIO

from annotator.datasets.canonical_json import canonical_json
from annotator.datasets.exporters.exporter import Exporter, Fragment
from annotator.datasets.exporters.mark_rasters import LabelMap
from annotator.datasets.exporters.nifti_volumes import VolumeOptions, add_volume, left_out_row, volume_row, volumes_of
from annotator.datasets.exporters.output import Output
from annotator.datasets.exporters.stack_paths import patient_folder
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.exporters.volume_grid import NoGridError
from annotator.datasets.released import ReleasedStack


class NiftiExporter(Exporter[VolumeOptions]):
    name = "nifti"
    title = "NIfTI: image and labels"
    options_class = VolumeOptions

    def write_stack(self, stack: ReleasedStack, pixels: StackPixels, output: Output) -> Fragment | None:
        try:
            volumes = volumes_of(stack, self.options)
        except NoGridError as reason:
            return {"left_out": left_out_row(stack, reason)}
        labels = LabelMap(self.release.categories)
        rows = []
        for volume in volumes:
            path = f"{patient_folder(stack)}/{volume.name}.nii.gz"
            image, label = f"images/{path}", f"labels/{path}"
            add_volume(stack, pixels, volume, output, image=image, label=label, labels=labels)
            rows.append(volume_row(stack, volume) | {"image": image, "label": label})
        return {"volumes": rows} if rows else None

    def finish(self, fragments: Iterable[Fragment], output: Output) -> None:
        output.add_json("labels.json", LabelMap(self.release.categories).as_json())
        output.add("volumes.jsonl", lambda file: write_rows(file, fragments, "volumes"))
        output.add("left_out.jsonl", lambda file: write_rows(file, fragments, "left_out"))


def write_rows(file: BinaryIO, fragments: Iterable[Fragment], member: str) -> None:
    """The rows of one member of all fragments, a line of JSON each."""
    for fragment in fragments:
        rows = fragment.get(member, [])
        for row in rows if isinstance(rows, list) else [rows]:
            file.write(canonical_json(row) + b"\n")
