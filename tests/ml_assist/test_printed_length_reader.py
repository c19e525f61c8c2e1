"""Printed lengths are read off drawn pictures and, where it is at hand, off the verified set's real ones."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from annotator.accounts.errors import UnavailableError
from ml_assist.inference import text_reader as networks
from ml_assist.inference.printed_length_reader import read_lengths
from ml_assist.inference.text_reader import TextReader, text_reader
from ml_assist.verified.printed_lengths import PrintedScore, score_printed_lengths

COLUMNS, ROWS = 640, 400


def screen(*texts: tuple[str, int, int]) -> NDArray[np.uint8]:
    """Words over grey speckle, each with the column and row where it begins."""
    noise = np.random.default_rng(5).rayleigh(24, (ROWS, COLUMNS)).clip(0, 120).astype(np.uint8)
    picture = np.asarray(cv2.GaussianBlur(noise, (5, 3), 1.0), np.uint8)
    for text, column, row in texts:
        cv2.putText(picture, text, (column, row), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 255, 1, cv2.LINE_AA)
    return picture


def read(*texts: tuple[str, int, int]) -> Counter[str]:
    return Counter(one.text for one in read_lengths(text_reader(), screen(*texts)))


def test_lengths_are_read_where_they_stand_and_nothing_else_is_one() -> None:
    picture = screen(("1  D 12.3 mm", 60, 60), ("2  D 1.04 cm", 300, 60), ("RT BREAST 9H", 60, 300))
    found = read_lengths(text_reader(), picture)
    assert {one.text: one.length.mm for one in found} == {"12.3mm": 12.3, "1.04cm": 10.4}
    first = next(one for one in found if one.text == "12.3mm")
    assert (first.left, first.top) == (pytest.approx(100, abs=15), pytest.approx(48, abs=10))
    assert first.score > 0.8


def test_no_length_comes_of_depths_frequencies_whole_numbers_areas_or_what_nobody_measures() -> None:
    texts = ["3.6 cm", "Depth 41.5 mm", "12.0 MHz", "123 mm", "1.25 cm2", "950.0 mm", "0.0 mm"]
    assert read(*((text, 60 + 300 * (at % 2), 50 + 80 * (at // 2)) for at, text in enumerate(texts))) == Counter()


def test_a_length_that_the_edge_of_the_picture_cuts_is_not_read() -> None:
    # Of "18.8mm" the left edge leaves "8.8mm"; the lower edge leaves half of each sign.
    assert read(("18.8mm", -10, 100), ("23.5mm", 300, ROWS + 4), ("14.2mm", 300, 200)) == Counter(["14.2mm"])


def test_a_picture_without_words_and_a_tiny_one_give_none() -> None:
    assert read() == Counter()
    assert read_lengths(text_reader(), np.zeros((3, 5, 3), np.uint8)) == []


def test_networks_that_are_missing_or_were_changed_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(networks._SHA256, networks.READER, "0" * 64)
    with pytest.raises(UnavailableError, match="not the network that was measured"):
        TextReader()
    monkeypatch.setattr(networks.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(UnavailableError, match="is missing"):
        TextReader()


@pytest.mark.needs_data
def test_of_real_pictures_it_reads_most_lengths_and_none_wrongly(data_dir: Path) -> None:
    """Every fifteenth picture of the table; all of them take minutes, and the command prints them."""
    score = score_printed_lengths(data_dir / "ultrasound" / "bus_bra" / "images", every=15)
    assert isinstance(score, PrintedScore)
    assert score.pictures == 6
    assert score.wrong == 0
    assert score.right >= 0.8 * score.printed


def test_the_table_of_printed_lengths_is_of_the_verified_set() -> None:
    folder = Path(networks.__file__).parents[1] / "verified"
    rows = list(csv.DictReader((folder / "bus_bra_printed_lengths.tsv").open(), delimiter="\t"))
    known = {row["image"] for row in csv.DictReader((folder / "bus_bra_pictures.tsv").open(), delimiter="\t")}
    by_picture = defaultdict(list)
    for row in rows:
        by_picture[row["image"]].append(row["cut"])
    assert set(by_picture) <= known
    assert (len(by_picture), sum(row["cut"] == "no" for row in rows)) == (88, 117)
