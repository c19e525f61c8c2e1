"""Files over the API: streamed, resumable, sealed once."""

import hashlib
from io import BytesIO
from pathlib import Path

import pytest

from annotator.imaging.actions.receive_file import receive_file as receive
from annotator.imaging.models import IntakeFile
from annotator.jobs.models import Job
from api.v1 import intakes
from tests.api.v1.described import DescribedClient


@pytest.fixture
def address(manager_client: DescribedClient) -> str:
    started = manager_client.post("/api/v1/intakes", {"expected_files": 2}, format="json").json()
    return f"/api/v1/intakes/{started['id']}"


def send(client, address, content, name="folder/one.dcm", **extra):
    return client.put(f"{address}/files?name={name}", content, content_type="application/octet-stream", **extra)


def test_a_file_arrives_whole(manager_client, address):
    content = bytes(range(256)) * 10_000
    received = send(manager_client, address, content).json()
    assert received["byte_size"] == len(content)
    assert received["sha256"] == hashlib.sha256(content).hexdigest()
    assert Path(IntakeFile.objects.get(name="folder/one.dcm").path).read_bytes() == content


def test_a_file_is_read_in_pieces_and_may_be_larger_than_any_other_body(manager_client, address, settings, monkeypatch):
    """`receive_file` is wrapped to look at how the body comes to it."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    sizes = []

    class Watched:
        def __init__(self, content):
            self.content = content

        def read(self, size):
            sizes.append(size)
            return self.content.read(size)

    def watched(person, intake_id, *, content, **named):
        assert not hasattr(content, "_body")
        return receive(person, intake_id, content=Watched(content), **named)

    monkeypatch.setattr(intakes, "receive_file", watched)
    response = send(manager_client, address, b"x" * 3_000_000)
    assert response.status_code == 200, response.content
    assert len(sizes) > 2
    assert all(0 < size <= 1 << 20 for size in sizes)


def test_a_reload_is_told_what_has_arrived(manager_client, address):
    send(manager_client, address, b"abc")
    status = manager_client.get(address).json()
    assert status["received"] == [{"name": "folder/one.dcm", "byte_size": 3}]
    assert (status["expected_files"], status["file_count"], status["sealed_at"]) == (2, 1, None)


def test_sending_a_file_again_changes_nothing_and_other_bytes_under_its_name_are_a_conflict(manager_client, address):
    first = send(manager_client, address, b"abc").json()
    assert send(manager_client, address, b"abc").json() == first
    assert send(manager_client, address, b"abcd").status_code == 409
    assert IntakeFile.objects.filter(name="folder/one.dcm").count() == 1


def test_a_file_without_a_name_is_refused(manager_client, address):
    response = manager_client.put(f"{address}/files", b"abc", content_type="application/octet-stream")
    assert (response.status_code, response.json()["path"]) == (400, "name")


def test_a_cut_file_is_refused_and_leaves_nothing(manager_client, address):
    # Django's test client would not let a view read less than was announced; a server does.
    cut = {"CONTENT_LENGTH": "5", "wsgi.input": BytesIO(b"abc")}
    response = send(manager_client, address, b"abc", **cut)
    assert (response.status_code, response.json()["path"]) == (400, "content")
    assert manager_client.get(address).json()["received"] == []


def test_a_file_of_unknown_length_is_refused(manager_client, address):
    response = send(manager_client, address, b"abc", CONTENT_LENGTH="")
    assert response.status_code == 411


def test_an_empty_file_is_taken_and_left_to_the_ingest_to_judge(manager_client, address):
    assert send(manager_client, address, b"", CONTENT_LENGTH="0").json()["byte_size"] == 0


def test_sealing_queues_one_job_however_often_it_is_said(manager_client, address):
    send(manager_client, address, b"abc")
    first = manager_client.post(f"{address}/seal", {}, format="json")
    second = manager_client.post(f"{address}/seal", {}, format="json")
    assert first.status_code == second.status_code == 202
    assert first.json()["id"] == second.json()["id"]
    assert Job.objects.get(pk=first.json()["id"]).kind == "imaging.ingest"
    late = send(manager_client, address, b"late", name="late.dcm")
    assert late.status_code == 409


def test_sealing_before_anything_arrived_is_refused(manager_client, address):
    assert manager_client.post(f"{address}/seal", {}, format="json").status_code == 400


def test_the_quarantine_says_why_and_can_be_narrowed_to_an_intake(world, manager_client, address):
    listed = manager_client.get("/api/v1/quarantine").json()["results"]
    assert [(file["name"], file["reason"]) for file in listed] == [("b.txt", "Not DICOM.")]
    other = address.rsplit("/", 1)[1]
    assert manager_client.get(f"/api/v1/quarantine?intake={other}").json()["count"] == 0
