"""The content of a release, a few studies at a time: what is in the database now, as plain values."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q

from annotator.accounts.models import User
from annotator.annotations.models import Annotation, Answer, Finding, Provenance
from annotator.assist.models import SuggestionDecision
from annotator.cases.models import CaseStack
from annotator.datasets.cohort_query import Pictures
from annotator.datasets.cohort_studies import chunks, stacks_taken
from annotator.datasets.counted_readings import Counted, counted_readings
from annotator.datasets.frame_prints import prints_of
from annotator.datasets.joined_truth import CaseTruth, join_case
from annotator.datasets.marks_that_fit import category_of, check_fits
from annotator.datasets.measured_marks import measure
from annotator.datasets.pseudonyms import patient_pseudonym, pseudonym
from annotator.datasets.readings import submitted_readings
from annotator.datasets.release_recipe import Truth
from annotator.datasets.released import (
    ReleasedAnswer,
    ReleasedFinding,
    ReleasedFrame,
    ReleasedMark,
    ReleasedStack,
    ReleasedTarget,
)
from annotator.imaging.frame_description import FrameGeometry
from annotator.imaging.models import Frame, InstanceState, Stack
from annotator.labels.uncertain import targets_of

# A chunk holds whole studies, until it has so many frames.
FRAMES_A_CHUNK = 2000


@dataclass(frozen=True)
class StackPlace:
    """A stack on its way into a release, in the release's order."""

    stack: int
    study: int
    frames: int


@dataclass
class Content:
    """What a chunk holds, and what was met on the way.

    Attributes
    ----------
    schemas : primary keys of the schema versions that were answered.
    owners : primary keys of the readers whose marks or answers count.
    model_versions : primary keys of the models whose suggestions were accepted.
    """

    stacks: list[ReleasedStack]
    schemas: set[int]
    owners: set[int]
    model_versions: set[int]


def stacks_in_order(studies: Sequence[int], pictures: Pictures) -> list[StackPlace]:
    """The stacks that a release of these studies holds, by patient, study, series and key."""
    rows = []
    for part in chunks(studies):
        found = (
            Stack.objects.filter(stacks_taken(pictures), series__study__in=part)
            .annotate(
                ready=Count("instances__frames", filter=Q(instances__state=InstanceState.READY)),
                study=F("series__study"),
                uid=F("series__study__study_instance_uid"),
                series_uid=F("series__series_instance_uid"),
                issuer=F("series__study__patient__issuer"),
                patient_id=F("series__study__patient__patient_id"),
            )
            .filter(ready__gt=0)
            .order_by()
            .values_list("issuer", "patient_id", "uid", "series_uid", "key", "pk", "study", "ready")
        )
        rows += [(patient_pseudonym(issuer, patient), *rest) for issuer, patient, *rest in found]
    return [StackPlace(pk, study, ready) for *_, pk, study, ready in sorted(rows)]


def in_chunks(places: Sequence[StackPlace]) -> Iterator[list[StackPlace]]:
    """Whole studies together, about so many frames at a time."""
    chunk: list[StackPlace] = []
    frames = 0
    for place in places:
        if frames >= FRAMES_A_CHUNK and place.study != chunk[-1].study:
            yield chunk
            chunk, frames = [], 0
        chunk.append(place)
        frames += place.frames
    if chunk:
        yield chunk


def content_of(places: Sequence[StackPlace], truth: Truth, *, report: Callable[[int], None]) -> Content:
    """The stacks of one chunk with everything that counts; a constant number of queries.

    Raises
    ------
    UnreadablePictureError : a frame's bytes can't be read.
    MisfitMarkError : a mark can't lie on its picture.
    """
    return _Chunk(places, truth, report).content()


