"""COCO, YOLO, Pascal VOC and PNG with masks: read by other programs, they say what was drawn."""

import contextlib
import io
import json
from collections.abc import Callable
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pycocotools import mask as mask_api
from pycocotools.coco import COCO

from annotator.accounts.errors import InvalidError
from annotator.annotations.mark_pixels import filled_polygon
from annotator.datasets.exporters.coco_dataset import CocoExporter
from annotator.datasets.exporters.pascal_voc import VocExporter
from annotator.datasets.exporters.png_masks import PngMaskExporter
from annotator.datasets.exporters.registry import all_exporters
from annotator.datasets.exporters.stack_paths import frame_name
from annotator.datasets.exporters.yolo import YoloExporter, yolo_line
from annotator.datasets.released import ReleasedAnswer, ReleasedTarget
from annotator.imaging.frame_description import FrameGeometry
from annotator.imaging.pixels.presets import three_windows
from annotator.imaging.pixels.windowing import window_values
from tests.annotator.datasets.exporters.made_stacks import (
    MadePixels,
    contents,
    drawn_masks,
    export,
    made_frames,
    made_mark,
    made_mask,
    made_release,
    made_stack,
)

ROWS, COLUMNS = 24, 32
RIBBON = "rib 🎗 / left"
BLOB = np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]], dtype=bool)
BOX = made_mark("box", [(20.25, 3.5), (8.0, 11.0)], place=1, first_place=1, last_place=2, finding="f1")
CONTOUR = made_mark("contour", [(2, 2), (9.5, 3), (6, 12.25)], place=2, category=RIBBON)
MASK = made_mask(BLOB, column=27, row=20, place=2, category=RIBBON)
POINT = made_mark("point", [(3.5, 4.5)], place=3, category="caliper", label="caliper")
SLICES = made_mark("slices", [], place=3, first_place=3, last_place=3, label="bleed")
ANSWER = ReleasedAnswer("a1", "lesion@1", ReleasedTarget("finding", finding="f1"), "reader-1", {"shape": "oval"}, {})
FRAMES = made_frames([FrameGeometry()] * 5, rows=ROWS, columns=COLUMNS)
STACK = made_stack(FRAMES, BOX, CONTOUR, MASK, POINT, SLICES, answers=(ANSWER,))
PIXELS = MadePixels(STACK, np.random.default_rng(1).integers(0, 3000, (5, ROWS, COLUMNS)).astype(np.uint16))
RELEASE = made_release(STACK)


def name_of(place: int) -> str:
    return f"train/patient-0123456789ab/{frame_name(STACK, place)}"


def load(content: bytes, folder) -> COCO:
    path = folder / "coco.json"
    path.write_bytes(content)
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


def test_pycocotools_reads_what_was_drawn_on_each_frame(tmp_path):
    files = contents(export(CocoExporter, RELEASE, tmp_path / "out", PIXELS))
    coco = load(files["annotations/train.json"], tmp_path)
    assert {row["name"] for row in coco.dataset["categories"]} == {"nodule", RIBBON, "caliper"}
    images = {row["id"]: row for row in coco.dataset["images"]}
    assert [f"train/{row['file_name']}" for row in images.values()] == [f"{name_of(place)}.png" for place in (1, 2, 3)]
    boxes = coco.loadAnns(coco.getAnnIds(catIds=coco.getCatIds(catNms=["nodule"])))
    drawn = [row for row in boxes if row["attributes"]["kind"] == "box"]
    assert [row["bbox"] for row in drawn] == [[8.0, 3.5, 12.25, 7.5]] * 2
    assert [row["attributes"]["span"] for row in drawn] == [
        {"frames": 2, "place": 1, "drawn_here": True},
        {"frames": 2, "place": 2, "drawn_here": False},
    ]
    assert drawn[0]["attributes"]["answers"][0]["answers"] == {"shape": "oval"}
    ribbons = coco.loadAnns(coco.getAnnIds(catIds=coco.getCatIds(catNms=[RIBBON])))
    masks = {row["attributes"]["kind"]: coco.annToMask(row).astype(bool) for row in ribbons}
    assert (masks["mask"][20:23, 27:30] == BLOB).all()
    assert masks["mask"].sum() == BLOB.sum()
    [caliper] = coco.loadAnns(coco.getAnnIds(catIds=coco.getCatIds(catNms=["caliper"])))
    assert caliper["keypoints"] == [3.5, 4.5, 2]
    assert images[caliper["image_id"]]["slice_labels"][0]["label"] == "bleed"
    assert json.loads(files["annotations/val.json"])["images"] == []
    picture = np.asarray(Image.open(io.BytesIO(files[f"images/{name_of(1)}.png"])))
    assert (picture == PIXELS.grey(1)).all()


def test_run_lengths_hold_the_pixels_of_every_mark_with_an_inside(tmp_path):
    files = contents(export(CocoExporter, RELEASE, tmp_path / "out", PIXELS, segmentation="rle", pictures=False))
    assert not [name for name in files if name.endswith(".png")]
    coco = load(files["annotations/train.json"], tmp_path)
    for row in coco.dataset["annotations"]:
        if row["attributes"]["kind"] != "contour":
            continue
        expected = filled_polygon(CONTOUR.points, rows=ROWS, columns=COLUMNS).on_frame(rows=ROWS, columns=COLUMNS)
        assert (coco.annToMask(row).astype(bool) == expected).all()
        assert row["area"] == mask_api.area(coco.annToRLE(row))


