"""Bringing files in, how an intake goes, and the quarantine."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone

from annotator.accounts.models import User
from annotator.imaging.models import Intake, IntakeFile, Outcome
from annotator.imaging.wrapping.companions import Companions
from annotator.imaging.wrapping.details import COLUMNS
from annotator.imaging.wrapping.tables import read_table
from annotator.jobs.models import Job, JobState
from tests.frontend.conftest import Catalogue, ClientFor


def test_the_page_offers_folders_and_files_and_lists_what_came_in(
    catalogue: Catalogue, data_manager: User, client_for: ClientFor
) -> None:
    page = client_for(data_manager).get("/intakes/").content.decode()
    assert "webkitdirectory" in page
    assert f'href="/intakes/{catalogue.intake.pk}/"' in page


def test_an_intake_shows_what_became_of_its_files_and_stops_asking_when_nothing_more_will_happen(
    catalogue: Catalogue, data_manager: User, client_for: ClientFor
) -> None:
    answer = client_for(data_manager).get(f"/intakes/{catalogue.intake.pk}/")
    page = answer.content.decode()
    assert '<dd data-count="ingested">5</dd>' in page
    assert '<dd data-count="quarantined">1</dd>' in page
    assert "letter.dcm" in page
    assert "data-settled" in page
    assert sorted(study.pk for study in answer.context["studies"]) == sorted([catalogue.ct.pk, catalogue.ultrasound.pk])


@pytest.mark.parametrize(
    ("states", "ingested", "is_settled"),
    [
        ({}, 0, False),
        ({"imaging.ingest": JobState.QUEUED}, 0, False),
        ({"imaging.ingest": JobState.DONE}, 2, False),
        ({"imaging.ingest": JobState.DONE, "imaging.derive_frames": JobState.QUEUED}, 2, False),
        ({"imaging.ingest": JobState.DONE, "imaging.derive_frames": JobState.DONE}, 2, True),
        ({"imaging.ingest": JobState.DONE}, 0, True),
        ({"imaging.ingest": JobState.FAILED}, 1, True),
    ],
)
def test_an_intake_is_settled_only_when_nothing_more_will_happen(
    states: dict[str, JobState], ingested: int, is_settled: bool, data_manager: User, client_for: ClientFor
) -> None:
    intake = Intake.objects.create(requested_by=data_manager, source="upload", sealed_at=timezone.now())
    for number in range(ingested):
        IntakeFile.objects.create(intake=intake, name=str(number), outcome=Outcome.INGESTED)
    for kind, state in states.items():
        Job.objects.create(kind=kind, state=state, parameters={"intake": str(intake.pk)}, requested_by=data_manager)
    part = client_for(data_manager).get(f"/intakes/{intake.pk}/?part=status")
    assert part.context["is_settled"] is is_settled
    assert ("data-settled" in part.content.decode()) is is_settled
    assert "<html" not in part.content.decode()


def test_an_intake_that_was_not_sealed_can_be_continued(data_manager: User, client_for: ClientFor) -> None:
    intake = Intake.objects.create(requested_by=data_manager, source="upload", expected_files=64)
    client = client_for(data_manager)
    assert f"/intakes/?continue={intake.pk}" in client.get("/intakes/").content.decode()
    assert f'data-continue="{intake.pk}"' in client.get(f"/intakes/?continue={intake.pk}").content.decode()
    assert 'data-continue=""' in client.get("/intakes/?continue=../../x").content.decode()


def test_the_quarantine_says_why_and_can_be_searched(
    catalogue: Catalogue, data_manager: User, client_for: ClientFor
) -> None:
    client = client_for(data_manager)
    file = IntakeFile.objects.get(outcome=Outcome.QUARANTINED)
    page = client.get("/quarantine/").content.decode()
    assert "letter.dcm" in page
    assert file.reason
    assert file.reason.split(".")[0][:30] in page
    assert len(client.get("/quarantine/?q=LETTER").context["page"]) == 1
    assert "No file in quarantine matches" in client.get("/quarantine/?q=zebra").content.decode()


def test_file_names_are_shown_as_text_never_as_markup(data_manager: User, client_for: ClientFor) -> None:
    intake = Intake.objects.create(requested_by=data_manager, source="<b>upload</b>")
    IntakeFile.objects.create(
        intake=intake, name="<img src=x>.dcm", outcome=Outcome.QUARANTINED, reason="<script>alert(1)</script>"
    )
    for address in ("/quarantine/", f"/intakes/{intake.pk}/", "/intakes/"):
        page = client_for(data_manager).get(address).content.decode()
        assert "<img src=x>" not in page
        assert "<script>alert" not in page
        assert "<b>upload" not in page


def test_the_page_explains_the_table_beside_pictures_and_its_example_can_be_read(
    data_manager: User, client_for: ClientFor
) -> None:
    page = client_for(data_manager).get("/intakes/").content.decode()
    assert "/static/pages/pictures-example.csv" in page
    found = finders.find("pages/pictures-example.csv")
    assert found is not None
    table = read_table(Path(found).read_bytes(), name="pictures-example.csv")
    companions = Companions([row.file for row in table.rows], [table])
    assert [companions.details_of(row.file).modality for row in table.rows] == ["US", "US", "CT"]
    assert all(f"<code>{column}</code>" in page for column in COLUMNS)
    assert sorted(table.rows[0].values) == sorted(COLUMNS)


def test_what_is_kept_beside_the_pictures_is_listed(data_manager: User, client_for: ClientFor) -> None:
    intake = Intake.objects.create(requested_by=data_manager, source="upload", sealed_at=timezone.now())
    IntakeFile.objects.create(intake=intake, name="table.csv", outcome=Outcome.BESIDE)
    IntakeFile.objects.create(intake=intake, name="a_mask.png", outcome=Outcome.BESIDE, reason="Mask of a.png.")
    page = client_for(data_manager).get(f"/intakes/{intake.pk}/").content.decode()
    assert '<dd data-count="beside">2</dd>' in page
    assert "Table of the pictures" in page
    assert "Mask of a.png." in page


def test_an_intake_over_the_dicom_network_says_so_and_can_not_be_continued_here(
    data_manager: User, client_for: ClientFor
) -> None:
    intake = Intake.objects.create(source="DICOM PACS from 10.0.0.5")
    client = client_for(data_manager)
    for address in ("/intakes/", f"/intakes/{intake.pk}/"):
        page = client.get(address).content.decode()
        assert "DICOM network" in page
        assert "DICOM PACS from 10.0.0.5" in page
        assert "?continue=" not in page
