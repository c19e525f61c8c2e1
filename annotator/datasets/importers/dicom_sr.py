"""TID 1500 reports: planar regions and measured lines (SCOORD) of any program; our own name the kind of mark."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from annotator.annotations.mark_pixels import filled_polygon
from annotator.annotations.masks import pixels_of
from annotator.datasets.exporters.finding_codes import category_of_concept
from annotator.datasets.importers.imported_mark import ImportedMark, RefusedError
from annotator.datasets.importers.importer import Importer, mask_of
from annotator.datasets.importers.known_frames import KnownFrame

# SCOORD are floats of 32 bits: so much beyond the edge is rounding.
_ROUNDING = 0.01
_LINES = ("length", "bidirectional", "angle")


class ReportImporter(Importer):
    name = "dicom-sr"
    title = "DICOM Structured Report, TID 1500"

    def read(self, file: Path) -> Iterator[ImportedMark | RefusedError]:
        import highdicom.sr as sr

        try:
            content: Any = sr.srread(file).content
            regions = content.get_planar_roi_measurement_groups()
            lines = content.get_image_measurement_groups()
        except (InvalidDicomError, OSError, AttributeError, ValueError, RuntimeError, TypeError) as error:
            yield RefusedError(f"It can't be read as a TID 1500 report: {error}", file=file.name)
            return
        known: list[tuple[str, ImportedMark]] = []
        for number, group in enumerate([*regions, *lines], start=1):
            path = f"measurement group {number}"
            try:
                mark = self._mark(group, is_region=number <= len(regions), file=file.name, path=path)
            except RefusedError as refused:
                yield refused
            except (AttributeError, KeyError, ValueError, IndexError, TypeError) as error:
                yield RefusedError(f"It can't be read: {error!r}.", file=file.name, path=path)
            else:
                if mark is not None:
                    known.append((str(group.tracking_uid or path), mark))
        yield from self._joined(known)

    def _mark(self, group: Any, *, is_region: bool, file: str, path: str) -> ImportedMark | None:
        told = _told(group)
        where = _coordinates(group) if is_region else _measured(group)
        if not where:
            # A group without coordinates says something of the whole; that is an answer, not a mark.
            return None
        if any(one.ValueType != "SCOORD" for one in where):
            raise RefusedError("Its coordinates are in the patient (SCOORD3D), not on a picture.", file=file, path=path)
        frames = {self._frame(one, file=file, path=path).key: self._frame(one, file=file, path=path) for one in where}
        if len(frames) > 1:
            raise RefusedError("Its lines lie on several pictures.", file=file, path=path)
        [frame] = frames.values()
        points = [point for one in where for point in _points(one, frame)]
        kind, points, mask = _shape(told.get("mark-kind", ""), str(where[0].GraphicType), points, frame)
        concept = group.finding_type
        category = told.get("mark-category") or (
            category_of_concept(str(concept.value), str(concept.meaning)) if concept is not None else ""
        )
        return ImportedMark(
            frame_key=frame.key,
            kind=kind,
            points=points,
            mask=mask,
            label=told.get("mark-label", ""),
            category=category,
            thing=str(group.tracking_identifier or ""),
            file=file,
            path=path,
        )

    def _frame(self, coordinates: Dataset, *, file: str, path: str) -> KnownFrame:
        reference = coordinates.ContentSequence[0].ReferencedSOPSequence[0]
        uid, number = str(reference.ReferencedSOPInstanceUID), reference.get("ReferencedFrameNumber")
        found = self.frames.of_instance(uid, int(number or 1))
        if found is None:
            raise RefusedError(f"There is no picture {uid}, frame {number or 1}, here.", file=file, path=path)
        return found

    def _joined(self, known: list[tuple[str, ImportedMark]]) -> Iterator[ImportedMark]:
        """Pieces of a mask on one frame are one mask; the same box on frames in a row is a span."""
        done: set[int] = set()
        for at, (tracking, mark) in enumerate(known):
            if at in done:
                continue
            same = [
                other
                for other in range(at, len(known))
                if known[other][0] == tracking and known[other][1].kind == mark.kind and other not in done
            ]
            if mark.kind == "mask":
                pieces = [other for other in same if known[other][1].frame_key == mark.frame_key]
                done.update(pieces)
                yield _one_mask([known[other][1] for other in pieces])
            elif mark.kind == "box":
                alike = [other for other in same if known[other][1].points == mark.points]
                span = self._span([known[other][1].frame_key for other in alike])
                done.update(alike if span else [at])
                yield _with_span(mark, span)
            else:
                done.add(at)
                yield mark

    def _span(self, keys: list[str]) -> tuple[str, str] | None:
        if len(keys) < 2:
            return None
        stack = next(
            (
                [one.key for one in frames]
                for frames in self.frames.known_stacks()
                if {*keys} <= {one.key for one in frames}
            ),
            [],
        )
        places = sorted(stack.index(key) for key in keys) if stack else []
        in_a_row = bool(places) and places == list(range(places[0], places[-1] + 1))
        return (stack[places[0]], stack[places[-1]]) if in_a_row else None


def _shape(
    told_kind: str, graphic_type: str, points: list[list[float]], frame: KnownFrame
) -> tuple[str, list[list[float]], dict[str, list[int]] | None]:
    if graphic_type in ("POINT", "ELLIPSE"):
        return graphic_type.lower(), points, None
    if told_kind in (*_LINES, "arrow"):
        return told_kind, points, None
    closed = len(points) > 3 and points[0] == points[-1]
    if not closed:
        kind = {2: "length", 3: "angle", 4: "bidirectional"}.get(len(points))
        if kind is None:
            raise ValueError(f"an open line of {len(points)} points is no kind of mark")
        return kind, points, None
    outline = points[:-1]
    if told_kind == "mask":
        filled = filled_polygon(
            [[round(c, 3), round(r, 3)] for c, r in outline], rows=frame.rows, columns=frame.columns
        )
        if filled is None:
            raise ValueError("its outline holds no pixel")
        return "mask", *filled.as_mask()
    if told_kind == "box" and len(outline) == 4:
        return "box", [outline[0], outline[2]], None
    return "contour", outline, None


def _one_mask(pieces: list[ImportedMark]) -> ImportedMark:
    if len(pieces) == 1:
        return pieces[0]
    columns, rows = (int(max(piece.points[1][axis] for piece in pieces)) for axis in (0, 1))
    together = np.zeros((rows, columns), dtype=bool)
    for piece in pieces:
        (left, top), (right, bottom) = ((int(c), int(r)) for c, r in piece.points)
        together[top:bottom, left:right] |= pixels_of(piece.mask or {"runs": []}, piece.points)
    made = mask_of(together)
    return replace(pieces[0], points=made[0], mask=made[1]) if made else pieces[0]


def _with_span(mark: ImportedMark, span: tuple[str, str] | None) -> ImportedMark:
    return mark if span is None else replace(mark, first_frame_key=span[0], last_frame_key=span[1])


def _told(group: Any) -> dict[str, str]:
    """What our own evaluations say: kind, category and label of the mark."""
    return {
        str(one.name.value): str(one.value.meaning)
        for one in group.get_qualitative_evaluations()
        if str(one.name.value).startswith("mark-")
    }


def _coordinates(group: Any) -> list[Dataset]:
    return [one for one in group[0].ContentSequence if one.ValueType in ("SCOORD", "SCOORD3D")]


def _measured(group: Any) -> list[Dataset]:
    """The coordinates that its numbers were inferred from, in their order."""
    return [
        part
        for one in group[0].ContentSequence
        if one.ValueType == "NUM"
        for part in one.get("ContentSequence", [])
        if part.ValueType in ("SCOORD", "SCOORD3D")
    ]


def _points(coordinates: Dataset, frame: KnownFrame) -> list[list[float]]:
    values = [float(value) for value in coordinates.GraphicData]
    return [
        [_near(column, frame.columns), _near(row, frame.rows)]
        for column, row in zip(values[::2], values[1::2], strict=True)
    ]


def _near(value: float, size: int) -> float:
    held = min(max(value, 0.0), float(size))
    return held if abs(held - value) <= _ROUNDING else value
