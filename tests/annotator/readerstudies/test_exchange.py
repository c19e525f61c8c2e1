"""What leaves a study: the long table, iMRMC's and RJafroc's files, held against what those programs read."""

import csv
import io
import json

import pytest
from openpyxl import Workbook, load_workbook

from annotator.accounts.errors import InvalidError
from annotator.readerstudies.agreement import enclosed_by
from annotator.readerstudies.analysis_plan import AnalysisPlan
from annotator.readerstudies.exchange.imrmc import imrmc_file, modality_words
from annotator.readerstudies.exchange.ratings import rated_study
from annotator.readerstudies.exchange.rjafroc import rjafroc_file
from annotator.readerstudies.exchange.rjafroc_froc import froc_file, froc_study
from annotator.readerstudies.reads_table import COLUMNS, ItemFacts, long_rows, write_csv, write_json
from annotator.readerstudies.spreadsheet_cells import text_cell
from annotator.readerstudies.study_reads import FrameOrder, compared_read
from tests.annotator.readerstudies.made_reads import made_read

PLAN = AnalysisPlan(question="head.bleed", positive=("present",), rating="head.sure")


def rated(reader: str, item: int, sure: float | None, arm: str = "CT, alone: old"):
    said = {"bleed": "present" if (sure or 0) > 50 else "absent"} | ({} if sure is None else {"sure": sure})
    return made_read(reader, item, arm=arm, answers=said)


def crossed():
    return [
        rated(reader, item, 10 * item + at, arm)
        for at, reader in enumerate(("R01", "R02"))
        for arm in ("CT, alone: old", "CT + model")
        for item in (1, 2, 3, 8)
    ]


TRUTH = {1: "absent", 2: "absent", 3: "present", 8: "present"}


def test_imrmc_gets_the_layout_that_its_reader_parses() -> None:
    """Reads the file as src/mrmc/core/InputFile.java and RJafroc's ReadImrmc do: counts by prefix, rows of four."""
    lines = imrmc_file(rated_study("Bleeds: =1, 2", crossed(), PLAN, truth=TRUTH)).splitlines()
    start = lines.index("BEGIN DATA:")
    counts = {
        line.split(":")[0]: int(line.split(":")[1]) for line in lines[:start] if line[:2] in ("N0", "N1", "NR", "NM")
    }
    assert counts == {"N0": 2, "N1": 2, "NR": 2, "NM": 2}
    assert all(":" not in line and "," not in line for line in lines[:start] if line[:2] not in counts)
    rows = [line.split(",") for line in lines[start + 1 :]]
    assert all(len(row) == 4 for row in rows)
    assert {row[1]: row[3] for row in rows if row[0] == "-1"} == {"1": "0", "2": "0", "3": "1", "8": "1"}
    data = [row for row in rows if row[0] != "-1"]
    assert len(data) == 16
    assert {row[0] for row in data} == {"1", "2"}
    assert {row[2] for row in data} == {"CT_alone_old", "CT_model"}
    assert ["2", "8", "CT_model", "81"] in data
    assert "reader 2 is R02" in lines


def test_imrmc_takes_a_study_with_holes_and_says_what_is_left_out() -> None:
    reads = [*crossed(), rated("R01", 9, 50), rated("R03", 1, None)]
    text = imrmc_file(rated_study("t", reads, PLAN, truth=TRUTH))
    assert "left out 1 cases without a truth" in text
    assert "left out 1 reads without a rating" in text
    with pytest.raises(InvalidError, match="1 positive and 0 negative"):
        imrmc_file(rated_study("t", [rated("R01", 3, 7)], PLAN, truth=TRUTH))


