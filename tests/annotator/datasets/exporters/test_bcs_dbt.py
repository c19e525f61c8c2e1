"""The tables of the tomosynthesis data set: its reader finds each box where it was drawn, turned or not."""

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.datasets.exporters.bcs_dbt import BcsDbtExporter
from annotator.datasets.exporters.breast_reader_frame import (
    ReaderBox,
    is_turned,
    points_of_reader_box,
    reader_box,
    turned_box,
)
from annotator.datasets.released import ReleasedAnswer, ReleasedTarget
from annotator.imaging.frame_description import FrameGeometry
from tests.annotator.datasets.exporters.made_stacks import (
    TOMOSYNTHESIS,
    MadePixels,
    contents,
    export,
    made_frames,
    made_mark,
    made_release,
    made_stack,
)

ROWS, COLUMNS, SLICES = 30, 20, 4


def as_its_reader_shows(volume, view, index):
    """What duke_dbt_data.py does with `index`: the brighter edge of that slice names the side, else it is turned."""
    left, right = volume[index][:, 0].sum(), volume[index][:, -1].sum()
    return volume[index] if ("R" if left < right else "L") == view[0].upper() else volume[index, ::-1, ::-1]


def breast(side: str) -> np.ndarray:
    down, across = np.mgrid[:ROWS, :COLUMNS]
    away = across if side == "L" else COLUMNS - 1 - across
    picture = ((down - ROWS / 2) ** 2 + away**2 < 144) * 500
    return np.repeat(picture[None].astype(np.uint16), SLICES, axis=0)


def volume(stored: str, laterality: str, *marks, view="CC", **members):
    """A breast whose chest wall is at the left edge for "L", at the right for "R", whatever the header says."""
    frames = made_frames(
        [FrameGeometry()] * SLICES, rows=ROWS, columns=COLUMNS, multi_frame=True, sop_class=TOMOSYNTHESIS
    )
    stack = made_stack(frames, *marks, modality="MG", laterality=laterality, view=view, **members)
    return MadePixels(stack, breast(stored))


def tables(folder, *volumes, **options):
    release = made_release(*(one.stack for one in volumes))
    files = contents(export(BcsDbtExporter, release, folder, *volumes, **options))
    return {name: pd.read_csv(io.BytesIO(content)) for name, content in files.items() if name.endswith("train.csv")}


@pytest.mark.parametrize("stored", ["L", "R"])
@pytest.mark.parametrize("laterality", ["L", "R"])
@pytest.mark.parametrize("other_slices_turned", [False, True])
def test_its_reader_finds_the_marked_pixels_in_the_box(tmp_path, stored, laterality, other_slices_turned):
    made = volume(stored, laterality, made_mark("box", [(3, 4), (8, 12)], place=2, category="distortion"))
    made.values[2, 4:12, 3:8] += 1000
    if other_slices_turned:
        made.values[:2] = made.values[:2, ::-1, ::-1]
    found = tables(tmp_path, made)
    [row] = found["BCS-DBT-boxes-train.csv"].to_dict("records")
    assert (row["View"], row["Slice"], row["VolumeSlices"], row["AD"]) == (f"{laterality.lower()}cc", 2, SLICES, 1)
    shown = as_its_reader_shows(made.values, row["View"], row["Slice"])
    inside = shown[row["Y"] : row["Y"] + row["Height"], row["X"] : row["X"] + row["Width"]]
    assert inside.shape == (8, 5)
    assert (inside >= 1000).all()
    assert (shown >= 1000).sum() == inside.size
    turned = is_turned(made.values[2], laterality=laterality)
    assert turned == (stored != laterality)
    box = ReaderBox(row["X"], row["Y"], row["Width"], row["Height"])
    assert points_of_reader_box(box, columns=COLUMNS, rows=ROWS, turned=turned) == [[3, 4], [8, 12]]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 18), st.integers(0, 28), st.integers(0, 18), st.integers(0, 28), st.booleans())
