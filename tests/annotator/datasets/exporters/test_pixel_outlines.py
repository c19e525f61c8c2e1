"""Outlines of masks enclose their pixels, no more and no less, whoever fills them."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from annotator.annotations.mark_pixels import filled_polygon
from annotator.datasets.exporters.pixel_outlines import mask_outline, pieces_of
from tests.annotator.datasets.exporters.made_stacks import drawn_masks

masks = st.tuples(st.integers(1, 7), st.integers(1, 7)).flatmap(lambda size: drawn_masks(rows=size[0], columns=size[1]))


def filled(outline, rows=12, columns=12):
    found = filled_polygon(outline, rows=rows, columns=columns)
    return found.on_frame(rows=rows, columns=columns) if found else np.zeros((rows, columns), dtype=bool)


@settings(max_examples=150, deadline=None)
@given(masks, st.integers(0, 4), st.integers(0, 4))
def test_one_outline_holds_a_mask_with_its_pieces_and_holes(pixels, column, row):
    expected = np.zeros((12, 12), dtype=bool)
    expected[row : row + pixels.shape[0], column : column + pixels.shape[1]] = pixels
    assert (filled(mask_outline(pixels, column=column, row=row)) == expected).all()


@settings(max_examples=100, deadline=None)
@given(masks)
def test_each_piece_is_told_apart_and_keeps_its_holes(pixels):
    pieces = pieces_of(pixels)
    assert len(pieces) == ndimage.label(pixels)[1]
    together = sum(filled(piece.outline()).astype(int) for piece in pieces)
    expected = np.zeros((12, 12), dtype=int)
    expected[: pixels.shape[0], : pixels.shape[1]] = pixels
    assert (together == expected).all()


@settings(max_examples=50, deadline=None)
@given(masks)
def test_another_program_fills_the_outline_alike(pixels):
    """OpenCV, at sixteen times the size so that its pixel-wide edges stay beside the centres."""
    outline = np.array(mask_outline(pixels)) * 16
    picture = np.zeros((12 * 16, 12 * 16), dtype=np.uint8)
    cv2.fillPoly(picture, [outline.astype(np.int32)], 1)
    expected = np.zeros((12, 12), dtype=bool)
    expected[: pixels.shape[0], : pixels.shape[1]] = pixels
    assert (picture[8::16, 8::16].astype(bool) == expected).all()
