"""What the reader must be told of a stack before measuring in it, comparing sides, or taking it for whole."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from annotator.imaging.headers.describe_frame import PROJECTIONS
from annotator.imaging.models import LateralityVerdict
from annotator.imaging.stack_checks import SlicePlace, StackChecks, check_stack, words_of

if TYPE_CHECKING:
    from annotator.cases.manifest_stack import FrameRow, StackRow

SIDES = {"L": "left", "R": "right"}


def checks_of(stack: "StackRow", frames: "Sequence[FrameRow]") -> StackChecks:
    """Gaps, tilt and repeated places of a volume; nothing is looked for in pictures in time."""
    if stack.kind != "volume":
        return StackChecks()
    return check_stack(
        [
            SlicePlace(
                position=_vector(frame.geometry.get("position")),
                orientation=_vector(frame.geometry.get("orientation")),
                number=frame.instance_number,
                gantry_tilt=frame.geometry.get("gantry_tilt"),
            )
            for frame in frames
        ]
    )


def notes_of(stack: "StackRow", frames: "Sequence[FrameRow]", checks: StackChecks) -> list[str]:
    """A sentence each, the calibration first."""
    notes = _calibration_notes(stack, frames[0])
    if stack.kind == "volume":
        notes += words_of(checks, modality=stack.modality)
        if stack.unready:
            pictures = "picture" if stack.unready == 1 else "pictures"
            notes.append(f"{stack.unready} {pictures} of this series could not be shown.")
    if sides_disagree(stack) and stack.laterality_verdict == LateralityVerdict.HEADER:
        notes.append(f"The side was checked: {SIDES[stack.laterality]}, as the header says.")
    return notes


def warning_of(stack: "StackRow") -> str:
    """What stands as a banner over the picture: a side that header and picture tell differently; "" for most stacks."""
    if not sides_disagree(stack) or stack.laterality_verdict == LateralityVerdict.HEADER:
        return ""
    header, pixels = SIDES[stack.laterality], SIDES[stack.laterality_from_pixels]
    if stack.laterality_verdict == LateralityVerdict.PIXELS:
        return f"{pixels.capitalize()} breast, as was checked; the header says {header}. Shown as stored, not turned."
    return (
        f"Side in doubt: the header says {header}, the chest wall lies as in a {pixels} breast. "
        "Shown as stored, not turned."
    )


def sides_disagree(stack: "StackRow") -> bool:
    """Whether header and pixels name two sides."""
    sides = {stack.laterality, stack.laterality_from_pixels}
    return len(sides) == 2 and sides <= set(SIDES)


def believed_side(laterality: str, from_pixels: str, verdict: str) -> str:
    """The header's side, or the picture's where a person said that the header is wrong."""
    return from_pixels if verdict == LateralityVerdict.PIXELS and from_pixels else laterality


def _calibration_notes(stack: "StackRow", frame: "FrameRow") -> list[str]:
    geometry = frame.geometry
    calibrated = any(
        region.get("mm_per_column") and region.get("mm_per_row") and region.get("spatial")
        for region in geometry.get("regions") or ()
    )
    if geometry.get("spacing_source") == "ImagerPixelSpacing" and not calibrated:
        return ["Pixel spacing is that of the detector: lengths in the patient are approximate."]
    if not geometry.get("spacing") and not calibrated:
        return ["Not calibrated: sizes are in pixels."]
    if stack.kind == "still" and stack.modality in PROJECTIONS and geometry.get("spacing_source") == "PixelSpacing":
        # A volume's slices lie in the patient; only a projection has a detector to be told apart from.
        return ["Lengths are as the sender calibrated them, not those at the detector."]
    return []


def _vector(values: Any) -> Any:
    # JSON has lists; how long they are was checked when the frame was described.
    return tuple(values) if values else None
