"""NIfTI volumes: nibabel says where each voxel lies and what it is worth, and our own readers must agree."""

import gzip
from pathlib import Path

import nibabel
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from scipy.spatial.transform import Rotation

from annotator.imaging.errors import QuarantineError
from annotator.imaging.geometry import patient_from_scoord, ras_from_lps
from annotator.imaging.headers.describe_frame import describe_frames
from annotator.imaging.models import Instance, StackKind
from annotator.imaging.wrapping.details import PictureDetails
from annotator.imaging.wrapping.wrap_picture import wrap_picture

NOISE = np.random.default_rng(3)
PLAIN = np.diag([-0.7, -0.8, 2.5, 1.0])
# Sixteen characters a decimal number: what is lost is far below anything that a scanner knows.
MILLIMETRES = 1e-6


def saved(path: Path, values: np.ndarray, affine: np.ndarray = PLAIN, *, kind: type = nibabel.Nifti1Image) -> Path:
    nibabel.save(kind(values, affine), path)
    return path


def whole_numbers(dtype: type, low: int, high: int) -> np.ndarray:
    return NOISE.integers(low, high, (6, 5, 4)).astype(dtype)


def modality_values(made) -> np.ndarray:
    """Stored values by the object's slope and intercept, in NIfTI's order of axes."""
    stored = made.pixel_array.reshape(-1, made.Rows, made.Columns).astype(np.float64)
    return (stored * float(made.RescaleSlope) + float(made.RescaleIntercept)).transpose(2, 1, 0)


@pytest.mark.parametrize("name", ["v.nii", "v.nii.gz"])
@pytest.mark.parametrize("kind", [nibabel.Nifti1Image, nibabel.Nifti2Image])
@pytest.mark.parametrize(
    "values",
    [
        whole_numbers(np.int16, -1024, 3000),
        whole_numbers(np.int16, -32768, 32767),
        whole_numbers(np.uint16, 0, 65535),
        whole_numbers(np.uint8, 0, 255),
        whole_numbers(np.int32, 100_000, 150_000),
        whole_numbers(np.float32, -1000, 1000),
        whole_numbers(np.float64, 0, 4000),
        np.full((6, 5, 4), -7, np.int16),
    ],
    ids=["HU", "all of int16", "uint16", "uint8", "int32", "whole float32", "whole float64", "constant"],
)
def test_values_are_those_that_nibabel_reads(wrap, tmp_path, name, kind, values):
    path = saved(tmp_path / name, values, kind=kind)
    assert np.array_equal(modality_values(wrap(path, modality="CT")), nibabel.load(path).get_fdata())


def test_big_endian_files_give_their_values(wrap, tmp_path):
    values = whole_numbers(np.int16, -1024, 3000)
    header = nibabel.Nifti1Header(endianness=">")
    header.set_data_dtype(np.dtype(">i2"))
    nibabel.save(nibabel.Nifti1Image(values, PLAIN, header), tmp_path / "v.nii")
    assert np.array_equal(modality_values(wrap(tmp_path / "v.nii")), values)


