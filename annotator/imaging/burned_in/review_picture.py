"""A waiting picture for the eyes of whoever decides about it: made from the stored file each time, kept nowhere."""

import cv2
import numpy as np

from annotator.accounts.errors import ConflictError, NotFoundError
from annotator.imaging.burned_in.suspected_text import decoded_frame, eight_bits
from annotator.imaging.errors import QuarantineError
from annotator.imaging.headers.parsing import open_instance
from annotator.imaging.models import InstanceState, TextReview
from annotator.imaging.store.filing import local_file, original_place

CONTENT_TYPE = "image/jpeg"
JPEG_QUALITY = 92
# Films have four thousand pixels a side: letters that a screen shows are legible at this size.
LONGEST_SIDE = 2560
WAITING = (InstanceState.REVIEW, InstanceState.WITHHELD)


def review_picture(review: TextReview, frame: int) -> bytes:
    """One frame as JPEG over its whole range of values; `frame` counts from 1. No question of who asks.

    Raises
    ------
    NotFoundError : the picture doesn't wait any more, or has no such frame.
    ConflictError : its file can't be read.
    """
    instance = review.instance
    if instance.state not in WAITING or not 1 <= frame <= instance.number_of_frames:
        raise NotFoundError("There is no such picture in the queue.")
    try:
        with local_file(original_place(instance.sha256)) as path, open_instance(path) as opened:
            values = decoded_frame(opened, frame - 1)
    except (QuarantineError, FileNotFoundError) as error:
        raise ConflictError(f"The picture can't be shown: {error}") from error
    grey = eight_bits(values)
    if instance.photometric_interpretation == "MONOCHROME1":
        grey = np.asarray(255 - grey, dtype=np.uint8)
    if grey.ndim == 3:
        grey = np.ascontiguousarray(grey[:, :, ::-1])
    scale = LONGEST_SIDE / max(grey.shape[:2])
    shown = grey if scale >= 1 else cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    written, encoded = cv2.imencode(".jpg", np.ascontiguousarray(shown), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not written:
        raise ConflictError("The picture can't be shown: it could not be encoded.")
    return encoded.tobytes()
