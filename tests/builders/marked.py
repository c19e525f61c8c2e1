"""Pictures that tell which one they are and how they lie: bars to count, in one corner. For hangings."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless

from annotator.demo.ct_object import ct_slice
from annotator.demo.dicom_files import MadeStudy, save
from annotator.demo.tomosynthesis_object import ViewName, tomosynthesis_volume
from annotator.demo.ultrasound_object import ultrasound_image

BREAST_VIEWS: tuple[ViewName, ...] = ("RCC", "LCC", "RMLO", "LMLO")


def marked_head(folder: Path, *, study: str, patient_id: str, slices: int = 12, size: int = 96) -> list[Path]:
    """A ring of bone around brain with a bright bleed, a letter F before it; the bars count up with the slices."""
    down, across = np.mgrid[:size, :size]
    away = np.hypot(down - size / 2, across - size / 2)
    values = np.full((size, size), -1000.0)
    values[away < size * 0.44] = 1000
    values[away < size * 0.38] = 35
    values[np.hypot(down - size * 0.4, across - size * 0.66) < size * 0.1] = 75
    top, left = size // 2, size // 4
    values[top : top + 24, left : left + 4] = 1200
    values[top : top + 4, left : left + 14] = 1200
    values[top + 9 : top + 13, left : left + 10] = 1200
    owner = MadeStudy(study, patient_id, "Test^Marked", description="Marked head")
    paths = []
    for index in range(slices):
        shown = values.copy()
        shown[-6:-2, 2 : 2 + 6 * (index + 1)] = 75
        made = ct_slice(
            owner,
            shown,
            number=index + 1,
            position=(-size / 2, -size / 2, index * 5.0),
            spacing=1.0,
            slice_thickness=5.0,
            windows=(("SOFT", 50, 400),),
        )
        paths.append(save(made, folder / f"{study}-{index:03d}.dcm"))
    return paths


def marked_breasts(
    folder: Path, *, study: str, patient_id: str, date: str, is_earlier: bool = False, frames: int = 6
) -> list[Path]:
    """Four views: 1 bar on RCC, 2 on LCC, 3 on RMLO, 4 on LMLO, above and before the nipple; a line if earlier."""
    owner = MadeStudy(study, patient_id, "Test^Marked", sex="F", description="Marked breasts", date=date)
    paths = []
    for number, view in enumerate(BREAST_VIEWS, start=1):
        made = tomosynthesis_volume(
            owner,
            [_breast(view, number, is_earlier=is_earlier)] * frames,
            view=view,
            spacing=1.0,
            window=(1000, 2000),
            series=number,
            syntax=JPEGLSLossless,
        )
        paths.append(save(made, folder / f"{study}-{view}.dcm"))
    return paths


def _breast(view: ViewName, bars: int, *, is_earlier: bool) -> NDArray[np.uint16]:
    rows, columns = 96, 72
    down, across = np.mgrid[:rows, :columns]
    breast = (down - rows / 2) ** 2 + (across * 1.2) ** 2 < (rows * 0.46) ** 2
    picture = np.where(breast, 900, 0).astype(np.uint16)
    picture[14:34, : 6 * bars][:, np.arange(6 * bars) % 6 < 3] = 1900
    if is_earlier:
        picture[66:70, :26] = 1900
    return picture if view[0] == "L" else np.ascontiguousarray(picture[:, ::-1])


def marked_ultrasound(folder: Path, *, study: str, patient_id: str, films: int = 0) -> list[Path]:
    """A transverse still of one bar, a longitudinal one of two, films of three and more; bars are at the left top."""
    owner = MadeStudy(study, patient_id, "Test^Marked", description="Marked ultrasound")
    paths = []
    for number in range(1, 3 + films):
        picture = np.full((60, 80), 40, dtype=np.uint8)
        picture[40:, 50:] = 90
        for bar in range(number):
            picture[8:28, 6 + 9 * bar : 11 + 9 * bar] = 230
        is_film = number > 2
        made = ultrasound_image(
            owner,
            [picture] * (4 if is_film else 1),
            number=number,
            view="" if is_film else ("transverse", "longitudinal")[number - 1],
            frame_time_ms=40.0 if is_film else None,
            syntax=ExplicitVRLittleEndian,
        )
        paths.append(save(made, folder / f"{study}-{number}.dcm"))
    return paths
