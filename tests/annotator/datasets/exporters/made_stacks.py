"""Stacks of a release in memory: tiny volumes that lie in every way, and marks on them. No database, no files."""

import uuid
from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom import Dataset

from annotator.annotations.masks import runs_of
from annotator.datasets.exporters.output import FolderOutput
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.released import (
    ReleasedFrame,
    ReleasedMark,
    ReleasedStack,
    ReleaseHeader,
)
from annotator.imaging.frame_description import FrameGeometry, FrameGrey, Window
from annotator.imaging.pixels.windowing import grey_from_stored, modality_values

CT, ENHANCED_CT, US = (f"1.2.840.10008.5.1.4.1.1.{ending}" for ending in ("2", "2.1", "6.1"))
TOMOSYNTHESIS = "1.2.840.10008.5.1.4.1.1.13.1.3"
SPACE = "1.2.826.0.1.99"
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


class MadePixels(StackPixels):
    """Pictures that lie in memory, (frames, rows, columns) or with 3 more for colour."""

    def __init__(
        self, stack: ReleasedStack, values: NDArray[Any], *, grey: FrameGrey | None = None, space: str = SPACE
    ) -> None:
        super().__init__(stack)
        self.values, self.space = values, space
        self.described = grey or FrameGrey(intercept=-1024.0, units="HU", windows=(Window(40, 400),))

    def source(self, place: int) -> Any:
        bits = SimpleNamespace(bits_stored=8 * self.values.dtype.itemsize, pixel_representation=0)
        return SimpleNamespace(grey=self.described, pixels=bits, modality=self.stack.modality, body_part="")

    def stored(self, place: int) -> NDArray[Any]:
        return self.values[place]

    def is_colour(self, place: int) -> bool:
        return self.values.ndim == 4

    def modality_values(self, place: int) -> NDArray[np.float32]:
        return modality_values(self.stored(place), self.described)

    def value_dtype(self, place: int) -> np.dtype[np.generic]:
        return np.dtype(np.int16)

    def grey(self, place: int, window: Window | None = None) -> NDArray[np.uint8]:
        return grey_from_stored(self.stored(place), self.described, window or self.described.windows[0])

    def rgb(self, place: int, window: Window | None = None) -> NDArray[np.uint8]:
        return (
            self.stored(place) if self.is_colour(place) else np.repeat(self.grey(place, window)[..., None], 3, axis=2)
        )

    def header(self, place: int) -> Dataset:
        made = Dataset()
        if self.space:
            made.FrameOfReferenceUID = self.space
        return made


def made_frames(
    geometries: list[FrameGeometry], *, rows: int, columns: int, sop_class: str = CT, multi_frame: bool = False
) -> tuple[ReleasedFrame, ...]:
    return tuple(
        ReleasedFrame(
            place=place,
            frame_key=f"key.{place:011d}",
            sop_instance_uid="1.2.826.0.1.7" if multi_frame else f"1.2.826.0.1.{100 + place}",
            sop_class_uid=sop_class,
            frame_number=place + 1 if multi_frame else 1,
            columns=columns,
            rows=rows,
            geometry=geometry,
            pixel_hash="",
        )
        for place, geometry in enumerate(geometries)
    )


def made_stack(frames: tuple[ReleasedFrame, ...], *marks: ReleasedMark, **members: Any) -> ReleasedStack:
    known: dict[str, Any] = {
        "patient": "patient-0123456789ab", "split": "train", "study_uid": "1.2.826.0.1.1",
        "series_uid": "1.2.826.0.1.2",
        "stack_key": "k" * 22, "case": "c", "kind": "volume", "modality": "CT", "body_part": "HEAD", "laterality": "",
        "view": "", "manufacturer": "", "manufacturer_model": "", "site": "",
    }  # fmt: skip
    return ReleasedStack(**(known | {"frames": frames, "marks": marks} | members))


def made_mark(kind: str, points: Any, *, place: int = 0, **members: Any) -> ReleasedMark:
    known: dict[str, Any] = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}{points}{place}{members}")), "kind": kind,
        "points": tuple((float(c), float(r)) for c, r in points), "mask": None, "label": "", "category": "nodule",
        "finding": None, "reader": "reader-1", "provenance": "drawn", "model": None, "place": place,
        "first_place": place, "last_place": place,
    }  # fmt: skip
    return ReleasedMark(**(known | members))


def made_mask(pixels: NDArray[np.bool_], *, column: int = 0, row: int = 0, **members: Any) -> ReleasedMark:
    rows, columns = pixels.shape
    corners = [(column, row), (column + columns, row + rows)]
    return made_mark("mask", corners, mask={"runs": runs_of(np.ascontiguousarray(pixels))}, **members)


def made_release(*stacks: ReleasedStack, **members: Any) -> ReleaseHeader:
    marks = [mark for stack in stacks for mark in stack.marks]
    known: dict[str, Any] = {
        "id": "r", "cohort": "Nodules", "number": 1, "title": "Nodules of a test", "content_hash": "ab" * 32,
        "splits": ("train", "val", "test"), "categories": tuple(sorted({mark.category for mark in marks})),
        "readers": tuple(sorted({mark.reader for mark in marks})), "labels": (), "schemas": {}, "recipe": {},
        "counts": {},
    }  # fmt: skip
    return ReleaseHeader(**(known | members))


def export(exporter_class: Any, release: ReleaseHeader, folder: Any, *made: MadePixels, **options: Any) -> FolderOutput:
    """Run a format over stacks as a job does: fragments go through JSON."""
    import json

    output = FolderOutput(folder)
    exporter = exporter_class(release, exporter_class.options_class.from_json(options))
    fragments = [json.loads(json.dumps(exporter.write_stack(pixels.stack, pixels, output))) for pixels in made]
    exporter.finish([fragment for fragment in fragments if fragment is not None], output)
    return output


def contents(output: FolderOutput) -> dict[str, bytes]:
    return {file.name: output.path_of(file.name).read_bytes() for file in output.files()}


@st.composite
def placed_volumes(draw: Any, *, least_slices: int = 1) -> list[FrameGeometry]:
    """Slices of an oblique, flipped, anisotropic series, in order along the normal or against it."""
    turn = np.array(draw(st.tuples(*[st.floats(-1, 1)] * 4).filter(lambda q: sum(v * v for v in q) > 0.1)))
    w, x, y, z = turn / np.linalg.norm(turn)
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    if draw(st.booleans()):
        rotation = np.rint(np.eye(3)[list(draw(st.permutations([0, 1, 2])))] * draw(st.sampled_from([1, -1])))
    along_row, along_column = rotation[0], rotation[1] * draw(st.sampled_from([1, -1]))
    normal = np.cross(along_row, along_column)
    spacing = draw(st.tuples(st.floats(0.2, 3), st.floats(0.2, 3)))
    step = draw(st.floats(0.5, 6))
    origin = np.array(draw(st.tuples(*[st.floats(-300, 300)] * 3)))
    return [
        FrameGeometry(
            position=tuple(float(v) for v in origin + at * step * normal),
            orientation=tuple(float(v) for v in (*along_row, *along_column)),
            spacing=spacing,
            spacing_source="PixelSpacing",
            slice_thickness=step,
        )
        for at in range(draw(st.integers(least_slices, 4)))
    ]


@st.composite
def drawn_masks(draw: Any, *, rows: int, columns: int) -> NDArray[np.bool_]:
    bits = draw(st.integers(1, (1 << rows * columns) - 1))
    flat = np.array([bits >> at & 1 for at in range(rows * columns)], dtype=bool)
    return flat.reshape(rows, columns)
