"""RT Structure Set: the outlines of what was marked, in millimetres of the patient.

A hole of a mask is joined to its rim by a way that encloses nothing (a keyhole), as planning systems read holes; an
outline of a mask runs along the edges of its pixels. A box and an ellipse are the polygons that the viewer draws.

Source: DICOM PS3.3 A.19 (IOD), C.8.8.5, C.8.8.6, C.8.8.8.
"""

from collections.abc import Iterable
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import RTStructureSetStorage

from annotator.annotations.shapes import outline_of
from annotator.datasets.exporters.derived_object import (
    NO_DATE,
    NO_TIME,
    decimals,
    derived_object,
    instances_of,
    item,
    reference_to,
    sequence,
    write_object,
)
from annotator.datasets.exporters.derived_uids import derived_uid
from annotator.datasets.exporters.exporter import Exporter, ExportOptions, Fragment
from annotator.datasets.exporters.finding_codes import short_text
from annotator.datasets.exporters.frame_of_reference import frame_of_reference_uid
from annotator.datasets.exporters.mark_rasters import mark_pixels
from annotator.datasets.exporters.marked_things import MarkedThing, marked_things, model_of
from annotator.datasets.exporters.nifti import write_rows
from annotator.datasets.exporters.output import Output
from annotator.datasets.exporters.pixel_outlines import pieces_of
from annotator.datasets.exporters.stack_paths import patient_folder, stack_name
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.released import ReleasedFrame, ReleasedMark, ReleasedStack
from annotator.imaging.geometry import patient_from_scoord

# What RT Referenced Study Sequence wants to see; the class itself is retired.
_DETACHED_STUDY = "1.2.840.10008.3.1.2.3.1"
_OPEN_KINDS = ("length", "arrow", "angle", "bidirectional")

Contour = tuple[str, list[list[float]]]


class StructureSetExporter(Exporter[ExportOptions]):
    name = "rtstruct"
    title = "DICOM RT Structure Set"
    points_into_originals = True

    def write_stack(self, stack: ReleasedStack, pixels: StackPixels, output: Output) -> Fragment | None:
        marks = [mark for mark in stack.marks if mark.kind != "slices"]
        if not marks:
            return None
        row = {"split": stack.split, "patient": stack.patient, "series_uid": stack.series_uid}
        lost = [frame for frame in stack.frames if not _is_placed(frame)]
        space = "" if lost else frame_of_reference_uid(pixels)
        if not space:
            return {"left_out": row | {"reason": "its pictures lie in no space, which contours in millimetres need"}}
        things = marked_things(stack, marks, "finding")
        name = f"{patient_folder(stack)}/{stack_name(stack)}-rtstruct.dcm"
        if not output.has(name):
            made = structure_set(stack, things, space, salt=self.release.content_hash)
            output.add(name, lambda file: write_object(made, file))
        return {"objects": row | {"file": name, "structures": [thing.name for thing in things]}}

    def finish(self, fragments: Iterable[Fragment], output: Output) -> None:
        output.add("objects.jsonl", lambda file: write_rows(file, fragments, "objects"))
        output.add("left_out.jsonl", lambda file: write_rows(file, fragments, "left_out"))


def structure_set(
    stack: ReleasedStack, things: dict[MarkedThing, list[ReleasedMark]], frame_of_reference: str, *, salt: str
) -> Dataset:
    """One stack's structures."""
    uid = derived_uid(salt, stack.series_uid, stack.frames[0].sop_instance_uid, "structures")
    made = derived_object(
        stack,
        sop_class=RTStructureSetStorage,
        sop_instance_uid=uid,
        series_uid=derived_uid(uid, "series"),
        modality="RTSTRUCT",
        title="Structures",
    )
    made.OperatorsName = ""
    made.FrameOfReferenceUID, made.PositionReferenceIndicator = frame_of_reference, ""
    made.StructureSetLabel, made.StructureSetName = "MARKS", "Marks of a release"
    made.StructureSetDate, made.StructureSetTime = NO_DATE, NO_TIME
    made.ApprovalStatus = "UNAPPROVED"
    made.ReferencedFrameOfReferenceSequence = sequence(_space(stack, frame_of_reference))
    structures, contours, observations = [], [], []
    for number, (thing, marks) in enumerate(things.items(), start=1):
        structures.append(
            item(
                ROINumber=number,
                ReferencedFrameOfReferenceUID=frame_of_reference,
                ROIName=short_text(thing.name),
                ROIGenerationAlgorithm="SEMIAUTOMATIC" if model_of(marks) else "MANUAL",
            )
        )
        contours.append(item(ReferencedROINumber=number, ContourSequence=sequence(*_contours(marks, stack))))
        observations.append(
            item(ObservationNumber=number, ReferencedROINumber=number, RTROIInterpretedType="", ROIInterpreter="")
        )
    made.StructureSetROISequence = sequence(*structures)
    made.ROIContourSequence = sequence(*contours)
    made.RTROIObservationsSequence = sequence(*observations)
    return made


def outlines_on(mark: ReleasedMark, frame: ReleasedFrame) -> list[Contour]:
    """A mark's outlines in a frame, each with its geometric type and its SCOORD points."""
    if mark.kind == "point":
        return [("POINT", [list(mark.points[0])])]
    if mark.kind == "bidirectional":
        return [("OPEN_PLANAR", [list(point) for point in mark.points[at : at + 2]]) for at in (0, 2)]
    if mark.kind in _OPEN_KINDS:
        return [("OPEN_PLANAR", [list(point) for point in mark.points])]
    if mark.kind == "mask":
        within = mark_pixels(mark, frame)
        pieces = pieces_of(within.pixels, column=within.column, row=within.row) if within else []
        return [("CLOSED_PLANAR", [[float(c), float(r)] for c, r in piece.outline()]) for piece in pieces]
    return [("CLOSED_PLANAR", outline_of(mark.kind, mark.points))]


def _contours(marks: list[ReleasedMark], stack: ReleasedStack) -> list[Dataset]:
    many = len({frame.sop_instance_uid for frame in stack.frames}) < len(stack.frames)
    made: list[Dataset] = []
    for mark in marks:
        for place in range(mark.first_place, mark.last_place + 1):
            frame = stack.frames[place]
            for kind, points in outlines_on(mark, frame):
                placed = patient_from_scoord(points, frame.geometry)
                made.append(
                    item(
                        ContourNumber=len(made) + 1,
                        ContourImageSequence=sequence(reference_to(frame, many_frames=many)),
                        ContourGeometricType=kind,
                        NumberOfContourPoints=len(placed),
                        ContourData=decimals(placed.ravel().tolist()),
                    )
                )
    return made


def _space(stack: ReleasedStack, frame_of_reference: str) -> Dataset:
    images = [reference_to(frames[0], many_frames=False) for frames in instances_of(stack.frames).values()]
    series = item(SeriesInstanceUID=stack.series_uid, ContourImageSequence=sequence(*images))
    study = item(
        ReferencedSOPClassUID=_DETACHED_STUDY,
        ReferencedSOPInstanceUID=stack.study_uid,
        RTReferencedSeriesSequence=sequence(series),
    )
    return item(FrameOfReferenceUID=frame_of_reference, RTReferencedStudySequence=sequence(study))


def _is_placed(frame: ReleasedFrame) -> Any:
    return frame.geometry.position and frame.geometry.orientation and frame.geometry.spacing
