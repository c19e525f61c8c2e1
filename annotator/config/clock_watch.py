"""Notice in every process when the clock jumps: before a reader is answered who would be let in too early."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from annotator.readerstudies.actions.watch_clock import watch_clock

logger = logging.getLogger(__name__)

_LOOK_EVERY_SECONDS = 600.0
_DRIFT_SECONDS = 60.0


def _passed() -> float:
    """Seconds that really passed since some moment, sleep included where the system tells."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class WatchClock:
    """Middleware. Of most requests it compares two clocks; now and then, and after a jump, it asks the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._lock = threading.Lock()
        self._last: tuple[float, float] | None = None

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.CLOCK_WATCHED:
            self._look()
        return self._get_response(request)

    def _look(self) -> None:
        wall, passed = time.time(), _passed()
        last = self._last
        drift = 0.0 if last is None else (wall - last[0]) - (passed - last[1])
        if last is not None and abs(drift) < _DRIFT_SECONDS and passed - last[1] < _LOOK_EVERY_SECONDS:
            return
        with self._lock:
            if self._last is not last:
                return
            try:
                watch_clock(jumped=timedelta(seconds=drift) if drift >= _DRIFT_SECONDS else None)
            except DatabaseError:
                # A database that is busy must not refuse whoever asks for something else: the next request looks.
                logger.exception("The clock could not be compared with the latest time seen.")
                return
            self._last = (wall, passed)
