"""A NIfTI volume as a picture: slices as frames, its matrix as DICOM's positions, its values kept.

Source: https://nifti.nimh.nih.gov/nifti-1 (nifti1.h), DICOM PS3.3 C.7.6.2.1.1.
"""

import gzip
import math
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nibabel
import numpy as np
from django.conf import settings
from nibabel.spatialimages import HeaderDataError
from numpy.typing import NDArray

from annotator.imaging.errors import QuarantineError
from annotator.imaging.wrapping.picture import GreyScale, Picture, VolumePlane
from annotator.imaging.wrapping.picture_kinds import NIFTI_1_HEADER_BYTES, NIFTI_2_HEADER_BYTES, PictureKind

# Cosine between axes above which a volume counts as sheared; NIfTI's 32-bit numbers make about a millionth of noise.
SHEAR = 1e-4
LARGEST_SPAN = 65_535
FEWEST_BITS = 9  # PS3.3 A.8.4: a grayscale word holds more than a byte
MAX_VOXELS = 500_000_000
CHUNK_BYTES = 1 << 20
# Extensions stand before the voxels; 16 MB hold any that programs write.
FURTHEST_BEGIN = 1 << 24
_LPS_FROM_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
Voxels = NDArray[np.generic]


@contextmanager
def open_nifti(path: Path, kind: PictureKind) -> Iterator[Picture]:
    """Read a volume; its voxels stay in the file (or in a temporary unpacked one) while the context lasts.

    Raises
    ------
    QuarantineError : damaged, without orientation, sheared, 4-dimensional, in colour, or with values that 16 bits
        can't hold exactly.
    """
    if kind is PictureKind.NIFTI:
        yield _picture(path)
        return
    unpacked = path.with_name(f"{path.name}.nii")
    try:
        _unpack(path, unpacked)
        yield _picture(unpacked)
    finally:
        unpacked.unlink(missing_ok=True)


def _picture(path: Path) -> Picture:
    header = _header(path)
    voxels = _voxels(path, header)
    scale, offset, span = _grey(header, voxels)
    return Picture(
        rows=voxels.shape[1],
        columns=voxels.shape[0],
        number_of_frames=voxels.shape[2],
        photometric="MONOCHROME2",
        bits_allocated=16,
        bits_stored=max(FEWEST_BITS, int(span).bit_length()),
        frames=lambda: _frames(voxels, offset),
        grey=scale,
        plane=_plane(_affine(header), voxels.shape[2]),
    )


def _header(path: Path) -> nibabel.Nifti1Header:
    with path.open("rb") as file:
        head = file.read(NIFTI_2_HEADER_BYTES)
    is_second = NIFTI_2_HEADER_BYTES in (int.from_bytes(head[:4], "little"), int.from_bytes(head[:4], "big"))
    kind, size = (
        (nibabel.Nifti2Header, NIFTI_2_HEADER_BYTES) if is_second else (nibabel.Nifti1Header, NIFTI_1_HEADER_BYTES)
    )
    try:
        header = kind(head[:size], check=False)
    except (HeaderDataError, ValueError, TypeError) as error:
        raise QuarantineError(f"The NIfTI header can't be read ({str(error)[:120]}). Send it again.") from error
    if bytes(header["magic"]).startswith((b"ni1", b"ni2")):
        raise QuarantineError("A NIfTI header whose voxels lie in another file (.hdr and .img): save both as one .nii.")
    return header


def _voxels(path: Path, header: nibabel.Nifti1Header) -> Voxels:
    shape = _shape(header)
    try:
        kind = header.get_data_dtype()
    except (HeaderDataError, KeyError) as error:
        raise QuarantineError("The NIfTI volume holds numbers of an unknown kind.") from error
    if kind.kind not in "iuf":
        raise QuarantineError("The NIfTI volume holds colours or complex numbers; grey values are taken in.")
    try:
        return np.memmap(path, dtype=kind, mode="r", offset=_begin(header), shape=shape, order="F")
    except (ValueError, OSError, OverflowError) as error:
        raise QuarantineError("The NIfTI volume is shorter than its header says. Send it again.") from error


def _begin(header: nibabel.Nifti1Header) -> int:
    """Where the voxels begin. NIfTI-1 keeps it as a floating-point number."""
    begin = float(header["vox_offset"])
    if not NIFTI_1_HEADER_BYTES <= begin <= FURTHEST_BEGIN:
        raise QuarantineError("The NIfTI header gives no sensible place for its voxels.")
    return int(begin)


def _shape(header: nibabel.Nifti1Header) -> tuple[int, int, int]:
    count = int(header["dim"][0])
    sizes = [int(size) for size in header["dim"][1 : count + 1]] if 1 <= count <= 7 else []
    if len(sizes) < 2 or min(sizes) < 1:
        raise QuarantineError("The NIfTI header gives no sensible size.")
    if math.prod(sizes[3:]) > 1:
        raise QuarantineError(
            f"The NIfTI file holds {math.prod(sizes[3:]):,} volumes (time or channels): save each as a file of its own."
        )
    columns, rows, slices = (*sizes, 1)[:3]
    limit = min(MAX_VOXELS, settings.MAX_INSTANCE_PIXELS)
    if columns * rows * slices > limit or max(columns, rows) > 0xFFFF:
        raise QuarantineError(
            f"The NIfTI volume of {columns:,} x {rows:,} x {slices:,} voxels is more than is taken in."
        )
    return columns, rows, slices


