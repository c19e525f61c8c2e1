"""Work that takes some seconds and has one right result; and a list of every file that an export begins to write."""

import hashlib
import time
from collections.abc import Callable
from typing import BinaryIO

from django.conf import settings

from annotator.datasets.exporters.output import FolderOutput
from annotator.jobs.registry import WorkContext, work

STEPS = 40


def result_of(seed: str) -> str:
    """What the work ends with, however often it was begun."""
    digest = seed.encode()
    for _ in range(STEPS):
        digest = hashlib.sha256(digest).digest()
    return digest.hex()


@work("tests.slow")
def slow(context: WorkContext) -> dict[str, object]:
    for step in range(STEPS):
        context.report(100 * step // STEPS, f"step {step} of {STEPS}")
        time.sleep(0.1)
    return {"digest": result_of(context.parameters["seed"])}


WRITTEN = settings.DATA_DIR / "written.txt"
_put = FolderOutput._put


def _put_and_tell(self: FolderOutput, name: str, write: Callable[[BinaryIO], None]) -> None:
    # Told first: a process killed between the two would have written a file that nobody was told of.
    with WRITTEN.open("a") as told:
        told.write(f"{name}\n")
    _put(self, name, write)


FolderOutput._put = _put_and_tell  # type: ignore[method-assign]
