"""NIfTI masks on a series, whatever way their axes run: each voxel is put where its millimetres say.

A mask whose grid isn't that of the pictures (other size, other place, axes swapped in the header) is refused: it would
come in beside the anatomy.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from numpy.typing import NDArray

from annotator.datasets.exporters.volume_grid import NoGridError, volume_grid
from annotator.datasets.importers.imported_mark import ImportedMark, RefusedError
from annotator.datasets.importers.importer import Importer, mask_of
from annotator.datasets.importers.known_frames import KnownFrame

# Of a voxel: how far a mask's grid may lie beside the pictures'.
_BESIDE = 0.05


class NiftiImporter(Importer):
    name = "nifti"
    title = "NIfTI masks"
    needs_series = True

    def read(self, file: Path) -> Iterator[ImportedMark | RefusedError]:
        try:
            image: Any = nibabel.load(file)
            frames = self._frames(image.shape, file.name)
            steps = self._steps_to(image, frames, file.name)
        except RefusedError as refused:
            yield refused
            return
        except (nibabel.filebasedimages.ImageFileError, OSError, ValueError) as error:
            yield RefusedError(f"It can't be read as NIfTI: {error}", file=file.name)
            return
        names = dict(self.options.labels)
        for place, frame in enumerate(frames):
            plane = _plane(image.dataobj, steps, place, rows=frame.rows, columns=frame.columns)
            for value in np.unique(plane):
                if value == 0:
                    continue
                path = f"slice {place}, label {value:g}"
                if value != int(value):
                    yield RefusedError("A label is a whole number.", file=file.name, path=path)
                    continue
                made = mask_of(plane == value)
                if made is None:
                    continue
                name = names.get(int(value), f"label {int(value)}")
                yield ImportedMark(
                    frame_key=frame.key,
                    kind="mask",
                    points=made[0],
                    mask=made[1],
                    label=name[:64],
                    category=name,
                    thing=f"label {int(value)}",
                    file=file.name,
                    path=path,
                )

    def _frames(self, shape: tuple[int, ...], file: str) -> list[KnownFrame]:
        if not self.options.series_uid:
            raise RefusedError("Say on which series it lies (series UID): NIfTI doesn't.", file=file)
        stacks = self.frames.of_series(self.options.series_uid)
        if not stacks:
            raise RefusedError(f"There is no series {self.options.series_uid} here.", file=file)
        sizes = sorted(shape)
        for frames in stacks:
            if sorted((frames[0].columns, frames[0].rows, len(frames))) == sizes:
                return frames
        known = ", ".join(f"{one[0].columns} x {one[0].rows} x {len(one)}" for one in stacks)
        raise RefusedError(
            f"It has {' x '.join(map(str, shape))} voxels; the series has {known}.", file=file, path="dim"
        )

    def _steps_to(self, image: Any, frames: list[KnownFrame], file: str) -> NDArray[np.float64]:
        """From (column, row, slice) of the pictures to the voxel of the mask: whole steps, or it is refused."""
        try:
            grid = volume_grid([frame.geometry for frame in frames])
        except NoGridError as error:
            raise RefusedError(f"The series makes no grid that NIfTI has: {error}.", file=file) from error
        between = np.linalg.inv(image.affine) @ grid.affine
        steps = np.rint(between)
        corners = np.array(
            [
                [c, r, s, 1.0]
                for c in (0, frames[0].columns - 1)
                for r in (0, frames[0].rows - 1)
                for s in (0, len(frames) - 1)
            ]
        ).T
        beside = np.abs((between - steps) @ corners)[:3].max()
        reached = (steps @ corners)[:3]
        inside = reached.min() >= 0 and (reached.max(axis=1) < image.shape).all()
        if beside > _BESIDE or not inside or abs(np.linalg.det(steps[:3, :3])) != 1:
            raise RefusedError(
                "Its voxels lie elsewhere in the patient than the pictures' pixels (its axes are swapped or turned, or "
                "it was resampled): save it on the grid of the series.",
                file=file,
                path="affine",
            )
        return np.asarray(steps, dtype=np.float64)


def _plane(voxels: Any, steps: NDArray[np.float64], place: int, *, rows: int, columns: int) -> NDArray[np.generic]:
    """One slice of the pictures out of the mask's voxels, (rows, columns)."""
    start = steps @ [0, 0, place, 1]
    chosen: list[Any] = []
    order: list[int] = []
    for axis in range(3):
        along = next((one for one in (0, 1) if steps[axis, one]), None)
        if along is None:
            chosen.append(int(start[axis]))
            continue
        count, step = (columns, rows)[along], int(steps[axis, along])
        first, last = int(start[axis]), int(start[axis]) + step * (count - 1)
        chosen.append(slice(min(first, last), max(first, last) + 1))
        order.append(along)
    plane = np.asarray(voxels[tuple(chosen)])
    for at, axis in enumerate(axis for axis in range(3) if isinstance(chosen[axis], slice)):
        if steps[axis, order[at]] < 0:
            plane = np.flip(plane, axis=at)
    return plane.T if order == [0, 1] else plane
