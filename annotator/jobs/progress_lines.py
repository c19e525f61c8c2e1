"""Progress of work that a command does itself, as lines for the person who waits."""

import time
from collections.abc import Callable
from typing import Protocol

_SECONDS_BETWEEN = 0.5


class _Lines(Protocol):
    def write(self, msg: str, /) -> object: ...


def progress_lines(to: _Lines) -> Callable[[int, str], None]:
    """A report function that writes a line at most twice a second, and the last one."""
    last = float("-inf")

    def report(percent: int, doing: str) -> None:
        nonlocal last
        if time.monotonic() - last >= _SECONDS_BETWEEN or percent == 100:
            last = time.monotonic()
            to.write(f"{percent:3d} %  {doing}".rstrip())

    return report
