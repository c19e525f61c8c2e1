"""The space that a stack's pictures lie in, by its UID: objects that point into it name it."""

from annotator.datasets.exporters.stack_pixels import StackPixels


def frame_of_reference_uid(pixels: StackPixels) -> str:
    """(0020,0052) of the stack's first picture; empty where it lies in no space.

    Raises
    ------
    MissingPictureError : the picture isn't there any more.
    """
    return str(pixels.header(0).get("FrameOfReferenceUID", "") or "")
