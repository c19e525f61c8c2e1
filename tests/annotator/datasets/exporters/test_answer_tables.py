"""Tables of answers that pandas reads, with one meaning a column."""

import io

import pandas as pd

from annotator.datasets.exporters.answer_tables import TableExporter
from annotator.datasets.released import ReleasedAnswer, ReleasedFinding, ReleasedTarget
from annotator.imaging.frame_description import FrameGeometry
from tests.annotator.datasets.exporters.made_stacks import (
    MadePixels,
    contents,
    export,
    made_frames,
    made_mark,
    made_release,
    made_stack,
)

DEFINITION = {
    "form": {
        "questions": [
            {"name": "shape", "kind": "choice"},
            {"name": "foci", "kind": "multiple"},
            {"name": "size", "kind": "number"},
            {"name": "calcified", "kind": "boolean"},
        ]
    }
}
FOUND = {"shape": "oval, smooth", "foci": ["comet", "rim\n🎗"], "size": 12.5, "calcified": False}
ON_FINDING = ReleasedAnswer(
    "a1", "lesion@2", ReleasedTarget("finding", finding="f1"), "reader-1", FOUND, {"points": 4, "level": "TR4"}
)
ON_CASE = ReleasedAnswer("a2", "lesion@2", ReleasedTarget("case"), "reader-2", {"shape": "none"}, {}, tied=("foci",),
                         targets={"calcified": 0.5})  # fmt: skip


def tables(tmp_path, **options):
    frames = made_frames([FrameGeometry()] * 2, rows=20, columns=20)
    mark = made_mark("length", [(1, 2), (4, 6)], lengths_mm=(2.5,), finding="f1", label="=SUM(1)")
    finding = ReleasedFinding("f1", "nodule", 1, "upper pole", "reader-1")
    stacks = [
        made_stack(frames, mark, answers=(ON_FINDING, ON_CASE), findings=(finding,)),
        made_stack(frames, series_uid="1.2.3", answers=(ON_CASE,)),
    ]
    release = made_release(*stacks, schemas={"lesion@2": DEFINITION, "never@1": DEFINITION})
    return contents(export(TableExporter, release, tmp_path, *(MadePixels(stack, None) for stack in stacks), **options))


def test_csv_and_parquet_say_the_same_and_what_was_answered(tmp_path):
    files = tables(tmp_path)
    read = pd.read_parquet(io.BytesIO(files["answers/lesion-v2.parquet"]))
    assert list(read["answer"]) == ["a1", "a2"], "an answer about the case stands once"
    first, second = read.to_dict("records")
    assert first["answers.shape"] == "oval, smooth"
    assert list(first["answers.foci"]) == FOUND["foci"]
    assert (first["answers.size"], first["answers.calcified"], first["score_level"]) == (12.5, False, "TR4")
    assert second["target.calcified"] == 0.5
    assert second["answers.foci"] is None
    as_csv = pd.read_csv(io.BytesIO(files["answers/lesion-v2.csv"]))
    assert list(as_csv.columns) == list(read.columns)
    assert as_csv["answers.shape"].tolist() == ["oval, smooth", "none"]
    assert as_csv["answers.foci"][0] == '["comet", "rim\\n🎗"]'
    assert pd.read_parquet(io.BytesIO(files["answers/never-v1.parquet"])).empty


def test_marks_have_their_points_measures_and_picture(tmp_path):
    files = tables(tmp_path, formats=["csv"])
    assert not [name for name in files if name.endswith(".parquet")]
    [mark] = pd.read_csv(io.BytesIO(files["marks.csv"])).to_dict("records")
    assert (mark["points"], mark["lengths_mm"], mark["label"]) == ("[[1.0, 2.0], [4.0, 6.0]]", "[2.5]", "=SUM(1)")
    assert mark["sop_instance_uid"] == "1.2.826.0.1.100"
    [finding] = pd.read_csv(io.BytesIO(files["findings.csv"])).to_dict("records")
    assert finding["name"] == "upper pole"
