"""Gaps, tilt and repeated places of slices that were laid out for it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.imaging.stack_checks import Gap, SlicePlace, check_stack, common_normal, words_of

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def pile(heights: list[float], *, tilt_degrees: float = 0.0, header_tilt: float | None = None) -> list[SlicePlace]:
    """Axial planes turned about the left-right axis, moved along the table: a scanner whose gantry is tilted."""
    turn = math.radians(tilt_degrees)
    plane = (1.0, 0.0, 0.0, 0.0, math.cos(turn), math.sin(turn))
    return [SlicePlace((-120.0, -130.0, height), plane, number, header_tilt) for number, height in enumerate(heights)]


def even(count: int, step: float = 5.0) -> list[float]:
    return [-300 + step * at for at in range(count)]


def said(slices: list[SlicePlace], modality: str = "CT") -> str:
    return " ".join(words_of(check_stack(slices), modality=modality))


def test_an_even_stack_has_nothing_to_tell() -> None:
    assert said(pile(even(20))) == ""
    assert said(pile(even(2))) == ""
    assert said(pile(even(1))) == ""


@given(count=st.integers(4, 60), step=st.floats(0.3, 20), data=st.data())
def test_a_slice_that_was_taken_out_is_found_where_it_was(count: int, step: float, data: st.DataObject) -> None:
    removed = data.draw(st.integers(1, count - 2))
    heights = even(count, step)
    del heights[removed]

    checks = check_stack(pile(heights))

    assert [(gap.after, gap.missing) for gap in checks.gaps] == [(removed, 1)]
    assert checks.gaps[0].millimetres == pytest.approx(2 * step)
    assert checks.usual_step == pytest.approx(step)
    assert not checks.uneven_throughout


def test_a_gap_is_told_with_its_place_and_its_size() -> None:
    heights = [0.0, 5.0, 10.0, 25.0, 30.0, 35.0, 40.0]
    assert check_stack(pile(heights)).gaps == (Gap(after=3, millimetres=15.0, missing=2),)
    assert said(pile(heights)) == "Gap between slices 3 and 4 (15.0 mm), usually 5.0 mm: 2 slices are missing."


def test_a_gap_that_no_whole_number_of_slices_fills_promises_none() -> None:
    assert check_stack(pile([0, 5, 10, 17.5, 22.5, 27.5])).gaps == (Gap(after=3, millimetres=7.5, missing=0),)


def test_a_stack_without_one_usual_step_is_uneven_throughout() -> None:
    checks = check_stack(pile([0, 1, 3, 6, 10, 15, 21]))
    assert checks.uneven_throughout
    assert not checks.gaps
    assert "unevenly spaced, 1.0 to 6.0 mm apart" in said(pile([0, 1, 3, 6, 10, 15, 21]))


@given(degrees=st.floats(1.5, 40), count=st.integers(3, 40), step=st.floats(0.5, 10))
def test_a_tilt_of_x_degrees_is_found_as_x(degrees: float, count: int, step: float) -> None:
    checks = check_stack(pile(even(count, step), tilt_degrees=degrees))
    assert checks.tilt_degrees == pytest.approx(degrees, abs=1e-6)
    assert not checks.gaps


def test_the_tilt_is_told_and_compared_with_what_the_header_says() -> None:
    assert said(pile(even(9), tilt_degrees=12, header_tilt=-12)) == (
        "Gantry tilt 12.0°: each slice is shifted against the one before it."
    )
    assert "(the header says 20.0°)" in said(pile(even(9), tilt_degrees=12, header_tilt=20))
    assert "though the slices lie straight above each other" in said(pile(even(9), header_tilt=12))
    assert said(pile(even(9), tilt_degrees=12), modality="MG") == "", "a word of CT"


def test_a_tilt_keeps_the_distance_along_the_normal_as_the_step() -> None:
    checks = check_stack(pile(even(9), tilt_degrees=30))
    assert checks.usual_step == pytest.approx(5 * math.cos(math.radians(30)))


def test_slices_at_one_place_are_counted_and_make_no_gap() -> None:
    checks = check_stack(pile([0, 0, 5, 10, 10, 10, 15]))
    assert (checks.repeated, checks.gaps, checks.usual_step) == (2, (), 5.0)
    assert "same place (2 places)" in said(pile([0, 0, 5, 10, 10, 10, 15]))
    assert check_stack(pile([7.0, 7.0])).repeated == 1


def test_without_positions_the_numbers_tell_what_is_missing() -> None:
    slices = [SlicePlace(None, None, number) for number in (1, 2, 3, 5, 6)]
    assert check_stack(slices).missing_numbers == (4,)
    assert "number 4 is missing" in said(slices)
    wild = [SlicePlace(None, None, number) for number in (1, 900, 17_000)]
    assert check_stack(wild).missing_numbers == (), "numbers that don't count pictures"


@given(st.permutations(range(12)), st.floats(-0.003, 0.003))
def test_the_common_normal_does_not_depend_on_the_order_of_the_slices(order: list[int], turn: float) -> None:
    planes = [(1.0, turn * at / 12, 0.0, 0.0, 1.0, turn) for at in range(12)]
    assert common_normal([planes[at] for at in order]) == common_normal(planes)
