"""Finding writing in pictures: on drawn ones, and measured on real ones against boxes made by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pydicom
import pytest

from annotator.imaging.burned_in.suspected_text import SuspectedText, decoded_frame, search_frames, suspected_text
from annotator.imaging.errors import QuarantineError
from annotator.imaging.frame_description import UltrasoundRegion
from annotator.imaging.headers.parsing import open_instance
from tests.annotator.imaging.burned_in.marked_text import MARKED, OVER_TISSUE, MarkedPicture
from tests.builders import ct_series, written_ultrasound

FONT = cv2.FONT_HERSHEY_SIMPLEX


def speckle(rows: int = 200, columns: int = 400, *, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).rayleigh(18, (rows // 2, columns // 2)).clip(0, 120).astype(np.uint8)
    return cv2.resize(noise, (columns, rows), interpolation=cv2.INTER_LINEAR)


def written(picture: np.ndarray, at: tuple[int, int], *, value: object = 230, scale: float = 0.5) -> np.ndarray:
    drawn = np.ascontiguousarray(picture.copy())
    cv2.putText(drawn, "SMITH, JOHN 1951", at, FONT, scale, value, 1, cv2.LINE_AA)  # type: ignore[call-overload]
    return drawn


def covers(found: list[SuspectedText], column: int, row: int) -> bool:
    return any(one.column <= column < one.column + one.columns and one.row <= row < one.row + one.rows for one in found)


def test_writing_is_found_bright_on_dark_dark_on_bright_and_in_colour() -> None:
    black = np.zeros((200, 400), np.uint8)
    assert covers(search_frames([written(black, (40, 50))]), 80, 45)
    assert covers(search_frames([written(255 - black, (40, 50), value=20)]), 80, 45)
    blue = written(np.zeros((200, 400, 3), np.uint8), (40, 50), value=(0, 0, 200))
    assert covers(search_frames([blue]), 80, 45)


def test_writing_over_tissue_is_found_and_speckle_alone_gives_little() -> None:
    assert covers(search_frames([written(speckle(), (40, 50), scale=0.7)]), 80, 45)
    assert len(search_frames([speckle()])) <= 3


def test_writing_that_stands_on_some_frames_only_is_found_with_the_frame() -> None:
    still = np.full((200, 400), 10, np.uint8)
    (found,) = search_frames([still, still, written(still, (40, 50)), still])
    assert covers([found], 80, 45)
    # The letters cover less than half of their box; elsewhere no frame was brighter than the first.
    assert found.frame in (1, 3)


def test_writing_that_stands_still_is_found_over_tissue_that_moves() -> None:
    frames = [written(speckle(seed=seed), (40, 50)) for seed in range(6)]
    found = search_frames(frames)
    assert covers(found[:1], 80, 45)


def test_writing_outside_the_calibrated_region_comes_first() -> None:
    picture = written(written(np.zeros((200, 400), np.uint8), (40, 30)), (40, 150))
    region = UltrasoundRegion(0, 60, 399, 199, 0.1, 0.1, True)
    outside, inside = search_frames([picture], regions=[region])
    assert outside.row < 60 < inside.row
    assert outside.score > 0.5 > inside.score


def test_boxes_of_a_large_film_are_in_its_own_pixels() -> None:
    film = np.zeros((4200, 3000), np.uint8)
    cv2.putText(film, "SMITH, JOHN 1951", (400, 3000), FONT, 3, 250, 8)
    (found,) = search_frames([film.astype(np.uint16) * 16])
    assert 380 <= found.column <= 420
    assert 2900 <= found.row <= 2950
    assert found.columns > 600


def test_a_file_that_need_not_wait_is_not_searched(tmp_path: Path) -> None:
    assert suspected_text(ct_series(tmp_path, slices=1)[0]) is None
    assert suspected_text(written_ultrasound(tmp_path, annotation="NO")) is None


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("SOPClassUID", "1.2.840.10008.5.1.4.1.1.7"),
        ("SOPClassUID", "1.2.840.10008.5.1.4.1.1.7.2"),
        ("SOPClassUID", "1.2.840.10008.5.1.4.1.1.6.1"),
        ("ConversionType", "DF"),
        ("ImageType", ["DERIVED", "SECONDARY", "SCREEN SAVE"]),
        ("BurnedInAnnotation", "YES"),
        ("RecognizableVisualFeatures", "YES"),
        ("Modality", "DOC"),
    ],
)
def test_captures_of_screens_paper_and_film_wait(tmp_path: Path, keyword: str, value: object) -> None:
    path = ct_series(tmp_path, slices=1)[0]
    dataset = pydicom.dcmread(path)
    setattr(dataset, keyword, value)
    dataset.save_as(path)
    assert suspected_text(path) is not None


def test_a_colour_ct_waits(tmp_path: Path) -> None:
    path = written_ultrasound(tmp_path, colour=True)
    dataset = pydicom.dcmread(path)
    dataset.Modality, dataset.SOPClassUID = "CT", "1.2.840.10008.5.1.4.1.1.2"
    dataset.save_as(path)
    assert suspected_text(path) is not None


def test_a_picture_that_cannot_be_decoded_is_not_let_through_unseen(tmp_path: Path) -> None:
    path = written_ultrasound(tmp_path, compressed=True)
    content = path.read_bytes()
    dataset = pydicom.dcmread(path)
    dataset.PixelData = dataset.PixelData[:24] + b"\xff" * 60 + dataset.PixelData[84:]
    dataset.save_as(path)
    assert path.read_bytes() != content
    with pytest.raises(QuarantineError, match="Frame 1 can't be decoded"):
        suspected_text(path)


def boxes_of(root: Path, marked: MarkedPicture) -> list[SuspectedText]:
    path = root / marked.path
    if path.suffix == ".png":
        return search_frames([cv2.imread(str(path))])
    found = suspected_text(path)
    if found is None:  # it says that it shows no text: search it all the same
        with open_instance(path) as instance:
            return search_frames([decoded_frame(instance, 0)])
    return found


@dataclass
class Measured:
    lines: int = 0
    found: int = 0
    identifying: int = 0
    identifying_found: int = 0
    boxes: int = 0
    right: int = 0


def measured(root: Path, pictures: Sequence[MarkedPicture]) -> Measured:
    """A line is found when boxes cover four fifths of it; a box is right when half of it lies on lines."""
    sums = Measured()
    for marked in pictures:
        boxes = boxes_of(root, marked)
        covered, text = np.zeros((2, 1000, 1200), bool)
        for box in boxes:
            covered[box.row : box.row + box.rows, box.column : box.column + box.columns] = True
        for order, (column, row, columns, rows, _) in enumerate(marked.lines):
            is_found = bool(covered[row : row + rows, column : column + columns].mean() >= 0.8)
            sums.lines, sums.found = sums.lines + 1, sums.found + is_found
            if order < marked.identifying:
                sums.identifying, sums.identifying_found = sums.identifying + 1, sums.identifying_found + is_found
            text[max(0, row - 4) : row + rows + 4, max(0, column - 4) : column + columns + 4] = True
        for box in boxes:
            sums.boxes += 1
            sums.right += bool(text[box.row : box.row + box.rows, box.column : box.column + box.columns].mean() >= 0.5)
    return sums


@pytest.mark.needs_data
def test_the_lines_of_real_screens_are_found_as_the_documentation_says(data_dir: Path) -> None:
    sums = measured(data_dir, MARKED)
    assert (sums.identifying_found, sums.identifying) == (26, 26)
    assert sums.found / sums.lines >= 0.97
    assert sums.right / sums.boxes >= 0.6


@pytest.mark.needs_data
def test_writing_over_real_tissue_is_missed_in_part_as_the_documentation_says(data_dir: Path) -> None:
    sums = measured(data_dir, OVER_TISSUE)
    assert sums.lines == 10
    assert sums.found >= 7
