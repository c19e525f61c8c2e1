"""Pictures that lie in every way that a viewer may get wrong: a point drawn on one must come back where it was."""

from pathlib import Path

import numpy as np

from annotator.demo.ct_object import ct_slice
from annotator.demo.dicom_files import MadeStudy, save
from annotator.demo.tomosynthesis_object import tomosynthesis_volume

_OBLIQUE = [0.8, 0.6, 0, 0, 0, -1]
# Rows and columns of the patient that the picture's rows and columns run along, LPS.
ORIENTATIONS = {
    "axial": [1, 0, 0, 0, 1, 0],
    "coronal": [1, 0, 0, 0, 0, -1],
    "oblique": _OBLIQUE,
    "rotated": [0, 1, 0, -1, 0, 0],
}
ANISOTROPIC = (1.5, 0.5)


def ct_at_all_angles(folder: Path, *, study: str, patient_id: str, slices: int = 3) -> list[Path]:
    """One study, a series an orientation, then one whose pixels are three times as high as wide, one without spacing.

    Slices of 96 rows and 128 columns, HU of a disc of 100 in water, columns 32 to 96, rows 16 to 80.
    """
    owner = MadeStudy(study, patient_id, "Test^Orientations", description="Test orientations")
    down, across = np.mgrid[:96, :128]
    disc = ((down + 0.5 - 48) ** 2 + (across + 0.5 - 64) ** 2 < 32**2) * 100.0
    paths = []
    for series, name in enumerate([*ORIENTATIONS, "anisotropic", "no spacing"], start=1):
        directions = ORIENTATIONS.get(name, ORIENTATIONS["axial"])
        normal = np.cross(directions[:3], directions[3:])
        for index in range(slices):
            made = ct_slice(
                owner,
                disc,
                number=index + 1,
                position=(0, 0, 0),
                spacing=0.7,
                slice_thickness=5.0,
                series=series,
                series_description=name,
                body_part="CHEST",
            )
            made.ImageOrientationPatient = directions
            made.ImagePositionPatient = [round(float(v), 4) for v in normal * 5.0 * index]
            if name == "anisotropic":
                made.PixelSpacing = list(ANISOTROPIC)
            if name == "no spacing":
                del made.PixelSpacing
            paths.append(save(made, folder / f"{study}-{series}-{index + 1}.dcm"))
    return paths


def turned_breast(folder: Path, *, study: str, patient_id: str) -> Path:
    """A right breast stored with its chest wall at the left and its outer side down: the hanging turns both axes."""
    owner = MadeStudy(study, patient_id, "Test^Turned", sex="F", description="Test turned")
    down, across = np.mgrid[:96, :72]
    breast = (down - 48) ** 2 + (across * 1.2) ** 2 < 43**2
    pixels = [(breast * 1000).astype(np.uint16)] * 3
    made = tomosynthesis_volume(owner, pixels, view="RCC", spacing=0.2, window=(1200, 1600), series=1)
    shared = made.SharedFunctionalGroupsSequence[0]
    shared.PlaneOrientationSequence[0].ImageOrientationPatient = [0, -1, 0, -1, 0, 0]
    made.PatientOrientation = ["A", "R"]
    return save(made, folder / f"{study}-turned.dcm")
