"""Messages in files: none is ever seen half written."""

import os
import threading
import uuid
from pathlib import Path

import pytest
from kombu import Connection
from kombu.transport import filesystem

from annotator.config.filesystem_broker import Transport

MESSAGES = 400


@pytest.fixture
def name() -> str:
    """A queue of the test's own: Kombu remembers in the process which it has declared, whatever the folder."""
    return f"queue-{uuid.uuid4()}"


@pytest.fixture
def connection(tmp_path):
    for name in ("messages", "control"):
        (tmp_path / name).mkdir()
    options = {
        "data_folder_in": str(tmp_path / "messages"),
        "data_folder_out": str(tmp_path / "messages"),
        "control_folder": str(tmp_path / "control"),
        "processed_folder": str(tmp_path),
        "store_processed": False,
        "polling_interval": 0.001,
    }
    with Connection("filesystem://", transport_options=options) as opened:
        yield opened


def test_the_products_connections_use_this_transport(connection):
    assert isinstance(connection.transport, Transport)
    assert issubclass(Transport, filesystem.Transport)


def test_every_message_arrives_whole_while_others_are_written(connection, name, tmp_path):
    writing = threading.Event()

    def write() -> None:
        with connection.clone().SimpleQueue(name) as queue:
            for number in range(MESSAGES):
                queue.put({"number": number, "filling": "x" * 20_000})
                writing.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert writing.wait(30)
    with connection.SimpleQueue(name) as queue:
        numbers = set()
        for _ in range(MESSAGES):
            message = queue.get(timeout=30)
            numbers.add(message.payload["number"])
            message.ack()
    writer.join()
    assert numbers == set(range(MESSAGES))
    assert list((tmp_path / "messages").iterdir()) == []


def test_a_message_gets_its_name_only_when_it_is_whole(connection, name, tmp_path, monkeypatch):
    """The renaming is watched, not replaced: what lies under the draft's name then is complete."""
    seen = []
    rename = os.replace

    def watched(draft: Path, place: Path) -> None:
        seen.append((draft.read_bytes().endswith(b"}"), list((tmp_path / "messages").glob("*.msg"))))
        rename(draft, place)

    monkeypatch.setattr("annotator.config.filesystem_broker.os.replace", watched)
    with connection.SimpleQueue(name) as queue:
        queue.put({"number": 1})
    assert seen == [(True, [])]


def test_an_unreadable_message_counts_as_lost_and_kills_nobody(connection, name, tmp_path):
    (tmp_path / "messages" / f"0_broken.{name}.msg").write_bytes(b"")
    with connection.SimpleQueue(name) as queue:
        queue.put({"number": 1})
        assert queue.get(timeout=30).payload == {"number": 1}
