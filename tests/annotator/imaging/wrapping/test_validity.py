"""What wrapping makes is DICOM by somebody else's judgement: dciodvfy of dicom3tools finds no error."""

import shutil
import subprocess
from pathlib import Path

import nibabel
import numpy as np
import pytest
from PIL import Image

from annotator.imaging.headers.parsing import parse_instance

KNOWN = {
    "patient_name": "Müller^Änne",
    "patient_sex": "F",
    "patient_birth_date": "19700203",
    "study_date": "20260102",
    "study_description": "Breast, left",
    "laterality": "L",
    "body_part": "BREAST",
    "spacing": (0.1, 0.12),
}
NOISE = np.random.default_rng(1)
GREY = NOISE.integers(0, 256, (21, 30), dtype=np.uint8)
COLOUR = NOISE.integers(0, 256, (21, 30, 3), dtype=np.uint8)
PIXELS = {"grey": GREY, "deep": GREY.astype(np.uint16) * 257, "colour": COLOUR}
ULTRASOUND = {**KNOWN, "modality": "US", "view": "TRANSVERSE"}
MAMMOGRAM = {**KNOWN, "modality": "MG", "view": "CC"}


def made_file(folder: Path, name: str) -> Path:
    path = folder / name
    if ".nii" in name:
        values = NOISE.integers(-1000, 2000, (12, 10, 5)).astype(np.int16)
        nibabel.save(nibabel.Nifti1Image(values, np.diag([-0.7, -0.8, 2.5, 1])), path)
        return path
    image = Image.fromarray(PIXELS[name.split(".")[0].split("-")[0]])
    more = {"save_all": True, "append_images": [image, image]} if "pages" in name else {}
    image.save(path, **more)
    return path


@pytest.mark.parametrize("known", [{}, ULTRASOUND, MAMMOGRAM], ids=["nothing known", "ultrasound", "mammogram"])
@pytest.mark.parametrize(
    "name",
    [
        "grey.png",
        "deep.png",
        "colour.png",
        "grey.jpg",
        "colour.jpg",
        "grey-pages.tif",
        "deep-pages.tif",
        "colour-pages.tif",
        "volume.nii.gz",
    ],
)
def test_the_objects_are_valid_dicom(wrap, tmp_path, name, known):
    path = made_file(tmp_path, name)
    wrap(path, **known)
    parse_instance(tmp_path / f"{name}.dcm")
    validator = shutil.which("dciodvfy")
    if validator is None and shutil.which("apt-get") is None:
        return  # no package outside Debian; our own parser has had its say
    assert validator is not None, "dciodvfy is not installed; make test installs it on Debian (dicom3tools)."
    said = subprocess.run([validator, tmp_path / f"{name}.dcm"], capture_output=True, text=True, check=False).stderr
    assert [line for line in said.splitlines() if line.startswith("Error")] == []
