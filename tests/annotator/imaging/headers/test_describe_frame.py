"""What frames' geometry and grey say, against headers written for it."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from annotator.imaging.calibration import length_mm
from annotator.imaging.frame_description import FrameGeometry, FrameGrey, Window
from annotator.imaging.headers.describe_frame import (
    describe_frames,
    frame_times,
    position_along_normal,
    ultrasound_regions,
)
from annotator.imaging.headers.describe_grey import lookup_table, padding_range, windows
from annotator.imaging.headers.parsing import parse_instance
from tests.builders import ct_series, multi_frame, tomosynthesis, ultrasound


def header(**attributes: object) -> Dataset:
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    made.set_original_encoding(False, True)
    return made


def sequence(**attributes: object) -> Sequence:
    return Sequence([header(**attributes)])


def described(dataset: Dataset, *, frames: int = 1, modality: str = "CT") -> tuple[FrameGeometry, FrameGrey]:
    found = describe_frames(dataset, number_of_frames=frames, modality=modality, colour=False)[0]
    return found.geometry, found.grey


def test_a_ct_slice_has_its_place_spacing_and_hounsfield_units(tmp_path: Path) -> None:
    parsed = parse_instance(ct_series(tmp_path, slices=2, spacing=0.5, slice_thickness=5)[1])
    found = describe_frames(parsed.dataset, number_of_frames=1, modality="CT", colour=False)[0]
    assert found.geometry.position == (-10.0, -8.0, 5.0)
    assert found.geometry.orientation == (1, 0, 0, 0, 1, 0)
    assert (found.geometry.spacing, found.geometry.spacing_source) == ((0.5, 0.5), "PixelSpacing")
    assert found.geometry.slice_thickness == 5
    assert found.position_along_normal == pytest.approx(5.0)
    assert (found.grey.slope, found.grey.intercept) == (1.0, -1024.0)
    assert not found.grey.inverted


def test_frames_take_what_differs_from_their_own_group_and_the_rest_from_the_shared_one(tmp_path: Path) -> None:
    parsed = parse_instance(multi_frame(tmp_path, frames=3))
    found = describe_frames(parsed.dataset, number_of_frames=3, modality="CT", colour=False)
    assert [frame.geometry.position for frame in found] == [(0, 0, 0), (0, 0, -2), (0, 0, -4)]
    assert [frame.position_along_normal for frame in found] == [0, -2, -4]
    assert {frame.geometry.spacing for frame in found} == {(0.7, 0.6)}
    assert {frame.grey.intercept for frame in found} == {-1000.0}
    assert {frame.grey.units for frame in found} == {"HU"}
    assert found[0].grey.windows == (Window(40, 400),)


def test_tomosynthesis_frames_have_positions_and_spacing(tmp_path: Path) -> None:
    parsed = parse_instance(tomosynthesis(tmp_path, frames=4))
    found = describe_frames(parsed.dataset, number_of_frames=4, modality="MG", colour=False)
    places = [frame.position_along_normal for frame in found]
    assert len(set(places)) == 4
    assert None not in places
    assert found[0].geometry.spacing == (0.2, 0.2)
    assert found[0].geometry.spacing_source == "PixelSpacing"


def test_an_ultrasound_region_in_centimetres_gives_millimetres(tmp_path: Path) -> None:
    parsed = parse_instance(ultrasound(tmp_path, rows=60, columns=80))
    (region,) = ultrasound_regions(parsed.dataset)
    assert (region.min_column, region.min_row, region.max_column, region.max_row) == (0, 10, 79, 59)
    assert region.mm_per_column == pytest.approx(0.1)
    assert region.mm_per_row == pytest.approx(0.1)
    assert region.spatial


def region(**changes: object) -> Sequence:
    return sequence(
        **{
            "RegionLocationMinX0": 1,
            "RegionLocationMinY0": 2,
            "RegionLocationMaxX1": 30,
            "RegionLocationMaxY1": 40,
            "RegionSpatialFormat": 1,
            "PhysicalUnitsXDirection": 3,
            "PhysicalUnitsYDirection": 3,
            "PhysicalDeltaX": -0.052,
            "PhysicalDeltaY": 0.05,
            **changes,
        }
    )


def test_a_delta_below_zero_tells_a_direction_and_no_length() -> None:
    (found,) = ultrasound_regions(header(SequenceOfUltrasoundRegions=region()))
    assert found.mm_per_column == pytest.approx(0.52)
    assert found.spatial


@pytest.mark.parametrize(
    "changes",
    [{"PhysicalUnitsXDirection": 4}, {"PhysicalUnitsYDirection": 0}, {"PhysicalDeltaX": 0.0}],
)
def test_a_region_not_in_centimetres_along_both_axes_has_no_lengths(changes: dict[str, object]) -> None:
    (found,) = ultrasound_regions(header(SequenceOfUltrasoundRegions=region(**changes)))
    assert found.mm_per_column is None
    assert found.mm_per_row is None
    assert not found.spatial


@pytest.mark.parametrize("spatial_format", [0, 2, 3, 4, 5])
def test_doppler_m_mode_and_graphics_are_not_spatial(spatial_format: int) -> None:
    (found,) = ultrasound_regions(header(SequenceOfUltrasoundRegions=region(RegionSpatialFormat=spatial_format)))
    assert not found.spatial


@pytest.mark.parametrize("data_type", [3, 4, 5, 0xA, 0xD, 0xE, 0x10])
def test_spectra_traces_and_bars_are_no_tissue_whatever_their_format_says(data_type: int) -> None:
    (found,) = ultrasound_regions(header(SequenceOfUltrasoundRegions=region(RegionDataType=data_type)))
    assert not found.spatial


@pytest.mark.parametrize(("flags", "low"), [(0, False), (1, True), (2, False), (3, True)])
def test_bit_0_of_the_flags_says_that_another_region_lies_over_this_one(flags: int, low: bool) -> None:
    (found,) = ultrasound_regions(header(SequenceOfUltrasoundRegions=region(RegionFlags=flags)))
    assert found.low_priority is low


@pytest.mark.needs_data
def test_real_regions_are_read_as_the_table_has_them(data_dir: Path) -> None:
    """The table was read with another program; a centimetre is ten millimetres."""
    with (data_dir / "tables/us_regions.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) > 15
    for row in rows:
        found = ultrasound_regions(dcmread(data_dir / "dicom" / row["file"], stop_before_pixels=True))
        one = found[int(row["region"])]
        edges = (one.min_column, one.min_row, one.max_column, one.max_row)
        assert edges == tuple(int(row[name]) for name in ("minX", "minY", "maxX", "maxY")), row
        in_tissue = row["RegionSpatialFormat"] == "1" and (row["UnitsX"], row["UnitsY"]) == ("3", "3")
        assert one.spatial is in_tissue, row
        if in_tissue:
            assert one.mm_per_column == pytest.approx(10 * abs(float(row["PhysicalDeltaX"]))), row
            assert one.mm_per_row == pytest.approx(10 * abs(float(row["PhysicalDeltaY"]))), row
        else:
            assert one.mm_per_column is None, row


@pytest.mark.needs_data
def test_lengths_in_real_ultrasound_as_worked_out_by_hand(data_dir: Path) -> None:
    def geometry(name: str) -> FrameGeometry:
        dataset = dcmread(data_dir / "dicom/us" / name, stop_before_pixels=True)
        return described(dataset, modality="US")[0]

    # 0.026229 cm a pixel: 100 pixels are 26.229 mm.
    assert length_mm([200, 100], [300, 100], geometry("OBXXXX1A.dcm")) == pytest.approx(26.2288, abs=1e-3)
    # A strip of seconds below it.
    assert length_mm([200, 530], [300, 530], geometry("OBXXXX1A.dcm")) is None
    # -0.052478 cm along columns, in a larger region without a unit.
    assert length_mm([100, 100], [200, 100], geometry("DIRW0007.dcm")) == pytest.approx(52.478, abs=1e-3)
    # Pixel Spacing says 0.237872 and the region 0.237872: the region is asked.
    assert length_mm([100, 100], [200, 100], geometry("deid_RGB_IMAGE.dcm")) == pytest.approx(23.7872, abs=1e-3)
    # Two pictures side by side: 0.038265 cm within one, nothing across, nothing on the grey bar.
    aloka = geometry("gdcm-US-ALOKA-16.dcm")
    assert length_mm([200, 200], [300, 200], aloka) == pytest.approx(38.2653, abs=1e-3)
    assert length_mm([200, 200], [400, 200], aloka) is None
    assert length_mm([40, 50], [50, 90], aloka) is None


def test_spacing_at_the_detector_is_divided_by_the_magnification() -> None:
    geometry, _ = described(
        header(ImagerPixelSpacing=[0.1, 0.2], EstimatedRadiographicMagnificationFactor=2), modality="MG"
    )
    assert (geometry.spacing, geometry.spacing_source) == ((0.05, 0.1), "ImagerPixelSpacing")
    geometry, _ = described(header(ImagerPixelSpacing=[0.1, 0.2]), modality="MG")
    assert (geometry.spacing, geometry.spacing_source) == ((0.1, 0.2), "ImagerPixelSpacing")


def test_a_projection_whose_two_spacings_agree_was_not_corrected() -> None:
    geometry, _ = described(header(ImagerPixelSpacing=[0.1, 0.1], PixelSpacing=[0.1, 0.1]), modality="DX")
    assert geometry.spacing_source == "ImagerPixelSpacing"
    geometry, _ = described(header(ImagerPixelSpacing=[0.2, 0.2], PixelSpacing=[0.1, 0.1]), modality="DX")
    assert (geometry.spacing, geometry.spacing_source) == ((0.1, 0.1), "PixelSpacing")


@pytest.mark.parametrize("cosines", [[1, 0, 0, 1, 0, 0], [2, 0, 0, 0, 1, 0], [1, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0]])
def test_an_orientation_that_makes_no_plane_counts_as_none(cosines: list[float]) -> None:
    geometry, _ = described(header(ImageOrientationPatient=cosines, ImagePositionPatient=[0, 0, 0]))
    assert geometry.orientation is None
    assert position_along_normal(geometry) is None


angles = st.floats(-math.pi, math.pi)


@given(turn=angles, tilt=angles, step=st.floats(-500, 500), start=st.tuples(*[st.floats(-500, 500)] * 3))
def test_a_step_along_the_normal_is_a_step_of_position_along_it(
    turn: float, tilt: float, step: float, start: tuple[float, float, float]
) -> None:
    row = np.array([math.cos(turn), math.sin(turn), 0])
    column = np.array([-math.sin(turn) * math.cos(tilt), math.cos(turn) * math.cos(tilt), math.sin(tilt)])
    normal = np.cross(row, column)
    cosines = tuple(float(value) for value in (*row, *column))

    def at(point: np.ndarray) -> float:
        found = position_along_normal(
            FrameGeometry(position=tuple(float(p) for p in point), orientation=cosines)  # type: ignore[arg-type]
        )
        assert found is not None
        return found

    begin = np.array(start)
    in_plane = begin + 3 * row - 7 * column
    assert at(begin + step * normal) - at(begin) == pytest.approx(step, abs=1e-9)
    assert at(in_plane) == pytest.approx(at(begin), abs=1e-9)


def test_several_windows_keep_their_names_and_function() -> None:
    found = windows(
        header(
            WindowCenter=["40", "-600", "300"],
            WindowWidth=["400", "0", "2000"],
            WindowCenterWidthExplanation=["SOFT", "LUNG", "BONE"],
            VOILUTFunction="SIGMOID",
        )
    )
    assert found == (Window(40, 400, "SOFT", "SIGMOID"), Window(300, 2000, "BONE", "SIGMOID"))


def test_a_window_narrower_than_linear_allows_is_left_out() -> None:
    assert windows(header(WindowCenter=1, WindowWidth=0.5)) == ()
    assert windows(header(WindowCenter=1, WindowWidth=0.5, VOILUTFunction="LINEAR_EXACT")) != ()


def test_a_slope_of_zero_would_make_every_pixel_the_same_and_is_not_believed() -> None:
    assert described(header(RescaleSlope=0, RescaleIntercept=-5))[1].slope == 1.0


def test_monochrome1_is_inverted() -> None:
    assert described(header(PhotometricInterpretation="MONOCHROME1"))[1].inverted


@pytest.mark.parametrize(
    ("value", "limit", "signed", "expected"),
    [
        (-2000, None, True, (-2000, -2000)),
        (63536, None, True, (-2000, -2000)),
        (0, 10, False, (0, 10)),
        (10, 0, False, (0, 10)),
        (-1, None, False, (65535, 65535)),
    ],
)
def test_padding_is_read_whichever_of_the_two_types_the_writer_took(
    value: int, limit: int | None, signed: bool, expected: tuple[int, int]
) -> None:
    made = header(BitsAllocated=16)
    made.add_new(0x00280120, "SS" if value < 0 else "US", value)
    if limit is not None:
        made.add_new(0x00280121, "US", limit)
    assert padding_range(made, signed=signed, little_endian=True) == expected


def test_a_lookup_table_is_read_from_words_bytes_and_values() -> None:
    words = header()
    words.add_new(0x00283002, "US", [4, 10, 12])
    words.add_new(0x00283006, "OW", np.array([1, 2, 3, 4000], "<u2").tobytes())
    table = lookup_table(words, signed=False, little_endian=True)
    assert table is not None
    assert (table.first, table.bits, table.values) == (10, 12, (1, 2, 3, 4000))
    packed = header()
    packed.add_new(0x00283002, "US", [4, 0, 8])
    packed.add_new(0x00283006, "OW", bytes([9, 8, 7, 6]))
    found = lookup_table(packed, signed=False, little_endian=True)
    assert found is not None
    assert found.values == (9, 8, 7, 6)
    plain = header()
    plain.add_new(0x00283002, "US", [2, 65535, 16])
    plain.add_new(0x00283006, "US", [5, 6])
    signed = lookup_table(plain, signed=True, little_endian=True)
    assert signed is not None
    assert (signed.first, signed.values) == (-1, (5, 6))


def test_a_lookup_table_shorter_than_it_says_is_not_used() -> None:
    broken = header()
    broken.add_new(0x00283002, "US", [100, 0, 16])
    broken.add_new(0x00283006, "OW", bytes(20))
    assert lookup_table(broken, signed=False, little_endian=True) is None
    assert lookup_table(None, signed=False, little_endian=True) is None


def test_frame_times_come_from_the_vector_the_constant_or_the_rate() -> None:
    assert frame_times(header(FrameTimeVector=[0, 30, 50]), 3) == [30, 50, 50]
    assert frame_times(header(FrameTimeVector=[0, 30, 0], FrameTime=15), 3) == [30, 0, 0]
    assert frame_times(header(FrameTimeVector=[0, -30, 50], FrameTime=15), 3) == [15, 15, 15]
    assert frame_times(header(FrameTime=40), 2) == [40, 40]
    assert frame_times(header(CineRate=25), 2) == [40, 40]
    assert frame_times(header(FrameTimeVector=[0, 30]), 3) == [None] * 3
    assert frame_times(header(FrameTime=40), 1) == [None]


def test_a_description_survives_json() -> None:
    found = describe_frames(
        header(
            SequenceOfUltrasoundRegions=region(),
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
            ImagePositionPatient=[1, 2, 3],
            WindowCenter=[1, 2],
            WindowWidth=[3, 4],
        ),
        number_of_frames=1,
        modality="US",
        colour=False,
    )[0]
    assert FrameGeometry.from_json(found.geometry.to_json()) == found.geometry
    assert FrameGrey.from_json(found.grey.to_json()) == found.grey
