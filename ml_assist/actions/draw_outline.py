"""Draw the outline that a reader asked for, in the worker."""

from uuid import UUID

from annotator.assist.actions.answer_outline import answer_outline
from annotator.assist.filed_results import file_shapes, filed_shapes, hash_of_hint
from annotator.assist.models import OutlineRequest
from annotator.imaging.store.frame_source import source_of_frame
from ml_assist.hints import hint_from_json, weighed_by_hint
from ml_assist.inference.drawing import Drawer


def draw_outline(request_id: UUID) -> int:
    """Answer a request; what was drawn before for the same hint is answered again. How many outlines there are.

    Raises
    ------
    RoomError : the picture, the weights or the device's memory is missing; in words.
    """
    asked = OutlineRequest.objects.select_related("frame__instance", "version").get(pk=request_id)
    hint = hint_from_json(asked.hint)
    hint_hash = hash_of_hint(asked.hint, picture=asked.frame.instance.sha256)
    shapes = filed_shapes(asked.frame_id, asked.version_id, hint_hash)
    if shapes is None:
        shapes = Drawer(asked.version).draw(source_of_frame(asked.frame.key), hint, urgent=True)
        file_shapes(asked.frame_id, asked.version_id, hint_hash, shapes)
    answer_outline(asked.pk, weighed_by_hint(shapes, hint))
    return len(shapes)
