"""NIfTI-1 files written slice by slice: a volume is never in memory, and the same voxels make the same bytes.

The header is nibabel's; the voxels follow it as they come. NIfTI counts columns fastest, then rows, then slices, which
is the order of a frame's rows in memory.

Source: https://nifti.nimh.nih.gov/nifti-1 (nifti1.h).
"""

import gzip
from collections.abc import Iterable
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

# Quick, and the same bytes on every machine with this zlib; more costs twice the time for a tenth of the size.
_LEVEL = 1
_SCANNER, _ALIGNED = 1, 2


def write_nifti(
    output: BinaryIO,
    planes: Iterable[NDArray[np.generic]],
    *,
    shape: tuple[int, int, int],
    dtype: np.dtype[np.generic],
    affine: NDArray[np.float64],
    in_patient: bool,
    description: str = "",
) -> None:
    """Write one .nii.gz.

    Parameters
    ----------
    planes : (rows, columns) each, in order; as many as `shape` says.
    shape : (columns, rows, slices).
    affine : (4, 4), voxel (column, row, slice) to RAS millimetres.
    in_patient : whether that is the scanner's space; else its axes are the picture's own.

    Raises
    ------
    ValueError : another number or size of planes than was said.
    """
    # The web process lists the formats and writes no file.
    import nibabel

    header = nibabel.Nifti1Header(endianness="<")
    header.set_data_dtype(dtype)
    header.set_data_shape(shape)
    header.set_xyzt_units("mm", "sec")
    code = _SCANNER if in_patient else _ALIGNED
    header.set_sform(affine, code=code)
    # A sheared grid (tilted gantry) has no rotation: readers then have the sform alone.
    header.set_qform(affine, code=code, strip_shears=True)
    header["descrip"] = description.encode("ascii", "replace")[:79]
    header["scl_slope"], header["scl_inter"] = 1, 0
    header["vox_offset"] = 352
    header["magic"] = b"n+1"
    with gzip.GzipFile(filename="", mode="wb", fileobj=output, compresslevel=_LEVEL, mtime=0) as packed:
        packed.write(header.binaryblock)
        # No extensions.
        packed.write(bytes(4))
        written = 0
        for plane in planes:
            if plane.shape != (shape[1], shape[0]):
                raise ValueError(f"Plane {written} has {plane.shape} pixels, not {(shape[1], shape[0])}.")
            packed.write(np.ascontiguousarray(plane, dtype=dtype.newbyteorder("<")).data)
            written += 1
        if written != shape[2]:
            raise ValueError(f"{written} planes were written where {shape[2]} were said.")
