"""DICOM Segmentations: each frame onto the picture that it names as its source, or whose plane it lies in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.pixels import iter_pixels
from pydicom.uid import SegmentationStorage

from annotator.datasets.exporters.finding_codes import category_of_concept
from annotator.datasets.importers.imported_mark import ImportedMark, RefusedError
from annotator.datasets.importers.importer import Importer, mask_of
from annotator.datasets.importers.known_frames import KnownFrame

# Millimetres between a segment's plane and its picture's that are rounding.
_SAME_PLACE = 0.05
_SAME_DIRECTION = 1e-3
# Of the largest value: from here on a fractional pixel is in.
_HALF = 0.5


class SegmentationImporter(Importer):
    name = "dicom-seg"
    title = "DICOM Segmentation"

    def read(self, file: Path) -> Iterator[ImportedMark | RefusedError]:
        try:
            header = dcmread(file, defer_size="1 MB")
            if header.SOPClassUID != SegmentationStorage:
                raise ValueError(f"it is {header.SOPClassUID.name}")
            segments = {int(one.SegmentNumber): one for one in header.SegmentSequence}
            groups = list(header.PerFrameFunctionalGroupsSequence)
            shared = header.SharedFunctionalGroupsSequence[0] if header.SharedFunctionalGroupsSequence else Dataset()
        except (InvalidDicomError, OSError, AttributeError, ValueError, RuntimeError, TypeError) as error:
            yield RefusedError(f"It can't be read as a Segmentation: {error}", file=file.name)
            return
        full = float(header.get("MaximumFractionalValue", 1))
        least = full * _HALF if header.SegmentationType == "FRACTIONAL" else 1
        for number, (group, values) in enumerate(zip(groups, _planes(header, file), strict=False), start=1):
            path = f"frame {number}"
            pixels = values >= least
            if not pixels.any():
                continue
            try:
                identified = _macro("SegmentIdentificationSequence", group, shared)
                segment = segments[int(identified.ReferencedSegmentNumber)]
                frame = self._frame(header, group, shared, file=file.name, path=path)
                self.check_size(frame, rows=pixels.shape[0], columns=pixels.shape[1], file=file.name, path=path)
                _check_place(frame, group, shared, file=file.name, path=path)
            except RefusedError as refused:
                yield refused
                continue
            except (AttributeError, KeyError, ValueError) as error:
                yield RefusedError(f"It can't be read: {error!r}.", file=file.name, path=path)
                continue
            made = mask_of(pixels)
            kind = segment.SegmentedPropertyTypeCodeSequence[0]
            if made is not None:
                yield ImportedMark(
                    frame_key=frame.key,
                    kind="mask",
                    points=made[0],
                    mask=made[1],
                    label=str(segment.SegmentLabel)[:64],
                    category=category_of_concept(str(kind.CodeValue), str(kind.CodeMeaning)),
                    thing=str(segment.get("TrackingUID", "") or f"{header.SOPInstanceUID} {segment.SegmentNumber}"),
                    file=file.name,
                    path=path,
                )

    def _frame(self, header: Dataset, group: Dataset, shared: Dataset, *, file: str, path: str) -> KnownFrame:
        derived = _macro("DerivationImageSequence", group, shared)
        sources = derived.get("SourceImageSequence", []) if derived is not None else []
        for source in sources:
            found = self.frames.of_instance(
                str(source.ReferencedSOPInstanceUID), int(source.get("ReferencedFrameNumber", 1) or 1)
            )
            if found is not None:
                return found
        position = _macro("PlanePositionSequence", group, shared)
        if position is not None and not sources:
            placed = np.array([float(v) for v in position.ImagePositionPatient])
            for series in header.get("ReferencedSeriesSequence", []):
                for frames in self.frames.of_series(str(series.SeriesInstanceUID)):
                    for frame in frames:
                        if frame.geometry.position and np.abs(placed - frame.geometry.position).max() < _SAME_PLACE:
                            return frame
        raise RefusedError("The picture that it was drawn on is not here.", file=file, path=path)


def _planes(header: Dataset, file: Path) -> Iterator[NDArray[Any]]:
    """The frames one by one, (rows, columns). Bits of one-bit pixels run on from frame to frame, PS3.5 8.1.1."""
    if header.BitsAllocated != 1 or header.file_meta.TransferSyntaxUID.is_compressed:
        yield from iter_pixels(file)
        return
    packed = np.frombuffer(header.PixelData, dtype=np.uint8)
    size = header.Rows * header.Columns
    for start in range(0, int(header.NumberOfFrames) * size, size):
        within = np.unpackbits(packed[start // 8 : -(-(start + size) // 8)], bitorder="little")
        yield within[start % 8 : start % 8 + size].reshape(header.Rows, header.Columns)


def _check_place(frame: KnownFrame, group: Dataset, shared: Dataset, *, file: str, path: str) -> None:
    """Refuse a plane that lies elsewhere than the picture that it names: its rows would be another's.

    Raises
    ------
    RefusedError : its position or orientation is not the picture's.
    """
    position = _macro("PlanePositionSequence", group, shared)
    orientation = _macro("PlaneOrientationSequence", group, shared)
    for name, said, known, tolerance in (
        ("position", position and position.get("ImagePositionPatient"), frame.geometry.position, _SAME_PLACE),
        (
            "orientation",
            orientation and orientation.get("ImageOrientationPatient"),
            frame.geometry.orientation,
            _SAME_DIRECTION,
        ),
    ):
        if said and known and np.abs(np.array([float(v) for v in said]) - known).max() > tolerance:
            raise RefusedError(
                f"Its {name} is not that of the picture that it names: turned, reversed or resampled.",
                file=file,
                path=f"{path}, {name}",
            )


def _macro(name: str, group: Dataset, shared: Dataset) -> Any:
    """The first item of a functional group, of the frame or of all."""
    items = group.get(name) or shared.get(name)
    return items[0] if items else None
