"""Asking for an export, watching it, downloading it."""

from pathlib import Path

import pytest
from django.conf import settings

from annotator.accounts.models import User
from annotator.datasets.models import Export
from annotator.jobs.models import JobState
from annotator.labels.actions.install_schemas import install_shipped_schemas
from tests.frontend.conftest import Catalogue, ClientFor

FORM = {
    "title": "Thyroid, first round",
    "studies": "all",
    "schema_key": "",
    "window": "auto",
    "frames": "marked",
    "submitted_only": "",
    "train": "70",
    "val": "15",
    "test": "15",
    "seed": "7",
}


def test_what_is_asked_for_becomes_an_export_with_a_job(
    catalogue: Catalogue, data_manager: User, client_for: ClientFor
) -> None:
    install_shipped_schemas()
    client = client_for(data_manager)
    client.post("/studies/", {"study": [catalogue.ultrasound.pk], "then": "export"})
    form = {**FORM, "studies": "chosen", "schema_key": "acr-tirads", "submitted_only": "1", "frames": "all"}
    assert client.post("/exports/", form).headers["Location"] == "/exports/"
    export = Export.objects.get()
    assert export.title == "Thyroid, first round"
    assert export.requested_by == data_manager
    assert export.job.state == JobState.QUEUED
    assert export.request == {
        "title": "Thyroid, first round",
        "study_ids": [catalogue.ultrasound.pk],
        "schema_key": "acr-tirads",
        "window": "auto",
        "frames": "all",
        "fractions": [0.7, 0.15, 0.15],
        "seed": 7,
        "submitted_only": True,
    }
    page = client.get("/exports/")
    assert page.context["chosen"] == []
    assert "Thyroid, first round" in page.content.decode()


def test_all_studies_of_a_modality_can_be_exported(
    catalogue: Catalogue, data_manager: User, client_for: ClientFor
) -> None:
    client_for(data_manager).post("/exports/", {**FORM, "studies": "modality:US"})
    assert Export.objects.get().request["study_ids"] == [catalogue.ultrasound.pk]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "  "}, "title"),
        ({"train": "80"}, "train"),
        ({"train": "-1"}, "train"),
        ({"seed": "-1"}, "seed"),
        ({"studies": "chosen"}, "studies"),
        ({"window": "moonlight"}, "window"),
        ({"schema_key": "nonsense"}, "schema_key"),
        ({"frames": "some"}, "frames"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_made(
    change: dict[str, str], field: str, catalogue: Catalogue, data_manager: User, client_for: ClientFor
) -> None:
    answer = client_for(data_manager).post("/exports/", {**FORM, **change})
    assert answer.status_code == 400
    assert answer.context["form"].errors[field]
    assert not Export.objects.exists()


def test_an_export_of_an_empty_catalogue_is_refused_in_words(data_manager: User, client_for: ClientFor) -> None:
    answer = client_for(data_manager).post("/exports/", FORM)
    assert answer.status_code == 400
    assert "at least one study" in answer.content.decode()


def test_an_export_is_downloaded_when_its_job_is_done_and_not_before(
    catalogue: Catalogue, data_manager: User, radiologist: User, client_for: ClientFor
) -> None:
    client = client_for(data_manager)
    client.post("/exports/", {**FORM, "title": "A/B: test"})
    export = Export.objects.get()
    where = f"/exports/{export.pk}/download"
    assert client.get(where).status_code == 409
    folder = Path(settings.EXPORTS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{export.pk}.zip").write_bytes(b"the zip")
    export.job.state = JobState.DONE
    export.job.save()
    answer = client.get(where)
    assert b"".join(answer.streaming_content) == b"the zip"  # type: ignore[arg-type]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="A-B- test.zip"'
    assert client_for(radiologist).get(where).status_code == 403
