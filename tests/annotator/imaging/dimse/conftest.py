"""A receiver in the test's own process, and DCMTK's programs that send to it."""

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from annotator.imaging.dimse.peers import parse_peers
from annotator.imaging.dimse.receiver import Receiver, ReceiverOptions
from annotator.imaging.models import Intake

Send = Callable[..., "subprocess.CompletedProcess[str]"]
PATIENCE_SECONDS = 30


def dcmtk(name: str) -> str:
    """DCMTK's own program: pynetdicom puts others of the same name into the virtual environment."""
    for folder in ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"):
        if found := shutil.which(name, path=folder):
            return found
    raise AssertionError(f"DCMTK's {name} is not installed; make test installs it on Debian (dcmtk).")


def send(program: str, port: int, *arguments: str | Path, calling: str = "SENDER", called: str = "READINGROOM"):
    command = [dcmtk(program), "-aet", calling, "-aec", called, "127.0.0.1", str(port)]
    words = [str(argument) for argument in arguments]
    options = [word for word in words if not Path(word).exists()]
    files = [word for word in words if Path(word).exists()]
    return subprocess.run(
        [command[0], *options, *command[1:], *files], capture_output=True, text=True, check=False, timeout=60
    )


@contextmanager
def receiving(**options: object) -> Iterator[Receiver]:
    made = ReceiverOptions(
        **{"title": "READINGROOM", "peers": parse_peers(["SENDER"]), "host": "127.0.0.1", "port": 0, **options}
    )
    receiver = Receiver(made)
    receiver.start()
    stop = threading.Event()
    thread = threading.Thread(target=receiver.run, args=(stop,))
    thread.start()
    try:
        yield receiver
    finally:
        stop.set()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


@pytest.fixture
def start_receiver(transactional_db: None, store: Path) -> Iterator[Callable[..., Receiver]]:
    """Starts a receiver on a free port; its options may be given."""
    with ExitStack() as running:
        yield lambda **options: running.enter_context(receiving(**options))


def eventually(condition: Callable[[], object], what: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < until, f"never happened: {what}"
        time.sleep(0.05)


def sealed_intakes(count: int) -> list[Intake]:
    """The intakes that came by DICOM, once so many are sealed, oldest first."""
    sealed = Intake.objects.filter(sealed_at__isnull=False).order_by("created_at")
    eventually(lambda: sealed.count() >= count, f"{count} sealed intakes")
    return list(sealed)
