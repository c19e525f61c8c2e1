"""Who looks at the pages, and a small catalogue for them to look at."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from annotator.accounts.models import User
from annotator.cases.models import Case
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.models import Intake, Study
from tests.builders import ct_series, not_dicom, ultrasound_pair

ClientFor = Callable[[User], Client]


@pytest.fixture
def client_for() -> ClientFor:
    """A browser in which this person is signed in."""

    def signed_in(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return signed_in


@dataclass(frozen=True)
class Catalogue:
    """A CT and an ultrasound study, taken in with one file that is no DICOM."""

    ct: Study
    ultrasound: Study
    intake: Intake

    @property
    def cases(self) -> list[Case]:
        return [Case.objects.get(study=self.ct), Case.objects.get(study=self.ultrasound)]


@pytest.fixture
def catalogue(tmp_path: Path, data_manager: User, run_queued_jobs: Callable[..., object]) -> Catalogue:
    folder = tmp_path / "incoming"
    ct_series(folder, slices=3, patient_id="PAT-CT", patient_name="Doe^Jane")
    ultrasound_pair(folder, patient_id="PAT-US")
    not_dicom(folder)
    ingest_paths(data_manager, [folder])
    run_queued_jobs()
    return Catalogue(
        ct=Study.objects.get(patient__patient_id="PAT-CT"),
        ultrasound=Study.objects.get(patient__patient_id="PAT-US"),
        intake=Intake.objects.get(),
    )


@pytest.fixture
def plain_viewer(settings: Any) -> None:
    """Puts a line of text in the viewer's place: these tests ask about pages, and need no built front end."""
    (engine,) = settings.TEMPLATES
    viewer = {
        "frontend/viewer.html": "viewer of {{ case.title }}, next {{ urls.next }}, back {{ urls.back }}",
        "frontend/label_schema_editor.html": "editor of {{ draft.key }}",
    }
    loaders = [
        ("django.template.loaders.locmem.Loader", viewer),
        "django.template.loaders.app_directories.Loader",
    ]
    settings.TEMPLATES = [{**engine, "APP_DIRS": False, "OPTIONS": {**engine["OPTIONS"], "loaders": loaders}}]
