"""The volumes of a release as NIfTI, image and labels on one grid; for nnU-Net's layout, MONAI's and our own."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray

from annotator.accounts.errors import InvalidError, RoomError
from annotator.datasets.exporters.exporter import ExportOptions
from annotator.datasets.exporters.mark_rasters import LabelMap, by_place, encloses_pixels
from annotator.datasets.exporters.nifti_stream import write_nifti
from annotator.datasets.exporters.output import Output
from annotator.datasets.exporters.stack_paths import frame_name, stack_name
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.exporters.volume_grid import NoGridError, VolumeGrid, volume_grid
from annotator.datasets.released import ReleasedMark, ReleasedStack


class MixedModalitiesError(RoomError):
    """Volumes of several modalities would become one training set; the message says how to choose one."""


@dataclass(frozen=True)
class VolumeOptions(ExportOptions):
    """Which volumes are taken.

    Attributes
    ----------
    volumes : "marked" for those with a mark that has an inside, "all" for every one, empty labels too.
    modality : of this alone; empty: all. Networks want one.
    """

    volumes: Literal["marked", "all"] = "marked"
    modality: str = ""

    def __post_init__(self) -> None:
        if self.volumes not in ("marked", "all"):
            raise InvalidError(f'Volumes are "marked" or "all", not {self.volumes!r}.', "options.volumes")


@dataclass(frozen=True)
class Volume:
    """Frames that make one grid: a whole stack of slices, or one picture of a cine or a still."""

    name: str
    places: range
    grid: VolumeGrid


def volumes_of(stack: ReleasedStack, options: VolumeOptions) -> list[Volume]:
    """The volumes of a stack that an export takes.

    Frames of a cine lie in time, not in space: each is a volume of one slice.

    Raises
    ------
    NoGridError : its slices make no grid that NIfTI can say and every program reads alike.
    """
    if options.modality and stack.modality != options.modality:
        return []
    enclosing = [mark for mark in stack.marks if encloses_pixels(mark)]
    if options.volumes == "marked" and not enclosing:
        return []
    if stack.kind == "volume":
        grid = volume_grid([frame.geometry for frame in stack.frames])
        if not grid.orthogonal:
            raise NoGridError("its slices lean (a tilted gantry); choose the option that straightens them")
        if len({(frame.rows, frame.columns) for frame in stack.frames}) > 1:
            raise NoGridError("its slices have several sizes")
        return [Volume(stack_name(stack), range(len(stack.frames)), grid)]
    marked = by_place(enclosing)
    return [
        Volume(frame_name(stack, place), range(place, place + 1), volume_grid([frame.geometry]))
        for place, frame in enumerate(stack.frames)
        if options.volumes == "all" or place in marked
    ]


def add_volume(
    stack: ReleasedStack,
    pixels: StackPixels,
    volume: Volume,
    output: Output,
    *,
    image: str,
    label: str,
    labels: LabelMap,
) -> None:
    """Write a volume's image (modality values: Hounsfield units in CT) and its labels, slice by slice."""
    first = stack.frames[volume.places[0]]
    shape = (first.columns, first.rows, len(volume.places))
    where = {"affine": volume.grid.affine, "in_patient": volume.grid.in_patient, "shape": shape}
    if not output.has(image):
        dtype = np.result_type(*(pixels.value_dtype(place) for place in volume.places))
        planes = (pixels.modality_values(place) for place in volume.places)
        output.add(image, partial(_write, planes, dtype, where))
    if not output.has(label):
        output.add(label, partial(_write, _label_planes(stack, volume.places, labels), np.dtype(labels.dtype), where))


def volume_row(stack: ReleasedStack, volume: Volume) -> dict[str, Any]:
    """What takes a result back to the pictures: the source of each slice, and where the grid lies."""
    return {
        "name": volume.name,
        "split": stack.split,
        "patient": stack.patient,
        "study_uid": stack.study_uid,
        "series_uid": stack.series_uid,
        "modality": stack.modality,
        "affine_ras": volume.grid.affine.tolist(),
        "in_patient": volume.grid.in_patient,
        "slices": [[stack.frames[place].sop_instance_uid, stack.frames[place].frame_number] for place in volume.places],
    }


def check_one_modality(modalities: Collection[str], format_title: str) -> None:
    """Let the volumes of one modality pass.

    Raises
    ------
    MixedModalitiesError : there are more.
    """
    if len(modalities) > 1:
        named = sorted(modalities)
        raise MixedModalitiesError(
            f"The release has marked volumes of {' and '.join(named)}, and a {format_title} data set holds one "
            "modality, as its values are normalised together. Export again with the option Modality, e.g. "
            f"{named[0]}: one export each."
        )


def left_out_row(stack: ReleasedStack, reason: NoGridError) -> dict[str, Any]:
    """Why a stack isn't in the export."""
    return {"split": stack.split, "patient": stack.patient, "series_uid": stack.series_uid, "reason": str(reason)}


def _label_planes(stack: ReleasedStack, places: range, labels: LabelMap) -> Iterator[NDArray[np.generic]]:
    marks = by_place(stack.marks)
    none: list[ReleasedMark] = []
    for place in places:
        yield labels.plane(marks.get(place, none), stack.frames[place])[0]


def _write(
    planes: Iterator[NDArray[np.generic]], dtype: np.dtype[np.generic], where: dict[str, Any], file: BinaryIO
) -> None:
    write_nifti(file, planes, dtype=dtype, description="For research use.", **where)
