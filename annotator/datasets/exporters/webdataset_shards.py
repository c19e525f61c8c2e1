"""WebDataset: tar files of samples, each a picture, its labels and its JSON, read in a stream.

A shard holds the pictures of one stack, so that a killed export goes on where it was; finish() lists them with their
counts, as wids and webdataset's resampling read them.

Source: https://github.com/webdataset/webdataset, "The WebDataset Format".
"""

import io
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from annotator.datasets.canonical_json import canonical_json
from annotator.datasets.exporters.coco_dataset import coco_members
from annotator.datasets.exporters.coco_shapes import COCO_KINDS
from annotator.datasets.exporters.exporter import Exporter, Fragment
from annotator.datasets.exporters.mark_rasters import LabelMap, by_place
from annotator.datasets.exporters.output import Output
from annotator.datasets.exporters.safe_names import safe_name
from annotator.datasets.exporters.stack_paths import chosen_places, frame_name, stack_name
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.exporters.windowed_pictures import PictureOptions, picture_of, png_of
from annotator.datasets.released import ReleasedStack
from annotator.imaging.pixels.rendering import encode_picture


@dataclass(frozen=True)
class ShardOptions(PictureOptions):
    """Options of WebDataset.

    Attributes
    ----------
    masks : a picture of labels in each sample, by the numbers of labels.json.
    """

    masks: bool = True


class ShardExporter(Exporter[ShardOptions]):
    name = "webdataset"
    title = "WebDataset shards"
    options_class = ShardOptions

    def write_stack(self, stack: ReleasedStack, pixels: StackPixels, output: Output) -> Fragment | None:
        places = chosen_places(stack, self.options.frames)
        if not places:
            return None
        name = f"{safe_name(stack.split)}/{safe_name(stack.patient)}-{stack_name(stack)}.tar"
        if not output.has(name):
            output.add(name, partial(_write_tar, self._samples(stack, pixels, places)))
        return {"split": stack.split, "url": name, "nsamples": len(places)}

    def finish(self, fragments: Iterable[Fragment], output: Output) -> None:
        output.add_json("labels.json", LabelMap(self.release.categories).as_json())
        for split in self.release.splits:
            shards = [
                {"url": fragment["url"], "nsamples": fragment["nsamples"]}
                for fragment in fragments
                if fragment["split"] == split
            ]
            output.add_json(
                f"{safe_name(split)}.json",
                {"__kind__": "wids-shard-index-v1", "wids_version": 1, "name": split, "shardlist": shards},
            )

    def _samples(self, stack: ReleasedStack, pixels: StackPixels, places: list[int]) -> Iterator[tuple[str, bytes]]:
        marks = by_place(stack.marks)
        labels = LabelMap(self.release.categories)
        for place in places:
            frame, here = stack.frames[place], marks.get(place, [])
            # A key ends at its first dot.
            key = f"{safe_name(stack.patient)}-{frame_name(stack, place)}".replace(".", "_")
            yield f"{key}.png", png_of(picture_of(pixels, place, self.options.windows))
            if self.options.masks:
                yield f"{key}.mask.png", encode_picture(labels.plane(here, frame)[0], "image/png")  # type: ignore[arg-type]  # 16 bits too
            told = {
                "patient": stack.patient,
                "modality": stack.modality,
                "sop_instance_uid": frame.sop_instance_uid,
                "frame_number": frame.frame_number,
                "geometry": frame.geometry.to_json(),
                "objects": [
                    coco_members(mark, frame, rle=False)
                    | {"category": mark.category, "mark": mark.id, "kind": mark.kind, "reader": mark.reader}
                    for mark in here
                    if mark.kind in COCO_KINDS
                ],
                "slice_labels": [mark.label for mark in here if mark.kind == "slices"],
                "answers": [answer.to_json() for answer in stack.answers],
            }
            yield f"{key}.json", canonical_json(told)


def _write_tar(members: Iterator[tuple[str, bytes]], file: BinaryIO) -> None:
    """A tar whose bytes depend on its members alone: no times, no owners."""
    with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as shard:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), 0o644
            shard.addfile(info, io.BytesIO(content))
