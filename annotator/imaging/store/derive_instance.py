"""Make one instance's frame store: every frame decoded once, kept as lossless HTJ2K or as the JPEG it came as."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from numpy.typing import NDArray

from annotator.imaging.errors import QuarantineError
from annotator.imaging.frame_description import FrameGrey, FrameOverlay
from annotator.imaging.headers.describe_frame import FrameDescription, describe_frames
from annotator.imaging.headers.parsing import OpenInstance, ParsedInstance, open_instance
from annotator.imaging.laterality import breast_header, find_chest_wall, side_of_picture
from annotator.imaging.models import DerivedFormat
from annotator.imaging.pixels.decoding import JPEG_BASELINE, DecodingError, decode_frame
from annotator.imaging.pixels.htj2k import MAX_REDUCTION, Htj2kError, decode_htj2k, encode_htj2k, prefix_lengths
from annotator.imaging.stacking import StackIdentity, stack_of
from annotator.imaging.store.derive_overlays import has_overlays, write_overlays
from annotator.imaging.store.filing import Place, frames_place

# Pixels of the shorter side in which the chest wall is looked for.
ENOUGH_FOR_THE_SIDE = 128
# Photometric interpretations whose baseline JPEG a browser shows as it is meant.
JPEG_KEPT = ("YBR_FULL_422", "YBR_FULL", "MONOCHROME2")


@dataclass(frozen=True)
class DerivedFrame:
    """Where a frame's native and derived bytes lie, and what is known of it."""

    number: int
    native_offset: int | None
    native_length: int | None
    derived_offset: int | None
    derived_length: int | None
    description: FrameDescription
    overlays: tuple[FrameOverlay, ...] = ()
    prefix_lengths: tuple[int, ...] = ()


@dataclass(frozen=True)
class DerivedInstance:
    """An instance's frames, ready to be recorded; `draft` is its frames file under a temporary name, if it has one."""

    stack: StackIdentity
    frames: list[DerivedFrame]
    derived_format: DerivedFormat
    draft: Path | None
    place: Place
    laterality_from_pixels: str = ""


@dataclass(frozen=True)
class _Work:
    """One instance whose frames are being made."""

    instance: OpenInstance
    described: list[FrameDescription]
    stack: StackIdentity
    place: Place
    draft: Path
    progress: Callable[[int], None]


def derive_instance(
    path: Path, *, sha256: str, draft: Path, progress: Callable[[int], None] = lambda _frame: None
) -> DerivedInstance:
    """Decode and encode all frames of a filed instance, one in memory at a time.

    Parameters
    ----------
    path : where its bytes are to be read.
    draft : the temporary name that its frames file gets, if it needs one.
    progress : called with each frame's number before it is decoded.

    Raises
    ------
    QuarantineError : its header or a frame can't be read; the message names the frame.
    OSError : the disk, not the file.
    """
    with open_instance(path) as instance:
        parsed = instance.parsed
        colour = parsed.picture.samples_per_pixel == 3 or parsed.picture.photometric_interpretation == "PALETTE COLOR"
        described = describe_frames(
            parsed.dataset,
            number_of_frames=parsed.picture.number_of_frames,
            modality=parsed.series.modality,
            colour=colour,
        )
        stack = stack_of(parsed, described)
        work = _Work(instance, described, stack, frames_place(sha256), draft, progress)
        return _with_jpeg(work) if keeps_jpeg(parsed) else _with_htj2k(work)


def _small(encoded: bytes, parsed: ParsedInstance) -> NDArray[Any]:
    times = min(parsed.picture.rows, parsed.picture.columns) // ENOUGH_FOR_THE_SIDE
    return decode_htj2k(encoded, reduce=min(MAX_REDUCTION, max(0, times.bit_length() - 1)))


def _side(instance: OpenInstance, stack: StackIdentity, grey: FrameGrey, values: NDArray[Any]) -> str:
    """Which breast the pixels show, of a mammogram or a tomosynthesis volume; "" for anything else."""
    if instance.parsed.series.modality != "MG":
        return ""
    header = breast_header(
        instance.parsed.dataset, laterality=stack.laterality, inverted=grey.inverted, padding=grey.padding
    )
    wall = find_chest_wall(values, tissue_is_dark=header.tissue_is_dark, padding=header.padding)
    return side_of_picture(wall, header)


def keeps_jpeg(parsed: ParsedInstance) -> bool:
    """Whether the stored JPEG is what browsers get: 8-bit baseline, each frame in one piece of the original.

    RGB in JPEG is not: without a marker that few writers set, browsers take it for YCbCr.
    """
    return (
        parsed.transfer_syntax_uid == JPEG_BASELINE
        and parsed.picture.photometric_interpretation in JPEG_KEPT
        and parsed.picture.bits_allocated == 8
        and parsed.picture.pixel_representation == 0
        and all(span.length is not None for span in parsed.spans)
    )


def _with_jpeg(work: _Work) -> DerivedInstance:
    instance, described = work.instance, work.described
    middle, side = len(described) // 2, ""
    for index in range(len(described)):
        values = _decoded(work, index)
        if index == middle:
            side = _side(instance, work.stack, described[middle].grey, values)
    frames = [
        DerivedFrame(index + 1, span.offset, span.length, None, None, description)
        for index, (span, description) in enumerate(zip(instance.parsed.spans, described, strict=True))
    ]
    if not has_overlays(instance):
        return DerivedInstance(work.stack, frames, DerivedFormat.JPEG, None, work.place, side)
    with work.draft.open("wb") as target:
        frames = _with_overlays(instance, frames, target)
    return DerivedInstance(work.stack, frames, DerivedFormat.JPEG, work.draft, work.place, side)


def _with_overlays(instance: OpenInstance, frames: list[DerivedFrame], target: BinaryIO) -> list[DerivedFrame]:
    found = write_overlays(instance, target)
    return [replace(frame, overlays=overlays) for frame, overlays in zip(frames, found, strict=True)]


def _with_htj2k(work: _Work) -> DerivedInstance:
    instance, described = work.instance, work.described
    # Whoever reads native bytes later knows of no High Bit.
    served = instance.parsed.spans_are_in_the_original and instance.pixel_description.low_bit == 0
    frames = []
    middle, side = len(described) // 2, ""
    with work.draft.open("wb") as target:
        for index, description in enumerate(described):
            try:
                encoded = encode_htj2k(_decoded(work, index))
            except Htj2kError as error:
                raise QuarantineError(f"Frame {index + 1} can't be stored: {error}") from error
            if index == middle and instance.parsed.series.modality == "MG":
                side = _side(instance, work.stack, description.grey, _small(encoded, instance.parsed))
            span = instance.parsed.spans[index]
            frames.append(
                DerivedFrame(
                    number=index + 1,
                    native_offset=span.offset if served else None,
                    native_length=span.length if served else None,
                    derived_offset=target.tell(),
                    derived_length=len(encoded),
                    prefix_lengths=prefix_lengths(encoded),
                    description=description,
                )
            )
            target.write(encoded)
        frames = _with_overlays(instance, frames, target)
    return DerivedInstance(work.stack, frames, DerivedFormat.HTJ2K, work.draft, work.place, side)


def _decoded(work: _Work, index: int) -> NDArray[Any]:
    instance = work.instance
    work.progress(index + 1)
    try:
        return decode_frame(instance.frame_bytes(index), instance.pixel_description)
    except DecodingError as error:
        count = instance.parsed.picture.number_of_frames
        where = f"Frame {index + 1} of {count:,}" if count > 1 else "The picture"
        raise QuarantineError(f"{where} can't be decoded: {error}") from error
