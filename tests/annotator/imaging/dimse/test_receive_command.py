"""The command as a process of its own: killed, told to stop, told nonsense."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pydicom import dcmread

from tests.annotator.imaging.dimse.test_receiver import open_association
from tests.builders import ct_series
from tests.fixtures.product import ROOT

LOOK = """
import django, json; django.setup()
from annotator.imaging.models import Intake
from annotator.jobs.models import Job
print(json.dumps([
    [one.sealed_at is not None, sorted(one.files.values_list("name", flat=True)),
     Job.objects.filter(parameters__intake=str(one.pk)).count()]
    for one in Intake.objects.order_by("created_at")
]))
"""
FORGET_LAST_ROW = """
import django; django.setup()
from annotator.imaging.models import IntakeFile
IntakeFile.objects.order_by("-pk").first().delete()
"""


@dataclass
class Installation:
    """A database and a data folder of their own."""

    environment: dict[str, str]
    data_dir: Path

    def python(self, code: str) -> str:
        command = [sys.executable, "-c", code]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True, timeout=120
        ).stdout

    def intakes(self) -> list[list[object]]:
        """[sealed, names of its files, number of its jobs], oldest first."""
        return json.loads(self.python(LOOK).splitlines()[-1])

    @contextmanager
    def receiving(self, *options: str) -> Iterator[tuple["subprocess.Popen[str]", int]]:
        command = [sys.executable, "manage.py", "receive", "--host", "127.0.0.1", "--port", "0", *options]
        with (self.data_dir / "receive.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert "listens on" in said, (self.data_dir / "receive.log").read_text()
            yield process, int(said.rsplit(":", 1)[1])
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(30)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, new_postgres_database: Callable[[], str]) -> Installation:
    """One for the file: making the tables takes longer than a test."""
    data_dir = tmp_path_factory.mktemp("receiving")
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {
        "DATA_DIR": str(data_dir),
        "DJANGO_SETTINGS_MODULE": "annotator.config.settings",
        "CELERY_BROKER_URL": "memory://",
        "DICOM_PEERS": "SENDER@127.0.0.1",
    }
    if os.environ.get("DATABASE_URL"):
        environment["DATABASE_URL"] = new_postgres_database()
    made = Installation(environment, data_dir)
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True, timeout=120)
    return made


def test_what_was_acknowledged_before_a_kill_is_taken_in_after_the_restart(installation, tmp_path):
    paths = ct_series(tmp_path, slices=3)
    with installation.receiving() as (process, port):
        association = open_association(port)
        for path in paths:
            assert association.send_c_store(dcmread(path)).Status == 0x0000
        # A fourth is on its way, and a power cut made the database forget the last row.
        folder = max((installation.data_dir / "uploads").iterdir(), key=lambda one: one.stat().st_mtime_ns)
        (folder / "000004.dcm.part").write_bytes(b"half")
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    sealed, names, jobs = installation.intakes()[-1]
    assert (sealed, len(names), jobs) == (False, 3, 0)
    installation.python(FORGET_LAST_ROW)

    with installation.receiving() as (process, _port):
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    sealed, names, jobs = installation.intakes()[-1]
    assert (sealed, jobs) == (True, 1)
    assert [name[:6] for name in names] == ["000001", "000002", "000003"]
    assert names[2] == "000003.dcm"
    assert not list(folder.glob("*.part"))


def test_a_receiver_leaves_alone_what_another_one_has_open(installation, tmp_path):
    (path,) = ct_series(tmp_path, slices=1)
    # Starting the second one may take longer than a silent association has until its objects are taken in.
    with installation.receiving("--idle-seconds", "600") as (_first, port):
        association = open_association(port)
        assert association.send_c_store(dcmread(path)).Status == 0x0000
        with installation.receiving() as (second, _port):
            second.send_signal(signal.SIGTERM)
            assert second.wait(30) == 0
        assert installation.intakes()[-1][0] is False
        association.release()


def test_told_to_stop_it_seals_what_it_has_and_ends_well(installation, tmp_path):
    (path,) = ct_series(tmp_path, slices=1)
    with installation.receiving() as (process, port):
        association = open_association(port)
        assert association.send_c_store(dcmread(path)).Status == 0x0000
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    sealed, names, jobs = installation.intakes()[-1]
    assert (sealed, len(names), jobs) == (True, 1, 1)


def test_without_peers_it_does_not_start(settings):
    settings.DICOM_PEERS = ""
    with pytest.raises(CommandError, match="Nobody may send"):
        call_command("receive", "--port", "0")


def test_a_title_that_is_none_is_said_in_words(settings):
    with pytest.raises(CommandError, match="is no AE title"):
        call_command("receive", "--peer", "SENDER", "--aet", "MUCH-TOO-LONG-FOR-A-TITLE")
