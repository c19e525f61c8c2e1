"""The tables of checked calipers fit each other and the split, and finds are held against them."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from ml_assist.inference.calipers import Caliper
from ml_assist.training.checked_calipers import checked_calipers
from ml_assist.training.folder_source import FolderSource, FolderTable
from ml_assist.training.unet_config import UNetConfig
from ml_assist.verified.verified_set import (
    CALIPERS,
    FURTHER_WITHOUT,
    OTHERS_WITHOUT,
    PICTURES,
    VerifiedSetError,
    score_finds,
    table_of,
    verified_pictures,
)
from tests.fixtures.product import ROOT

CHECKED = ROOT / "ml_assist" / "training" / "checked"
HEAD = "image\tpatient\tdevice\tcalipers\tlegend_copy\tdoubtful\tnot_judged\tnote\n"


@pytest.fixture
def tables(tmp_path: Path) -> tuple[Path, Path]:
    pictures, calipers = tmp_path / "pictures.tsv", tmp_path / "calipers.tsv"
    pictures.write_text(
        f"{HEAD}a\t1\tOne\t2\tyes\tno\t\t\nb\t2\tOther\t0\tno\tyes\t0.5,40 90,7.5\thalf a plus\n"
        "c\t2\tOther\t0\tno\tno\t\t\n"
    )
    calipers.write_text("image\tcolumn\trow\tshape\na\t20.5\t30.5\tplus\na\t60.5\t30.5\tx\n")
    return pictures, calipers


def test_a_picture_knows_its_calipers_what_they_look_like_and_where_nobody_can_say(tables: tuple[Path, Path]) -> None:
    one, other, last = verified_pictures(*tables)
    assert one.calipers.tolist() == [[20.5, 30.5], [60.5, 30.5]]
    assert (one.shapes, one.legend_copy, one.doubtful, one.device) == (("plus", "x"), True, False, "One")
    assert other.not_judged.tolist() == [[0.5, 40.0], [90.0, 7.5]]
    assert (other.doubtful, other.note, len(last.calipers)) == (True, "half a plus", 0)


def test_tables_that_contradict_each_other_are_refused_with_the_picture(tables: tuple[Path, Path]) -> None:
    pictures, calipers = tables
    calipers.write_text("image\tcolumn\trow\tshape\na\t20.5\t30.5\tplus\n")
    with pytest.raises(VerifiedSetError, match="gives a 2 calipers, their table 1"):
        verified_pictures(pictures, calipers)
    calipers.write_text("image\tcolumn\trow\tshape\na\t1\t1\tx\na\t2\t2\tx\nz\t3\t3\tx\n")
    with pytest.raises(VerifiedSetError, match="lacks z"):
        verified_pictures(pictures, calipers)


def test_finds_are_counted_by_device_and_those_where_nobody_can_say_not_at_all(tables: tuple[Path, Path]) -> None:
    found = {"a": [Caliper(21.5, 30.5, 0.9)], "b": [Caliper(1.0, 41.0, 0.9)], "c": [Caliper(5.0, 5.0, 0.9)]}
    scored = {
        one.group: one.found
        for one in score_finds(found, verified_pictures(*tables))
        if one.found.criterion == "3 pixels"
    }
    every = scored["all"]
    assert (every.right, every.wrong, every.missed, every.wrong_pictures) == (1, 1, 1, 1)
    assert (scored["One"].precision.value, scored["Other"].wrong) == (1.0, 1)
    assert (scored["with a legend's copy"].pictures, scored["nothing doubtful"].pictures) == (1, 2)
    table = table_of(score_finds(found, verified_pictures(*tables))).splitlines()
    assert "| all | 3 pixels | 3 (2) | 2 | 1 | 1 | 1 | 50.00 % (9.45 to 90.55)" in table[2]


def test_the_set_has_what_was_asked_of_it_and_trainings_read_the_same() -> None:
    pictures, further = verified_pictures(), verified_pictures(FURTHER_WITHOUT, None)
    assert len(pictures) >= 300
    assert len({one.device for one in pictures}) == 4
    assert sum(one.legend_copy for one in pictures) >= 30
    assert sum(not len(one.calipers) for one in (*pictures, *further)) >= 80
    assert not {one.patient for one in pictures} & {one.patient for one in further}
    assert all(not len(one.calipers) for one in verified_pictures(OTHERS_WITHOUT, None))
    checked = checked_calipers(CALIPERS, PICTURES)
    assert set(checked.calipers) == {one.image for one in pictures}
    for one in pictures:
        assert np.array_equal(checked.calipers[one.image], one.calipers)
        assert len(checked.not_judged.get(one.image, ())) == len(one.not_judged)


@pytest.mark.needs_data
def test_the_set_is_the_test_side_of_the_one_split_and_every_caliper_lies_in_its_picture(data_dir: Path) -> None:
    folder = data_dir / "ultrasound" / "bus_bra"
    table = FolderTable(patient="Case", group="Pathology", fractions=(0.6, 0.1, 0.3), seed=1)
    held_out = {one.key for one in FolderSource(folder, UNetConfig(), table).pictures() if one.side == "test"}
    pictures = verified_pictures()
    assert {one.image for one in pictures} == held_out
    for one in pictures[::20]:
        rows, columns = cv2.imread(str(folder / "images" / f"{one.image}.png"), cv2.IMREAD_GRAYSCALE).shape
        assert ((one.calipers >= 0) & (one.calipers <= (columns, rows))).all()


@pytest.mark.needs_data
def test_further_pictures_are_taken_from_the_other_side_and_their_patients_teach_nothing(data_dir: Path) -> None:
    further = {one.image for one in verified_pictures(FURTHER_WITHOUT, None)}
    table = FolderTable(
        patient="Case", group="Pathology", fractions=(0.6, 0.1, 0.3), seed=1, held_out=frozenset(further)
    )
    source = FolderSource(data_dir / "ultrasound" / "bus_bra", UNetConfig(), table)
    pictures = source.pictures()
    tested = {one.key for one in pictures if one.side == "test"}
    assert tested == further | {one.image for one in verified_pictures()}
    patients = {one.patient for one in pictures if one.side == "test"}
    assert not patients & {one.patient for one in pictures if one.side != "test"}
    taught = checked_calipers(*sorted(CHECKED.glob("*_pictures.tsv")))
    assert set(taught.calipers) == {one.key for one in pictures if one.side != "test"}
    assert source.description()["split"]["patients_moved_to_test"] == 25
