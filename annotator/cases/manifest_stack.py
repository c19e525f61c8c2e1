"""One stack of a manifest: everything the viewer needs to show, window and measure its frames. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from annotator.cases.stack_notes import believed_side, checks_of, notes_of, warning_of
from annotator.imaging.frame_description import Window
from annotator.imaging.pixels.presets import first_preset, presets_for, three_windows
from annotator.imaging.pixels.windowing import whole_range_of_8_bits


class OverlayEntry(TypedDict):
    """A picture to lay over a frame, its top-left pixel at row, column of the frame's matrix; behind the same token."""

    label: str
    rows: int
    columns: int
    row: int
    column: int
    address: str


class FrameEntry(TypedDict):
    key: str
    number: int
    format: str
    slope: float
    intercept: float
    inverted: bool
    colour: bool
    windows: list[dict[str, Any]]
    geometry: dict[str, Any]
    modality_lut: dict[str, Any] | None
    voi_lut: dict[str, Any] | None
    padding: list[int] | None
    overlays: list[OverlayEntry]
    prefix_lengths: list[int]


class WindowEntry(TypedDict):
    name: str
    centre: float
    width: float
    function: str


class PresetEntry(WindowEntry):
    key: str


class GapEntry(TypedDict):
    """A step longer than the usual one, after a slice that is counted from 1; missing is 0 where none fit evenly."""

    after: int
    millimetres: float
    missing: int


class StackEntry(TypedDict):
    key: str
    title: str
    kind: str
    place: int
    modality: str
    laterality: str
    view: str
    token: str
    token_expires: str
    rows: int
    columns: int
    samples_per_pixel: int
    bits_stored: int
    bits_allocated: int
    signed: bool
    photometric: str
    presets: list[PresetEntry]
    three_windows: list[str]
    default_window: WindowEntry | None
    notes: list[str]
    warning: str
    hang_as_stored: bool
    gaps: list[GapEntry]
    prior: int
    prior_words: str
    frame_of_reference: int
    frames: list[FrameEntry]


@dataclass(frozen=True)
class StackRow:
    """A stack in its case, and the right to its frames.

    Attributes
    ----------
    prior : 0 in the study that is read, 1 in the latest earlier one, and so on.
    prior_words : how much earlier, for readers who are told no dates.
    frame_of_reference : stacks with the same number lie in one space; 0 where the files don't say.
    """

    key: str
    title: str
    kind: str
    place: int
    modality: str
    body_part: str
    laterality: str
    view: str
    token: str
    token_expires: str
    unready: int
    laterality_from_pixels: str = ""
    laterality_verdict: str = ""
    prior: int = 0
    prior_words: str = ""
    frame_of_reference: int = 0


@dataclass(frozen=True)
class FrameRow:
    """A frame and what its instance says of the pixels; its JSON as frame_description.py writes it."""

    key: str
    format: str
    position_along_normal: float | None
    geometry: dict[str, Any]
    grey: dict[str, Any]
    overlays: list[dict[str, Any]]
    prefix_lengths: list[int]
    rows: int
    columns: int
    bits_stored: int
    bits_allocated: int
    pixel_representation: int
    instance_number: int | None = None


