"""Whether a worker is alive, as the health page tells it."""

import os
import time

import pytest

from annotator.jobs import heartbeat
from annotator.jobs.queries import seconds_since_worker_heartbeat


@pytest.fixture(autouse=True)
def own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def test_without_any_worker_there_is_no_heartbeat():
    assert seconds_since_worker_heartbeat() is None


def test_the_newest_heartbeat_of_all_workers_counts():
    for name, age in (("worker-a-1", 500.0), ("worker-b-2", 50.0)):
        path = heartbeat.heartbeat_folder() / name
        heartbeat.beat_once(path)
        os.utime(path, (time.time() - age, time.time() - age))
    assert seconds_since_worker_heartbeat() == pytest.approx(50, abs=20)


def test_a_worker_that_stops_takes_its_heartbeat_along(monkeypatch):
    monkeypatch.setattr(heartbeat, "HEARTBEAT_SECONDS", 0.01)
    heartbeat.start_beating()
    assert seconds_since_worker_heartbeat() is not None
    heartbeat.stop_beating()
    for _ in range(500):
        if seconds_since_worker_heartbeat() is None:
            break
        time.sleep(0.01)
    assert seconds_since_worker_heartbeat() is None
