"""A marked voxel lies at the same millimetre in DICOM and in NIfTI, for every orientation and every program."""

import json
import math
from dataclasses import replace

import nibabel
import numpy as np
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.datasets.exporters.decathlon import DecathlonExporter
from annotator.datasets.exporters.nifti import NiftiExporter
from annotator.datasets.exporters.nifti_volumes import MixedModalitiesError
from annotator.datasets.exporters.nnunet import NnunetExporter
from annotator.datasets.exporters.output import FolderOutput
from annotator.datasets.exporters.volume_grid import NoGridError, volume_grid
from annotator.imaging.frame_description import FrameGeometry
from annotator.imaging.geometry import patient_from_scoord
from tests.annotator.datasets.exporters.made_stacks import (
    AXIAL,
    MadePixels,
    contents,
    drawn_masks,
    export,
    made_frames,
    made_mark,
    made_mask,
    made_release,
    made_stack,
    placed_volumes,
)

ROWS, COLUMNS = 5, 7


def made(geometries, *marks, **members):
    stack = made_stack(made_frames(geometries, rows=ROWS, columns=COLUMNS), *marks, **members)
    shape = (len(geometries), ROWS, COLUMNS)
    return MadePixels(stack, np.arange(math.prod(shape)).reshape(shape).astype(np.uint16))


@settings(max_examples=40, deadline=None)
@given(placed_volumes(), st.data())
def test_each_voxel_lies_where_dicom_puts_it(tmp_path_factory, geometries, data):
    folder = tmp_path_factory.mktemp("nifti")
    place = data.draw(st.integers(0, len(geometries) - 1))
    mask = data.draw(drawn_masks(rows=ROWS, columns=COLUMNS))
    pixels = made(geometries, made_mask(mask, place=place))
    output = export(NiftiExporter, made_release(pixels.stack), folder, pixels)
    row = json.loads(output.path_of("volumes.jsonl").read_bytes())
    image = nibabel.load(output.path_of(row["image"]))
    label = nibabel.load(output.path_of(row["label"]))
    itk_image, itk_label = (SimpleITK.ReadImage(str(output.path_of(row[name]))) for name in ("image", "label"))
    values, itk_values = np.asarray(image.dataobj), SimpleITK.GetArrayFromImage(itk_image)
    assert np.array_equal(np.asarray(label.dataobj).transpose(2, 1, 0)[place], mask)
    assert np.array_equal(SimpleITK.GetArrayFromImage(itk_label)[place], mask)
    # Where one marked voxel is, by DICOM, by nibabel (RAS) and by SimpleITK (LPS).
    line, column = np.argwhere(mask)[data.draw(st.integers(0, int(mask.sum()) - 1))]
    said = patient_from_scoord([[column + 0.5, line + 0.5]], geometries[place])[0]
    by_nibabel = (label.affine @ [column, line, place, 1])[:3] * (-1, -1, 1)
    by_itk = itk_label.TransformIndexToPhysicalPoint((int(column), int(line), place))
    assert np.allclose(by_nibabel, said, atol=1e-3)
    assert np.allclose(by_itk, said, atol=1e-3)
    assert values[column, line, place] == itk_values[place, line, column] == pixels.modality_values(place)[line, column]


def test_a_picture_that_lies_nowhere_is_a_volume_of_one_slice(tmp_path):
    geometry = FrameGeometry(spacing=(0.2, 0.1), spacing_source="PixelSpacing")
    pixels = made([geometry] * 3, made_mark("box", [(1, 1), (3, 4)], place=1), kind="cine", modality="US")
    output = export(NiftiExporter, made_release(pixels.stack), tmp_path, pixels)
    [row] = [json.loads(line) for line in output.path_of("volumes.jsonl").read_bytes().splitlines()]
    image = nibabel.load(output.path_of(row["image"]))
    assert image.shape == (COLUMNS, ROWS, 1)
    assert np.allclose(image.header.get_zooms(), (0.1, 0.2, 1.0))
    assert np.asarray(nibabel.load(output.path_of(row["label"])).dataobj)[1:3, 1:4, 0].all()


def axial(*heights, **members):
    return [FrameGeometry((0.0, 0.0, height), AXIAL, (1.0, 1.0), **members) for height in heights]


