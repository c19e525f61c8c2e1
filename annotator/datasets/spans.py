"""The frames that a mark holds for: its own, or all of its span in the order in which a reader scrolls."""

from annotator.annotations.models import Annotation
from annotator.imaging.models import Frame
from annotator.imaging.queries import frame_ids_in_order


class FramesOfMarks:
    """Looks the order of each stack up once."""

    def __init__(self) -> None:
        self._orders: dict[int, list[int]] = {}

    def of(self, mark: Annotation) -> list[int]:
        """Primary keys of the frames that a mark holds for; of a span without its ends, its own frame.

        Frames that are no longer ready are left out.
        """
        if mark.first_frame_id is None or mark.last_frame_id is None:
            return [mark.frame_id]
        order = self._order_round(mark.frame_id)
        if mark.first_frame_id not in order or mark.last_frame_id not in order:
            return [mark.frame_id]
        return order[order.index(mark.first_frame_id) : order.index(mark.last_frame_id) + 1]

    def _order_round(self, frame_id: int) -> list[int]:
        stack = Frame.objects.filter(pk=frame_id).values_list("instance__stack_id", flat=True).first()
        if stack is None:
            return []
        if stack not in self._orders:
            self._orders[stack] = frame_ids_in_order(stack)
        return self._orders[stack]
