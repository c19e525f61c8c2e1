"""kill -9 in the middle of a job: it is picked up again within a minute and ends as if nothing had been.

Runs on SQLite with Celery over the file system, and in make test's second half on PostgreSQL with Redis.
"""

import os
import signal
from collections.abc import Iterator
from hashlib import sha256

import pytest

from tests.builders.studies import ct_series
from tests.fixtures.product import ReadingRoom, StartReadingRoom
from tests.operations.slow_work.tasks import result_of

A_MINUTE = 60
SLICES = 160

# Waits until the job has done part of its work; its process is named in the lease.
UNTIL_IN_THE_MIDDLE = """
import time
until = time.monotonic() + 60
while not (job.state == "running" and job.percent >= 10):
    assert job.state in ("queued", "running"), f"{job} ended before it could be killed"
    assert time.monotonic() < until, f"{job} never came to its middle"
    time.sleep(0.02)
    job.refresh_from_db()
"""


@pytest.fixture(scope="module")
def room(start_reading_room: StartReadingRoom) -> Iterator[ReadingRoom]:
    settings = {"DJANGO_SETTINGS_MODULE": "tests.operations.settings_with_slow_work"}
    with start_reading_room(environment=settings) as started:
        yield started


@pytest.mark.parametrize("killed", ["the whole worker", "the one process that does the job"])
def test_a_job_whose_worker_is_killed_is_done_within_a_minute_with_the_same_result(room, killed):
    job_id, doing_it = room.python(f"""
from annotator.jobs.actions.queue_job import queue_job
job = queue_job(None, "tests.slow", {{"seed": {killed!r}}})
{UNTIL_IN_THE_MIDDLE}
result = [str(job.pk), int(job.lease_owner.split(":")[1])]
""")
    if killed == "the whole worker":
        os.killpg(room.pid_of("worker"), signal.SIGKILL)
    else:
        os.kill(doing_it, signal.SIGKILL)
    room.wait_for_jobs(seconds=A_MINUTE)
    ended = room.python(f"""
from annotator.jobs.models import Job
job = Job.objects.get(pk={job_id!r})
result = [job.state, job.attempts, job.result]
""")
    assert ended == ["done", 2, {"digest": result_of(killed)}]


def test_an_ingest_whose_worker_is_killed_loses_and_doubles_nothing(room, tmp_path):
    files = ct_series(tmp_path, study="kill-nine", slices=SLICES)
    killed = room.python(f"""
import os, pathlib, signal
from annotator.accounts.models import User
from annotator.imaging.actions.receive_file import receive_file
from annotator.imaging.actions.seal_intake import seal_intake
from annotator.imaging.actions.start_intake import start_intake
person = User.objects.get(username="data_manager")
intake = start_intake(person, source="upload")
for path in sorted(pathlib.Path({str(tmp_path)!r}).rglob("*.dcm")):
    with path.open("rb") as content:
        receive_file(person, intake.pk, name=path.name, content=content, byte_size=path.stat().st_size)
job = seal_intake(person, intake.pk)
{UNTIL_IN_THE_MIDDLE}
os.killpg({room.pid_of("worker")}, signal.SIGKILL)
job.refresh_from_db()
result = job.state
""")
    assert killed == "running", "the worker was killed too late to prove anything"
    room.wait_for_jobs()
    found = room.python("""
import hashlib
from django.conf import settings
from annotator.imaging.models import Frame, Instance
from annotator.cases.models import Case
from annotator.jobs.models import Job
# A killed worker may leave temporary names in staging/, which is swept; under their own name files are whole.
folder = settings.DATA_DIR / "originals"
originals = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*.dcm")}
result = {
    "instances": sorted(Instance.objects.values_list("sha256", flat=True)),
    "originals": sorted(originals.items()),
    "frames": Frame.objects.count(),
    "cases": Case.objects.count(),
    "jobs": sorted(set(Job.objects.filter(kind__in=["imaging.ingest", "imaging.derive_frames", "cases.make_cases"])
                       .values_list("kind", "state"))),
}
""")
    hashes = sorted(sha256(path.read_bytes()).hexdigest() for path in files)
    assert found["instances"] == hashes
    assert found["originals"] == [[name, name] for name in hashes]
    assert (found["frames"], found["cases"]) == (SLICES, 1)
    assert found["jobs"] == [
        ["cases.make_cases", "done"],
        ["imaging.derive_frames", "done"],
        ["imaging.ingest", "done"],
    ]


