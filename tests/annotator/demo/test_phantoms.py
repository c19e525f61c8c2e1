"""The phantoms: valid DICOM, right values in the right places, and the same bytes each time."""

import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from pydicom.uid import JPEGBaseline8Bit, JPEGLSLossless

from annotator.demo import head_ct, thyroid_ultrasound, tomosynthesis
from annotator.demo.pydicom_files import CHOSEN, bundled_files, bundled_study_uids
from annotator.demo.thyroid_ultrasound import calipers, length_mm, make_still
from annotator.demo.tomosynthesis import COLUMNS, FRAMES, ROWS, lesion_centre, make_view


@pytest.fixture(scope="module")
def head(tmp_path_factory: pytest.TempPathFactory) -> list[Dataset]:
    return [dcmread(path) for path in head_ct.write_head_ct(tmp_path_factory.mktemp("head"))]


@pytest.fixture(scope="module")
def breast_paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return tomosynthesis.write_tomosynthesis(tmp_path_factory.mktemp("breast"))


@pytest.fixture(scope="module")
def thyroid_paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return thyroid_ultrasound.write_thyroid_ultrasound(tmp_path_factory.mktemp("thyroid"))


def hounsfield(slice_: Dataset) -> np.ndarray:
    return slice_.pixel_array * float(slice_.RescaleSlope) + float(slice_.RescaleIntercept)


def test_the_head_has_40_slices_in_even_steps_whose_noise_and_pixels_are_16_bits(head: list[Dataset]) -> None:
    assert len(head) == 40
    assert {(one.Rows, one.Columns, one.BitsStored, one.PixelRepresentation) for one in head} == {(512, 512, 16, 1)}
    heights = [float(one.ImagePositionPatient[2]) for one in head]
    assert np.allclose(np.diff(heights), head_ct.SLICE_MM)
    assert {str(one.SOPClassUID.name) for one in head} == {"CT Image Storage"}
    assert len({one.SOPInstanceUID for one in head}) == 40
    assert len({one.SeriesInstanceUID for one in head}) == 1


def test_every_tissue_of_the_head_has_its_hounsfield_units(head: list[Dataset]) -> None:
    truths = [head_ct.make_slice(index) for index in (14, 18, 19, 20, 24)]
    values = [hounsfield(head[index]) for index in (14, 18, 19, 20, 24)]

    def mean(name: str) -> float:
        return float(np.concatenate([v[getattr(t, name)] for t, v in zip(truths, values, strict=True)]).mean())

    assert 0 <= mean("csf") <= 10
    assert 25 <= mean("white") <= 30
    assert 35 <= mean("grey") <= 40
    assert 10 <= mean("oedema") <= 24
    assert 60 <= mean("parenchymal_bleed") <= 80
    assert 60 <= mean("subdural_bleed") <= 80
    assert 800 <= mean("bone") <= 1500
    assert mean("fracture") < mean("bone") - 400
    assert all(abs(v[:20].mean() + 1000) < 3 for v in values)
    white = np.concatenate([v[t.white] for t, v in zip(truths, values, strict=True)])
    assert 3 <= white.std() <= 5.5


def test_the_bleeds_lie_on_the_patients_left_and_push_the_ventricles_to_the_right() -> None:
    truth = head_ct.make_slice(20)
    middle = (head_ct.SIZE - 1) / 2
    for bleed in (truth.parenchymal_bleed, truth.subdural_bleed):
        assert np.nonzero(bleed)[1].min() > middle  # columns run to the patient's left
    columns = np.nonzero(truth.csf)[1]
    shift_mm = (middle - columns.mean()) * head_ct.SPACING_MM
    assert 1 < shift_mm < 10


def test_any_slice_of_the_head_can_be_made_alone_and_is_the_same() -> None:
    assert np.array_equal(head_ct.make_slice(5).hounsfield, head_ct.make_slice(5).hounsfield)


def test_the_four_views_are_tomosynthesis_with_functional_groups_that_name_side_and_view(
    breast_paths: list[Path],
) -> None:
    views = [dcmread(path) for path in breast_paths]
    assert [one.ImageLaterality + one.ViewCodeSequence[0].CodeMeaning for one in views] == [
        "Lcranio-caudal",
        "Rcranio-caudal",
        "Lmedio-lateral oblique",
        "Rmedio-lateral oblique",
    ]
    for one in views:
        assert one.SOPClassUID == "1.2.840.10008.5.1.4.1.1.13.1.3"
        assert (one.Rows, one.Columns, one.NumberOfFrames, one.BitsStored) == (ROWS, COLUMNS, FRAMES, 12)
        assert one.file_meta.TransferSyntaxUID == JPEGLSLossless
        shared = one.SharedFunctionalGroupsSequence[0]
        assert shared.FrameAnatomySequence[0].FrameLaterality == one.ImageLaterality
        assert list(shared.PixelMeasuresSequence[0].PixelSpacing) == [tomosynthesis.SPACING_MM] * 2
        assert len(one.PerFrameFunctionalGroupsSequence) == FRAMES
        cosines = np.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient, float)
        normal = np.cross(cosines[:3], cosines[3:])
        along = [
            float(np.dot(group.PlanePositionSequence[0].ImagePositionPatient, normal))
            for group in one.PerFrameFunctionalGroupsSequence
        ]
        assert np.allclose(np.diff(along), tomosynthesis.SLICE_MM, atol=1e-3)


def test_frames_come_back_from_the_file_without_loss(breast_paths: list[Path]) -> None:
    view = dcmread(breast_paths[0])
    coded = list(generate_frames(view.PixelData, number_of_frames=FRAMES))
    assert len(coded) == FRAMES
    assert np.array_equal(imagecodecs.jpegls_decode(coded[7]), make_view("LCC")[7])


