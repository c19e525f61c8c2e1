"""A release's zip over HTTP: whole, in ranges, and not again for who has it."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from annotator.datasets.exporting.export_files import archive_place
from annotator.datasets.models import ReleaseExport
from annotator.jobs.models import Job, JobState
from tests.annotator.datasets.frozen import frozen_release

CONTENT = bytes(range(256)) * 4


@pytest.fixture
def address(world) -> str:
    made = ReleaseExport.objects.create(
        release=frozen_release(world.manager, []),
        request={"format": "coco", "options": {}, "preprocessing": {}, "splits": []},
        job=Job.objects.create(kind="datasets.build_release_export", state=JobState.DONE),
        requested_by=world.manager,
        sha256="ab" * 32,
    )
    storages["releases"].save(archive_place(made.pk).name, ContentFile(CONTENT))
    return f"/api/v1/release-exports/{made.pk}/download"


def test_a_download_that_broke_off_goes_on_where_it_was(manager_client, address: str):
    whole = manager_client.get(address)
    assert (whole.status_code, whole.content) == (200, CONTENT)
    assert whole["Content-Disposition"].endswith('.zip"')
    rest = manager_client.get(address, HTTP_RANGE="bytes=1000-", HTTP_IF_RANGE=whole["ETag"])
    assert (rest.status_code, rest.content) == (206, CONTENT[1000:])
    assert rest["Content-Range"] == f"bytes 1000-{len(CONTENT) - 1}/{len(CONTENT)}"
    assert manager_client.get(address, HTTP_RANGE="bytes=5000-").status_code == 416
    assert manager_client.get(address, HTTP_IF_NONE_MATCH=whole["ETag"]).status_code == 304
    other = manager_client.get(address, HTTP_RANGE="bytes=1000-", HTTP_IF_RANGE='"another"')
    assert (other.status_code, other.content) == (200, CONTENT), "of another zip the rest would be no use"


def test_what_is_not_finished_is_said(manager_client, address: str):
    Job.objects.filter(kind="datasets.build_release_export").update(state=JobState.QUEUED)
    refused = manager_client.get(address)
    assert refused.status_code == 409
    assert "not finished" in refused.json()["detail"]


def test_a_script_goes_from_a_question_to_a_queued_export(world, manager_client):
    made = manager_client.post("/api/v1/cohorts", {"name": "Chests", "query": {}}, format="json").json()
    refused = manager_client.post("/api/v1/releases", {"cohort": made["id"], "recipe": {}}, format="json")
    assert refused.status_code == 400
    assert refused.json()["path"] == "truth.uncertain"
    recipe = {"truth": {"uncertain": "ignore"}}
    asked = manager_client.post("/api/v1/releases", {"cohort": made["id"], "recipe": recipe}, format="json")
    assert asked.json()["job"]["state"] == "queued"
    early = manager_client.post(f"/api/v1/releases/{asked.json()['id']}/exports", {"format": "coco"}, format="json")
    assert early.status_code == 409
    frozen = frozen_release(world.manager, [])
    wrong = manager_client.post(
        f"/api/v1/releases/{frozen.pk}/exports", {"format": "coco", "options": {"colour": 1}}, format="json"
    )
    assert (wrong.status_code, wrong.json()["path"]) == (400, "options.colour")
    queued = manager_client.post(f"/api/v1/releases/{frozen.pk}/exports", {"format": "coco"}, format="json")
    assert queued.status_code == 202
    listed = manager_client.get(f"/api/v1/releases/{frozen.pk}/exports").json()["results"]
    assert [export["id"] for export in listed] == [queued.json()["id"]]
