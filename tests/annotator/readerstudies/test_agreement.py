"""How far two readings agree, worked out by hand and by properties."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.readerstudies.agreement import Difference, Read, agreement_between


def box(finding: str, left: float, top: float, side: float, frame: str = "f") -> tuple[str, str, str, Any, None]:
    return finding, frame, "box", [[left, top], [left + side, top + side]], None


def read(reader: str, *marks: Any, **answers: dict[str, Any]) -> Read:
    return Read(reader, marks, {tuple(key.split("__")): value for key, value in answers.items()})  # type: ignore[misc]


def test_boxes_that_overlap_by_half_have_a_dice_of_a_half() -> None:
    found = agreement_between(read("a", box("1", 0, 0, 10)), read("b", box("x", 5, 0, 10)))
    assert found.matched == (("1", "x", 0.5),)
    assert (found.mean_dice, found.only) == (0.5, ((), ()))


def test_a_finding_is_matched_once_and_to_the_one_it_overlaps_most() -> None:
    first = read("a", box("1", 0, 0, 10), box("2", 40, 40, 10))
    second = read("b", box("x", 1, 0, 10), box("y", 3, 0, 10), box("z", 80, 0, 10))
    found = agreement_between(first, second)
    assert [(a, b) for a, b, _ in found.matched] == [("1", "x")]
    assert found.only == (("2",), ("y", "z"))


def test_marks_of_one_finding_count_together_over_slices() -> None:
    first = read("a", box("1", 0, 0, 10, "f1"), box("1", 0, 0, 10, "f2"))
    found = agreement_between(first, read("b", box("x", 0, 0, 10, "f1")))
    assert found.matched[0][2] == pytest.approx(2 * 100 / 300)
    twice = read("b", box("x", 0, 0, 10, "f1"), box("x", 5, 0, 10, "f1"))
    assert agreement_between(first, twice).matched[0][2] == pytest.approx(2 * 100 / 350), "an overlap counts once"


def test_the_same_place_on_another_frame_is_another_thing() -> None:
    found = agreement_between(read("a", box("1", 0, 0, 10, "f1")), read("b", box("x", 0, 0, 10, "f2")))
    assert (found.matched, found.mean_dice, found.only) == ((), None, (("1",), ("x",)))


def test_points_and_lines_enclose_nothing_and_are_not_compared() -> None:
    caliper = ("1", "f", "length", [[0.0, 0.0], [9.0, 9.0]], None)
    assert agreement_between(read("a", caliper), read("b", caliper)).only == ((), ())


def test_answers_are_compared_of_the_case_and_of_matched_findings() -> None:
    first = read(
        "a",
        box("1", 0, 0, 10),
        **{"__head@1": {"bleed": "present", "shift": "absent"}, "1__tirads@1": {"foci": ["a", "b"], "shape": "wide"}},
    )
    second = read(
        "b",
        box("x", 0, 0, 10),
        **{"__head@1": {"bleed": "present", "shift": "uncertain"}, "x__tirads@1": {"foci": ["b", "a"], "margin": "m"}},
    )
    found = agreement_between(first, second)
    assert (found.equal, found.compared) == (2, 3)
    assert found.differences == (Difference("head@1", "shift", ("absent", "uncertain"), ("", "")),)


def test_answers_about_breasts_and_ranges_are_compared_with_those_about_the_same() -> None:
    first = read("a", **{"L__breast@1": {"category": "2"}, "R__breast@1": {"category": "1"}, "s1 s4__ct@1": {"b": 1}})
    second = read("b", **{"L__breast@1": {"category": "4A"}, "R__breast@1": {"category": "1"}, "s1 s5__ct@1": {"b": 2}})
    found = agreement_between(first, second)
    assert (found.equal, found.compared) == (1, 2)
    assert found.differences == (Difference("breast@1", "category", ("2", "4A"), ("", ""), "L"),)


boxes = st.lists(
    st.tuples(
        st.sampled_from("123"), st.integers(0, 30), st.integers(0, 30), st.integers(1, 20), st.sampled_from("fg")
    ),
    max_size=5,
)


@given(boxes, boxes)
def test_agreement_is_the_same_from_either_side_and_whole_with_oneself(one: Any, other: Any) -> None:
    first, second = (read(name, *(box(*mark) for mark in marks)) for name, marks in (("a", one), ("b", other)))
    there, back = agreement_between(first, second), agreement_between(second, first)
    assert sorted(dice for _, _, dice in there.matched) == pytest.approx(sorted(dice for _, _, dice in back.matched))
    assert all(0 < dice <= 1 for _, _, dice in there.matched)
    own = agreement_between(first, first)
    assert own.only == ((), ())
    assert own.mean_dice in (None, 1.0)
