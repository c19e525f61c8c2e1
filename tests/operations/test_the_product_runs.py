"""The product as `make demo` starts it: answers, restarts what dies, stops without leaving anything."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.fixtures.product import ROOT, ReadingRoom

PASSES_WITHIN_SECONDS = 60


def eventually(condition, what: str) -> None:
    """Wait for a condition, at most as long as the product may take to recover."""
    deadline = time.monotonic() + PASSES_WITHIN_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"within {PASSES_WITHIN_SECONDS} s: {what}"
        time.sleep(0.1)


def health(room: ReadingRoom) -> dict[str, object]:
    try:
        with urllib.request.urlopen(f"{room.base_url}/health", timeout=5) as response:
            return json.load(response)
    except OSError:
        return {}


def group_is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_a_killed_process_is_started_again(reading_room, name):
    old = reading_room.pid_of(name)
    os.killpg(old, signal.SIGKILL)
    eventually(lambda: reading_room.pid_of(name) != old, f"the {name} is started again")
    eventually(lambda: health(reading_room).get("web") == "ok", "the web server answers")
    heartbeats = reading_room.data_dir / "heartbeats"
    eventually(lambda: list(heartbeats.glob(f"worker-*-{reading_room.pid_of('worker')}")), "the worker's heart beats")
    eventually(lambda: isinstance(health(reading_room).get("worker"), float), "the web server tells of it")


def test_stopping_leaves_no_process_behind(start_reading_room):
    with start_reading_room() as room:
        groups = [room.pid_of(name) for name in ("web", "worker", "beat")]
        assert all(group_is_alive(group) for group in groups)
    # What was killed in the end is gone a moment after the runner, which doesn't wait for its grandchildren.
    eventually(lambda: not any(group_is_alive(group) for group in groups), "no process is left")


def test_a_runner_that_is_killed_takes_its_processes_along(start_reading_room):
    with start_reading_room() as room:
        groups = [room.pid_of(name) for name in ("web", "worker", "beat")]
        os.kill(room.process.pid, signal.SIGKILL)
        eventually(lambda: not any(group_is_alive(group) for group in groups), "no process is left")


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        done = run_demo(tmp_path, PORT=str(port))
    assert done.returncode == 1
    assert f"Port {port} of 127.0.0.1 is taken" in done.stderr
    assert f"PORT={port + 1} make demo" in done.stderr
    assert "Traceback" not in done.stderr


def test_two_demos_never_share_their_data(reading_room):
    done = run_demo(reading_room.data_dir, PORT="0")
    assert done.returncode == 1
    assert f"Another demo runs with the data in {reading_room.data_dir}" in done.stderr


def run_demo(data_dir: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tools.demo", "--prepared", "--empty"],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "annotator.config.settings"} | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
