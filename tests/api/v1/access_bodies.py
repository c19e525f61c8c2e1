"""What a request to an address needs: the parts of its path and its body, in a world made for tests."""

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from annotator.datasets.exporting.export_files import archive_place
from annotator.datasets.models import Cohort, ReleaseExport, TiradsFit
from annotator.jobs.models import Job, JobState
from annotator.labels.models import LabelSchema, LabelSchemaDraft
from annotator.readerstudies.actions.make_study import make_study
from tests.annotator.datasets.frozen import frozen_release
from tests.annotator.readerstudies.studied import finished_study
from tests.api.v1.world import World, new_id


def new_person(_world: World) -> dict[str, Any]:
    return {"username": "newcomer", "password": "quite-a-long-passphrase", "role": "radiologist"}


def finding_body(world: World) -> dict[str, Any]:
    return {"case": str(world.case.pk), "kind": "lesion", "name": "", "revision": 0}


def answer_body(world: World) -> dict[str, Any]:
    return {
        "case": str(world.case.pk),
        "finding": str(world.finding.pk),
        "schema": "lesion@1",
        "answers": {},
        "revision": 1,
    }


def export_body(world: World) -> dict[str, Any]:
    return {"title": "Set", "study_ids": [world.study.pk]}


def assign_body(world: World) -> dict[str, Any]:
    return {"cases": [str(world.case.pk)], "readers": [world.stranger.pk], "due_date": "2030-01-31"}


def order_body(world: World) -> dict[str, Any]:
    return {"reader": world.reader.pk, "assignments": [str(world.assignment.pk)]}


def outline_body(world: World) -> dict[str, Any]:
    return {"frame": world.frame.key, "hint": {"kind": "extremes", "points": [[2, 2], [9, 9]]}}


def empty(_world: World) -> dict[str, Any]:
    return {}


def own_schema(world: World) -> list[Any]:
    """A schema that was made here, with a draft of its next version that says the same."""
    definition = LabelSchema.objects.get(key="lesion").definition
    LabelSchema.objects.create(key="ours", version=1, title="Ours", definition=definition)
    LabelSchemaDraft.objects.create(key="ours", title="Ours", definition=definition, based_on=1, changed_by=world.admin)
    return ["ours"]


def own_version(world: World) -> list[Any]:
    return [*own_schema(world), 1]


def draft_body(_world: World) -> dict[str, Any]:
    return {"title": "Ours, newer", "definition": {}, "revision": 1}


def publish_body(_world: World) -> dict[str, Any]:
    return {"revision": 1, "reason": "Newer."}


def because(_world: World) -> dict[str, Any]:
    return {"reason": "Nobody uses it."}


def schema_file(_world: World) -> dict[str, Any]:
    lesion = LabelSchema.objects.get(key="lesion")
    return {"file": {"key": "theirs", "version": 4, "title": "Theirs", "definition": lesion.definition}}


def cohort(_world: World) -> list[Any]:
    return [Cohort.objects.create(name="Everything", query={}).pk]


def verdict_body(_world: World) -> dict[str, Any]:
    return {"first": "patient-000", "second": "patient-001", "verdict": "different", "reason": "Twins."}


def release(world: World) -> list[Any]:
    return [frozen_release(world.manager, []).pk]


def release_body(world: World) -> dict[str, Any]:
    return {"cohort": str(cohort(world)[0]), "recipe": {"truth": {"uncertain": "ignore"}}}


def tirads_fit(world: World) -> list[Any]:
    job = Job.objects.create(kind="datasets.fit_tirads", state=JobState.QUEUED)
    made = TiradsFit.objects.create(release_id=release(world)[0], chosen={}, job=job, requested_by=world.manager)
    return [made.pk]


def diagnoses_body(_world: World) -> dict[str, Any]:
    return {"name": "Pathology", "source": "The archive", "csv": "patient,diagnosis\npatient-1,benign\n"}


def release_export(world: World) -> list[Any]:
    made = ReleaseExport.objects.create(
        release_id=release(world)[0],
        request={"format": "coco", "options": {}, "preprocessing": {}, "splits": []},
        job=Job.objects.create(kind="datasets.build_release_export", state=JobState.DONE),
        requested_by=world.manager,
        sha256="0" * 64,
    )
    storages["releases"].save(archive_place(made.pk).name, ContentFile(b"PK a zip"))
    return [made.pk]


def annotation(world: World) -> list[Any]:
    return [world.annotation.pk]


def case(world: World) -> list[Any]:
    return [world.case.pk]


def suggestion(world: World) -> list[Any]:
    return [world.suggestion.pk]


def comment_body(world: World) -> dict[str, Any]:
    return {"case": str(world.case.pk), "frame": world.frame.key, "column": 1, "row": 1, "text": "Look here."}


def reader_study(world: World) -> list[Any]:
    return [make_study(world.admin, "Bleeds").pk]


def read_study(world: World) -> list[Any]:
    return [finished_study(world.admin, readers=1, cases=1).pk]


def first_revision(_world: World) -> dict[str, Any]:
    return {"revision": 1}


def size_body(_world: World) -> dict[str, Any]:
    return {"sensitivity": 0.7, "half_width": 0.1, "prevalence_percent": 1, "readers_per_case": 3}


def sitting(world: World) -> list[Any]:
    return [world.assignment.pk, new_id()]


def assignment(world: World) -> list[Any]:
    return [world.assignment.pk]


def intake(world: World) -> list[Any]:
    return [world.intake.pk]


def text_review(world: World) -> list[Any]:
    return [world.text_review.pk]


def withheld_body(_world: World) -> dict[str, Any]:
    return {"verdict": "withheld"}


def layout_body(_world: World) -> dict[str, Any]:
    return {"regions": [{"column": 0, "row": 0, "columns": 9, "rows": 9}], "expected": 1}


def collection(world: World) -> list[Any]:
    return [world.collection.pk]


def export(world: World) -> list[Any]:
    return [world.export.pk]


def person(world: World) -> list[Any]:
    return [world.stranger.pk]


#                                       anonymous reader stranger manager admin
