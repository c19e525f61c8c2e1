"""Drawn calipers lie where they are said to lie, apart from each other, and the same for the same seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml_assist.training.caliper_config import CaliperConfig
from ml_assist.training.caliper_crops import KnownCalipers, LabelledPicture, crop_batches, some_crop
from ml_assist.training.drawn_calipers import (
    LEAST_APART,
    SHAPES,
    CaliperStyle,
    draw_caliper,
    draw_calipers_and_clutter,
    symbol_mask,
)
from ml_assist.training.drawn_clutter import Ink
from ml_assist.training.drawn_doppler import draw_doppler

SEEDS = st.integers(0, 2**32 - 1)
NOWHERE = np.empty((0, 2))


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_what_is_drawn_lies_inside_apart_and_the_same_for_the_same_seed(seed: int):
    picture = np.full((160, 160, 3), 60, np.uint8)
    there = np.array([[40.5, 50.5]])
    drawn, again = (draw_calipers_and_clutter(picture, there, np.random.default_rng(seed)) for _ in range(2))
    assert np.array_equal(drawn.picture, again.picture)
    assert np.array_equal(drawn.calipers, again.calipers)
    assert np.array_equal(drawn.calipers[:1], there), "those that were there come first"
    assert (drawn.calipers > 0).all()
    assert (drawn.calipers < 160).all()
    apart = np.hypot(*(drawn.calipers[:, None] - drawn.calipers[None]).transpose(2, 0, 1))
    # A symbol of hard strokes is moved to the pixels' grid.
    assert (apart[~np.eye(len(apart), dtype=bool)] >= LEAST_APART - 1.5).all()
    assert (picture == 60).all()


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_doppler_is_painted_in_colour_the_same_for_the_same_seed_and_never_over_a_caliper(seed: int):
    there = [(80.5, 70.5), (3.5, 158.5)]
    one, again = (np.full((160, 200, 3), 60, np.uint8) for _ in range(2))
    for picture in (one, again):
        draw_doppler(picture, there, np.random.default_rng(seed))
    assert np.array_equal(one, again)
    assert (one[60:81, 70:91] == 60).all()
    assert (one[148:, :14] == 60).all()


def test_most_pictures_of_doppler_have_flow():
    pictures = [np.full((160, 200, 3), 60, np.uint8) for _ in range(40)]
    for seed, picture in enumerate(pictures):
        draw_doppler(picture, [], np.random.default_rng(seed))
    coloured = [(np.ptp(picture.astype(int), axis=2) > 60).mean() > 0.005 for picture in pictures]
    assert sum(coloured) > 20


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("anti_aliased", [True, False])
def test_a_symbols_middle_is_the_place_that_was_asked_for(shape: str, anti_aliased: bool):
    style = CaliperStyle(shape, 6.0, 1, Ink((255, 255, 255)), 0, 0.0, anti_aliased)  # type: ignore[arg-type]
    mask = symbol_mask(style, 15.5, 20.5, size=36).astype(float)
    rows, columns = np.mgrid[:36, :36] + 0.5
    assert float((columns * mask).sum() / mask.sum()) == pytest.approx(15.5, abs=0.35)
    assert float((rows * mask).sum() / mask.sum()) == pytest.approx(20.5, abs=0.35)


def test_a_symbol_at_the_side_is_cut_off_not_moved():
    style = CaliperStyle("plus", 6.0, 1, Ink((255, 255, 255)), 1, 0.0, False)
    picture = np.full((40, 40, 3), 50, np.uint8)
    draw_caliper(picture, style, 2.5, 38.5)
    bright = np.argwhere(picture[..., 0] == 255)
    assert bright.min(axis=0).tolist() == [32, 0]
    assert bright.max(axis=0).tolist() == [39, 8]


def test_clutter_alone_adds_no_caliper():
    for seed in range(10):
        random = np.random.default_rng(seed)
        assert not len(draw_calipers_and_clutter(np.zeros((96, 96, 3), np.uint8), NOWHERE, random, most=0).calipers)


def test_a_crop_keeps_what_is_known_of_its_picture_at_its_places():
    picture = np.full((300, 260), 40, np.uint8)
    for column, row in ((100, 120), (180, 200)):
        picture[row - 2 : row + 3, column - 2 : column + 3] = 255
    known = KnownCalipers(np.array([[100.5, 120.5], [180.5, 200.5]]), NOWHERE)
    config = CaliperConfig(size=192, plain=0.0, drawn=0.0)
    seen = 0
    for seed in range(30):
        crop = some_crop([LabelledPicture("a", picture, known)], config, np.random.default_rng(seed))
        for column, row in crop.known.sure:
            seen += 1
            if 4 <= column < 188 and 4 <= row < 188:
                around = crop.picture[int(row) - 3 : int(row) + 4, int(column) - 3 : int(column) + 4].max()
                assert around > 90, "the mark is where it is said to be"
    assert seen > 10


def test_the_targets_of_a_crop_say_the_centres_again_and_leave_out_what_is_unsure():
    picture = np.full((96, 96), 40, np.uint8)
    known = KnownCalipers(np.array([[31.5, 40.5]]), np.array([[70.5, 70.5]]))
    config = CaliperConfig(size=96, plain=0.0, drawn=0.0, batch_size=6)
    [batch] = crop_batches([LabelledPicture("a", picture, known)], config, epoch=1, count=1)
    [again] = crop_batches([LabelledPicture("a", picture, known)], config, epoch=1, count=1)
    assert np.array_equal(batch.planes, again.planes)
    assert batch.planes.shape == (6, 2, 96, 96)
    assert batch.heat.shape == (6, 48, 48)
    found = 0
    for heat, counts, places in zip(batch.heat, batch.counts, batch.places, strict=True):
        for row, column in np.argwhere(heat == 1):
            found += 1
            across, down = places[:, row, column]
            assert abs(across) <= 0.5
            assert abs(down) <= 0.5
            assert counts[row, column]
    assert found


def test_crops_are_taken_where_the_network_was_wrong_and_teach_nothing_near_where_they_were_cut_out():
    picture = np.full((400, 400), 40, np.uint8)
    picture[300:303, 100:103] = 255
    known = KnownCalipers(np.array([[200.5, 200.5]]), NOWHERE)
    taken = LabelledPicture("a", picture, known, np.array([[101.5, 301.5]]))
    config = CaliperConfig(size=96, plain=0.0, drawn=0.0, hard=1.0, batch_size=8)
    assert all(some_crop([taken], config, np.random.default_rng(seed)).picture.max() > 80 for seed in range(20))
    [batch] = crop_batches([taken], config, epoch=1, count=1)
    inner = np.zeros((48, 48), bool)
    inner[7:-7, 7:-7] = True
    for counts, heat in zip(batch.counts, batch.heat, strict=True):
        assert counts[inner].all()
        assert not counts[~inner].any(), "the picture goes on behind all four sides"
        assert heat[~counts].max() < 0.4
    at_the_edge = LabelledPicture("a", picture, known, np.array([[390.5, 200.5]]))
    crop = some_crop([at_the_edge], config, np.random.default_rng(1))
    assert sum(crop.cut) == 3, "one side is the picture's own"
    assert not batch.counts.all(), "what may be a caliper teaches nothing"
