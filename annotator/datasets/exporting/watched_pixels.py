"""Pictures of a stack that say before each one that the job is alive: a format may write one file of a whole stack."""

from collections.abc import Callable

from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.released import ReleasedStack
from annotator.imaging.store.frame_source import FrameSource


class WatchedPixels(StackPixels):
    """
    Parameters
    ----------
    alive : called with how many of the stack's frames were gone through so far.
    """

    def __init__(self, stack: ReleasedStack, alive: Callable[[int], None]) -> None:
        super().__init__(stack)
        self._alive = alive
        self._furthest = 0

    def source(self, place: int) -> FrameSource:
        self._furthest = max(self._furthest, place)
        self._alive(self._furthest)
        return super().source(place)