def test_rjafroc_gets_the_sheets_that_its_reader_checks() -> None:
    """The checks of RJafroc's R/DfReadDataFile.R, new format, for an ROC data set of the factorial design."""
    book = load_workbook(io.BytesIO(rjafroc_file(rated_study("t", crossed(), PLAN, truth=TRUTH))))
    assert sorted(book.sheetnames) == ["FP", "TP", "TRUTH"]
    truth = [list(row) for row in book["TRUTH"].iter_rows(values_only=True)]
    assert truth[0] == ["CaseID", "LesionID", "Weight", "ReaderID", "ModalityID", "Paradigm"]
    assert [row[5] for row in truth[1:]] == ["ROC", "FCTRL", None, None]
    assert [(row[0], row[1], row[2]) for row in truth[1:]] == [(1, 0, 0), (2, 0, 0), (3, 1, 0), (8, 1, 0)]
    assert {row[3] for row in truth[1:]} == {"R01,R02"}
    [modalities] = {row[4] for row in truth[1:]}
    negative = list(book["FP"].iter_rows(values_only=True))
    positive = list(book["TP"].iter_rows(values_only=True))
    assert negative[0] == ("ReaderID", "ModalityID", "CaseID", "FP_Rating")
    assert positive[0] == ("ReaderID", "ModalityID", "CaseID", "LesionID", "TP_Rating")
    assert {row[2] for row in negative[1:]} == {1, 2}
    assert {(row[2], row[3]) for row in positive[1:]} == {(3, 1), (8, 1)}
    assert {row[1] for row in [*negative[1:], *positive[1:]]} == set(modalities.split(","))
    assert len(negative) + len(positive) - 2 == 16
    assert ("R02", "CT_model", 8, 1, 81) in positive


def test_rjafroc_counts_negative_cases_first_whatever_their_numbers() -> None:
    truth = {1: "present", 2: "absent", 3: "present", 8: "absent"}
    book = load_workbook(io.BytesIO(rjafroc_file(rated_study("t", crossed(), PLAN, truth=truth))))
    rows = list(book["TRUTH"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[1]) for row in rows] == [(2, 0), (8, 0), (1, 1), (3, 1)]


def test_rjafroc_refuses_a_study_in_which_not_everybody_read_everything() -> None:
    with pytest.raises(InvalidError, match="1 of 16 ratings are missing"):
        rjafroc_file(rated_study("t", crossed()[1:], PLAN, truth=TRUTH))


def test_without_a_rating_question_the_rating_is_yes_or_no_and_two_steps_are_two_modalities() -> None:
    plan = AnalysisPlan(question="head.bleed", positive=("present",))
    reads = [
        made_read("R01", item, arm="second", step=step, answers={"bleed": "present" if item == 3 else "absent"})
        for item in (1, 3)
        for step in ("unaided", "final")
    ]
    study = rated_study("t", reads, plan, truth=TRUTH)
    assert study.modalities == ["second final", "second unaided"]
    assert {(one.case, one.score) for one in study.ratings} == {(1, 0.0), (3, 1.0)}


def test_answers_in_an_order_are_rated_by_their_place() -> None:
    plan = AnalysisPlan(question="head.grade", positive=("severe",), rating="head.grade")
    reads = [made_read("R01", 1, answers={"grade": "mild"}), made_read("R01", 3, answers={"grade": "severe"})]
    study = rated_study("t", reads, plan, truth={1: "none", 3: "severe"}, values=["none", "mild", "severe"])
    assert [one.score for one in study.ratings] == [1.0, 2.0]


def test_two_arms_never_get_one_word() -> None:
    words = modality_words(["a b", "a-b", "日本"])
    assert len(set(words.values())) == 3
    assert all(word.replace("_", "").isascii() and word for word in words.values())


