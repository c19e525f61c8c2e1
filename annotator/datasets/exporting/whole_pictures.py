"""Whether the pictures of a stack are still what was frozen: they may have been deleted, withheld or replaced since."""

from annotator.accounts.errors import RoomError
from annotator.datasets.exporters.stack_pixels import ChangedPictureError, StackPixels
from annotator.datasets.frame_prints import known_prints
from annotator.datasets.freeze_parts import frames_there
from annotator.datasets.released import ReleasedStack


class NotWholeError(RoomError):
    """Pictures of a stack are not what was frozen: it is left out whole, as a volume with a hole is another volume."""


def check_whole(stack: ReleasedStack) -> None:
    """Let a stack pass whose pictures are all there and as they were frozen; two queries.

    Pictures are read only where their file was replaced since.

    Raises
    ------
    NotWholeError : what is wrong, in words for people.
    """
    keys = [frame.frame_key for frame in stack.frames]
    there = frames_there(keys)
    gone = len(keys) - len(there)
    if gone:
        which = "its picture is" if len(keys) == 1 else f"{gone} of its {len(keys)} pictures are"
        raise NotWholeError(f"{which} not here any more: deleted or withheld since the freeze")
    prints, pixels = known_prints(keys), StackPixels(stack)
    for frame in stack.frames:
        if prints.get(frame.frame_key) == (there[frame.frame_key], frame.pixel_hash):
            continue
        try:
            pixels.stored(frame.place)
        except ChangedPictureError as error:
            raise NotWholeError(str(error)) from error
