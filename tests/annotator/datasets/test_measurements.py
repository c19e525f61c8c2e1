"""What an export says of lengths, axes, angles and arrows."""

from dataclasses import replace

import pytest

from annotator.datasets.exporters.measurements import measurement_rows
from annotator.imaging.frame_description import FrameGeometry
from tests.annotator.datasets.test_coco import image, mark

ODD = FrameGeometry(spacing=(2.0, 0.5), spacing_source="PixelSpacing")


def test_lengths_and_angles_are_in_millimetres_where_the_picture_is_calibrated():
    marks = (
        mark("length", [(0.0, 0.0), (6.0, 2.0)], number=1),
        mark("bidirectional", [(0.0, 0.0), (10.0, 0.0), (5.0, -3.0), (5.0, 3.0)], number=2),
        mark("angle", [(4.0, 0.0), (0.0, 0.0), (4.0, 1.0)], number=3),
    )
    length, axes, angle = measurement_rows(replace(image(*marks), geometry=ODD))
    assert (length["lengths"], length["unit"], length["calibration"]) == ([5.0], "mm", "PixelSpacing")
    assert axes["lengths"] == [12.0, 5.0], "the longer in millimetres is the shorter in pixels"
    assert angle["degrees"] == pytest.approx(45.0)


def test_without_a_calibration_there_are_pixels():
    [row] = measurement_rows(image(mark("length", [(0.0, 0.0), (3.0, 4.0)])))
    assert (row["lengths"], row["unit"], row["calibration"], row["degrees"]) == ([5.0], "px", None, None)


def test_an_arrow_keeps_its_text_and_boxes_stay_out():
    arrow = replace(mark("arrow", [(3.0, 4.0), (9.0, 9.0)]), label="biopsy here")
    [row] = measurement_rows(image(arrow, mark("box", [(1.0, 1.0), (2.0, 2.0)], number=2)))
    assert (row["label"], row["points"], row["lengths"]) == ("biopsy here", [[3.0, 4.0], [9.0, 9.0]], [])
