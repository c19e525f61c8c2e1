"""Small valid studies.

Identifiers come from `study` and `series` alone: the same arguments make the same bytes, another `seed` makes
other pixels under the same SOP Instance UIDs.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydicom.uid import EnhancedCTImageStorage, ExplicitVRLittleEndian, JPEGBaseline8Bit, JPEGLSLossless

from annotator.demo.ct_object import ct_slice
from annotator.demo.dicom_files import MadeStudy, describe_pixels, item, made_object, put_pixels, save, sequence, uid_of
from annotator.demo.tomosynthesis_object import ViewName, tomosynthesis_volume
from annotator.demo.ultrasound_object import CalibratedRegion, ultrasound_image


def ct_series(
    folder: Path,
    *,
    slices: int = 3,
    rows: int = 32,
    columns: int = 40,
    study: str = "ct",
    series: int = 1,
    patient_id: str = "PAT-CT",
    patient_name: str = "Test^Ct",
    spacing: float = 0.5,
    slice_thickness: float = 5.0,
    seed: int = 0,
    syntax: str = ExplicitVRLittleEndian,
) -> list[Path]:
    """Axial slices, lowest first, of water with a warm disc and noise; HU = stored - 1024."""
    noise = np.random.default_rng([seed, series])
    down, across = np.mgrid[:rows, :columns]
    disc = (down - rows / 2) ** 2 + (across - columns / 2) ** 2 < (min(rows, columns) / 4) ** 2
    owner = MadeStudy(study, patient_id, patient_name, description="Test CT")
    paths = []
    for index in range(slices):
        values = disc * 60.0 + noise.normal(0, 4, (rows, columns))
        made = ct_slice(
            owner,
            values,
            number=index + 1,
            position=(-columns * spacing / 2, -rows * spacing / 2, index * slice_thickness),
            spacing=spacing,
            slice_thickness=slice_thickness,
            series=series,
            syntax=syntax,
        )
        paths.append(save(made, folder / f"{study}-{series}-{index + 1:03d}.dcm"))
    return paths


def multi_frame(
    folder: Path,
    *,
    frames: int = 4,
    rows: int = 24,
    columns: int = 32,
    study: str = "enhanced",
    patient_id: str = "PAT-ENH",
    seed: int = 0,
    syntax: str = ExplicitVRLittleEndian,
) -> Path:
    """One Enhanced CT instance whose frames lie in reverse order along the normal (number 1 is the highest).

    Only the functional groups that place and scale its frames; not every module that the IOD asks for.
    """
    noise = np.random.default_rng(seed)
    owner = MadeStudy(study, patient_id, "Test^Enhanced", description="Test enhanced CT")
    made = made_object(owner, EnhancedCTImageStorage, modality="CT", series=1, number=1)
    made.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    made.FrameOfReferenceUID = uid_of(study, "frame of reference")
    pixels = [noise.integers(0, 2000, (rows, columns)).astype(np.uint16) for _ in range(frames)]
    describe_pixels(made, pixels[0], bits_stored=16)
    made.NumberOfFrames = frames
    made.SharedFunctionalGroupsSequence = sequence(
        item(
            PixelMeasuresSequence=sequence(item(PixelSpacing=[0.7, 0.6], SliceThickness=2.0)),
            PlaneOrientationSequence=sequence(item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])),
            PixelValueTransformationSequence=sequence(item(RescaleIntercept=-1000, RescaleSlope=1, RescaleType="HU")),
            FrameVOILUTSequence=sequence(item(WindowCenter=40, WindowWidth=400)),
        )
    )
    made.PerFrameFunctionalGroupsSequence = sequence(
        *(
            item(
                FrameContentSequence=sequence(item(StackID="1", InStackPositionNumber=index + 1)),
                PlanePositionSequence=sequence(item(ImagePositionPatient=[0, 0, -2.0 * index])),
            )
            for index in range(frames)
        )
    )
    put_pixels(made, pixels, syntax)
    return save(made, folder / f"{study}.dcm")


def ultrasound(
    folder: Path,
    *,
    frames: int = 1,
    rows: int = 60,
    columns: int = 80,
    colour: bool = False,
    regions: Sequence[CalibratedRegion] | None = None,
    view: str = "",
    study: str = "us",
    number: int = 1,
    patient_id: str = "PAT-US",
    frame_time_ms: float = 40.0,
    seed: int = 0,
    syntax: str | None = None,
) -> Path:
    """A still or a cine of speckle; one calibrated region (0.1 mm) that leaves ten rows free, unless told otherwise.

    A cine is JPEG Baseline unless `syntax` says otherwise, a still is uncompressed.
    """
    noise = np.random.default_rng([seed, number])
    shape = (rows, columns, 3) if colour else (rows, columns)
    pixels = [noise.rayleigh(40, shape).clip(0, 255).astype(np.uint8) for _ in range(frames)]
    if regions is None:
        regions = [CalibratedRegion(0, 10, columns - 1, rows - 1, 0.1)]
    made = ultrasound_image(
        MadeStudy(study, patient_id, "Test^Ultrasound", description="Test ultrasound"),
        pixels,
        number=number,
        view=view,
        regions=regions,
        frame_time_ms=frame_time_ms,
        syntax=syntax or (JPEGBaseline8Bit if frames > 1 else ExplicitVRLittleEndian),
    )
    return save(made, folder / f"{study}-{number}.dcm")


def ultrasound_pair(folder: Path, *, study: str = "us-pair", patient_id: str = "PAT-US") -> list[Path]:
    """Transverse and longitudinal stills of one study."""
    return [
        ultrasound(folder, view=view, study=study, number=number, patient_id=patient_id)
        for number, view in enumerate(("transverse", "longitudinal"), start=1)
    ]


def tomosynthesis(
    folder: Path,
    *,
    view: ViewName = "LCC",
    frames: int = 4,
    rows: int = 48,
    columns: int = 36,
    study: str = "dbt",
    series: int = 1,
    patient_id: str = "PAT-DBT",
    seed: int = 0,
    syntax: str = JPEGLSLossless,
) -> Path:
    """One view, 12 bits stored, bright half a disc at the chest wall's edge (left for L, right for R)."""
    noise = np.random.default_rng([seed, series])
    down, across = np.mgrid[:rows, :columns]
    from_wall = across if view[0] == "L" else columns - 1 - across
    breast = (down - rows / 2) ** 2 + (from_wall * 1.2) ** 2 < (rows * 0.45) ** 2
    pixels = [(breast * noise.integers(800, 1600, (rows, columns))).astype(np.uint16) for _ in range(frames)]
    made = tomosynthesis_volume(
        MadeStudy(study, patient_id, "Test^Tomosynthesis", sex="F", description="Test tomosynthesis"),
        pixels,
        view=view,
        spacing=0.2,
        window=(1200, 1600),
        series=series,
        syntax=syntax,
    )
    return save(made, folder / f"{study}-{view}.dcm")


def tomosynthesis_four_views(folder: Path, *, study: str = "dbt", patient_id: str = "PAT-DBT") -> list[Path]:
    """LCC, RCC, LMLO, RMLO of one study, a series each."""
    views: tuple[ViewName, ...] = ("LCC", "RCC", "LMLO", "RMLO")
    return [
        tomosynthesis(folder, view=view, study=study, series=index, patient_id=patient_id)
        for index, view in enumerate(views, start=1)
    ]
