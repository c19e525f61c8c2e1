"""kill -9 of the worker that runs networks, while it looks ahead and while a reader waits for an outline.

Without web server and supervisor: the new worker is started and the dead one's leases are ended by hand. That these run
out by themselves is tested in test_kill_nine.py. On SQLite with Celery over the file system.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.fixtures.product import NOT_FOR_THE_PRODUCT, ROOT, SQLITE_FILE
from tests.fixtures.product_interpreter import ProductInterpreter
from tools.product import assist_command

# A worker on a busy machine takes its time to start; nothing here measures it.
PATIENCE = 300

MAKE_CASE = """
import tempfile
from pathlib import Path
from annotator.accounts.models import User
from annotator.cases.models import Case, CaseGrant
from annotator.demo.thyroid_ultrasound import write_thyroid_ultrasound
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.models import Series
with tempfile.TemporaryDirectory() as folder:
    ingest_paths(None, write_thyroid_ultrasound(Path(folder))[:2], derive=True)
Series.objects.update(body_part="BREAST")
reader = User.objects.create_user(username="reader", password="not used", role="radiologist")
for case in Case.objects.all():
    CaseGrant.objects.create(case=case, person=reader)
result = None
"""
# Asks for both, and kills the worker once it is at both.
KILL = """
import os, signal, time
from django.utils import timezone
from annotator.accounts.models import User
from annotator.assist.actions.queue_ahead import queue_ahead
from annotator.cases.models import Case
from annotator.imaging.models import Frame
from annotator.jobs.actions.sweep_jobs import sweep_jobs
from annotator.jobs.models import Job
from annotator.jobs.queries import is_served
from ml_assist.actions.request_outline import AskOutline, request_outline
from ml_assist.guidance.guide import Hint
until = time.monotonic() + {patience}
while not is_served("gpu"):
    assert time.monotonic() < until, "the worker never started"
    time.sleep(0.02)
case = Case.objects.get()
frame = Frame.objects.order_by("pk").first()
ahead = queue_ahead([case.pk])
hint = Hint("extremes", ((300.0, 250.0), (430.0, 340.0)))
asked = request_outline(User.objects.get(username="reader"), AskOutline(case.pk, frame.key, hint))
jobs = Job.objects.filter(pk__in=[ahead.pk, asked.job_id])
while jobs.filter(state="running").count() < 2:
    assert not jobs.filter(state__in=["done", "failed"]), [(one.kind, one.state, one.error) for one in jobs]
    assert time.monotonic() < until, [(one.kind, one.state) for one in jobs]
    time.sleep(0.005)
os.kill({pid}, signal.SIGKILL)
result = sorted(jobs.values_list("kind", "state"))
jobs.filter(state="running").update(lease_expires_at=timezone.now())
sweep_jobs()
"""
AFTER = """
import time
from annotator.assist.models import FiledResult, OutlineRequest, Suggestion
from annotator.imaging.models import Frame
from annotator.jobs.models import Job
jobs = Job.objects.filter(queue="gpu")
until = time.monotonic() + {patience}
while jobs.filter(state__in=["queued", "running"]):
    assert time.monotonic() < until, [(one.kind, one.state, one.error) for one in jobs]
    time.sleep(0.05)
ahead, clicked = Suggestion.objects.filter(asked_by=None), Suggestion.objects.exclude(asked_by=None)
asked = OutlineRequest.objects.get()
result = {{
    "jobs": sorted(jobs.values_list("kind", "state", "attempts")),
    "ahead": ahead.count(),
    "different": len({{(one.frame_id, one.kind, str(one.points)) for one in ahead}}),
    "clicked": [str(one) for one in clicked.values_list("pk", flat=True)],
    "answer": str(asked.suggestion_id),
    "filed": FiledResult.objects.filter(version=asked.version).count(),
    "contours": ahead.filter(kind="contour").count(),
}}
"""


@contextlib.contextmanager
def a_worker(settings: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    with (Path(settings["DATA_DIR"]) / "assist.log").open("ab") as log:
        command = assist_command(Path(sys.executable))
        process = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=log, stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_what_a_killed_worker_was_at_is_done_by_the_next_one_and_filed_once(
    prepared_database: Callable[[str], str], tmp_path: Path
) -> None:
    settings = {key: value for key, value in os.environ.items() if key not in NOT_FOR_THE_PRODUCT}
    settings |= {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "annotator.config.settings"}
    prepared = Path(prepared_database("sqlite"))
    shutil.copyfile(prepared, tmp_path / SQLITE_FILE)
    shutil.copytree(prepared.parent / "models", tmp_path / "models")
    product = ProductInterpreter(settings)

    def told(code: str) -> Any:
        return product.ask({"code": code}, timeout=2 * PATIENCE)["result"]

    try:
        told(MAKE_CASE)
        with a_worker(settings) as first:
            killed = told(KILL.format(pid=first.pid, patience=PATIENCE))
            assert killed == [["assist.outline", "running"], ["assist.pre_segment", "running"]]
        with a_worker(settings):
            after = told(AFTER.format(patience=PATIENCE))
    finally:
        product.close()
    assert after["jobs"] == [["assist.outline", "done", 2], ["assist.pre_segment", "done", 2]]
    assert after["clicked"] == [after["answer"]], "one outline for the reader who clicked"
    assert after["ahead"] == after["different"] >= 8, "calipers and contours, each once"
    assert after["filed"] == after["contours"] + 1, "a result a question"
