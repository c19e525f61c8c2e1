"""Give what a large picture took back to the operating system at once."""

import ctypes
from contextlib import suppress

_M_MMAP_THRESHOLD = -3
# CT slices stay below it and are served from the heap without page faults; tomosynthesis frames lie above.
LARGE_BYTES = 2 << 20


def give_large_buffers_back() -> None:
    """Have glibc map buffers above LARGE_BYTES on their own.

    It would raise that limit to the largest buffer ever freed, and each thread's heap would keep the room of the
    largest tomosynthesis frames that it rendered: about 70 MB a process of four threads. Other C libraries have no
    such knob and need none.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES)
