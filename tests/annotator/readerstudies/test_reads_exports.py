"""Files of many reads: made by a job, whole or not at all, fetched while results are open, gone when their time is."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import AuditEntry, User
from annotator.imaging.store.filing import byte_store, place_exists
from annotator.jobs import lease
from annotator.jobs.actions.cancel_job import cancel_job
from annotator.jobs.actions.run_job import run_job
from annotator.jobs.models import Job
from annotator.readerstudies import reads_files
from annotator.readerstudies.actions.export_reads import export_reads
from annotator.readerstudies.actions.request_reads_export import request_reads_export
from annotator.readerstudies.models import ReaderStudy, ReadsExport
from annotator.readerstudies.reads_exports import delete_expired_reads, reads_export_for, reads_place
from annotator.readerstudies.reads_files import FORMATS
from annotator.readerstudies.results_queries import counted_study
from tests.annotator.readerstudies.made_reads import made_read
from tests.annotator.readerstudies.studied import finished_study

BLEED = "head-ct.haemorrhage"


def bleeds(reader: str, item: int, arm: str, step: str):
    said = {"haemorrhage": "present" if item % 2 else "absent"}
    return made_read(reader, item, arm=arm, step=step, answers=said, schema="head-ct@1", boxes=[(5.0, 5.0, 12.0)])


@pytest.fixture
def study(admin: User, monkeypatch: pytest.MonkeyPatch) -> ReaderStudy:
    for name, made_as in FORMATS.items():
        monkeypatch.setitem(FORMATS, name, replace(made_as, at_once=5))
    truth = {number: {BLEED: "present" if number < 3 else "absent"} for number in range(1, 5)}
    return finished_study(admin, content=bleeds, truth=truth)


def test_a_job_makes_of_many_reads_what_a_request_makes_of_few(
    admin: User, radiologist: User, study: ReaderStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConflictError, match="12 reads count"):
        export_reads(admin, study.pk, "csv")
    with pytest.raises(InvalidError, match="csv"):
        request_reads_export(admin, study.pk, "sav")
    with pytest.raises(NotAllowedError):
        request_reads_export(radiologist, study.pk, "csv")
    monkeypatch.setattr(reads_files, "_READS_AT_ONCE", 5)
    client = Client()
    client.force_login(admin)
    for name in ("csv", "json", "consensus", "imrmc", "rjafroc"):
        asked = client.post(reverse("api-reader-study-reads", args=[study.pk, name]) + f"?question={BLEED}")
        assert asked.status_code == 202
        found = asked.json()
        fetch = reverse("api-reads-export-download", args=[found["id"]])
        assert client.get(fetch).status_code == 409, "it isn't made yet"
        again = request_reads_export(admin, study.pk, name, {"question": BLEED})
        assert str(again.pk) == found["id"], "asking again while it waits changes nothing"
        assert run_job(again.job_id) == "done"
        whole = io.BytesIO()
        reads_files.write_reads(counted_study(admin, study.pk, {"question": BLEED}), name, whole)
        answer = client.get(fetch)
        content = answer.getvalue()
        if name != "rjafroc":
            assert content == whole.getvalue(), "a workbook says when it was made, the others are the same bytes"
        told = client.get(reverse("api-reads-export", args=[found["id"]])).json()
        assert (told["job"]["state"], told["reads"], told["byte_size"]) == ("done", 12, len(content))
        assert 'filename="bleeds-' in answer["Content-Disposition"]
        if name == "csv":
            rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
            assert {(row["reader"], row["case"]) for row in rows} == {
                (f"R0{reader}", str(case)) for reader in (1, 2, 3) for case in (1, 2, 3, 4)
            }
            part = client.get(fetch, headers={"range": "bytes=3-8"})
            assert (part.status_code, part.getvalue()) == (206, content[3:9])
    taken = AuditEntry.objects.filter(action="export_reads", actor=admin).values_list("detail__format", flat=True)
    assert {"csv", "json", "consensus", "imrmc", "rjafroc"} == set(taken)


def test_a_worker_that_is_killed_or_stopped_leaves_no_half_file(
    admin: User, study: ReaderStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = request_reads_export(admin, study.pk, "csv")
    staging = byte_store("releases").staging

    def drafts() -> list[str]:
        return [one.name for one in staging.glob(f"{export.pk}.*")]

    # What a kill -9 leaves: the draft, and a job that another worker takes.
    staging.mkdir(parents=True, exist_ok=True)
    (staging / f"{export.pk}.0.reads").write_bytes(b"half")
    with monkeypatch.context() as patch:
        patch.setattr(reads_files, "_READS_AT_ONCE", 1)
        patch.setattr(lease, "REPORT_INTERVAL_SECONDS", 0.0)
        patch.setattr(reads_files, "long_rows", lambda *given, **more: cancelled(export.job_id, admin))
        assert run_job(export.job_id) == "cancelled"
    assert (drafts(), place_exists(reads_place(export))) == ([], False)
    Job.objects.filter(pk=export.job_id).update(state="queued")
    assert run_job(export.job_id) == "done"
    assert (drafts(), place_exists(reads_place(export))) == ([], True)


def cancelled(job_id, person: User):
    """Rows during which somebody stops the job."""
    if Job.objects.filter(pk=job_id, cancel_requested=False).exists():
        cancel_job(person, job_id)
    return iter(())


def test_a_file_is_fetched_while_results_are_open_and_goes_when_its_time_is_over(
    admin: User, data_manager: User, study: ReaderStudy
) -> None:
    export = request_reads_export(admin, study.pk, "json")
    assert run_job(export.job_id) == "done"
    with pytest.raises(NotFoundError):
        reads_export_for(data_manager, export.pk)
    client = Client()
    client.force_login(admin)
    page = reverse("reader-study-results", args=[study.pk])
    listed = client.get(page, {"part": "files"}).content.decode()
    assert "Download" in listed
    assert "data-settled" in listed
    assert "12 reads count" in client.get(page).content.decode()
    ReaderStudy.objects.filter(pk=study.pk).update(state="running", closed_at=None)
    fetch = reverse("api-reads-export-download", args=[export.pk])
    assert client.get(fetch).status_code == 403, "the protocol shuts the results"
    waiting = ReadsExport.objects.create(
        study=study, format="csv", plan={}, job=Job.objects.create(kind="readerstudies.build_reads_export"),
        requested_by=admin,
    )  # fmt: skip
    Job.objects.filter(pk=waiting.job_id).update(parameters={"export": str(waiting.pk)})
    assert run_job(waiting.job_id) == "failed", "nor is one made then"
    ReaderStudy.objects.filter(pk=study.pk).update(state="closed", closed_at=timezone.now())
    ReadsExport.objects.filter(pk=export.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    assert client.get(fetch).status_code == 409
    assert delete_expired_reads() == 1
    assert not place_exists(reads_place(export))
    assert "time is over" in client.get(page, {"part": "files"}).content.decode()
