"""Pictures that tell which one they are and how they lie: bars to count, in one corner. For hangings."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless, MRImageStorage

from annotator.demo.ct_object import ct_slice
from annotator.demo.dicom_files import MadeStudy, save
from annotator.demo.tomosynthesis_object import ViewName, tomosynthesis_volume
from annotator.demo.ultrasound_object import ultrasound_image

BREAST_VIEWS: tuple[ViewName, ...] = ("RCC", "LCC", "RMLO", "LMLO")


def marked_head(
    folder: Path,
    *,
    study: str,
    patient_id: str,
    slices: int = 12,
    size: int = 96,
    series: int = 1,
    body_part: str = "HEAD",
    modality: str = "CT",
    date: str = "20260102",
    is_earlier: bool = False,
) -> list[Path]:
    """A ring of bone around brain with a bright bleed, a letter F in it from the middle slice up; bars count slices.

    A chest has lungs in its place; a second series has a piece of bone more, an earlier study a line across.
    """
    picture = _head(size)
    if body_part == "CHEST":
        picture[(picture == 35) & (np.arange(size) % 24 < 14)] = -700
    down, across = np.mgrid[:size, :size]
    for number in range(1, series):
        picture[np.hypot(down - size * 0.3, across - size * (0.42 - 0.18 * number)) < size * 0.07] = 1200
    if is_earlier:
        picture[size // 3 : size // 3 + 4, size // 5 : -size // 5] = 1200
    owner = MadeStudy(study, patient_id, "Test^Marked", description="Marked head", date=date)
    paths = []
    for index in range(slices):
        shown = picture.copy()
        if index >= slices // 2:
            _write_f(shown, size // 2, size // 2 - 8)
        shown[-6:-2, 2 : 2 + 6 * (index + 1)] = 75
        made = ct_slice(
            owner,
            shown,
            number=index + 1,
            position=(-size / 2, -size / 2, index * 5.0),
            spacing=1.0,
            slice_thickness=5.0,
            series=series,
            body_part=body_part,
            windows=(("SOFT", 50, 400),),
        )
        if modality == "MR":
            _make_mr(made)
        paths.append(save(made, folder / f"{study}-{series}-{index:03d}.dcm"))
    return paths


def _head(size: int) -> NDArray[np.float64]:
    down, across = np.mgrid[:size, :size]
    away = np.hypot(down - size / 2, across - size / 2)
    values = np.full((size, size), -1000.0)
    values[away < size * 0.44] = 1000
    values[away < size * 0.38] = 35
    values[np.hypot(down - size * 0.4, across - size * 0.66) < size * 0.1] = 75
    return values


def _write_f(values: NDArray[np.float64], top: int, left: int) -> None:
    """Where planes through the middle cut it: they too must tell which side is which."""
    values[top : top + 24, left : left + 4] = 1200
    values[top : top + 4, left : left + 14] = 1200
    values[top + 9 : top + 13, left : left + 10] = 1200


def _make_mr(made: Dataset) -> None:
    """Turn a slice of a CT into one of an MR: the same pixels, without Hounsfield units."""
    made.SOPClassUID = MRImageStorage
    made.Modality = "MR"
    made.MRAcquisitionType = "2D"
    made.ScanningSequence, made.SequenceVariant = "SE", "NONE"
    made.EchoTime, made.RepetitionTime = 12, 480
    for name in ("KVP", "XRayTubeCurrent", "ConvolutionKernel", "RescaleIntercept", "RescaleSlope", "RescaleType"):
        if name in made:
            delattr(made, name)
    made.WindowCenter = [1074]


def marked_breasts(
    folder: Path,
    *,
    study: str,
    patient_id: str,
    date: str,
    is_earlier: bool = False,
    frames: int = 6,
    views: Sequence[ViewName] = BREAST_VIEWS,
    says_view: bool = True,
) -> list[Path]:
    """Four views: 1 bar on RCC, 2 on LCC, 3 on RMLO, 4 on LMLO, above and before the nipple; a line if earlier.

    Parameters
    ----------
    says_view : False writes a header that says neither side nor view.
    """
    owner = MadeStudy(study, patient_id, "Test^Marked", sex="F", description="Marked breasts", date=date)
    paths = []
    for view in views:
        number = BREAST_VIEWS.index(view) + 1
        made = tomosynthesis_volume(
            owner,
            [_breast(view, number, is_earlier=is_earlier)] * frames,
            view=view,
            spacing=1.0,
            window=(1000, 2000),
            series=number,
            syntax=JPEGLSLossless,
        )
        if not says_view:
            _forget_view(made)
        paths.append(save(made, folder / f"{study}-{view}.dcm"))
    return paths


def _forget_view(made: Dataset) -> None:
    del made.ViewCodeSequence, made.ImageLaterality
    made.SeriesDescription = "Tomosynthesis Reconstruction"
    del made.SharedFunctionalGroupsSequence[0].FrameAnatomySequence


def _breast(view: ViewName, bars: int, *, is_earlier: bool) -> NDArray[np.uint16]:
    rows, columns = 96, 72
    down, across = np.mgrid[:rows, :columns]
    breast = (down - rows / 2) ** 2 + (across * 1.2) ** 2 < (rows * 0.46) ** 2
    picture = np.where(breast, 900, 0).astype(np.uint16)
    picture[14:34, : 6 * bars][:, np.arange(6 * bars) % 6 < 3] = 1900
    if is_earlier:
        picture[66:70, :26] = 1900
    return picture if view[0] == "L" else np.ascontiguousarray(picture[:, ::-1])


def marked_ultrasound(
    folder: Path,
    *,
    study: str,
    patient_id: str,
    views: Sequence[str] = ("transverse", "longitudinal"),
    films: int = 0,
    date: str = "20260102",
    is_earlier: bool = False,
) -> list[Path]:
    """A still of one bar, one of two, as many as there are views, then films of more; a line across if earlier.

    Bars lie at the left top, twelve in two rows of six.
    """
    owner = MadeStudy(study, patient_id, "Test^Marked", description="Marked ultrasound", date=date)
    paths = []
    for number in range(1, 1 + len(views) + films):
        picture = np.full((60, 80), 40, dtype=np.uint8)
        picture[44:, 50:] = 90
        for bar in range(number):
            top, left = (6, 26)[bar // 6], 6 + 11 * (bar % 6)
            picture[top : top + 14, left : left + 6] = 230
        if is_earlier:
            picture[50:54, :40] = 230
        is_film = number > len(views)
        made = ultrasound_image(
            owner,
            [picture] * (4 if is_film else 1),
            number=number,
            view="" if is_film else views[number - 1],
            frame_time_ms=40.0 if is_film else None,
            syntax=ExplicitVRLittleEndian,
        )
        paths.append(save(made, folder / f"{study}-{number}.dcm"))
    return paths
