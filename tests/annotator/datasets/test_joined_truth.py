"""Several readings of one case become one truth."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.annotations.mark_pixels import pixels_of_mark
from annotator.datasets.joined_truth import CaseTruth, join_case
from annotator.datasets.released import (
    CONSENSUS,
    ReleasedAnswer,
    ReleasedFinding,
    ReleasedFrame,
    ReleasedMark,
    ReleasedTarget,
)
from annotator.imaging.frame_description import FrameGeometry

FRAMES = tuple(
    ReleasedFrame(place, f"f{place}", "1", "2", 1, 64, 64, FrameGeometry(None, None, (0.5, 0.5), "PixelSpacing"), "")
    for place in range(6)
)
DEFINITION = {
    "form": {"questions": [{"name": name, "title": name, "kind": "text"} for name in ("bleed", "signs", "size")]},
    "answers": {"type": "object", "properties": {"bleed": {}, "signs": {}, "size": {}}},
    "scoring": {"kind": "none"},
}


def mark(reader: str, kind: str, points, name: str = "", **more) -> ReleasedMark:
    place = more.pop("place", 0)
    values = {"mask": None, "label": "", "category": "mass", "finding": None, "provenance": "drawn", "model": None}
    values |= {"place": place, "first_place": place, "last_place": place} | more
    made = tuple(tuple(map(float, point)) for point in points)
    return ReleasedMark(id=name or f"{reader}-{kind}-{points}", kind=kind, points=made, reader=reader, **values)


def box(reader: str, left: float, top: float, size: float = 10, **more) -> ReleasedMark:
    return mark(reader, "box", [(left, top), (left + size, top + size)], **more)


def answer(reader: str, answers, target=None, stack: str = "") -> tuple[str, ReleasedAnswer]:
    about = target or ReleasedTarget("case")
    return stack, ReleasedAnswer(f"{reader}-{about}", "sure@1", about, reader, answers, {})


def joined(marks=(), findings=(), answers=(), *, readers="abc", minimum=2) -> CaseTruth:
    case = CaseTruth(tuple(readers), {"s": FRAMES}, {"s": list(marks)}, list(findings), list(answers))
    return join_case(case, minimum_readers=minimum, minimum_overlap=0.5, definitions={"sure@1": DEFINITION})


def test_boxes_of_two_of_three_readers_become_one_and_what_one_saw_alone_goes():
    found = joined([box("a", 10, 10), box("b", 11, 10), box("b", 40, 40), box("c", 30, 0)]).marks["s"]
    [only] = found
    assert (only.kind, only.points) == ("box", ((10.5, 10.0), (20.5, 20.0)))
    assert (only.reader, only.provenance, only.readers) == (CONSENSUS, CONSENSUS, ("a", "b"))
    assert only.agreement == pytest.approx(9.5 / 10.5, abs=1e-6)
    assert (only.longest_mm, only.area_mm2) == (5.0, 25.0)


def test_a_contour_and_a_box_become_the_pixels_of_the_majority():
    contour = [(10, 10), (20, 10), (20, 20), (10, 20)]
    [only] = joined([mark("a", "contour", contour), box("b", 10, 10), box("c", 12, 10)]).marks["s"]
    pixels = pixels_of_mark(only.kind, only.points, only.mask, rows=64, columns=64)
    assert only.kind == "mask"
    assert (pixels.column, pixels.row, pixels.pixels.shape, pixels.pixels.all()) == (10, 10, (10, 10), True)


def test_spans_meet_in_the_middle_and_other_slices_are_other_things():
    wide = box("a", 10, 10, place=2, first_place=0, last_place=4)
    narrow = box("b", 10, 10, place=2, first_place=1, last_place=3)
    elsewhere = box("c", 10, 10, place=5)
    [only] = joined([wide, narrow, elsewhere]).marks["s"]
    assert (only.first_place, only.place, only.last_place) == (1, 2, 3)


def test_labels_of_slices_are_voted_on_slice_by_slice():
    def label(reader: str, first: int, last: int) -> ReleasedMark:
        return mark(reader, "slices", [], label="bleed", place=first, first_place=first, last_place=last)

    found = joined([label("a", 0, 3), label("b", 2, 5), label("c", 5, 5)]).marks["s"]
    assert [(one.label, one.first_place, one.last_place) for one in found] == [("bleed", 2, 3), ("bleed", 5, 5)]


def test_findings_whose_marks_are_joined_are_one_with_the_kind_of_most_and_their_answers():
    findings = [
        ReleasedFinding(f"{reader}1", kind, 1, "", reader)
        for reader, kind in (("a", "mass"), ("b", "distortion"), ("c", "mass"))
    ]
    findings.append(ReleasedFinding("c2", "lesion", 2, "", "c"))
    marks = [box(reader, 10, 10, finding=f"{reader}1") for reader in "abc"] + [box("c", 50, 50, finding="c2")]
    said = [
        answer(reader, {"bleed": value}, ReleasedTarget("finding", f"{reader}1"))
        for reader, value in (("a", "present"), ("b", "absent"), ("c", "present"))
    ]
    said.append(answer("c", {"bleed": "present"}, ReleasedTarget("finding", "c2")))
    found = joined(marks, findings, said)
    [finding], [(_, only)] = found.findings, found.answers
    assert (finding.kind, finding.readers) == ("mass", ("a", "b", "c"))
    assert found.marks["s"][0].finding == finding.id == only.target.finding
    assert (only.answers, only.reader, only.readers) == ({"bleed": "present"}, CONSENSUS, ("a", "b", "c"))


def test_a_tie_is_left_out_and_named():
    [(_, only)] = joined(
        answers=[
            answer("a", {"bleed": "present", "signs": ["x", "y"], "size": 4}),
            answer("b", {"bleed": "absent", "signs": ["x"], "size": 7}),
        ]
    ).answers
    assert only.answers == {"signs": ["x"], "size": 5.5}
    assert only.tied == ("bleed", "signs")


def test_answers_about_slices_are_ranges_again():
    def said(reader: str, first: int, last: int, value: str) -> tuple[str, ReleasedAnswer]:
        return answer(reader, {"bleed": value}, ReleasedTarget("slices", first_place=first, last_place=last), "s")

    found = joined(answers=[said("a", 0, 4, "present"), said("b", 2, 5, "present"), said("c", 5, 5, "present")]).answers
    ranges = [(one.target.first_place, one.target.last_place, one.readers) for _, one in found]
    assert ranges == [(2, 4, ("a", "b")), (5, 5, ("b", "c"))]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.builds(box, st.sampled_from("abc"), st.integers(0, 40), st.integers(0, 40), st.integers(4, 20)), max_size=8
    ),
    st.randoms(),
)
def test_the_order_of_readers_and_marks_says_nothing(marks: list[ReleasedMark], random) -> None:
    named = [replace(one, id=f"{at}") for at, one in enumerate(marks)]
    shuffled = list(named)
    random.shuffle(shuffled)
    assert joined(named) == replace(joined(shuffled), readers=joined(named).readers)
    for one in joined(named).marks["s"]:
        assert len(one.readers) >= 2
