"""Pictures of a stack that say before each one that the job is alive: a format may write one file of a whole stack."""

from collections.abc import Callable

from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.released import ReleasedStack
from annotator.imaging.store.frame_source import FrameSource


class WatchedPixels(StackPixels):
    def __init__(self, stack: ReleasedStack, alive: Callable[[], None]) -> None:
        super().__init__(stack)
        self._alive = alive

    def source(self, place: int) -> FrameSource:
        self._alive()
        return super().source(place)