def stack_entry(stack: StackRow, frames: Sequence[FrameRow]) -> StackEntry:
    """Describe a stack and its frames, which come in the order in which the reader scrolls.

    Raises
    ------
    ValueError : no frames; such a stack isn't shown.
    """
    if not frames:
        raise ValueError(f"Stack {stack.key} has no ready frames.")
    first = frames[0]
    colour = bool(first.grey.get("colour", False))
    checks = checks_of(stack, frames)
    # A colour frame reaches the browser as 8-bit RGB, whatever the file held (palette, YBR).
    return StackEntry(
        key=stack.key,
        title=stack.title,
        kind=stack.kind,
        place=stack.place,
        modality=stack.modality,
        laterality=believed_side(stack.laterality, stack.laterality_from_pixels, stack.laterality_verdict),
        view=stack.view,
        token=stack.token,
        token_expires=stack.token_expires,
        rows=first.rows,
        columns=first.columns,
        samples_per_pixel=3 if colour else 1,
        bits_stored=8 if colour else first.bits_stored,
        bits_allocated=8 if colour else first.bits_allocated,
        signed=not colour and first.pixel_representation == 1,
        photometric=_photometric(first.grey, colour=colour),
        presets=[] if colour else _presets(stack),
        three_windows=_three_windows(stack, first),
        default_window=None if colour else _default_window(stack, first),
        notes=notes_of(stack, frames, checks),
        warning=warning_of(stack),
        # Turning by a header that is in doubt could turn the wrong way.
        hang_as_stored=bool(warning_of(stack)),
        prior=stack.prior,
        prior_words=stack.prior_words,
        frame_of_reference=stack.frame_of_reference,
        gaps=[GapEntry(after=gap.after, millimetres=gap.millimetres, missing=gap.missing) for gap in checks.gaps],
        frames=[_frame_entry(frame, number=at) for at, frame in enumerate(frames, start=1)],
    )


def _frame_entry(frame: FrameRow, *, number: int) -> FrameEntry:
    grey = frame.grey
    return FrameEntry(
        key=frame.key,
        number=number,
        format=frame.format,
        slope=grey.get("slope", 1.0),
        intercept=grey.get("intercept", 0.0),
        inverted=grey.get("inverted", False),
        colour=grey.get("colour", False),
        windows=grey.get("windows") or [],
        geometry=frame.geometry,
        modality_lut=grey.get("modality_lut"),
        voi_lut=grey.get("voi_lut"),
        padding=grey.get("padding"),
        prefix_lengths=frame.prefix_lengths,
        overlays=[_overlay_entry(frame.key, at, overlay) for at, overlay in enumerate(frame.overlays, start=1)],
    )


def _overlay_entry(key: str, number: int, overlay: dict[str, Any]) -> OverlayEntry:
    return OverlayEntry(
        label=overlay["label"] or overlay["description"] or f"Overlay {number}",
        rows=overlay["rows"],
        columns=overlay["columns"],
        row=overlay["row"],
        column=overlay["column"],
        # The viewer's door stands on a higher floor, so its address is spelt out.
        address=f"/frames/{key}/overlays/{number}",
    )


def _photometric(grey: dict[str, Any], *, colour: bool) -> str:
    if colour:
        return "RGB"
    return "MONOCHROME1" if grey.get("inverted") else "MONOCHROME2"


def _presets(stack: StackRow) -> list[PresetEntry]:
    return [
        PresetEntry(
            name=preset.window.name,
            centre=preset.window.centre,
            width=preset.window.width,
            function=preset.window.function,
            key=preset.key,
        )
        for preset in presets_for(stack.modality, stack.body_part)
    ]


def _three_windows(stack: StackRow, frame: FrameRow) -> list[str]:
    """Names of the presets for red, green and blue; none where the server makes no such picture either."""
    in_hounsfield = stack.modality == "CT" and frame.grey.get("units", "") in ("", "HU")
    if frame.grey.get("colour", False) or not in_hounsfield:
        return []
    return [window.name for window in three_windows()]


def _default_window(stack: StackRow, frame: FrameRow) -> WindowEntry | None:
    windows = frame.grey.get("windows") or []
    if windows:
        own = windows[0]
        return WindowEntry(name=own["name"], centre=own["centre"], width=own["width"], function=own["function"])
    window = first_preset(stack.modality, stack.body_part)
    if window is None:
        window = _whole_range(frame)
    if window is None:
        return None
    return WindowEntry(name=window.name, centre=window.centre, width=window.width, function=window.function)


def _whole_range(frame: FrameRow) -> Window | None:
    grey = frame.grey
    if grey.get("voi_lut") or grey.get("modality_lut"):
        return None
    return whole_range_of_8_bits(
        bits_stored=frame.bits_stored,
        signed=frame.pixel_representation == 1,
        slope=grey.get("slope", 1.0),
        intercept=grey.get("intercept", 0.0),
    )