def test_the_long_table_has_a_row_an_item_and_one_for_a_read_with_nothing() -> None:
    items = {1: ItemFacts("p1", "b", {"head.bleed": "present"})}
    reads = [
        made_read("R01", 1, answers={"bleed": "present", "sure": 70}, boxes=[(0, 0, 10)]),
        made_read("R02", 1),
    ]
    rows = list(long_rows("Study", reads, items, frames={"k.1": "1.2.3#4"}))
    assert all(tuple(row) == COLUMNS for row in rows)
    assert [(row["reader"], row["kind"], row["item"]) for row in rows] == [
        ("R01", "answer", "head.bleed"),
        ("R01", "answer", "head.sure"),
        ("R01", "finding", "lesion"),
        ("R01", "mark", "box"),
        ("R02", "nothing", ""),
    ]
    assert (rows[0]["value"], rows[0]["truth"], rows[1]["number"]) == ("present", "present", 70)
    assert (rows[3]["frame"], rows[3]["value"]) == ("1.2.3#4", {"points": [[0, 0], [10, 10]]})
    kept = io.BytesIO()
    write_json(kept, rows)
    assert json.loads(kept.getvalue()) == rows
    kept = io.BytesIO()
    write_csv(kept, rows)
    read = list(csv.DictReader(io.StringIO(kept.getvalue().decode("utf-8-sig"))))
    assert [row["item"] for row in read] == [row["item"] for row in rows]
    assert (read[1]["number"], json.loads(read[3]["value"])["points"]) == ("70", [[0, 0], [10, 10]])


def test_an_answer_that_looks_like_a_formula_stays_text_and_a_negative_number_a_number() -> None:
    reads = [made_read("R01", 1, answers={"why": '=HYPERLINK("http://x")', "shift": -3.5}, arm="@SUM(1)")]
    kept = io.BytesIO()
    write_csv(kept, long_rows("+1", reads, {}))
    rows = {row["item"]: row for row in csv.DictReader(io.StringIO(kept.getvalue().decode("utf-8-sig")))}
    assert rows["head.why"]["value"] == '\'=HYPERLINK("http://x")'
    assert rows["head.shift"]["value"] == "-3.5"
    assert {(row["arm"], row["study"]) for row in rows.values()} == {("'@SUM(1)", "'+1")}
    assert [text_cell(one) for one in ("\t=1", "\uff1d1", "a=1", "")] == ["'\t=1", "'\uff1d1", "a=1", ""]


def read_as_rjafroc(content: bytes) -> tuple[dict[int, int], dict[tuple[str, str, int], list[float]], dict]:
    """As R/DfReadDataFile.R reads and checks the new format: lesions a case, ratings beside lesions, and on them."""
    book = load_workbook(io.BytesIO(content))
    assert sorted(name.upper() for name in book.sheetnames) == ["FP", "TP", "TRUTH"]
    sheets = {name.upper(): list(book[name].iter_rows(values_only=True)) for name in book.sheetnames}
    head, *truth = sheets["TRUTH"]
    assert head == ("CaseID", "LesionID", "Weight", "ReaderID", "ModalityID", "Paradigm")
    assert [row[5] for row in truth if row[5]][1] in ("FCTRL", "CROSSED")
    assert not [row for row in truth if None in row[:5]]
    before = 0
    for _, lesion, *_ in truth:
        assert lesion in (0, 1) or lesion == before + 1, "lesions are numbered in order"
        before = lesion
    lesions: dict[int, int] = {}
    for case, lesion, *_ in truth:
        lesions[case] = max(lesion, lesions.get(case, 0))
    for case, count in lesions.items():
        weights = [row[2] for row in truth if row[0] == case and row[1]]
        assert count == 0 or not any(weights) or 0.99 <= sum(weights) <= 1.01
    who = {(reader, arm) for reader in truth[0][3].split(",") for arm in truth[0][4].split(",")}
    assert sheets["FP"][0] == ("ReaderID", "ModalityID", "CaseID", "FP_Rating")
    assert sheets["TP"][0] == ("ReaderID", "ModalityID", "CaseID", "LesionID", "TP_Rating")
    beside: dict[tuple[str, str, int], list[float]] = {}
    for reader, arm, case, rating in sheets["FP"][1:]:
        assert (reader, arm) in who
        assert case in lesions
        beside.setdefault((reader, arm, case), []).append(float(rating))
    on = {}
    for reader, arm, case, lesion, rating in sheets["TP"][1:]:
        assert (reader, arm) in who
        assert 1 <= lesion <= lesions[case]
        assert (reader, arm, case, lesion) not in on
        on[reader, arm, case, lesion] = float(rating)
    return lesions, beside, on


