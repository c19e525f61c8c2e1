"""What frames hash to, exactly and by how they look: worked out once a frame, and kept."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count

from annotator.accounts.errors import RoomError
from annotator.datasets.cohort_studies import chunks
from annotator.datasets.looks import look_of, signed
from annotator.datasets.models import FramePrint
from annotator.datasets.pixel_hash import pixel_hash
from annotator.imaging.models import Frame
from annotator.imaging.pixels.rendering import stored_pixels
from annotator.imaging.store.frame_source import FrameSource, source_of

Report = Callable[[int], None]
_BATCH = 64


class UnreadablePictureError(RoomError):
    """A frame's stored bytes can't be read: it can't go into a release."""


def prints_of(frames: Sequence[Frame], *, report: Report = lambda done: None) -> dict[int, FramePrint]:
    """The prints of these frames by their primary key; those that aren't there, or are of other bytes, are made.

    Parameters
    ----------
    frames : with their instance and series loaded.
    report : called with how many were made, now and then; may raise to stop.

    Raises
    ------
    UnreadablePictureError : with the frame named.
    """
    known = FramePrint.objects.in_bulk([frame.pk for frame in frames])
    wanted = [
        frame for frame in frames if frame.pk not in known or known[frame.pk].instance_sha256 != frame.instance.sha256
    ]
    # Decoding and hashing leave Python's lock; the database is spoken to by this thread alone.
    with ThreadPoolExecutor(max_workers=min(4, cpu_count() or 1)) as pool:
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            sources = [_source_of(frame) for frame in batch]
            made = list(pool.map(_print_of, batch, sources))
            FramePrint.objects.bulk_create(
                made,
                update_conflicts=True,
                unique_fields=["frame"],
                update_fields=["instance_sha256", "pixel_hash", "look", "thumbnail"],
            )
            known |= {one.frame_id: one for one in made}
            report(start + len(batch))
    return known


def known_prints(keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Frame key -> (hash of the instance's file when it was worked out, hash of the pixels)."""
    found: dict[str, tuple[str, str]] = {}
    for part in chunks(keys):
        rows = FramePrint.objects.filter(frame__key__in=part)
        found |= {
            key: (file, pixels) for key, file, pixels in rows.values_list("frame__key", "instance_sha256", "pixel_hash")
        }
    return found


def _source_of(frame: Frame) -> FrameSource:
    try:
        return source_of(frame)
    except RoomError as error:
        raise _unreadable(frame, error) from error


def _unreadable(frame: Frame, error: RoomError) -> UnreadablePictureError:
    instance = frame.instance
    return UnreadablePictureError(
        f"Frame {frame.number} of {instance.sop_instance_uid} in series {instance.series.series_instance_uid} can't be "
        f"read: {error} Exclude its study, or bring the file in again."
    )


def _print_of(frame: Frame, source: FrameSource) -> FramePrint:
    try:
        values = stored_pixels(source)
    except RoomError as error:
        raise _unreadable(frame, error) from error
    look = look_of(values)
    return FramePrint(
        frame=frame,
        instance_sha256=frame.instance.sha256,
        pixel_hash=pixel_hash(values),
        look=None if look.bits is None else signed(look.bits),
        thumbnail=look.thumbnail,
    )
