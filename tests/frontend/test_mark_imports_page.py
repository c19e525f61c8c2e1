"""Marks of other programs on their pages: looked through, told, saved or thrown away. And patients who withdraw."""

import errno
import json
from pathlib import Path
from unittest import mock

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from annotator.accounts.models import User
from annotator.annotations.models import Annotation
from annotator.datasets.importers.import_files import folder_of
from annotator.datasets.models import MarkImport, ReleaseStack, Withdrawal
from annotator.imaging.models import Stack
from annotator.imaging.queries import frames_in_order
from annotator.readerstudies.models import Assignment
from tests.annotator.datasets.frozen import frozen_release
from tests.annotator.datasets.released_values import example_stack
from tests.frontend.conftest import Catalogue, ClientFor


def coco(stack: Stack, *boxes: list[int]) -> bytes:
    instance = frames_in_order(stack)[1].instance
    image = {"id": 1, "width": instance.columns, "height": instance.rows, "file_name": "x.png",
             "sop_instance_uid": instance.sop_instance_uid}  # fmt: skip
    marks = [{"id": n, "image_id": 1, "category_id": 1, "bbox": box} for n, box in enumerate(boxes)]
    return json.dumps({"images": [image], "categories": [{"id": 1, "name": "a/b 🎗"}], "annotations": marks}).encode()


def sent(client: Client, *contents: bytes, **asked: object):
    files = [SimpleUploadedFile("../marks.json", content) for content in contents]
    return client.post("/mark-imports/", {"format": "coco", "source": "Readers of A", "documents": files} | asked)


def test_marks_are_told_of_before_they_come_in(
    catalogue: Catalogue,
    client_for: ClientFor,
    data_manager: User,
    run_queued_jobs,
    django_capture_on_commit_callbacks,
    settings,
    tmp_path: Path,
):
    settings.MARK_IMPORTS_DIR = tmp_path / "imports"
    client = client_for(data_manager)
    stack = Stack.objects.get(series__study=catalogue.ct)
    assert "Nothing was brought in yet" in client.get("/mark-imports/").content.decode()
    good, beyond = [2, 3, 10, 12], [30, 20, 30, 4000]
    page = sent(client, coco(stack, good), coco(stack, [1, 1, 4, 4], beyond))["Location"]
    found = MarkImport.objects.get()
    assert "Waiting for a worker" in client.get(page).content.decode()
    assert client.post(page, {"then": "save"}).status_code == 302
    assert found.job_id == MarkImport.objects.get().job_id, "nobody knows yet what would come of it"
    run_queued_jobs()
    told = client.get(f"{page}?part=state").content.decode()
    assert "Bring in 2 marks, leave 1 out" in told
    assert "outside the image" in told
    assert "data-settled" in told
    assert not Annotation.objects.exists()
    client.post(page, {"then": "save"})
    run_queued_jobs()
    assert not Annotation.objects.exists(), "something is refused, and nobody said to leave it out"

    client.post(page, {"then": "save-rest"})
    with django_capture_on_commit_callbacks(execute=True):
        run_queued_jobs()
    assert "What came in" in client.get(page).content.decode()
    assert {mark.owner.username for mark in Annotation.objects.all()} == {"source.readers-of-a"}
    assert Assignment.objects.get(reader__username="source.readers-of-a").state == "submitted"
    assert not folder_of(found.pk).exists()
    assert "2 marks" in client.get("/mark-imports/?part=rows").content.decode()
    client.post(page, {"then": "save-rest"})
    assert "are done with" in client.get(page).content.decode()

    again = sent(client, coco(stack, good))["Location"]
    run_queued_jobs()
    assert "There is nothing new to bring in" in client.get(again).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(again, {"then": "discard"})
    assert "were thrown away" in client.get(again).content.decode()
    assert not list((tmp_path / "imports").iterdir())


def test_what_can_not_be_looked_through_is_said_at_its_field(
    client_for: ClientFor, data_manager: User, settings, tmp_path: Path
):
    settings.MARK_IMPORTS_DIR = tmp_path / "imports"
    client = client_for(data_manager)
    for asked, words in (
        ({"source": "🎗"}, "letters or digits"),
        ({"documents": []}, "Choose at least one file"),
        ({"format": "nifti"}, "on which series the masks lie"),
        (
            {"format": "nifti", "series_uid": "1.2", "labels": SimpleUploadedFile("l.json", b"[1]")},
            "object of names and numbers",
        ),
        ({"format": "excel"}, "Select a valid choice"),
    ):
        answer = sent(client, b"{}", **asked)
        assert answer.status_code == 400
        assert words in answer.content.decode(), asked
    full = OSError(errno.ENOSPC, "No space left on device")
    with mock.patch("annotator.datasets.importers.import_files._write", side_effect=full):
        answer = sent(client, b"{}")
    assert "disk is full" in answer.content.decode()
    assert not MarkImport.objects.exists()
    assert not (tmp_path / "imports").exists()


def test_a_patient_withdraws_and_the_tombstone_is_seen(client_for: ClientFor, data_manager: User):
    client = client_for(data_manager)
    release = frozen_release(data_manager, [example_stack(patient="p1"), example_stack(patient="p2")])
    assert "Nobody withdrew" in client.get("/withdrawals/").content.decode()
    assert client.get("/withdrawals/?patient=nobody").status_code == 400
    looked = client.get("/withdrawals/?patient=p1").content.decode()
    assert "By hand 1" in looked
    assert "Withdraw this patient" in looked
    refused = client.post("/withdrawals/", {"patient": "p1", "reason": " "})
    assert refused.status_code == 400
    assert "Say why" in refused.content.decode()
    assert not Withdrawal.objects.exists()
    done = client.post("/withdrawals/", {"patient": "p1", "reason": "Asked by letter"}, follow=True)
    assert "Asked by letter" in done.content.decode()
    assert [row.patient for row in ReleaseStack.objects.filter(content__isnull=True)] == ["p1"]
    page = client.get(reverse("release", args=[release.pk])).content.decode()
    assert "Erased since" in page
    assert '<span class="mono">p1</span>' in page
    assert "Was withdrawn already" in client.get("/withdrawals/?patient=p1").content.decode()