@pytest.mark.parametrize(
    ("geometries", "words"),
    [
        (axial(0, 1, 2, 4), "unevenly"),
        ([*axial(0), replace(axial(1)[0], orientation=(0.0, 1.0, 0.0, -1.0, 0.0, 0.0))], "orientations"),
        ([*axial(0), replace(axial(1)[0], spacing=(0.5, 1.0))], "several sizes"),
        ([*axial(0), FrameGeometry()], "no place"),
        (axial(1, 1), "one place"),
    ],
)
def test_slices_that_make_no_grid_are_left_out_with_the_reason(tmp_path, geometries, words):
    with pytest.raises(NoGridError, match=words):
        volume_grid(geometries)
    pixels = made(geometries, made_mark("box", [(1, 1), (3, 4)]))
    output = export(NiftiExporter, made_release(pixels.stack), tmp_path, pixels)
    assert words in json.loads(output.path_of("left_out.jsonl").read_bytes())["reason"]
    assert not [name for name in contents(output) if name.endswith(".nii.gz")]


def test_leaning_slices_are_left_out_and_the_reason_names_what_to_do(tmp_path):
    leaning = [FrameGeometry((0.0, 0.2 * at, float(at)), AXIAL, (1.0, 1.0)) for at in range(3)]
    pixels = made(leaning, made_mark("box", [(1, 1), (3, 4)]))
    output = export(NiftiExporter, made_release(pixels.stack), tmp_path, pixels)
    assert "straighten" in json.loads(output.path_of("left_out.jsonl").read_bytes())["reason"]


def three_patients():
    mark = made_mark("box", [(1, 1), (3, 4)], category="mass / left 🎗")
    return [
        made(axial(0, 1), mark, patient=f"patient-{at}", split=split, series_uid=f"1.2.{at}")
        for at, split in enumerate(("train", "val", "test"))
    ]


def test_nnunet_finds_its_layout(tmp_path):
    made_ones = three_patients()
    release = made_release(*(pixels.stack for pixels in made_ones))
    files = contents(export(NnunetExporter, release, tmp_path, *made_ones, dataset_id=7))
    about = json.loads(files["Dataset007_Nodules/dataset.json"])
    assert about["labels"] == {"background": 0, "mass / left 🎗": 1}
    assert (about["channel_names"], about["numTraining"], about["file_ending"]) == ({"0": "CT"}, 2, ".nii.gz")
    [fold] = json.loads(files["Dataset007_Nodules/splits_final.json"])
    for case in fold["train"] + fold["val"]:
        assert f"Dataset007_Nodules/imagesTr/{case}_0000.nii.gz" in files
        assert f"Dataset007_Nodules/labelsTr/{case}.nii.gz" in files
    assert len([name for name in files if "/imagesTs/" in name]) == 1
    folds = [replace(pixels.stack, split=f"fold-{at + 1}") for at, pixels in enumerate(made_ones)]
    crossed = made_release(*folds, splits=("fold-1", "fold-2", "fold-3"))
    pixels = [MadePixels(stack, one.values) for stack, one in zip(folds, made_ones, strict=True)]
    output = contents(export(NnunetExporter, crossed, tmp_path / "folds", *pixels))
    splits = json.loads(output["Dataset501_Nodules/splits_final.json"])
    assert [(len(fold["train"]), len(fold["val"])) for fold in splits] == [(2, 1)] * 3


def test_nnunet_refuses_two_modalities_and_says_what_to_do(tmp_path):
    mark = made_mark("box", [(1, 1), (3, 4)])
    volumes = [made(axial(0, 1), mark, series_uid=f"1.2.{name}", modality=name) for name in ("CT", "MR")]
    release = made_release(*(pixels.stack for pixels in volumes))
    with pytest.raises(MixedModalitiesError, match=r"CT and MR.*option Modality"):
        export(NnunetExporter, release, tmp_path / "both", *volumes)
    resumed = NnunetExporter(release, NnunetExporter.options_class())
    rows = [{"volumes": [{"split": "train", "case": name, "modality": name}]} for name in ("CT", "MR")]
    with pytest.raises(MixedModalitiesError):
        resumed.finish(rows, FolderOutput(tmp_path / "resumed"))
    files = contents(export(NnunetExporter, release, tmp_path / "one", *volumes, modality="MR"))
    assert json.loads(files["Dataset501_Nodules/dataset.json"])["channel_names"] == {"0": "MR"}


def test_the_decathlon_document_lists_pairs(tmp_path):
    """As monai.data.load_decathlon_datalist reads it: lists of image and label beside the file."""
    made_ones = three_patients()
    files = contents(export(DecathlonExporter, made_release(*(one.stack for one in made_ones)), tmp_path, *made_ones))
    about = json.loads(files["dataset.json"])
    assert about["labels"] == {"0": "background", "1": "mass / left 🎗"}
    for part in ("training", "validation"):
        [pair] = about[part]
        assert {pair["image"].removeprefix("./"), pair["label"].removeprefix("./")} <= set(files)
    assert about["test"] == [about["test_labels"][0]["image"]]
