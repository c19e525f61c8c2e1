"""What must be known of one frame to show and measure it without opening its DICOM file."""

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal

SpacingSource = Literal["PixelSpacing", "ImagerPixelSpacing"]
VoiFunction = Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"]
OverlayKind = Literal["graphics", "region"]


@dataclass(frozen=True)
class UltrasoundRegion:
    """One item of the Sequence of Ultrasound Regions, PS3.3 C.8.5.5.

    Attributes
    ----------
    min_column, min_row, max_column, max_row : the region in the stored matrix, inclusive pixels.
    mm_per_column, mm_per_row : absolute physical deltas in millimetres, None unless both units are centimetres.
    spatial : whether lengths along both axes are distances in the patient (2-D tissue, not Doppler or M-mode).
    low_priority : where regions overlap, the pixels are another's (Region Flags bit 0, PS3.3 C.8.5.5.1.3).
    """

    min_column: int
    min_row: int
    max_column: int
    max_row: int
    mm_per_column: float | None
    mm_per_row: float | None
    spatial: bool
    low_priority: bool = False


@dataclass(frozen=True)
class FrameGeometry:
    """Where a frame lies in the patient and how large its pixels are.

    Attributes
    ----------
    position : Image Position (Patient), mm, LPS: the centre of the top-left pixel.
    orientation : Image Orientation (Patient): row cosines, then column cosines.
    spacing : (between rows, between columns), mm.
    spacing_source : where the spacing comes from; ImagerPixelSpacing is at the detector, divided by the
        estimated magnification factor when there is one, and the reader is told.
    frame_time_ms : time to the next frame of a cine.
    gantry_tilt : Gantry/Detector Tilt in degrees, as the header says it; 0 is not told apart from nothing.
    """

    position: tuple[float, float, float] | None = None
    orientation: tuple[float, float, float, float, float, float] | None = None
    spacing: tuple[float, float] | None = None
    spacing_source: SpacingSource | None = None
    slice_thickness: float | None = None
    regions: tuple[UltrasoundRegion, ...] = ()
    frame_time_ms: float | None = None
    gantry_tilt: float | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "FrameGeometry":
        values = dict(data)
        for name in ("position", "orientation", "spacing"):
            if values.get(name) is not None:
                values[name] = tuple(values[name])
        values["regions"] = tuple(UltrasoundRegion(**region) for region in values.get("regions", ()))
        return cls(**values)


@dataclass(frozen=True)
class Window:
    """A VOI window in modality units, with DICOM's explanation as its name."""

    centre: float
    width: float
    name: str = ""
    function: VoiFunction = "LINEAR"


@dataclass(frozen=True)
class LookupTable:
    """A Modality or VOI LUT: values from `first` on; below and above the ends the end value holds (PS3.3 C.11.1.1)."""

    first: int
    bits: int
    values: tuple[int, ...]

    @cached_property
    def _hash(self) -> int:
        return hash((self.first, self.bits, self.values))

    def __hash__(self) -> int:
        # Tables key caches of what was worked out from them, and are walked once for that, not at each look.
        return self._hash


@dataclass(frozen=True)
class FrameGrey:
    """How stored values become modality values and these become grey. Empty for colour.

    Attributes
    ----------
    slope, intercept : Rescale Slope and Intercept; ignored when there is a Modality LUT.
    inverted : MONOCHROME1, the lowest value is white.
    padding : inclusive range of stored values that are no image (Pixel Padding Value and Range Limit).
    """

    slope: float = 1.0
    intercept: float = 0.0
    units: str = ""
    windows: tuple[Window, ...] = ()
    inverted: bool = False
    padding: tuple[int, int] | None = None
    modality_lut: LookupTable | None = None
    voi_lut: LookupTable | None = None
    colour: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "FrameGrey":
        values = dict(data)
        values["windows"] = tuple(Window(**window) for window in values.get("windows", ()))
        if values.get("padding") is not None:
            values["padding"] = tuple(values["padding"])
        for name in ("modality_lut", "voi_lut"):
            if values.get(name) is not None:
                table = dict(values[name])
                table["values"] = tuple(table["values"])
                values[name] = LookupTable(**table)
        return cls(**values)


@dataclass(frozen=True)
class FrameOverlay:
    """An overlay plane over one frame, and where its picture (PNG, transparent where nothing is drawn) lies.

    Attributes
    ----------
    kind : "graphics" or "region" (DICOM's types G and R).
    rows, columns : its size in the frame's pixels.
    row, column : of its top-left pixel in the frame's matrix, from 0; part or all of it may lie outside.
    offset, length : of the picture in the instance's file of the frame store.
    """

    label: str
    description: str
    kind: OverlayKind
    rows: int
    columns: int
    row: int
    column: int
    offset: int
    length: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "FrameOverlay":
        return cls(**data)
