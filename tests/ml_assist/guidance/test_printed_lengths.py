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


@given(st.floats(0.02, 0.3), st.floats(-1.9, 1.9), st.booleans())
@settings(max_examples=40)
def test_what_was_placed_a_pixel_beside_agrees_and_what_lies_farther_differs(
    mm: float, beside: float, swapped: bool
) -> None:
    printed = [PrintedLength((200 + beside) * mm, 0.1), PrintedLength(100 * mm, 0.1)]
    long, short = compare_lengths([LONG, SHORT], printed[::-1] if swapped else printed, calibrated(mm))
    assert (long.agrees, short.agrees) == (True, True)
    assert long.difference_mm == pytest.approx(-beside * mm)
    off = [PrintedLength(203 * mm + 0.06, 0.1), PrintedLength(100 * mm, 0.1)]
    assert [one.agrees for one in compare_lengths([LONG, SHORT], off, calibrated(mm))] == [False, True]


def test_it_is_said_in_words_what_differs_and_what_is_missing() -> None:
    long, short = compare_lengths([LONG, SHORT], lengths_in("20.0mm 12.0mm"), calibrated(0.1))
    assert (long.words, short.agrees) == ("20.0 mm, as printed (20 mm)", False)
    assert short.words == "10.0 mm, but 12 mm is printed: 2.0 mm (17 %) less"
    [alone, none] = compare_lengths([LONG, SHORT], lengths_in("20.0mm"), calibrated(0.1))
    assert (alone.agrees, none.agrees, none.words) == (True, None, "10.0 mm; no length is printed for it")
    [unknown] = compare_lengths([LONG], lengths_in("20.0mm"), UNKNOWN)
    assert unknown.agrees is None
    assert unknown.words == "200 pixels; the picture isn't calibrated, 20 mm is printed"


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
        for compared in compare_lengths(lesion.axes, printed, calibrated(scale)):
            assert abs(compared.difference_mm or 99) < 0.03 * (compared.printed or printed[0]).mm