def _grey(header: nibabel.Nifti1Header, voxels: Voxels) -> tuple[GreyScale, int, int]:
    """The scale, what is taken from each voxel before it is stored, and the largest stored value."""
    try:
        slope, intercept = header.get_slope_inter()
    except HeaderDataError as error:
        raise QuarantineError(f"The NIfTI header's scale can't be used ({str(error)[:120]}).") from error
    slope, intercept = 1.0 if slope is None else float(slope), 0.0 if intercept is None else float(intercept)
    low, high = _range(voxels)
    offset = low if low < 0 or high > LARGEST_SPAN else 0
    span = high - offset
    if span > LARGEST_SPAN:
        raise QuarantineError(
            f"The NIfTI volume's values reach from {low:,} to {high:,}: more than the 65,536 steps that are taken in."
        )
    first, last = sorted((slope * low + intercept, slope * high + intercept))
    window = ((first + last) / 2, max(last - first, abs(slope)))
    return GreyScale(slope, intercept + slope * offset, window), offset, span


def _range(voxels: Voxels) -> tuple[int, int]:
    """The least and the greatest value, of whole numbers only, slice by slice."""
    lows, highs = [], []
    for index in range(voxels.shape[2]):
        values = voxels[:, :, index]
        if values.dtype.kind == "f":
            if not np.isfinite(values).all():
                raise QuarantineError("The NIfTI volume holds values that are no numbers (NaN or infinity).")
            if not (values == np.rint(values)).all():
                raise QuarantineError(
                    "The NIfTI volume holds fractions, which 16-bit pixels would round: save whole numbers, with a "
                    "slope in the header where they stand for fractions."
                )
        lows.append(int(values.min()))
        highs.append(int(values.max()))
    return min(lows), max(highs)


def _frames(voxels: Voxels, offset: int) -> Iterator[bytes]:
    """Each slice's rows one after the other: NIfTI's first axis runs along a row."""
    for index in range(voxels.shape[2]):
        values = voxels[:, :, index].T
        wide = values.astype(np.int64) - offset if values.dtype != np.uint16 or offset else values
        yield wide.astype("<u2").tobytes()


def _affine(header: nibabel.Nifti1Header) -> NDArray[np.float64]:
    if int(header["sform_code"]) == 0 and int(header["qform_code"]) == 0:
        raise QuarantineError(
            "The NIfTI header has neither sform nor qform: which side is left isn't stated, and guessing could show it "
            "mirrored. Save it with its orientation."
        )
    try:
        affine = np.asarray(header.get_best_affine(), dtype=np.float64)
    except (HeaderDataError, ValueError) as error:
        raise QuarantineError(f"The NIfTI header's orientation can't be read ({str(error)[:120]}).") from error
    if not np.isfinite(affine).all():
        raise QuarantineError("The NIfTI header's orientation holds values that are no numbers.")
    return affine


def _plane(affine: NDArray[np.float64], slices: int) -> VolumePlane:
    """Positions and orientation of DICOM of the matrix from voxel to RAS millimetres."""
    placed = _LPS_FROM_RAS @ affine
    steps = [float(np.linalg.norm(placed[:3, axis])) for axis in range(3)]
    if min(steps) < 1e-6:
        raise QuarantineError("The NIfTI header gives a voxel no size.")
    units = [placed[:3, axis] / steps[axis] for axis in range(3)]
    if max(abs(float(units[a] @ units[b])) for a, b in ((0, 1), (0, 2), (1, 2))) > SHEAR:
        raise QuarantineError("The NIfTI volume is sheared: its axes aren't at right angles. Resample it first.")
    origin, step = placed[:3, 3], placed[:3, 2]
    positions = []
    for index in range(slices):
        x, y, z = (float(value) for value in origin + index * step)
        positions.append((x, y, z))
    return VolumePlane(
        orientation=tuple(float(value) for unit in units[:2] for value in unit),
        spacing=(steps[1], steps[0]),
        slice_spacing=steps[2],
        positions=tuple(positions),
    )


def _unpack(path: Path, target: Path) -> None:
    """Unpack no more than the header says there is."""
    try:
        with gzip.open(path, "rb") as source, target.open("wb") as file:
            file.write(source.read(NIFTI_2_HEADER_BYTES))
            file.flush()
            header = _header(target)
            left = _begin(header) + math.prod(_shape(header)) * 8 - NIFTI_2_HEADER_BYTES
            while left > 0 and (piece := source.read(min(CHUNK_BYTES, left))):
                file.write(piece)
                left -= len(piece)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise QuarantineError("The compressed NIfTI file is damaged or breaks off. Send it again.") from error