class _Chunk:
    def __init__(self, places: Sequence[StackPlace], truth: Truth, report: Callable[[int], None]) -> None:
        self._truth = truth
        keys = [place.stack for place in places]
        self._order = keys
        self._stacks = Stack.objects.select_related("series__study__patient").in_bulk(keys)
        self._frames: dict[int, list[ReleasedFrame]] = defaultdict(list)
        # Frame -> its stack and place.
        self._where: dict[int, tuple[int, int]] = {}
        self._read_frames(keys, report)
        self._cases: dict[int, list[UUID]] = defaultdict(list)
        self._first_stack: dict[UUID, int] = {}
        rows = CaseStack.objects.filter(stack__in=keys, prior=0).order_by("case__created_at", "case", "place")
        for case, stack in rows.values_list("case_id", "stack_id"):
            self._cases[stack].append(case)
            self._first_stack.setdefault(case, stack)
        studies = sorted({place.study for place in places})
        self._counted: Counted = counted_readings(truth, studies)
        self._readers: dict[int, str] = {}
        self.schemas: dict[int, Any] = {}
        self.owners: set[int] = set()
        self.model_versions: set[int] = set()

    def content(self) -> Content:
        cases = self._read_cases()
        if self._truth.whose == "consensus":
            definitions = {str(schema): schema.definition for schema in self.schemas.values()}
            cases = {
                case: join_case(
                    read,
                    minimum_readers=self._truth.minimum_readers,
                    minimum_overlap=self._truth.minimum_overlap,
                    definitions=definitions,
                )
                for case, read in cases.items()
            }
        self._marked = {
            case: {mark.finding for marks in read.marks.values() for mark in marks} for case, read in cases.items()
        }
        self._definitions = {str(schema): schema.definition for schema in self.schemas.values()}
        stacks = [self._stack(pk, cases) for pk in self._order]
        return Content(stacks, set(self.schemas), self.owners, self.model_versions)

    def _read_frames(self, keys: Sequence[int], report: Callable[[int], None]) -> None:
        frames = list(
            Frame.objects.filter(instance__stack__in=keys, instance__state=InstanceState.READY)
            .select_related("instance__series")
            .defer("instance__header")
            .order_by(
                "instance__stack",
                F("position_along_normal").asc(nulls_last=True),
                F("instance__instance_number").asc(nulls_last=True),
                "instance__sop_instance_uid",
                "number",
            )
        )
        prints = prints_of(frames, report=report)
        for frame in frames:
            instance = frame.instance
            stack = instance.stack_id
            if stack is None:
                continue
            place = len(self._frames[stack])
            self._where[frame.pk] = (stack, place)
            self._frames[stack].append(
                ReleasedFrame(
                    place=place,
                    frame_key=frame.key,
                    sop_instance_uid=instance.sop_instance_uid,
                    sop_class_uid=instance.sop_class_uid,
                    frame_number=frame.number,
                    columns=instance.columns,
                    rows=instance.rows,
                    geometry=FrameGeometry.from_json(frame.geometry),
                    pixel_hash=prints[frame.pk].pixel_hash,
                )
            )

    def _read_cases(self) -> dict[UUID, CaseTruth]:
        """What counts of every case, by reader still."""
        found = {
            case: CaseTruth(
                readers=tuple(sorted(str(one) for one in readers)),
                frames={
                    self._stacks[stack].key: self._frames[stack] for stack, of in self._cases.items() if case in of
                },
                marks=defaultdict(list),
                findings=[],
                answers=[],
            )
            for case, readers in self._counted.items()
            if case in self._first_stack
        }
        for case, finding in self._findings(found):
            found[case].findings.append(finding)
        known = {finding.id: finding for read in found.values() for finding in read.findings}
        for case, stack, mark in self._marks(found, known):
            found[case].marks[self._stacks[stack].key].append(mark)
        for case, stack_key, answer in self._answers(found, known):
            found[case].answers.append((stack_key, answer))
        return found

    def _reader(self, person: int) -> str:
        if person not in self._readers:
            everybody = {one for readers in self._counted.values() for one in readers}
            names = User.objects.filter(pk__in=everybody).values_list("pk", "username")
            self._readers = {pk: pseudonym("reader", name) for pk, name in names}
        return self._readers[person]

    def _counts(self, row: Annotation | Finding | Answer) -> bool:
        counts = row.owner_id in self._counted.get(row.case_id, ())
        if counts:
            self.owners.add(row.owner_id)
        return counts

    def _findings(self, cases: dict[UUID, CaseTruth]) -> Iterator[tuple[UUID, ReleasedFinding]]:
        rows = Finding.objects.filter(case__in=cases, deleted_at__isnull=True)
        for row in rows.order_by("owner__username", "number", "pk"):
            if self._counts(row):
                reader = self._reader(row.owner_id)
                yield row.case_id, ReleasedFinding(str(row.pk), row.kind, row.number, row.name, reader)

    def _marks(
        self, cases: dict[UUID, CaseTruth], known: dict[str, ReleasedFinding]
    ) -> Iterator[tuple[UUID, int, ReleasedMark]]:
        rows = list(
            Annotation.objects.filter(case__in=cases, deleted_at__isnull=True).order_by(
                "owner__username", "created_at", "pk"
            )
        )
        rows = [row for row in rows if row.frame_id in self._where and self._counts(row)]
        if not self._truth.accepted_suggestions:
            rows = [row for row in rows if row.provenance != Provenance.SUGGESTION]
        models = self._models_of(rows)
        submitted = self._submitted(cases)
        for row in rows:
            stack, place = self._where[row.frame_id]
            finding = known.get(str(row.finding_id))
            first, last = (self._place_of(end, place) for end in (row.first_frame_id, row.last_frame_id))
            frame = self._frames[stack][place]
            check_fits(row, frame)
            measured = measure(row.kind, row.points, row.mask, frame.geometry)
            yield (
                row.case_id,
                stack,
                ReleasedMark(
                    id=str(row.pk),
                    kind=row.kind,
                    points=tuple((float(column), float(line)) for column, line in row.points),
                    mask=row.mask,
                    label=row.label,
                    category=category_of(row, finding),
                    finding=None if finding is None else finding.id,
                    reader=self._reader(row.owner_id),
                    provenance=row.provenance,
                    model=models.get(row.pk),
                    place=place,
                    first_place=min(first, place),
                    last_place=max(last, place),
                    submitted=(row.case_id, row.owner_id) in submitted,
                    readers=(self._reader(row.owner_id),),
                    lengths_mm=measured.lengths_mm,
                    longest_mm=measured.longest_mm,
                    area_mm2=measured.area_mm2,
                    calibration=measured.calibration,
                ),
            )

    def _place_of(self, frame: int | None, otherwise: int) -> int:
        """Of a span whose end is gone its own frame is left."""
        return self._where[frame][1] if frame in self._where else otherwise

    def _models_of(self, rows: Sequence[Annotation]) -> dict[UUID, str]:
        """Which model proposed a mark that was accepted."""
        accepted = [row.pk for row in rows if row.provenance == Provenance.SUGGESTION]
        found: dict[UUID, str] = {}
        decisions = SuggestionDecision.objects.filter(annotation__in=accepted)
        for decision in decisions.select_related("suggestion__model_version").order_by("pk"):
            version = decision.suggestion.model_version
            self.model_versions.add(version.pk)
            if decision.annotation_id is not None:
                found[decision.annotation_id] = str(version)
        return found

    def _submitted(self, cases: dict[UUID, CaseTruth]) -> set[tuple[UUID, int]]:
        if self._truth.submitted_only:
            return {(case, reader) for case, readers in self._counted.items() for reader in readers}
        return set(submitted_readings().filter(case__in=cases).values_list("case_id", "reader_id"))

    def _answers(
        self, cases: dict[UUID, CaseTruth], known: dict[str, ReleasedFinding]
    ) -> Iterator[tuple[UUID, str, ReleasedAnswer]]:
        rows = Answer.objects.filter(case__in=cases, deleted_at__isnull=True).select_related("schema")
        if self._truth.schemas:
            rows = rows.filter(schema__key__in=self._truth.schemas)
        submitted = self._submitted(cases)
        for row in rows.order_by("owner__username", "schema__key", "schema__version", "pk"):
            stack_key, target = self._target(row)
            if target is None or not self._counts(row):
                continue
            if target.kind == "finding" and target.finding not in known:
                continue
            self.schemas[row.schema_id] = row.schema
            reader = self._reader(row.owner_id)
            yield (
                row.case_id,
                stack_key,
                ReleasedAnswer(
                    id=str(row.pk),
                    schema=str(row.schema),
                    target=target,
                    reader=reader,
                    answers=row.answers,
                    score=row.score,
                    override=row.override,
                    submitted=(row.case_id, row.owner_id) in submitted,
                    readers=(reader,),
                ),
            )

    def _target(self, row: Answer) -> tuple[str, ReleasedTarget | None]:
        """What an answer speaks of; None of slices that aren't in the release."""
        if row.finding_id is not None:
            return "", ReleasedTarget("finding", finding=str(row.finding_id))
        if row.breast:
            return "", ReleasedTarget("breast", breast=row.breast)
        if row.first_frame_id is None or row.last_frame_id is None:
            return "", ReleasedTarget("case")
        if row.first_frame_id not in self._where or row.last_frame_id not in self._where:
            return "", None
        stack, first = self._where[row.first_frame_id]
        target = ReleasedTarget("slices", first_place=first, last_place=self._where[row.last_frame_id][1])
        return self._stacks[stack].key, target

    def _stack(self, pk: int, cases: dict[UUID, CaseTruth]) -> ReleasedStack:
        stack = self._stacks[pk]
        series, study = stack.series, stack.series.study
        of = [case for case in self._cases[pk] if case in cases]
        marks = [mark for case in of for mark in cases[case].marks.get(stack.key, ())]
        shown = {mark.finding for mark in marks if mark.finding}
        return ReleasedStack(
            patient=patient_pseudonym(study.patient.issuer, study.patient.patient_id),
            split="",
            study_uid=study.study_instance_uid,
            series_uid=series.series_instance_uid,
            stack_key=stack.key,
            case=str(self._cases[pk][0]) if self._cases[pk] else "",
            kind=stack.kind,
            modality=series.modality,
            body_part=series.body_part,
            laterality=stack.laterality,
            view=stack.view,
            manufacturer=series.manufacturer,
            manufacturer_model=series.manufacturer_model,
            site=pseudonym("site", series.institution) if series.institution else "",
            frames=tuple(self._frames[pk]),
            marks=tuple(marks),
            findings=tuple(
                finding for case in of for finding in cases[case].findings if self._is_here(finding.id, pk, case, shown)
            ),
            answers=tuple(
                self._with_targets(answer)
                for case in of
                for key, answer in cases[case].answers
                if key in ("", stack.key)
                and (answer.target.kind != "finding" or self._is_here(answer.target.finding, pk, case, shown))
            ),
        )

    def _is_here(self, finding: str | None, pk: int, case: UUID, shown: set[str]) -> bool:
        """Whether a stack shows a finding; one without a mark anywhere stands in the first stack of its case."""
        return finding in shown or (finding not in self._marked[case] and self._first_stack[case] == pk)

    def _with_targets(self, answer: ReleasedAnswer) -> ReleasedAnswer:
        definition = self._definitions.get(answer.schema)
        if definition is None:
            return answer
        derived = answer.score.get("derived")
        targets = targets_of(definition, answer.answers, self._truth.uncertain, derived=derived)
        return replace(answer, targets=targets)
