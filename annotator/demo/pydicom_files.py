"""Real pictures that come with pydicom, chosen to make cases worth opening. Nothing is downloaded."""

import shutil
from pathlib import Path

import pydicom

# What each one shows.
CHOSEN = {
    "CT_small.dcm": "CT, 128 x 128, uncompressed",
    "J2K_pixelrep_mismatch.dcm": "CT, 512 x 512, JPEG 2000 whose header and stream disagree about the sign",
    "693_J2KI.dcm": "CT head, 512 x 512, lossy JPEG 2000",
    "MR_small_jpeg_ls_lossless.dcm": "MR, 64 x 64, JPEG-LS",
    "examples_overlay.dcm": "MR, 12 bits, with an overlay",
    "JPEG-lossy.dcm": "nuclear medicine, 12-bit JPEG Extended",
    "examples_palette.dcm": "ultrasound, palette colour",
    "examples_rgb_color.dcm": "ultrasound, RGB",
    "examples_ybr_color.dcm": "ultrasound cine of 30 frames, baseline JPEG",
}


def bundled_folder() -> Path:
    """Where this installation of pydicom keeps the files of its wheel."""
    return Path(pydicom.__file__).parent / "data" / "test_files"


def bundled_files() -> list[Path]:
    """The chosen files, in the order of CHOSEN; one that a later pydicom no longer ships is left out."""
    return [path for path in (bundled_folder() / name for name in CHOSEN) if path.is_file()]


def copy_pydicom_files(folder: Path) -> list[Path]:
    """Copy the chosen files into a folder and return their new paths."""
    folder.mkdir(parents=True, exist_ok=True)
    return [Path(shutil.copy(path, folder / path.name)) for path in bundled_files()]


def bundled_study_uids() -> list[str]:
    """The studies that the chosen files belong to, each once, in their order."""
    uids = [str(pydicom.dcmread(path, specific_tags=["StudyInstanceUID"]).StudyInstanceUID) for path in bundled_files()]
    return list(dict.fromkeys(uids))
