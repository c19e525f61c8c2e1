"""Where a frame's bytes lie and how they are shown, kept in memory a stack at a time."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from annotator.accounts.errors import NotFoundError, RoomError
from annotator.imaging.frame_description import FrameGrey, FrameOverlay
from annotator.imaging.models import DerivedFormat, Frame, InstanceState
from annotator.imaging.pixels.decoding import LITTLE_ENDIAN, RLE, PixelDescription
from annotator.imaging.store.filing import Place, frames_place, original_place, read_span

# A reader moves between the stacks of a few cases; 300 slices take about half a megabyte.
_STACKS_KEPT = 64
_FRAMES_KEPT = 12_000
_DEFLATED = "1.2.840.10008.1.2.1.99"
_NATIVE_SYNTAXES = (LITTLE_ENDIAN | {RLE}) - {_DEFLATED}


class FrameStoreError(RoomError):
    """A row says where bytes lie and they are not there: the frame store is damaged."""


@dataclass(frozen=True)
class ByteSpan:
    """A piece of what lies at a place."""

    place: Place
    offset: int
    length: int

    def read(self) -> bytes:
        """Read it in one call, or one range request.

        Raises
        ------
        FrameStoreError : the file is gone or shorter.
        UnavailableError : the bucket can't be reached.
        """
        try:
            data = read_span(self.place, self.offset, self.length)
        except OSError as error:
            raise FrameStoreError(f"A file of the frame store can't be opened: {error.strerror}.") from error
        if len(data) != self.length:
            raise FrameStoreError(f"A file of the frame store is short: {len(data)} of {self.length} bytes.")
        return data


@dataclass(frozen=True)
class FrameSource:
    """All that serving one frame takes.

    Attributes
    ----------
    stored : the bytes that the browser gets, in `stored_format`.
    original : the bytes as they came, where they are one span of the file.
    native : the same where the server reads them faster than the stored ones: grey, uncompressed or RLE.
    pixels : how native bytes, and a stored JPEG, are decoded.
    overlays, overlay_place : what lies over the frame, and where its pictures lie.
    prefix_lengths : of the stored bytes that hold the picture halved 1, 2, ... times; empty where it is all or nothing.
    """

    key: str
    stored: ByteSpan
    stored_format: DerivedFormat
    original: ByteSpan | None
    native: ByteSpan | None
    pixels: PixelDescription
    grey: FrameGrey
    modality: str
    body_part: str
    overlay_place: Place
    overlays: tuple[FrameOverlay, ...] = ()
    prefix_lengths: tuple[int, ...] = ()

    def __hash__(self) -> int:
        # Keys are unique, and a table of 65,536 values would be walked for every picture that is looked up.
        return hash(self.key)

    def overlay(self, number: int) -> ByteSpan:
        """The picture (PNG) of one of the overlays, counted from 1 in their order.

        Raises
        ------
        NotFoundError : there are fewer.
        """
        if not 1 <= number <= len(self.overlays):
            raise NotFoundError("There is no such overlay.")
        overlay = self.overlays[number - 1]
        return ByteSpan(self.overlay_place, overlay.offset, overlay.length)

    def stored_for(self, reduction: int) -> ByteSpan:
        """The stored bytes that the picture takes when it is halved so often: a quarter or less of them, if known."""
        if 1 <= reduction <= len(self.prefix_lengths):
            return replace(self.stored, length=self.prefix_lengths[reduction - 1])
        return self.stored

    @property
    def rows(self) -> int:
        return self.pixels.rows

    @property
    def columns(self) -> int:
        return self.pixels.columns


_stacks: OrderedDict[str, dict[str, FrameSource]] = OrderedDict()
_lock = Lock()


def source_of_frame(frame_key: str) -> FrameSource:
    """The source of a ready frame; one query loads its whole stack, since rows of ready frames never change.

    Raises
    ------
    NotFoundError : no ready frame has this key.
    """
    stack_key = frame_key.partition(".")[0]
    with _lock:
        known = _stacks.get(stack_key, {})
        if frame_key in known:
            _stacks.move_to_end(stack_key)
            return known[frame_key]
    # A stack may have grown since it was read: more slices of the series came in.
    loaded = _load_stack(stack_key)
    if frame_key not in loaded:
        raise NotFoundError("There is no such frame.")
    with _lock:
        _stacks[stack_key] = loaded
        _stacks.move_to_end(stack_key)
        _drop_the_oldest()
    return loaded[frame_key]


def source_of(frame: Frame) -> FrameSource:
    """The source of a frame whose instance and series are loaded; neither cached nor asked whether it is ready."""
    instance = frame.instance
    original, derived = original_place(instance.sha256), frames_place(instance.sha256)
    native = _span(original, frame.native_offset, frame.native_length)
    stored = _span(derived, frame.derived_offset, frame.derived_length) or native
    if stored is None:
        raise FrameStoreError(
            f"Frame {frame.number} of {instance.sop_instance_uid} has neither native nor stored bytes."
        )
    readable = (
        instance.transfer_syntax_uid in _NATIVE_SYNTAXES
        and instance.photometric_interpretation in ("MONOCHROME1", "MONOCHROME2")
        and instance.bits_allocated in (8, 16)
    )
    return FrameSource(
        key=frame.key,
        stored=stored,
        stored_format=DerivedFormat(frame.derived_format),
        original=native,
        native=native if readable else None,
        pixels=PixelDescription(
            rows=instance.rows,
            columns=instance.columns,
            samples_per_pixel=instance.samples_per_pixel,
            photometric_interpretation=instance.photometric_interpretation,
            bits_allocated=instance.bits_allocated,
            bits_stored=instance.bits_stored,
            pixel_representation=instance.pixel_representation,
            # Only colour has one, and uncompressed colour is never read natively here.
            planar_configuration=0,
            transfer_syntax_uid=instance.transfer_syntax_uid,
        ),
        grey=FrameGrey.from_json(frame.grey),
        modality=instance.series.modality,
        body_part=instance.series.body_part,
        overlay_place=derived,
        overlays=tuple(FrameOverlay.from_json(overlay) for overlay in frame.overlays),
        prefix_lengths=tuple(frame.prefix_lengths),
    )


def _drop_the_oldest() -> None:
    """Keep to both bounds; the stack that was asked for last stays, however long it is."""
    frames = sum(len(stack) for stack in _stacks.values())
    while len(_stacks) > 1 and (len(_stacks) > _STACKS_KEPT or frames > _FRAMES_KEPT):
        frames -= len(_stacks.popitem(last=False)[1])


def forget_stacks() -> None:
    """Empty the memory; for tests, whose rows do change."""
    with _lock:
        _stacks.clear()


def _span(place: Place, offset: int | None, length: int | None) -> ByteSpan | None:
    return None if offset is None or length is None else ByteSpan(place, offset, length)


def _load_stack(stack_key: str) -> dict[str, FrameSource]:
    frames = (
        Frame.objects.filter(instance__stack__key=stack_key, instance__state=InstanceState.READY)
        .select_related("instance__series")
        .defer("instance__header", "geometry")
    )
    # Frames of a stack mostly share how they are shown, tables of thousands of values among it.
    shared: dict[Any, Any] = {}
    loaded = {}
    for frame in frames:
        source = source_of(frame)
        grey, pixels = shared.setdefault(source.grey, source.grey), shared.setdefault(source.pixels, source.pixels)
        loaded[frame.key] = replace(source, grey=grey, pixels=pixels)
    return loaded
