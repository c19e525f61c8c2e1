"""Jobs, exports, people and the audit trail through the API."""

import pytest

from annotator.accounts.models import Role, User
from annotator.datasets.models import Export
from annotator.jobs.models import Job, JobState
from tests.api.v1.world import write_export


def post(client, address, body=None):
    return client.post(f"/api/v1/{address}", body or {}, format="json")


def test_a_job_says_how_it_goes(world, manager_client):
    Job.objects.filter(pk=world.failed_job.pk).update(percent=40, doing="Slice 12 of 30")
    job = manager_client.get(f"/api/v1/jobs/{world.failed_job.pk}").json()
    assert (job["state"], job["percent"], job["doing"], job["error"]) == ("failed", 40, "Slice 12 of 30", "broken")
    assert job["requested_by"] == "manager"


def test_a_reader_sees_own_jobs_only(world, reader_client):
    own = Job.objects.create(kind="imaging.ingest", requested_by=world.reader)
    assert [job["id"] for job in reader_client.get("/api/v1/jobs").json()["results"]] == [str(own.pk)]


def test_jobs_are_filtered_by_state(world, manager_client):
    listed = manager_client.get("/api/v1/jobs?state=failed").json()["results"]
    assert [job["id"] for job in listed] == [str(world.failed_job.pk)]


def test_a_job_is_cancelled_and_run_again(world, manager_client):
    address = f"jobs/{world.queued_job.pk}"
    assert post(manager_client, f"{address}/cancel").json()["state"] == "cancelled"
    assert post(manager_client, f"{address}/cancel").status_code == 409
    assert post(manager_client, f"{address}/retry").json()["state"] == "queued"
    assert post(manager_client, f"{address}/retry").status_code == 409


def test_an_export_is_asked_for_and_its_job_waits(world, manager_client):
    body = {
        "title": "Nodules",
        "study_ids": [world.study.pk],
        "schema_key": "lesion",
        "fractions": [0.6, 0.2, 0.2],
        "seed": 9,
    }
    export = post(manager_client, "exports", body)
    assert export.status_code == 202
    assert export.json()["job"]["state"] == "queued"
    asked = Export.objects.get(pk=export.json()["id"]).request
    assert (asked["study_ids"], asked["schema_key"], asked["fractions"], asked["seed"]) == (
        [world.study.pk],
        "lesion",
        [0.6, 0.2, 0.2],
        9,
    )
    assert manager_client.get(f"/api/v1/exports/{export.json()['id']}/download").status_code == 409


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"title": ""}, "title"),
        ({"study_ids": []}, "study_ids"),
        ({"study_ids": [999_999]}, "study_ids"),
        ({"study_ids": [10**30]}, "study_ids[0]"),
        ({"schema_key": "unicorns"}, "schema_key"),
        ({"window": "sunset"}, "window"),
        ({"frames": "some"}, "frames"),
        ({"fractions": [0.5, 0.5]}, "fractions"),
        ({"fractions": [0.9, 0.9, 0.9]}, "fractions"),
        ({"seed": -1}, "seed"),
    ],
)
def test_an_export_that_can_not_be_is_refused_and_says_where(changes, path, world, manager_client):
    response = post(manager_client, "exports", {"title": "Nodules", "study_ids": [world.study.pk], **changes})
    assert (response.status_code, response.json()["path"]) == (400, path)
    assert Export.objects.count() == 1


def test_a_finished_export_is_downloaded(world, manager_client):
    content = write_export(world.export)
    response = manager_client.get(f"/api/v1/exports/{world.export.pk}/download", HTTP_ACCEPT="application/zip")
    assert b"".join(response.streaming_content) == content
    assert response["Content-Type"] == "application/zip"
    assert "attachment" in response["Content-Disposition"]


def test_an_admin_adds_changes_and_deactivates_a_person(world, admin_client):
    body = {"username": "newcomer", "password": "quite-a-long-passphrase", "role": "radiologist"}
    person = post(admin_client, "people", body).json()
    assert (person["role"], person["is_active"]) == ("radiologist", True)
    assert "password" not in person
    address = f"/api/v1/people/{person['id']}"
    changed = admin_client.patch(address, {"role": "data_manager", "is_active": False}, format="json").json()
    assert (changed["role"], changed["is_active"]) == ("data_manager", False)
    assert post(admin_client, "people", body).status_code == 409


def test_half_of_a_change_is_not_kept_when_the_other_half_is_refused(world, admin_client):
    other = User.objects.create_user("second-admin", role=Role.ADMIN, is_active=False)
    response = admin_client.patch(
        f"/api/v1/people/{world.admin.pk}", {"is_active": False, "role": "admin"}, format="json"
    )
    assert response.status_code == 409
    world.admin.refresh_from_db()
    other.refresh_from_db()
    assert (world.admin.is_active, world.admin.role, other.is_active) == (True, "admin", False)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"password": "short"}, "password"),
        ({"role": "king"}, "role"),
        ({"username": "two words"}, "username"),
        ({"email": "nowhere"}, "email"),
    ],
)
def test_a_person_that_can_not_be_is_refused(changes, path, world, admin_client):
    body = {"username": "newcomer", "password": "quite-a-long-passphrase", "role": "radiologist", **changes}
    response = post(admin_client, "people", body)
    assert (response.status_code, response.json()["path"]) == (400, path)
    assert not User.objects.filter(username=body["username"]).exists()


def test_a_change_of_nothing_is_refused(world, admin_client):
    assert admin_client.patch(f"/api/v1/people/{world.reader.pk}", {}, format="json").status_code == 400


def test_the_audit_trail_says_who_did_what_and_is_filtered(world, admin_client):
    post(admin_client, f"jobs/{world.queued_job.pk}/cancel")
    entries = admin_client.get("/api/v1/audit?action=cancel_job&actor=boss").json()["results"]
    assert [(entry["actor"], entry["target_id"]) for entry in entries] == [("boss", str(world.queued_job.pk))]
    assert admin_client.get("/api/v1/audit?until=2000-01-01T00:00:00Z").json()["count"] == 0


def test_a_job_that_the_system_queued_has_nobody_behind_it(world, manager_client):
    job = Job.objects.create(kind="imaging.derive_frames", state=JobState.QUEUED)
    assert manager_client.get(f"/api/v1/jobs/{job.pk}").json()["requested_by"] is None
