"""What names a picture's pixels: the same stored values, however they are encoded, have the same hash. Pure."""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray


def pixel_hash(values: NDArray[Any]) -> str:
    """SHA-256 of shape, type and stored values, in hexadecimal.

    Parameters
    ----------
    values : (rows, columns) integers, or (rows, columns, 3) uint8 RGB.
    """
    little = values.astype(values.dtype.newbyteorder("<"), copy=False)
    digest = hashlib.sha256(f"{little.dtype.str} {little.shape}".encode())
    digest.update(np.ascontiguousarray(little).data)
    return digest.hexdigest()