def test_the_reader_of_the_format_takes_its_documented_layout() -> None:
    """Laid out as inst/extdata/toyFiles/FROC/frocCr.xlsx: readers and arms as words, weights, two marks in one case."""
    book = Workbook()
    book.active.title = "TP"
    for row in [
        ("ReaderID", "ModalityID", "CaseID", "LesionID", "TP_Rating"),
        ("0", "0", 70, 1, 5.5),
        ("0", "0", 70, 2, 4.5),
    ]:
        book.active.append(row)
    beside, truth = book.create_sheet("FP"), book.create_sheet("TRUTH")
    for row in [("ReaderID", "ModalityID", "CaseID", "FP_Rating"), ("0", "0", 1, 1.5), ("0", "0", 1, 2.5)]:
        beside.append(row)
    for row in [
        ("CaseID", "LesionID", "Weight", "ReaderID", "ModalityID", "Paradigm"),
        (1, 0, 0, "0,1,2", "0,1", "FROC"),
        (70, 1, 0.3, "0,1,2", "0,1", "FCTRL"),
        (70, 2, 0.7, "0,1,2", "0,1", None),
    ]:
        truth.append(row)
    kept = io.BytesIO()
    book.save(kept)
    lesions, false, true = read_as_rjafroc(kept.getvalue())
    assert lesions == {1: 0, 70: 2}
    assert false == {("0", "0", 1): [1.5, 2.5]}
    assert true == {("0", "0", 70, 1): 5.5, ("0", "0", 70, 2): 4.5}


def marked(reader: str, item: int, boxes: list[tuple[float, float, float]], sure: int = 3):
    return made_read(reader, item, boxes=boxes, about_finding={"sure": sure})


def test_froc_has_marks_on_lesions_beside_them_and_none_of_what_was_missed() -> None:
    here, there = (10.0, 10.0, 20.0), (100.0, 100.0, 20.0)
    shapes = list(enclosed_by(compared_read(marked("x", 2, [here, there]), FrameOrder())).values())
    reads = [
        marked("R01", 1, []),
        marked("R02", 1, [here], sure=1),
        marked("R01", 2, [here, (50.0, 50.0, 20.0)], sure=5),
        marked("R02", 2, [(12.0, 11.0, 20.0), there], sure=4),
    ]
    study = froc_study(reads, "head.sure", lesions={1: [], 2: shapes})
    lesions, beside, on = read_as_rjafroc(froc_file(study))
    assert lesions == {1: 0, 2: 2}
    assert beside == {("R02", "unaided", 1): [1.0], ("R01", "unaided", 2): [5.0]}
    assert {(reader, case): rating for (reader, _, case, _), rating in on.items()} == {("R01", 2): 5.0, ("R02", 2): 4.0}
    assert len(on) == 3
    with pytest.raises(InvalidError, match="1 readings are missing"):
        froc_file(froc_study(reads[1:], "head.sure", lesions={1: [], 2: shapes}))
    with pytest.raises(InvalidError, match="no rating"):
        froc_study([made_read("R01", 2, boxes=[here])], "head.sure", lesions={2: shapes})
    with pytest.raises(InvalidError, match="cases without any"):
        froc_file(froc_study(reads[2:], "head.sure", lesions={2: shapes}))


def test_the_roc_file_passes_the_same_checks() -> None:
    lesions, beside, on = read_as_rjafroc(rjafroc_file(rated_study("t", crossed(), PLAN, truth=TRUTH)))
    assert lesions == {1: 0, 2: 0, 3: 1, 8: 1}
    assert len(beside) == len(on) == 8
