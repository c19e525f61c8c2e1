"""DICOM Structured Report, TID 1500: a report for each reader of a stack, with places, measurements and answers."""

from collections.abc import Iterable
from typing import Any, BinaryIO

from pydicom.dataset import Dataset
from pydicom.uid import ComprehensiveSRStorage

from annotator.datasets.exporters.derived_object import MANUFACTURER, NO_DATE, NO_TIME, derived_object, write_object
from annotator.datasets.exporters.derived_uids import derived_uid
from annotator.datasets.exporters.exporter import Exporter, ExportOptions, Fragment
from annotator.datasets.exporters.nifti import write_rows
from annotator.datasets.exporters.output import Output
from annotator.datasets.exporters.safe_names import safe_name
from annotator.datasets.exporters.stack_paths import patient_folder, stack_name
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.released import ReleasedAnswer, ReleasedMark, ReleasedStack


class ReportExporter(Exporter[ExportOptions]):
    name = "dicom-sr"
    title = "DICOM Structured Report: TID 1500"
    points_into_originals = True

    def write_stack(self, stack: ReleasedStack, pixels: StackPixels, output: Output) -> Fragment | None:
        rows = []
        for reader in sorted({mark.reader for mark in stack.marks} | {answer.reader for answer in stack.answers}):
            marks = [mark for mark in stack.marks if mark.reader == reader]
            answers = [answer for answer in stack.answers if answer.reader == reader]
            name = f"{patient_folder(stack)}/{stack_name(stack)}-{safe_name(reader)}-sr.dcm"
            if not output.has(name):
                output.add(name, lambda file, reader=reader, m=marks, a=answers: self._write(file, stack, reader, m, a))  # type: ignore[misc]
            rows.append({"file": name, "split": stack.split, "series_uid": stack.series_uid, "reader": reader})
        return {"objects": rows} if rows else None

    def finish(self, fragments: Iterable[Fragment], output: Output) -> None:
        output.add("objects.jsonl", lambda file: write_rows(file, fragments, "objects"))

    def _write(
        self,
        file: BinaryIO,
        stack: ReleasedStack,
        reader: str,
        marks: list[ReleasedMark],
        answers: list[ReleasedAnswer],
    ) -> None:
        import highdicom.sr as sr
        from pydicom.sr.codedict import codes

        from annotator.datasets import measurement_groups as groups

        salt = self.release.content_hash
        uid = derived_uid(salt, stack.series_uid, stack.frames[0].sop_instance_uid, reader, "report")
        told = groups.Told(
            {finding.id: finding for finding in stack.findings},
            _by_finding(answers),
            {schema: _titles(definition) for schema, definition in self.release.schemas.items()},
        )
        made = [group for mark in marks for group in groups.groups_of_mark(mark, stack, told, salt=salt)]
        told_already = {mark.finding for mark in marks}
        made += [
            groups.group_of_answer(answer, told, salt=salt)
            for answer in answers
            if answer.target.finding is None or answer.target.finding not in told_already
        ]
        person = sr.ObserverContext(
            observer_type=codes.DCM.Person,
            observer_identifying_attributes=sr.PersonObserverIdentifyingAttributes(name=f"{reader}^"),
        )
        content = sr.MeasurementReport(
            observation_context=sr.ObservationContext(observer_person_context=person),
            procedure_reported=codes.SCT.ImagingProcedure,
            imaging_measurements=made,
            title=codes.DCM.ImagingMeasurementReport,
        )
        report: Any = sr.ComprehensiveSR(
            evidence=[_evidence(stack, at) for at in _instances(stack)],
            content=content,
            series_instance_uid=derived_uid(uid, "series"),
            series_number=901,
            sop_instance_uid=uid,
            instance_number=1,
            manufacturer=MANUFACTURER,
            is_complete=True,
            specific_character_set="ISO_IR 192",
            series_description="Marks of a release",
        )
        write_object(_timeless(report, derived_object_of(stack, uid)), file)


def derived_object_of(stack: ReleasedStack, uid: str) -> Dataset:
    """The modules that every object of an export shares, for a report."""
    return derived_object(
        stack,
        sop_class=ComprehensiveSRStorage,
        sop_instance_uid=uid,
        series_uid=derived_uid(uid, "series"),
        modality="SR",
        title="Marks of a release",
    )


def _timeless(report: Dataset, shared: Dataset) -> Dataset:
    """Without the moment of its making, which would make each run's bytes others."""
    for keyword in ("ContentDate", "InstanceCreationDate", "SeriesDate"):
        if keyword in report:
            report[keyword].value = NO_DATE
    for keyword in ("ContentTime", "InstanceCreationTime", "SeriesTime"):
        if keyword in report:
            report[keyword].value = NO_TIME
    for contributed in report.get("ContributingEquipmentSequence", []):
        contributed.pop("ContributionDateTime", None)
    for keyword in ("PatientName", "PatientIdentityRemoved", "DeidentificationMethod"):
        setattr(report, keyword, shared[keyword].value)
    report.file_meta = shared.file_meta
    return report


def _instances(stack: ReleasedStack) -> list[int]:
    """The first place of each instance."""
    first: dict[str, int] = {}
    for frame in stack.frames:
        first.setdefault(frame.sop_instance_uid, frame.place)
    return list(first.values())


def _evidence(stack: ReleasedStack, place: int) -> Dataset:
    frame = stack.frames[place]
    made = Dataset()
    made.SpecificCharacterSet = "ISO_IR 192"
    made.SOPClassUID, made.SOPInstanceUID = frame.sop_class_uid, frame.sop_instance_uid
    made.StudyInstanceUID, made.SeriesInstanceUID = stack.study_uid, stack.series_uid
    made.PatientID, made.PatientName = stack.patient, f"{stack.patient}^"
    made.PatientBirthDate = made.PatientSex = made.AccessionNumber = made.StudyID = ""
    made.StudyDate = made.StudyTime = made.ReferringPhysicianName = ""
    made.Rows, made.Columns = frame.rows, frame.columns
    return made


def _by_finding(answers: list[ReleasedAnswer]) -> dict[str, list[ReleasedAnswer]]:
    found: dict[str, list[ReleasedAnswer]] = {}
    for answer in answers:
        if answer.target.finding is not None:
            found.setdefault(answer.target.finding, []).append(answer)
    return found


def _titles(definition: dict[str, Any]) -> dict[str, tuple[str, dict[str, str]]]:
    return {
        question["name"]: (
            question.get("title", question["name"]),
            {str(option["value"]): option.get("title", str(option["value"])) for option in question.get("options", [])},
        )
        for question in definition.get("form", {}).get("questions", [])
    }
