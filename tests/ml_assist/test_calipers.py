"""The caliper finder on drawn symbols, on plain speckle, on the phantom, and on real pictures."""

import csv
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.data import get_testdata_file
from pydicom.pixels import pixel_array

from annotator.demo.thyroid_ultrasound import calipers, make_still
from ml_assist.inference.calipers import Caliper, find_calipers, parameters_hash

PLACES = [(40, 50), (120, 60), (60, 140), (150, 150)]  # (column, row) of pixels
NEAR = 3.0


def speckle(seed: int, shape: tuple[int, int] = (200, 200)) -> NDArray[np.uint8]:
    """Fully developed speckle of a mean of 60 grey levels, longer across than down."""
    noise = np.random.default_rng(seed)
    parts = (cv2.GaussianBlur(noise.standard_normal(shape), (0, 0), sigmaX=2.5, sigmaY=1.0) for _ in range(2))
    envelope = np.hypot(*parts)
    return (envelope * (60 / envelope.mean())).clip(0, 255).astype(np.uint8)


def draw(picture: NDArray[np.uint8], symbol: str, arm: int, value: object) -> None:
    for column, row in PLACES:
        for step in range(-arm, arm + 1):
            if symbol == "open plus" and abs(step) <= 2:
                continue
            if symbol in ("plus", "open plus", "asterisk"):
                picture[row, column + step] = value
                picture[row + step, column] = value
            if symbol in ("x", "asterisk"):
                picture[row + step, column + step] = value
                picture[row + step, column - step] = value


def unmatched(found: list[Caliper], places: list[tuple[float, float]], near: float) -> list[tuple[float, float]]:
    """Places that no found caliper lies near to."""
    return [
        place for place in places if not any(np.hypot(c.column - place[0], c.row - place[1]) <= near for c in found)
    ]


@pytest.mark.parametrize(
    ("symbol", "arm"),
    [(symbol, arm) for symbol in ("plus", "x", "asterisk") for arm in (4, 5, 6)] + [("open plus", 5), ("open plus", 7)],
)
def test_drawn_symbols_are_found_to_within_a_pixel_and_nothing_else_is(symbol: str, arm: int) -> None:
    picture = speckle(3)
    draw(picture, symbol, arm, 230)
    found = find_calipers(picture)
    assert unmatched(found, [(column + 0.5, row + 0.5) for column, row in PLACES], 1.0) == []
    assert len(found) == len(PLACES)


@pytest.mark.parametrize("colour", [(255, 255, 255), (255, 220, 90), (0, 255, 255), (190, 190, 190)])
def test_white_yellow_cyan_and_grey_symbols_are_found_in_colour_pictures(colour: tuple[int, int, int]) -> None:
    picture = np.repeat(speckle(4)[:, :, None], 3, axis=2)
    draw(picture, "plus", 6, colour)
    found = find_calipers(picture)
    assert unmatched(found, [(column + 0.5, row + 0.5) for column, row in PLACES], 1.0) == []
    assert len(found) == len(PLACES)


def power_doppler() -> NDArray[np.uint8]:
    """A real still of a node: flow in two boxes that share a line."""
    return np.ascontiguousarray(pixel_array(get_testdata_file("examples_rgb_color.dcm")))


def test_flow_and_the_crossing_lines_of_its_boxes_are_no_calipers() -> None:
    assert find_calipers(power_doppler()) == []


def test_calipers_beside_flow_are_found() -> None:
    picture = power_doppler()
    places = [(110, 138), (210, 142)]
    for column, row in places:
        picture[row, column - 5 : column + 6] = 255
        picture[row - 5 : row + 6, column] = 255
    found = find_calipers(picture)
    assert unmatched(found, [(column + 0.5, row + 0.5) for column, row in places], 1.0) == []
    assert len(found) == len(places)


def test_the_centre_of_a_symbol_with_strokes_of_two_pixels_is_the_edge_between_them() -> None:
    picture = speckle(5)
    picture[94:107, 100:102] = 240
    picture[100:102, 94:108] = 240
    (found,) = find_calipers(picture)
    assert (found.column, found.row) == pytest.approx((101.0, 101.0), abs=0.51)


@pytest.mark.parametrize("seed", range(8))
def test_none_are_invented_on_plain_speckle(seed: int) -> None:
    assert find_calipers(speckle(seed, (400, 400))) == []


def test_letters_and_the_legends_copy_of_a_caliper_are_no_calipers() -> None:
    picture = np.zeros((200, 300), np.uint8)
    cv2.putText(picture, "TEXT +t 4X", (20, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.42, 220, 1, cv2.LINE_AA)
    picture[150, 36:45] = 220
    picture[146:155, 40] = 220
    cv2.putText(picture, "1  D 1.22 cm", (50, 154), cv2.FONT_HERSHEY_SIMPLEX, 0.42, 220, 1, cv2.LINE_AA)
    assert find_calipers(picture) == []


@pytest.mark.parametrize("plane", ["transverse", "longitudinal"])
def test_the_thyroid_phantoms_four_calipers_are_found_and_its_legend_is_not(plane: str) -> None:
    found = find_calipers(make_still(plane))
    places = [(column + 0.5, row + 0.5) for measure in calipers(plane) for column, row in measure]
    assert unmatched(found, places, 1.0) == []
    assert len(found) == 4


def test_scores_lie_between_0_and_1_best_first() -> None:
    picture = speckle(6)
    draw(picture, "plus", 5, 250)
    scores = [caliper.score for caliper in find_calipers(picture, minimum_score=0.4)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize("picture", [np.zeros((20, 20), np.uint16), np.zeros((2, 20, 20, 3), np.uint8)])
def test_a_picture_of_another_type_is_refused_in_words(picture: NDArray[np.generic]) -> None:
    with pytest.raises(ValueError, match="8-bit"):
        find_calipers(picture)


@pytest.mark.parametrize("shape", [(1, 1), (8, 300), (300, 5)])
def test_a_picture_smaller_than_a_symbol_holds_none(shape: tuple[int, int]) -> None:
    assert find_calipers(np.zeros(shape, np.uint8)) == []


def test_the_models_parameters_are_those_that_its_version_was_measured_with() -> None:
    """Change VERSION in suggest_calipers.py, measure again and update the card when this fails."""
    assert parameters_hash()[:16] == "085e01a679f6f2f9"


@pytest.mark.needs_data
def test_hand_verified_calipers_of_twelve_real_pictures_are_found_as_often_as_the_card_says(data_dir: Path) -> None:
    folder = data_dir / "ultrasound" / "bus_bra"
    verified: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with (folder / "verified_calipers.tsv").open() as table:
        for line in csv.DictReader(table, delimiter="\t"):
            verified[line["image"]].append((float(line["x"]) + 0.5, float(line["y"]) + 0.5))
    hits = proposals = 0
    for name, places in verified.items():
        found = find_calipers(cv2.imread(str(folder / "images" / name), cv2.IMREAD_GRAYSCALE))
        hits += len(places) - len(unmatched(found, places, NEAR))
        proposals += len(found)
    assert (len(verified), sum(map(len, verified.values()))) == (12, 48)
    assert hits >= 41
    assert hits / proposals >= 0.9
