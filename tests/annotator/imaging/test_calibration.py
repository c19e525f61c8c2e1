"""Millimetres only where something in the object says how large a pixel is there."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from annotator.imaging.calibration import area_mm2, calibration_of, length_mm, longest_diameter_mm
from annotator.imaging.frame_description import FrameGeometry, UltrasoundRegion

# The viewer's own test reads the same file: both sides give the same millimetres.
CASES = json.loads(
    (Path(__file__).parents[3] / "frontend/viewer/src/model/calibration_cases.json").read_text(encoding="utf-8")
)
TISSUE = UltrasoundRegion(100, 50, 499, 399, 0.1, 0.2, True)
DOPPLER = UltrasoundRegion(100, 400, 499, 599, None, None, False)
INSET = UltrasoundRegion(400, 50, 499, 149, 0.5, 0.5, True)
ULTRASOUND = FrameGeometry(regions=(TISSUE, DOPPLER))
SPACED = FrameGeometry(spacing=(0.7, 0.5), spacing_source="PixelSpacing")


def test_the_region_under_the_points_wins_over_pixel_spacing() -> None:
    both = dataclasses.replace(SPACED, regions=(TISSUE,))
    found = calibration_of([[110, 60], [210, 60]], both)

    assert found is not None
    assert (found.source, found.mm_per_column, found.mm_per_row) == ("UltrasoundRegion", 0.1, 0.2)
    assert length_mm([110, 60], [210, 60], both) == pytest.approx(10)
    assert length_mm([110, 60], [110, 160], both) == pytest.approx(20)


def test_a_negative_delta_counts_by_its_size() -> None:
    upwards = FrameGeometry(regions=(dataclasses.replace(TISSUE, mm_per_row=-0.2),))

    assert length_mm([110, 60], [110, 160], upwards) == pytest.approx(20)


def test_the_last_pixel_of_a_region_belongs_to_it_up_to_its_outer_edge() -> None:
    assert length_mm([500, 60], [499, 60], ULTRASOUND) == pytest.approx(0.1)
    assert length_mm([500.1, 60], [499, 60], ULTRASOUND) is None


@pytest.mark.parametrize("end", [[200, 500], [200, 401]])
def test_a_line_that_ends_in_a_doppler_strip_has_no_millimetres_even_with_pixel_spacing(end: list[float]) -> None:
    geometry = dataclasses.replace(ULTRASOUND, spacing=(0.7, 0.5), spacing_source="PixelSpacing")

    assert length_mm([200, 200], end, geometry) is None


def test_points_outside_every_region_take_pixel_spacing() -> None:
    geometry = dataclasses.replace(SPACED, regions=(TISSUE,))

    assert length_mm([0, 0], [10, 0], geometry) == pytest.approx(5)
    assert length_mm([0, 0], [0, 10], geometry) == pytest.approx(7)


def test_a_line_from_one_region_into_another_has_no_millimetres() -> None:
    beside = UltrasoundRegion(600, 50, 900, 399, 0.1, 0.2, True)

    assert length_mm([110, 60], [700, 60], FrameGeometry(regions=(TISSUE, beside))) is None


def test_a_small_picture_laid_over_a_large_one_measures_by_its_own_scale() -> None:
    geometry = FrameGeometry(regions=(TISSUE, INSET))

    assert length_mm([410, 60], [420, 60], geometry) == pytest.approx(5)
    assert length_mm([390, 60], [410, 60], geometry) is None, "the ends lie on pictures of two scales"


def test_spacing_at_the_detector_is_marked() -> None:
    geometry = FrameGeometry(spacing=(0.1, 0.1), spacing_source="ImagerPixelSpacing")
    found = calibration_of([[0, 0]], geometry)

    assert found is not None
    assert found.at_detector


@pytest.mark.parametrize(
    "geometry", [FrameGeometry(), FrameGeometry(spacing=(1.0, 1.0)), dataclasses.replace(SPACED, spacing=(0.0, 1.0))]
)
def test_without_a_calibration_there_are_no_millimetres(geometry: FrameGeometry) -> None:
    assert length_mm([0, 0], [10, 0], geometry) is None
    assert area_mm2([[0, 0], [10, 0], [10, 10]], geometry) is None
    assert longest_diameter_mm([[0, 0], [10, 0]], geometry) is None


def test_no_points_and_points_that_are_no_numbers_have_no_calibration() -> None:
    assert calibration_of([], SPACED) is None
    assert calibration_of([[float("nan"), 0]], SPACED) is None


def test_areas_and_diameters_use_both_spacings() -> None:
    square = [[0, 0], [10, 0], [10, 10], [0, 10]]

    assert area_mm2(square, SPACED) == pytest.approx(35)
    assert longest_diameter_mm(square, SPACED) == pytest.approx((5**2 + 7**2) ** 0.5)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_server_and_viewer_give_the_same_millimetres(case: dict[str, Any]) -> None:
    found = calibration_of(case["points"], FrameGeometry.from_json(case["geometry"]))
    expected = case["expected"]

    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert (found.mm_per_column, found.mm_per_row) == (expected["mm_per_column"], expected["mm_per_row"])
        source = "UltrasoundRegion" if expected["source"] == "region" else expected["source"]
        assert found.source == source
