"""Errors that a codec meets and only prints: without a look at them a damaged frame comes out black."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

CODECS = "imagecodecs"
_noticed = threading.local()
_before = sys.unraisablehook


@dataclass
class Swallowed:
    """How many errors were swallowed in this thread."""

    errors: int = 0


@contextmanager
def noticing_swallowed_errors() -> Iterator[Swallowed]:
    """Count the errors of codecs that Python could not raise while the context lasts, in this thread."""
    _install()
    found = Swallowed()
    outer = getattr(_noticed, "found", None)
    _noticed.found = found
    try:
        yield found
    finally:
        _noticed.found = outer


def _install() -> None:
    """Again and again: who else sets the hook doesn't know of ours."""
    global _before
    if sys.unraisablehook is not _notice:
        _before = sys.unraisablehook
        sys.unraisablehook = _notice


def _notice(unraisable: Any) -> None:
    found: Swallowed | None = getattr(_noticed, "found", None)
    if found is not None and CODECS in repr(unraisable.object):
        found.errors += 1
        return
    _before(unraisable)