@given(
    slope=st.floats(2**-20, 2**20, width=32), intercept=st.floats(-(2**20), 2**20, width=32), low=st.integers(-32768, 0)
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_slope_and_intercept_are_kept(tmp_path, slope, intercept, low):
    values = (np.arange(24).reshape(4, 3, 2) * 100 + low).astype(np.int16)
    image = nibabel.Nifti1Image(values, PLAIN)
    image.header.set_slope_inter(slope, intercept)
    nibabel.save(image, tmp_path / "v.nii")
    made = wrapped(tmp_path / "v.nii")
    expected = values * float(np.float32(slope)) + float(np.float32(intercept))
    largest = np.abs(values * float(slope)).max() + abs(intercept)
    assert np.allclose(modality_values(made), expected, rtol=0, atol=1e-9 * max(1.0, largest))


axes = st.permutations([0, 1, 2])
lengths = st.tuples(*[st.floats(0.05, 12.0) for _ in range(3)])
angles = st.tuples(*[st.floats(-180.0, 180.0) for _ in range(3)])
signs = st.tuples(*[st.sampled_from([-1.0, 1.0]) for _ in range(3)])
shifts = st.tuples(*[st.floats(-900.0, 900.0) for _ in range(3)])


@given(order=axes, sizes=lengths, turned=angles, flipped=signs, shift=shifts)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_voxel_lies_where_nibabel_says(tmp_path, order, sizes, turned, flipped, shift):
    """Any rotation, any order and direction of axes, any size of voxel."""
    matrix = Rotation.from_euler("xyz", turned, degrees=True).as_matrix()[:, list(order)]
    affine = np.eye(4)
    affine[:3, :3] = matrix * np.array(flipped) * np.array(sizes)
    affine[:3, 3] = shift
    path = saved(tmp_path / "v.nii", whole_numbers(np.int16, 0, 99), affine)
    stated = nibabel.load(path).affine
    made = wrapped(path)
    frames = describe_frames(made, number_of_frames=4, modality="MR", colour=False)
    for column, row, index in [(0, 0, 0), (5, 4, 3), (2, 0, 1), (0, 3, 2)]:
        ours = ras_from_lps(patient_from_scoord([column + 0.5, row + 0.5], frames[index].geometry))[0]
        theirs = stated @ [column, row, index, 1.0]
        assert ours == pytest.approx(theirs[:3], abs=MILLIMETRES)


@given(shear=st.floats(0.01, 3.0), place=st.sampled_from([(0, 1), (0, 2), (1, 2), (2, 0)]))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_sheared_volume_is_refused(tmp_path, shear, place):
    affine = PLAIN.copy()
    affine[place] = shear
    image = nibabel.Nifti1Image(whole_numbers(np.int16, 0, 99), None)
    image.set_sform(affine, code=1)
    nibabel.save(image, tmp_path / "v.nii")
    with pytest.raises(QuarantineError, match="sheared"):
        wrapped(tmp_path / "v.nii")


def test_a_volume_without_orientation_is_refused(wrap, tmp_path):
    image = nibabel.Nifti1Image(whole_numbers(np.int16, 0, 99), PLAIN)
    image.set_sform(None, code=0)
    image.set_qform(None, code=0)
    nibabel.save(image, tmp_path / "v.nii")
    with pytest.raises(QuarantineError, match="which side is left"):
        wrap(tmp_path / "v.nii")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.full((4, 4, 4), 0.5, np.float32), "fractions"),
        (np.full((4, 4, 4), np.nan, np.float32), "no numbers"),
        (np.array([0, 70_000] * 32, np.int32).reshape(4, 4, 4), "65,536 steps"),
        (np.zeros((4, 4, 4, 3), np.int16), "3 volumes"),
        (np.zeros((4, 4, 4), np.complex64), "colours or complex"),
    ],
    ids=["fractions", "NaN", "range", "time", "complex"],
)
def test_what_16_bits_can_not_hold_is_refused_in_words(wrap, tmp_path, values, words):
    with pytest.raises(QuarantineError, match=words):
        wrap(saved(tmp_path / "v.nii.gz", values))


@pytest.mark.parametrize("begin", [float("nan"), float("inf"), -1.0, 0.0, 1e12])
@pytest.mark.parametrize("name", ["v.nii", "v.nii.gz"])
def test_a_header_that_puts_the_voxels_nowhere_is_refused(wrap, tmp_path, name, begin):
    whole = bytearray(saved(tmp_path / "whole.nii", whole_numbers(np.int16, 0, 99)).read_bytes())
    whole[108:112] = np.float32(begin).tobytes()
    (tmp_path / name).write_bytes(gzip.compress(whole) if name.endswith(".gz") else whole)
    with pytest.raises(QuarantineError, match="no sensible place"):
        wrap(tmp_path / name)


@pytest.mark.parametrize("keep", [0.2, 0.6, 0.98])
@pytest.mark.parametrize("name", ["v.nii", "v.nii.gz"])
def test_a_volume_that_breaks_off_is_refused(wrap, tmp_path, name, keep):
    path = saved(tmp_path / name, NOISE.integers(0, 999, (20, 20, 8)).astype(np.int16))
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(QuarantineError):
        wrap(path)
    assert sorted(one.name for one in tmp_path.iterdir()) == [name]


def test_a_packed_file_that_unpacks_beyond_its_header_costs_no_more_than_it_says(wrap, tmp_path):
    small = saved(tmp_path / "v.nii", whole_numbers(np.int16, 0, 99)).read_bytes()
    with gzip.open(tmp_path / "bomb.nii.gz", "wb") as packed:
        packed.write(small + b"\0" * 50_000_000)
    assert wrap(tmp_path / "bomb.nii.gz").NumberOfFrames == 4


def test_a_volume_becomes_one_stack_in_the_order_of_its_places(take, tmp_path):
    values = whole_numbers(np.int16, -1000, 1000)
    summary = take(saved(tmp_path / "v.nii.gz", values), derive=True)
    assert (summary.ingested, summary.quarantined) == (1, 0)
    made = Instance.objects.get()
    assert (made.stack.kind, made.number_of_frames) == (StackKind.VOLUME, 4)
    places = list(made.frames.order_by("number").values_list("position_along_normal", flat=True))
    steps = np.diff(places)
    assert np.allclose(np.abs(steps), 2.5)
    assert len(set(np.sign(steps))) == 1


def wrapped(path: Path):
    target = path.with_suffix(".dcm")
    wrap_picture(path, name=path.name, details=PictureDetails("P-1"), target=target)
    return dcmread(target)
