"""Pictures that were just made, kept in the memory of this process up to a budget of bytes.

Several readers look at the same cases with the same presets, and a catalogue page asks for the same pictures again.
"""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

# What an entry costs beside its bytes: key, rendering, links.
ENTRY_BYTES = 600


class FinishedPictures:
    """Bytes by key, the least recently used dropped first; safe for threads.

    Parameters
    ----------
    budget : bytes that the entries may take together; 0 keeps nothing.
    largest : no single picture takes more than this part of the budget.
    """

    def __init__(self, budget: int, *, largest: float = 0.25) -> None:
        self._budget = budget
        self._limit = int(budget * largest)
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    @property
    def byte_size(self) -> int:
        """What the entries take now."""
        return self._bytes

    def get(self, key: Hashable) -> bytes | None:
        """The picture under a key, now the most recently used; None when it is not there."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: Hashable, picture: bytes) -> None:
        """Keep a picture; others go until it fits. One that is too large is not kept."""
        size = len(picture) + ENTRY_BYTES
        if size > self._limit:
            return
        with self._lock:
            replaced = self._kept.pop(key, None)
            if replaced is not None:
                self._bytes -= len(replaced) + ENTRY_BYTES
            self._kept[key] = picture
            self._bytes += size
            while self._bytes > self._budget:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= len(dropped) + ENTRY_BYTES

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0
