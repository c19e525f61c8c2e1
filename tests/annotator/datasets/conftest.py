"""Two patients, three studies, read by one radiologist: what an export is made of."""

import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest

from annotator.accounts.models import User
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.actions.save_answer import SaveAnswer, save_answer
from annotator.annotations.actions.save_finding import SaveFinding, save_finding
from annotator.annotations.models import Annotation
from annotator.cases.models import Case
from annotator.datasets.actions.request_release import request_release
from annotator.datasets.actions.save_cohort import save_cohort
from annotator.datasets.models import Release
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.queries import frames_in_order
from annotator.labels.actions.install_schemas import install_shipped_schemas
from annotator.readerstudies.actions.assign_cases import assign_cases
from tests.builders.studies import ct_series, ultrasound

CONTOUR = [[20.25, 15.5], [40.75, 18.0], [36.0, 39.5]]
BOX = [[5.5, 6.25], [25.0, 20.0]]
RECIPE = {"truth": {"uncertain": "ignore", "submitted_only": False}}
CALIPER = [[30.5, 21.5]]
TIRADS = {
    "composition": "mixed",
    "echogenicity": "isoechoic",
    "shape": "taller_than_wide",
    "margin": "smooth",
    "echogenic_foci": ["none"],
}


@dataclass(frozen=True)
class MarkedStudies:
    ct: Case
    ultrasound: Case
    box: Annotation
    contour: Annotation
    caliper: Annotation

    @property
    def study_ids(self) -> tuple[int, ...]:
        return (self.ct.study_id, self.ultrasound.study_id)


@pytest.fixture
def marked_studies(tmp_path: Path, admin: User, radiologist: User, run_queued_jobs) -> MarkedStudies:
    """A CT (box on its second slice) and an ultrasound of another patient (contour of a nodule, caliper)."""
    folder = tmp_path / "dicom"
    folder.mkdir()
    ct_series(folder)
    ultrasound(folder)
    install_shipped_schemas()
    ingest_paths(admin, [folder])
    run_queued_jobs()
    cases = {case.modality: case for case in Case.objects.all()}
    assign_cases(admin, [cases["CT"].id, cases["US"].id], [radiologist.id])

    def mark(case: Case, slice_index: int, kind: str, points: object, **more: object) -> Annotation:
        [stack] = case.stacks.all()
        frame = frames_in_order(stack)[slice_index]
        wanted = SaveAnnotation(uuid.uuid4(), case.id, frame.key, kind, points, **more)  # type: ignore[arg-type]
        return save_annotation(radiologist, wanted)

    nodule = save_finding(radiologist, SaveFinding(uuid.uuid4(), cases["US"].id, "nodule"))
    save_answer(radiologist, SaveAnswer(uuid.uuid4(), cases["US"].id, "acr-tirads@1", TIRADS, finding_id=nodule.id))
    return MarkedStudies(
        ct=cases["CT"],
        ultrasound=cases["US"],
        box=mark(cases["CT"], 1, "box", BOX),
        contour=mark(cases["US"], 0, "contour", CONTOUR, finding_id=nodule.id),
        caliper=mark(cases["US"], 0, "point", CALIPER, label="caliper"),
    )


@pytest.fixture
def release(marked_studies: MarkedStudies, data_manager: User, run_queued_jobs) -> Release:
    """Frozen of both."""
    cohort = save_cohort(data_manager, "Everything", {})
    asked = request_release(data_manager, cohort.pk, RECIPE)
    run_queued_jobs()
    return Release.objects.get(pk=asked.pk)
