"""A picture as it goes into a DICOM object: its pixels frame by frame, and what they mean."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class VolumePlane:
    """Where a volume's slices lie: patient coordinates (LPS), millimetres.

    Attributes
    ----------
    orientation : row cosines, then column cosines.
    spacing : (between rows, between columns).
    positions : of each slice, the centre of its first pixel.
    """

    orientation: tuple[float, ...]
    spacing: tuple[float, float]
    slice_spacing: float
    positions: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True)
class GreyScale:
    """How stored values become the file's own: value = slope * stored + intercept; and the span that they have."""

    slope: float = 1.0
    intercept: float = 0.0
    window: tuple[float, float] | None = None


@dataclass(frozen=True)
class Picture:
    """Pixels ready to be written.

    Attributes
    ----------
    photometric : MONOCHROME2, RGB, YBR_FULL or YBR_FULL_422.
    frames : gives each frame's bytes, little-endian, one after the other; called once.
    jpeg : the bytes of a baseline JPEG that go in as they are, instead of frames.
    was_lossy : the pixels went through lossy compression before they came.
    compressed_bytes : how long that compressed picture is, for its ratio.
    """

    rows: int
    columns: int
    number_of_frames: int
    photometric: str
    bits_allocated: int
    bits_stored: int
    frames: Callable[[], Iterator[bytes]]
    jpeg: bytes | None = None
    was_lossy: bool = False
    compressed_bytes: int = 0
    grey: GreyScale | None = None
    plane: VolumePlane | None = None

    @property
    def samples_per_pixel(self) -> int:
        return 1 if self.photometric == "MONOCHROME2" else 3

    @property
    def frame_bytes(self) -> int:
        return self.rows * self.columns * self.samples_per_pixel * self.bits_allocated // 8
