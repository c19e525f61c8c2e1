"""Full-size files for the benchmarks: CTs of 512 x 512, a film, and an uncompressed tomosynthesis volume of 557 MB."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, generate_uid

from annotator.demo.ct_object import ct_slice
from annotator.demo.dicom_files import MadeStudy, save
from annotator.demo.tomosynthesis_object import ViewName, tomosynthesis_volume
from annotator.demo.ultrasound_object import ultrasound_image

CT_SIDE = 512
TOMOSYNTHESIS_SHAPE = (2457, 1890)
TOMOSYNTHESIS_FRAMES = 60


def make_ct(folder: Path, slices: int = 300, *, name: str = "ct") -> list[Path]:
    """Slices of int16 with noise of 10 HU over air, soft tissue and bone; each name is a patient of its own."""
    random = np.random.default_rng(11)
    rows, columns = np.mgrid[:CT_SIDE, :CT_SIDE] - CT_SIDE / 2
    radius = np.hypot(rows, columns * 1.2)
    anatomy = np.select([radius < 170, radius < 185, radius < 200], [35.0, 900.0, 50.0], -1000.0)
    owner = MadeStudy(f"benchmark-{name}", f"BENCHMARK-{name.upper()}", description=f"Benchmark {name}")
    paths = []
    for index in range(slices):
        made = ct_slice(
            owner,
            anatomy + random.normal(0, 10, anatomy.shape),
            number=index + 1,
            position=(-180.0, -180.0, float(index)),
            spacing=0.7,
            slice_thickness=1.0,
            body_part="CHEST",
        )
        paths.append(save(made, folder / f"{name}-{index:04d}.dcm"))
    return paths


def as_jpeg_2000(slices: list[Path], folder: Path, description: str) -> list[Path]:
    """The same slices as another series, lossless JPEG 2000."""
    series_uid, paths = generate_uid(), []
    for index, path in enumerate(slices):
        dataset = dcmread(path)
        dataset.PixelData = encapsulate([bytes(imagecodecs.jpeg2k_encode(dataset.pixel_array, codecformat="j2k"))])
        dataset["PixelData"].VR = "OB"
        dataset.SeriesInstanceUID, dataset.SOPInstanceUID = series_uid, generate_uid()
        dataset.SeriesDescription = description
        dataset.file_meta.TransferSyntaxUID = JPEG2000Lossless
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset["PixelData"].is_undefined_length = True
        paths.append(folder / f"ct-jpeg-2000-{index:04d}.dcm")
        dataset.save_as(paths[-1], enforce_file_format=True)
    return paths


def make_tomosynthesis(folder: Path, frames: int = TOMOSYNTHESIS_FRAMES, view: ViewName = "LCC") -> Path:
    """One view, 12 bits stored, uncompressed, with the functional groups of a real system."""
    made = tomosynthesis_volume(
        MadeStudy("benchmark-tomosynthesis", "BENCHMARK-DBT", sex="F", description="Benchmark tomosynthesis"),
        list(_breast(frames, mirrored=view.startswith("R"))),
        view=view,
        series=view,
        spacing=0.1,
        window=(1500, 2000),
        syntax=ExplicitVRLittleEndian,
    )
    return save(made, folder / f"tomosynthesis-{view}.dcm")


def make_cine(folder: Path, frames: int = 65) -> Path:
    """An ultrasound film in colour, 800 x 600, speckle that moves."""
    random = np.random.default_rng(13)
    noise = cv2.GaussianBlur(random.normal(90, 60, (600 + frames, 800)).astype(np.float32), (0, 0), 1.5)
    pictures = [
        np.repeat(np.clip(noise[index : index + 600], 0, 255).astype(np.uint8)[..., None], 3, axis=2)
        for index in range(frames)
    ]
    owner = MadeStudy("benchmark-cine", "BENCHMARK-CINE", description="Benchmark cine")
    return save(ultrasound_image(owner, pictures, frame_time_ms=33.0), folder / "cine.dcm")


def _breast(frames: int, *, mirrored: bool) -> Iterator[NDArray[np.uint16]]:
    """Textured tissue on black; each frame shifts the texture and has its own fine noise."""
    random = np.random.default_rng(12)
    rows, columns = TOMOSYNTHESIS_SHAPE
    down, across = np.mgrid[:rows, :columns].astype(np.float32)
    inside = (down - rows / 2) ** 2 / (rows * 0.45) ** 2 + across**2 / (columns * 0.8) ** 2 < 1
    coarse = random.normal(0, 1, (rows // 32 + 2, columns // 32 + 2)).astype(np.float32)
    texture = cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC) * 150 + 1400
    noise = random.normal(0, 15, (rows + frames, columns)).astype(np.float32)
    for index in range(frames):
        values = (np.roll(texture, index * 7, axis=0) + noise[index : index + rows]) * inside
        shown = values[:, ::-1] if mirrored else values
        yield np.ascontiguousarray(np.clip(shown, 0, 4095), dtype=np.uint16)
