"""Pictures of a stack on their way out: looked over before the first one, and each one says that the job is alive.

A format may write one file of a whole stack, and none may begin with a stack that isn't what was frozen.
"""

from collections.abc import Callable

from pydicom import Dataset

from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.exporting.whole_pictures import check_whole
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
        self._is_checked = False

    def source(self, place: int) -> FrameSource:
        """As StackPixels has it.

        Raises
        ------
        NotWholeError : pictures of the stack are gone, or others; nothing of it was written then.
        """
        self._check()
        self._furthest = max(self._furthest, place)
        self._alive(self._furthest)
        return super().source(place)

    def header(self, place: int) -> Dataset:
        self._check()
        return super().header(place)

    def _check(self) -> None:
        if not self._is_checked:
            check_whole(self.stack)
            self._is_checked = True
