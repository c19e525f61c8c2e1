"""Pictures with a name written into their pixels."""

from pathlib import Path

import cv2
import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, RLELossless

from tests.builders.studies import ultrasound

# Grey levels of one row of pixels: as bytes they are found wherever the file lies uncompressed.
SECRET = bytes(range(201, 233))
SECRET_AT = (4, 10)  # row, column


def written_ultrasound(
    folder: Path,
    *,
    study: str = "written",
    number: int = 1,
    frames: int = 1,
    colour: bool = False,
    rows: int = 120,
    columns: int = 320,
    name: str = "DOE, JANE",
    annotation: str | None = None,
    machine: tuple[str, str] = ("Maker", "Model"),
    compressed: bool = False,
) -> Path:
    """Speckle with a dark band above it, on which a name and a row of telling grey levels stand in every frame.

    Parameters
    ----------
    annotation : of Burned In Annotation; None leaves it out.
    compressed : by RLE.
    """
    path = ultrasound(
        folder,
        study=study,
        number=number,
        frames=frames,
        colour=colour,
        rows=rows,
        columns=columns,
        syntax=ExplicitVRLittleEndian,
    )
    dataset = pydicom.dcmread(path)
    pictures = np.array(dataset.pixel_array).reshape((frames, rows, columns, -1))
    for picture in pictures:
        picture[:40] = 8
        plane = np.ascontiguousarray(picture[:, :, 0])
        cv2.putText(plane, name, (10, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 235, 1, cv2.LINE_AA)
        picture[:] = plane[:, :, None] if not colour else np.where(plane[:, :, None] > 8, plane[:, :, None], picture)
        row, column = SECRET_AT
        if not colour:
            picture[row, column : column + len(SECRET), 0] = list(SECRET)
    _put(dataset, pictures, compressed=compressed)
    if annotation is None:
        del dataset.BurnedInAnnotation
    else:
        dataset.BurnedInAnnotation = annotation
    dataset.Manufacturer, dataset.ManufacturerModelName = machine
    dataset.SequenceOfUltrasoundRegions[0].RegionLocationMinY0 = 40
    dataset.save_as(path)
    return path


def _put(dataset: Dataset, pictures: np.ndarray, *, compressed: bool) -> None:
    dataset.PixelData = pictures.tobytes()
    if compressed:
        dataset.compress(RLELossless)