def test_a_box_of_whole_pixels_goes_round(a, b, c, d, turned):
    corners = [[float(min(a, c)), float(min(b, d))], [float(max(a, c) + 1), float(max(b, d) + 1)]]
    box = reader_box("box", corners, columns=COLUMNS, rows=ROWS, turned=turned)
    assert points_of_reader_box(box, columns=COLUMNS, rows=ROWS, turned=turned) == corners
    assert turned_box(turned_box(box, columns=COLUMNS, rows=ROWS), columns=COLUMNS, rows=ROWS) == box


def test_labels_follow_the_diagnosis_and_paths_share_the_key(tmp_path):
    drawn = made_mark("box", [(3, 4), (8, 12)], finding="f1")
    said = ReleasedAnswer("a", "pathology@2", ReleasedTarget("finding", finding="f1"), "r", {"result": "malignant"}, {})
    volumes = [
        volume("L", "L", drawn, answers=(said,)),
        volume("L", "L", series_uid="1.2.9"),
        volume("R", "R", drawn, view="MLO"),
        volume("R", "R", drawn, view="ML"),
    ]
    found = tables(tmp_path, *volumes, diagnosis="pathology.result")
    labels = found["BCS-DBT-labels-train.csv"]
    assert labels["View"].tolist() == ["lcc", "lcc2", "rmlo"], "a view taken twice is counted, another one left out"
    assert labels[["Normal", "Actionable", "Benign", "Cancer"]].values.tolist() == [
        [0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0],
    ]  # fmt: skip
    boxes = found["BCS-DBT-boxes-train.csv"]
    assert boxes["Class"].fillna("").tolist() == ["cancer", ""]
    merged = boxes.merge(found["BCS-DBT-file-paths-train.csv"], on=["PatientID", "StudyUID", "View"])
    assert len(merged) == 2
    assert merged["descriptive_path"].str.endswith(".dcm").all()


def assessed(reader: str, group: str | None = None, *, follows: str | None = None) -> ReleasedAnswer:
    derived = {"group": {"value": follows, "because": "it was biopsied"}} if follows else {}
    answers = {"group": group} if group else {}
    return ReleasedAnswer(reader, "birads-assessment@2", ReleasedTarget("case"), reader, answers, {"derived": derived})


@pytest.mark.parametrize(
    ("answers", "group"),
    [
        ([assessed("a", "cancer")], "Cancer"),
        ([assessed("a", "benign"), assessed("b", follows="cancer")], "Benign"),
        ([assessed("a", follows="cancer")], "Cancer"),
        ([assessed("a", "actionable")], "Actionable"),
        ([assessed("a", "normal")], "Normal"),
        ([], "Actionable"),
    ],
)
def test_the_answered_group_of_the_examination_wins_over_what_marks_alone_say(tmp_path, answers, group):
    drawn = made_mark("box", [(3, 4), (8, 12)])
    found = tables(
        tmp_path,
        volume("L", "L", drawn, answers=tuple(answers)),
        volume("L", "L", view="MLO", answers=tuple(answers)),
    )
    labels = found["BCS-DBT-labels-train.csv"].set_index("View")
    assert labels.loc["lcc", group] == 1
    assert labels.loc["lcc", ["Normal", "Actionable", "Benign", "Cancer"]].sum() == 1
    biopsied = group in ("Benign", "Cancer")
    assert ("lmlo" in labels.index) == (not biopsied), "the set has only those views of a biopsied examination"
    [box] = found["BCS-DBT-boxes-train.csv"].to_dict("records")
    assert box["Class"] == group.lower() if biopsied else pd.isna(box["Class"])


def test_readers_who_contradict_each_other_about_the_group_are_no_label(tmp_path):
    said = (assessed("a", "benign"), assessed("b", "cancer"))
    made = volume("L", "L", made_mark("box", [(3, 4), (8, 12)]), answers=said)
    files = contents(export(BcsDbtExporter, made_release(made.stack), tmp_path, made))
    assert len(files["BCS-DBT-labels-train.csv"].splitlines()) == 1
    assert b"benign and cancer" in files["left_out.jsonl"]