@pytest.fixture(scope="module")
def large_study(room, tmp_path_factory) -> str:
    """The UID of a study of 80 large slices."""
    folder = tmp_path_factory.mktemp("large")
    ct_series(folder, study="kill-nine-export", slices=80, rows=1024, columns=1024)
    room.manage("ingest", "--derive", str(folder))
    return room.python("""
from annotator.imaging.models import Study
result = Study.objects.order_by("-pk").values_list("study_instance_uid", flat=True)[0]
""")


def test_an_export_whose_worker_is_killed_ends_with_the_same_zip(room, large_study):
    found = room.python(f"""
import os, signal
from annotator.accounts.models import User
from annotator.datasets.actions.request_export import request_export
from annotator.datasets.export_request import ExportRequest
from annotator.imaging.models import Study
from annotator.jobs.models import Job
studies = tuple(Study.objects.filter(study_instance_uid={large_study!r}).values_list("pk", flat=True))
export = request_export(User.objects.get(username="data_manager"), ExportRequest("Killed", studies, frames="all"))
job = export.job
{UNTIL_IN_THE_MIDDLE}
os.killpg({room.pid_of("worker")}, signal.SIGKILL)
job.refresh_from_db()
result = [job.state, str(export.pk)]
""")
    assert found[0] == "running", "the worker was killed too late to prove anything"
    room.wait_for_jobs()
    ended = room.python(f"""
import hashlib
from annotator.datasets.actions.build_export import build_export
from annotator.datasets.models import Export
from annotator.datasets.queries import export_path
export = Export.objects.select_related("job").get(pk={found[1]!r})
path = export_path(export.pk)
after_the_kill = hashlib.sha256(path.read_bytes()).hexdigest()
build_export(export.pk, report=lambda percent, doing: None)
undisturbed = hashlib.sha256(path.read_bytes()).hexdigest()
result = [export.job.state, export.job.attempts, export.sha256 == after_the_kill == undisturbed]
""")
    assert ended == ["done", 2, True]


def test_a_release_export_whose_worker_is_killed_goes_on_and_writes_no_picture_twice(room, large_study):
    """The lease is ended by hand once its holder is dead: that it runs out by itself is tested above."""
    release = room.python(f"""
from annotator.accounts.models import User
from annotator.datasets.actions.request_release import request_release
from annotator.datasets.actions.save_cohort import save_cohort
person = User.objects.get(username="data_manager")
cohort = save_cohort(person, "Killed", {{"criteria": {{"studies": [{large_study!r}]}}}})
truth = {{"uncertain": "ignore", "unread": True, "submitted_only": False}}
result = str(request_release(person, cohort.pk, {{"truth": truth, "leaks": {{"near_duplicates": False}}}}).pk)
""")
    room.wait_for_jobs()
    found = room.python(f"""
import os, signal
from django.utils import timezone
from annotator.accounts.models import User
from annotator.datasets.actions.request_release_export import request_release_export
from annotator.jobs.models import Job
asked = {{"format": "coco", "options": {{"frames": "all"}}}}
job = request_release_export(User.objects.get(username="data_manager"), {release!r}, asked).job
{UNTIL_IN_THE_MIDDLE}
os.killpg({room.pid_of("worker")}, signal.SIGKILL)
job.refresh_from_db()
result = [job.state, str(job.pk)]
Job.objects.filter(pk=job.pk, state="running").update(lease_expires_at=timezone.now())
""")
    assert found[0] == "running", "the worker was killed too late to prove anything"
    room.wait_for_jobs()
    state, attempts, files, written = room.python(f"""
import io, zipfile
from annotator.datasets.exporting.export_files import archive_place
from annotator.imaging.store.filing import open_place
from annotator.jobs.models import Job
from tests.operations.slow_work.tasks import WRITTEN
job = Job.objects.select_related("release_export").get(pk={found[1]!r})
with open_place(archive_place(job.release_export.pk)) as file:
    names = zipfile.ZipFile(io.BytesIO(file.read())).namelist()
result = [job.state, job.attempts, names, WRITTEN.read_text().splitlines()]
""")
    assert (state, attempts) == ("done", 2)
    pictures = [name for name in files if name.endswith(".png")]
    assert len(pictures) == 80
    assert set(pictures) <= set(written)
    again = sorted(name for name in pictures if written.count(name) > 1)
    assert len(again) <= 1, f"only what was being written when it was killed may be written again: {again}"