@settings(max_examples=30, deadline=None)
@given(st.floats(0, COLUMNS), st.floats(0, ROWS), st.floats(0, COLUMNS), st.floats(0, ROWS))
def test_a_yolo_box_comes_back_to_a_thousandth_of_a_pixel(a, b, c, d):
    mark = made_mark("box", [(a, b), (c, d)])
    number, *values = yolo_line(mark, FRAMES[0], 4, task="detect").split()
    x, y, width, height = (float(v) * size for v, size in zip(values, (COLUMNS, ROWS) * 2, strict=True))
    assert number == "4"
    assert np.allclose([x - width / 2, y - height / 2, width, height], [min(a, c), min(b, d), abs(a - c), abs(b - d)],
                       atol=1e-3)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(drawn_masks(rows=5, columns=6))
def test_a_yolo_segment_holds_the_pixels_of_its_mask(pixels):
    mark = made_mask(pixels, column=3, row=4)
    values = [float(value) for value in yolo_line(mark, FRAMES[0], 0, task="segment").split()[1:]]
    points = [(round(x * COLUMNS, 6), round(y * ROWS, 6)) for x, y in zip(values[::2], values[1::2], strict=True)]
    found = filled_polygon(points, rows=ROWS, columns=COLUMNS)
    assert (found.on_frame(rows=ROWS, columns=COLUMNS)[4:9, 3:9] == pixels).all()


def test_yolo_has_a_text_for_each_picture_and_names_in_yaml(tmp_path):
    files = contents(export(YoloExporter, RELEASE, tmp_path, PIXELS, frames="all", task="segment"))
    assert len([name for name in files if name.startswith("labels/")]) == 5
    assert files[f"labels/{name_of(0)}.txt"] == b""
    assert len(files[f"labels/{name_of(2)}.txt"].splitlines()) == 3
    described = yaml.safe_load(files["data.yaml"])
    assert described["train"] == "images/train"
    assert list(described["names"].values()) == list(RELEASE.categories)


def test_pascal_voc_counts_pixels_from_one_with_both_ends(tmp_path):
    whole = made_mark("box", [(4.0, 2.0), (9.0, 12.0)], place=0)
    stack = made_stack(FRAMES, whole, CONTOUR, MASK)
    release = made_release(stack)
    files = contents(export(VocExporter, release, tmp_path, MadePixels(stack, PIXELS.values)))
    name = f"patient-0123456789ab_{frame_name(stack, 0)}"
    root = ElementTree.fromstring(files[f"Annotations/{name}.xml"])
    box = {part.tag: int(part.text) for part in root.find("object/bndbox")}
    assert box == {"xmin": 5, "ymin": 3, "xmax": 9, "ymax": 12}
    assert root.findtext("object/name") == "nodule"
    marked = f"patient-0123456789ab_{frame_name(stack, 2)}"
    assert ElementTree.fromstring(files[f"Annotations/{marked}.xml"]).findtext("object/name") == RIBBON
    classes = np.asarray(Image.open(io.BytesIO(files[f"SegmentationClass/{marked}.png"])))
    assert (classes[20:23, 27:30] > 0).tolist() == BLOB.tolist()
    objects = np.asarray(Image.open(io.BytesIO(files[f"SegmentationObject/{marked}.png"])))
    assert set(np.unique(objects)) == {0, 1, 2}
    assert files["ImageSets/Main/train.txt"].decode().split() == [name, marked]


def test_masks_and_three_windows_beside_each_other(tmp_path):
    windows = [window.name for window in three_windows()]
    files = contents(export(PngMaskExporter, RELEASE, tmp_path, PIXELS, windows=windows))
    picture = cv2.imdecode(np.frombuffer(files[f"images/{name_of(2)}.png"], np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    for channel, window in enumerate(three_windows()):
        assert (picture[..., channel] == window_values(PIXELS.modality_values(2), window)).all()
    mask = np.asarray(Image.open(io.BytesIO(files[f"masks/{name_of(2)}.png"])))
    labels = json.loads(files["labels.json"])["labels"]
    assert (mask[20:23, 27:30] == BLOB * labels[RIBBON]).all()
    each = contents(export(PngMaskExporter, RELEASE, tmp_path / "each", PIXELS, masks="each"))
    folder = next(name for name, true in json.loads(each["labels.json"])["folders"].items() if true == RIBBON)
    assert f"masks/{folder}/{name_of(2)}.png" in each


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"windows": ["Nonsense"]}, "options.windows[0]"),
        ({"windows": [[40, 0]]}, "options.windows[0]"),
        ({"windows": ["auto", "auto"]}, "options.windows"),
        ({"frames": "some"}, "options.frames"),
        ({"segmentation": "lines"}, "options.segmentation"),
        ({"colour": "red"}, "options.colour"),
    ],
)
def test_an_option_that_cannot_be_is_named(options, path):
    with pytest.raises(InvalidError) as refused:
        CocoExporter.options_class.from_json(options)
    assert refused.value.path == path


@pytest.mark.parametrize("format_name", sorted(all_exporters()))
def test_a_second_run_gives_the_same_bytes_and_a_killed_one_is_finished(tmp_path: object, format_name: str):
    exporter: Callable[..., object] = all_exporters()[format_name]
    first = export(exporter, RELEASE, tmp_path / "a", PIXELS)
    output = export(exporter, RELEASE, tmp_path / "b", PIXELS)
    assert first.manifest() == output.manifest()
    assert len(first.files()) > 0
    # A run that was killed begins with some of the files.
    assert export(exporter, RELEASE, tmp_path / "b", PIXELS).manifest() == first.manifest()
