"""One of everything that the API speaks of, made of rows."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from annotator.accounts.models import Role, User
from annotator.annotations.models import Annotation, Answer, Finding
from annotator.assist.models import ModelVersion, Suggestion
from annotator.cases.models import Case
from annotator.datasets.models import Cohort, Export, Release, Withdrawal
from annotator.datasets.queries import export_path
from annotator.imaging.models import (
    Collection,
    Frame,
    Instance,
    InstanceState,
    Intake,
    IntakeFile,
    Series,
    Stack,
    Study,
    TextReview,
)
from annotator.jobs.models import Job, JobState
from annotator.labels.models import LabelSchema
from annotator.labels.schema import score_answers
from annotator.labels.shipped import shipped_schemas
from annotator.readerstudies.models import Assignment
from tests.annotator.case_rows import frames_of, grant, make_case, make_stack, make_study
from tests.fixtures.people import make_person

EXPORT_REQUEST = {"title": "Nodules", "study_ids": [1], "fractions": [0.7, 0.15, 0.15]}


@dataclass
class World:
    """`reader` may open the case, `stranger` is a radiologist who may not."""

    text_review: TextReview
    reader: User
    stranger: User
    manager: User
    admin: User
    study: Study
    case: Case
    frame: Frame
    finding: Finding
    annotation: Annotation
    answer: Answer
    suggestion: Suggestion
    assignment: Assignment
    queued_job: Job
    failed_job: Job
    intake: Intake
    export: Export
    collection: Collection
    doubtful_stack: Stack

    def person(self, role: str) -> User | None:
        return None if role == "anonymous" else getattr(self, role)


def install_schema(key: str) -> LabelSchema:
    """One shipped schema as a row; checking all of them in every test would take its time."""
    shipped = next(schema for schema in shipped_schemas() if schema.key == key)
    row, _ = LabelSchema.objects.get_or_create(
        key=key,
        version=shipped.version,
        defaults={"title": shipped.title, "definition": shipped.definition, "origin": "shipped"},
    )
    return row


def make_suggestion(case: Case, frame: Frame, **fields: Any) -> Suggestion:
    model, _ = ModelVersion.objects.get_or_create(
        name="finder", version="1", defaults={"task": "detection", "content_hash": "0" * 64}
    )
    values = {"kind": "box", "points": [[1, 2], [9, 8]], "label": "caliper", "score": 0.9, **fields}
    return Suggestion.objects.create(case=case, frame=frame, model_version=model, **values)


def make_annotation(case: Case, owner: User, **fields: Any) -> Annotation:
    values = {"frame": frames_of(case)[0], "kind": "box", "points": [[1.5, 2.5], [20.0, 30.0]], "revision": 1, **fields}
    return Annotation.objects.create(case=case, owner=owner, **values)


def make_world() -> World:
    reader, stranger = make_person("reader", Role.RADIOLOGIST), make_person("stranger", Role.RADIOLOGIST)
    manager, admin = make_person("manager", Role.DATA_MANAGER), make_person("boss", Role.ADMIN)
    study = make_study()
    case = make_case(study, make_stack(study))
    grant(case, reader)
    frame = frames_of(case)[0]
    lesion = install_schema("lesion")
    finding = Finding.objects.create(case=case, owner=reader, kind="lesion", number=1, revision=1)
    intake = Intake.objects.create(requested_by=manager, source="upload")
    IntakeFile.objects.create(intake=intake, name="a.dcm", path="/nowhere", byte_size=3)
    IntakeFile.objects.create(intake=intake, name="b.txt", byte_size=2, outcome="quarantined", reason="Not DICOM.")
    done = Job.objects.create(kind="datasets.build_export", state=JobState.DONE, requested_by=manager, title="Export")
    export = Export.objects.create(title="Nodules", requested_by=manager, job=done, request=EXPORT_REQUEST)
    freezing = Job.objects.create(kind="datasets.freeze_release", state=JobState.DONE, requested_by=manager)
    heads = Cohort.objects.create(name="Heads of last year", query={}, created_by=manager)
    Release.objects.create(cohort=heads, title="Heads", recipe={}, job=freezing, requested_by=manager)
    Withdrawal.objects.create(patient="patient-withdrawn", reason="Asked to.", by=manager)
    review = make_text_review(study)
    collection = Collection.objects.create(name="Teaching", created_by=manager)
    collection.studies.add(study)
    doubtful_stack = Stack.objects.create(
        series=case.case_stacks.get().stack.series,
        kind="still",
        grouping="doubtful",
        laterality="L",
        laterality_from_pixels="R",
    )
    return World(
        text_review=review,
        reader=reader,
        stranger=stranger,
        manager=manager,
        admin=admin,
        study=study,
        case=case,
        frame=frame,
        finding=finding,
        annotation=make_annotation(case, reader, finding=finding),
        answer=Answer.objects.create(
            case=case,
            owner=reader,
            finding=finding,
            schema=lesion,
            revision=1,
            score=score_answers(lesion.definition, {}),
        ),
        suggestion=make_suggestion(case, frame),
        assignment=Assignment.objects.create(case=case, reader=reader, place=1),
        queued_job=Job.objects.create(kind="imaging.ingest", requested_by=manager, title="Ingest"),
        failed_job=Job.objects.create(
            kind="imaging.ingest",
            state=JobState.FAILED,
            requested_by=manager,
            finished_at=timezone.now(),
            error="broken",
        ),
        intake=intake,
        export=export,
        collection=collection,
        doubtful_stack=doubtful_stack,
    )


def make_text_review(study: Study) -> TextReview:
    """A picture of this study that waits; there is no file behind it."""
    series = Series.objects.create(study=study, series_instance_uid="1.2.826.7.1", modality="US")
    instance = Instance.objects.create(
        series=series,
        sop_instance_uid="1.2.826.7.1.1",
        sop_class_uid="1.2.840.10008.5.1.4.1.1.6.1",
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        sha256="7" * 64,
        source_sha256="7" * 64,
        byte_size=100,
        state=InstanceState.REVIEW,
        rows=60,
        columns=80,
        number_of_frames=1,
        samples_per_pixel=1,
        photometric_interpretation="MONOCHROME2",
        bits_allocated=8,
        bits_stored=8,
        pixel_representation=0,
    )
    box = {"frame": 1, "column": 2, "row": 2, "columns": 40, "rows": 9, "score": 0.9}
    return TextReview.objects.create(instance=instance, suspected=[box], suspicion=0.9, layout="Maker Model 80 x 60")


def write_export(export: Export) -> bytes:
    """A finished zip where the export's is looked for."""
    path = export_path(export.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"PK\x05\x06" + bytes(18))
    return path.read_bytes()


def annotation_body(world: World, **changes: Any) -> dict[str, Any]:
    """A mark as the viewer sends it."""
    return {
        "case": str(world.case.pk),
        "frame": world.frame.key,
        "kind": "box",
        "points": [[1.5, 2.5], [20, 30]],
        "finding": None,
        "label": "",
        "revision": 0,
        **changes,
    }


def new_id() -> str:
    return str(uuid.uuid4())
