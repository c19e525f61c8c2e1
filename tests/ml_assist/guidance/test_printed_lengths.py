"""What a scanner printed is compared with what its calipers measure."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.imaging.frame_description import FrameGeometry, UltrasoundRegion
from ml_assist.guidance.caliper_axes import Axis, measured_lesions
from ml_assist.guidance.printed_lengths import (
    LengthState,
    PrintedLength,
    compare_lengths,
    lengths_in,
    mm_per_pixel_of,
)

UNKNOWN = FrameGeometry()
LONG, SHORT = Axis((100.0, 200.0), (300.0, 200.0)), Axis((200.0, 150.0), (200.0, 250.0))


def calibrated(mm: float) -> FrameGeometry:
    return FrameGeometry(regions=(UltrasoundRegion(0, 0, 999, 999, mm, mm, True),))


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("✳ 8.2mm   + 11.7mm", [8.2, 11.7]),
        ("D 15.7MM  20.6MM", [15.7, 20.6]),
        ("16.7MM X 10.8MM", [16.7, 10.8]),
        ("Dist 1,25 cm", [12.5]),
        ("10-14MHz 72 8 12H 0.0mm 3.1 mm2 4 cm²", []),
    ],
)
def test_lengths_are_read_from_a_line_of_print_and_nothing_else_is(text: str, lengths: list[float]) -> None:
    assert [one.mm for one in lengths_in(text)] == pytest.approx(lengths)


def test_the_last_digit_counts_for_what_it_is() -> None:
    assert [one.step_mm for one in lengths_in("8.2mm 8mm 1.25cm")] == pytest.approx([0.1, 1.0, 0.1])


def states(axes: list[Axis], printed: str | list[PrintedLength], geometry: FrameGeometry, **kw: bool) -> list[str]:
    lengths = lengths_in(printed) if isinstance(printed, str) else printed
    return [one.state.value for one in compare_lengths(axes, lengths, geometry, **kw).axes]


@given(st.floats(0.02, 0.3), st.floats(-1.9, 1.9), st.booleans())
@settings(max_examples=40)
def test_what_was_placed_a_pixel_beside_agrees_and_what_lies_farther_differs(
    mm: float, beside: float, swapped: bool
) -> None:
    printed = [PrintedLength((200 + beside) * mm, 0.1), PrintedLength(100 * mm, 0.1)]
    found = compare_lengths([SHORT, LONG], printed[::-1] if swapped else printed, calibrated(mm))
    assert [one.axis for one in found.axes] == [LONG, SHORT]
    assert [one.state for one in found.axes] == [LengthState.AGREES, LengthState.AGREES]
    assert found.axes[0].difference_mm == pytest.approx(-beside * mm)
    off = [PrintedLength(203 * mm + 0.06, 0.1), PrintedLength(100 * mm, 0.1)]
    assert states([LONG, SHORT], off, calibrated(mm)) == ["differs", "agrees"]


def test_it_is_said_in_words_what_agrees_differs_and_is_missing() -> None:
    both = compare_lengths([LONG, SHORT], lengths_in("20.0mm 12.0mm"), calibrated(0.1))
    assert both.axes[0].words == "20.0 mm measured, 20.0 mm printed"
    assert both.axes[1].words == "10.0 mm measured, 12.0 mm printed: 2.0 mm (17 %) less"
    assert both.words == "A caliper may lie beside its mark, or the calibration may be wrong."
    one = compare_lengths([LONG, SHORT], lengths_in("20.0mm"), calibrated(0.1))
    assert [each.words for each in one.axes] == ["20.0 mm measured, 20.0 mm printed", "10.0 mm measured"]
    assert compare_lengths([LONG], [], calibrated(0.1)).words == "No printed length was read."
    assert compare_lengths([LONG], None, calibrated(0.1)).words == "", "nobody looked"


def test_a_calibration_that_is_wrong_by_one_factor_is_named() -> None:
    found = compare_lengths([LONG, SHORT], lengths_in("6.7 mm, 3.3 mm"), calibrated(0.1))
    assert [one.state for one in found.axes] == [LengthState.DIFFERS, LengthState.DIFFERS]
    assert found.words == "All are 3.01 times what is printed: the picture's calibration may be wrong."


def test_a_length_that_may_be_of_something_else_is_never_told_to_differ() -> None:
    geometry = calibrated(0.1)
    assert states([LONG, SHORT], "15.0mm", geometry) == ["not_compared", "not_compared"], "another was not read"
    assert states([LONG], "15.0mm 16.0mm", geometry) == ["not_compared"]
    assert states([LONG], "45.0mm", geometry) == ["not_compared"], "a depth"
    assert states([LONG], "15.0mm", geometry, surely_all=False) == ["not_compared"], "the wrong two may be joined"
    assert states([LONG], "20.0mm", geometry, surely_all=False) == ["agrees"]
    assert states([LONG], "15.0mm", geometry) == ["differs"]
    found = compare_lengths([LONG], lengths_in("20.0mm 36.0 mm"), geometry)
    assert [one.mm for one in found.others] == [36.0]
    assert found.words == "Printed in the picture, not surely of these calipers: 36.0 mm."


def test_without_a_calibration_printed_lengths_stand_alone_and_no_millimetre_is_measured() -> None:
    found = compare_lengths([SHORT, LONG], lengths_in("10.0mm 20.1 mm"), UNKNOWN)
    assert [one.words for one in found.axes] == ["20.1 mm printed, 200 pixels", "10.0 mm printed, 100 pixels"]
    assert [(one.measured_mm, one.difference_mm) for one in found.axes] == [(None, None)] * 2
    assert found.words == "This picture isn't calibrated: pixels, no millimetres."
    contradicting = compare_lengths([SHORT, LONG], lengths_in("10.0mm 12.0 mm"), UNKNOWN)
    assert [one.words for one in contradicting.axes] == ["200 pixels", "100 pixels"]
    assert contradicting.words.endswith("not surely of these calipers: 12.0 mm, 10.0 mm.")


@given(st.lists(st.floats(0.5, 300), max_size=5), st.floats(0.02, 0.3), st.booleans())
@settings(max_examples=60)
def test_every_length_goes_to_one_axis_or_is_told_apart(mms: list[float], mm: float, known: bool) -> None:
    printed = [PrintedLength(one, 0.1) for one in mms]
    found = compare_lengths([LONG, SHORT], printed, calibrated(mm) if known else UNKNOWN)
    told = [*(one.printed for one in found.axes if one.printed), *found.others]
    assert sorted(one.mm for one in told) == sorted(mms)


@given(st.floats(0.02, 0.3))
@settings(max_examples=20)
def test_printed_lengths_say_what_a_pixel_is_unless_they_contradict_each_other(mm: float) -> None:
    lengths = [PrintedLength(100 * mm, 0.1), PrintedLength(200 * mm, 0.1)]
    assert mm_per_pixel_of([LONG, SHORT], lengths) == pytest.approx(mm)
    assert mm_per_pixel_of([LONG, SHORT], [PrintedLength(100 * mm * 1.2, 0.1), lengths[1]]) is None
    assert mm_per_pixel_of([LONG], lengths) is None
    assert mm_per_pixel_of([Axis((5, 5), (5, 5))], lengths[:1]) is None


@pytest.mark.needs_data
def test_the_hand_verified_pairs_measure_what_is_printed_beside_them(data_dir: Path) -> None:
    pairs: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    with (data_dir / "ultrasound" / "bus_bra" / "verified_calipers.tsv").open() as table:
        for line in csv.DictReader(table, delimiter="\t"):
            if line["printed_mm_for_this_pair"]:
                mm = float(line["printed_mm_for_this_pair"])
                pairs[line["image"]].append((float(line["x"]) + 0.5, float(line["y"]) + 0.5, mm))
    assert len(pairs) == 3
    for places in pairs.values():
        [lesion] = measured_lesions([place[:2] for place in places])
        printed = lengths_in(" ".join(f"{mm} mm" for mm in sorted({place[2] for place in places})))
        scale = mm_per_pixel_of(lesion.axes, printed)
        assert scale is not None
        # At one scale for both axes the lengths come out within a few per cent: pixels aren't quite square.
        for compared in compare_lengths(lesion.axes, printed, calibrated(scale)).axes:
            assert abs(compared.difference_mm or 99) < 0.03 * (compared.printed or printed[0]).mm