@pytest.mark.parametrize("view", ["LCC", "RCC", "LMLO", "RMLO"])
def test_the_chest_wall_lies_at_its_edge_and_the_lesion_is_sharp_on_its_own_frame_only(view: str) -> None:
    frames = make_view(view)
    wall, far = (frames[0][:, :5], frames[0][:, -5:]) if view[0] == "L" else (frames[0][:, -5:], frames[0][:, :5])
    assert wall.mean() > 800
    assert far.mean() < 50
    assert max(int(frame.max()) for frame in frames) <= 4095
    column, row, number = lesion_centre(view)
    around = (slice(int(row) - 60, int(row) + 60), slice(int(column) - 60, int(column) + 60))

    def detail(index: int) -> float:
        patch = frames[index][around].astype(float)
        return float(np.abs(np.diff(patch, axis=0)).mean())

    own = number - 1
    assert detail(own) > 1.05 * max(detail(max(own - 8, 0)), detail(min(own + 8, FRAMES - 1)))


def test_the_mass_is_brighter_than_what_lies_round_it_in_both_left_views() -> None:
    for view in ("LCC", "LMLO"):
        column, row, number = lesion_centre(view)
        frame = make_view(view)[number - 1].astype(float)
        down, across = np.mgrid[:ROWS, :COLUMNS]
        distance = np.hypot(across + 0.5 - column, down + 0.5 - row) * tomosynthesis.SPACING_MM
        assert frame[distance < 5].mean() > frame[(distance > 14) & (distance < 20)].mean() + 250


def test_the_thyroid_pair_is_calibrated_and_its_printed_lengths_are_those_between_the_calipers(
    thyroid_paths: list[Path],
) -> None:
    for path, plane in zip(thyroid_paths[:2], ("transverse", "longitudinal"), strict=True):
        still = dcmread(path)
        assert str(still.SOPClassUID.name) == "Ultrasound Image Storage"
        assert "PixelSpacing" not in still
        (region,) = still.SequenceOfUltrasoundRegions
        assert (region.PhysicalUnitsXDirection, region.PhysicalUnitsYDirection) == (3, 3)
        picture = still.pixel_array
        assert picture.shape == (640, 800, 3)
        for measure in calipers(plane):
            (column, row), (other_column, other_row) = measure
            length = np.hypot(
                (other_column - column) * region.PhysicalDeltaX, (other_row - row) * region.PhysicalDeltaY
            )
            assert length * 10 == pytest.approx(length_mm(measure))
            for at in measure:
                assert tuple(picture[at[1], at[0]]) == thyroid_ultrasound.YELLOW
                assert region.RegionLocationMinX0 <= at[0] <= region.RegionLocationMaxX1
                assert region.RegionLocationMinY0 <= at[1] <= region.RegionLocationMaxY1


def test_the_nodule_is_darker_than_the_gland_and_the_artery_holds_no_echo() -> None:
    tissue = make_still("transverse")[thyroid_ultrasound.TOP :, thyroid_ultrasound.LEFT :, 0].astype(float)

    def mean(u: float, d: float, half: float = 1.0) -> float:
        low, high = (int((d + sign * half) / thyroid_ultrasound.MM_PER_PIXEL) for sign in (-1, 1))
        left, right = (int((u + sign * half) / thyroid_ultrasound.MM_PER_PIXEL) for sign in (-1, 1))
        return float(tissue[low:high, left:right].mean())

    assert mean(16.0, 20.0) < 0.75 * mean(27.0, 19.0)
    assert mean(4.6, 19.6) < 5


def test_the_cine_is_jpeg_of_30_frames_that_differ_and_says_how_fast_it_runs(thyroid_paths: list[Path]) -> None:
    cine = dcmread(thyroid_paths[2])
    assert str(cine.SOPClassUID.name) == "Ultrasound Multi-frame Image Storage"
    assert cine.file_meta.TransferSyntaxUID == JPEGBaseline8Bit
    assert (cine.NumberOfFrames, cine.FrameTime, cine.FrameIncrementPointer) == (30, 60.0, 0x00181063)
    frames = cine.pixel_array.astype(int)
    assert frames.shape[0] == 30
    assert all(np.abs(a - b).mean() > 2 for a, b in pairwise(frames))


def test_a_phantom_made_twice_is_the_same_file(thyroid_paths: list[Path], tmp_path: Path) -> None:
    again = thyroid_ultrasound.write_thyroid_ultrasound(tmp_path)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in thyroid_paths]


def test_all_phantoms_together_stay_under_100_megabytes(
    head: list[Dataset], breast_paths: list[Path], thyroid_paths: list[Path]
) -> None:
    paths = [Path(str(one.filename)) for one in head] + breast_paths + thyroid_paths
    assert sum(path.stat().st_size for path in paths) < 100_000_000


def test_the_files_that_pydicom_ships_are_all_there_each_a_study_of_its_own() -> None:
    assert [path.name for path in bundled_files()] == list(CHOSEN)
    assert len(bundled_study_uids()) == len(CHOSEN)


def test_an_independent_validator_finds_no_error(
    head: list[Dataset], breast_paths: list[Path], thyroid_paths: list[Path]
) -> None:
    """Uses dicom3tools' dciodvfy where it is installed; elsewhere pydicom alone has read the files."""
    validator = shutil.which("dciodvfy")
    for path in [Path(str(head[0].filename)), breast_paths[0], *thyroid_paths]:
        assert dcmread(path).SOPInstanceUID
        if validator:
            said = subprocess.run([validator, str(path)], capture_output=True, text=True, check=False).stderr
            assert [line for line in said.splitlines() if line.startswith("Error")] == []
