"""What calipers are worth as a hint: a missing or misplaced one is said, and counts."""

from math import dist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.assist.proposals import ProposedShape
from ml_assist.guidance.guide import Hint
from ml_assist.guidance.measured_hints import FoundCaliper, MeasuredHint, measured_hints
from ml_assist.hints import weighed, weighed_by_hint

# A lesion of 80 by 50 pixels.
LEFT, RIGHT, TOP, BOTTOM = (60.0, 100.0), (140.0, 100.0), (100.0, 75.0), (100.0, 125.0)
FOUR = (LEFT, RIGHT, TOP, BOTTOM)
AWAY = (400.0, 300.0)


def hints(*points: tuple[float, float], scores: tuple[float, ...] = ()) -> list[MeasuredHint]:
    sure = scores or (0.9,) * len(points)
    return measured_hints([FoundCaliper(point, score) for point, score in zip(points, sure, strict=True)])


def test_four_that_cross_are_trusted_and_one_two_and_thirteen_are_not_alike():
    [whole] = hints(*FOUR)
    assert (whole.trust, whole.words, set(whole.hint.points)) == (1.0, "", set(FOUR))
    assert hints(LEFT) == []
    assert hints(*[(10.0 * one, 5.0) for one in range(13)]) == []
    [lone] = hints(LEFT, RIGHT)
    assert (lone.trust < 0.8, lone.words) == (
        True,
        "Made of two calipers; how far it reaches across them is guessed.",
    )
    [aslant] = hints(LEFT, TOP)
    assert (aslant.trust < lone.trust, "aslant" in aslant.words) == (True, True)
    [near] = hints((60.0, 100.0), (66.0, 100.0))
    assert (near.trust < aslant.trust, "6 pixels apart" in near.words) == (True, True)


@pytest.mark.parametrize("missing", FOUR)
def test_three_of_four_stand_for_the_whole_lesion_and_say_that_one_is_missing(missing):
    [found] = hints(*[one for one in FOUR if one != missing])
    assert {(round(column, 6), round(row, 6)) for column, row in found.hint.points} == set(FOUR)
    assert found.words.startswith("Made of three calipers; one may be missing")
    assert found.trust < 0.7


@given(st.floats(20, 80), st.floats(0.4, 0.7), st.floats(-10, 10), st.integers(0, 3), st.permutations(range(3)))
@settings(max_examples=40)
def test_the_axis_that_is_whole_is_taken_whatever_the_order_and_a_little_lean(half, ratio, lean, missing, order):
    ends = [(200 - half, 200 - lean / 10), (200 + half, 200 + lean / 10), (200, 200 - ratio * half)]
    ends.append((200.0, 200 + ratio * half))
    [found] = hints(*[[one for at, one in enumerate(ends) if at != missing][at] for at in order])
    guessed = [one for one in found.hint.points if min(dist(one, end) for end in ends) > 1e-6]
    assert len(found.hint.points) == 4
    assert guessed == [] or dist(guessed[0], ends[missing]) < 1e-6


def test_a_third_one_far_away_is_of_no_lesion_and_its_pair_says_that_another_may_be_missing():
    [pair] = hints((60.0, 100.0), (140.0, 100.0), AWAY)
    assert set(pair.hint.points) == {(60.0, 100.0), (140.0, 100.0)}
    assert pair.words.endswith("One more caliper is in no pair; another may be missing.")
    [whole] = hints(*FOUR, AWAY)
    assert (len(whole.hint.points), 0.7 < whole.trust < 1) == (4, True)
    other = [(column + 200, row) for column, row in FOUR[:3]]
    first, second = hints(*FOUR, *other)
    assert sorted((first.trust, second.trust)) == [0.6, 1.0], "the one whose caliper is missing, and it alone"


def test_axes_that_do_not_cross_and_a_caliper_that_is_hardly_one_are_doubted():
    [like_a_t] = hints(LEFT, RIGHT, (100.0, 100.0), (100.0, 180.0))
    assert (like_a_t.trust < 0.7, "hardly cross" in like_a_t.words) == (True, True)
    [unsure] = hints(*FOUR, scores=(0.9, 0.9, 0.9, 0.34))
    assert unsure.trust == pytest.approx(0.5)
    assert unsure.words == "One of its calipers is uncertain (34 %)."


def test_a_score_is_no_surer_than_its_calipers_and_a_readers_clicks_are_not_doubted():
    drawn = ProposedShape("contour", [[1.0, 1.0]], "lesion", 0.98, note="In colour.")
    [found] = hints(*FOUR[:3])
    [weighed_one] = weighed([drawn], found)
    assert weighed_one.score == pytest.approx(0.98 * 0.6, abs=1e-4)
    assert weighed_one.note == f"{found.words} In colour."
    assert weighed_by_hint([drawn], Hint("calipers", FOUR[:3])) == [weighed_one]
    assert weighed_by_hint([drawn], Hint("calipers", FOUR)) == [drawn]
    assert weighed_by_hint([drawn], Hint("extremes", FOUR[:3])) == [drawn]
