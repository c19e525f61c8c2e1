"""The whole folder of real images is taken in: what is a picture becomes one, the rest is said in words."""

import csv
from itertools import pairwise
from pathlib import Path

import pytest

from annotator.imaging.models import (
    Instance,
    InstanceState,
    IntakeFile,
    Outcome,
    Patient,
    Stack,
    StackKind,
)
from annotator.imaging.queries import frames_in_order
from tests.annotator.imaging.conftest import Take

pytestmark = [pytest.mark.needs_data]


def test_every_file_of_the_collection_is_taken_in_or_refused_with_a_reason(take: Take, data_dir: Path) -> None:
    summary = take(data_dir / "dicom", derive=True)
    files = [path for path in (data_dir / "dicom").rglob("*") if path.is_file()]
    assert summary.ingested + summary.already_there + summary.quarantined == len(files)
    refused = dict(
        IntakeFile.objects.filter(outcome=Outcome.QUARANTINED).values_list("name", "reason").order_by("name")
    )
    assert "" not in refused.values()
    # No picture failed to decode: what is refused is refused by its header.
    assert Instance.objects.filter(state=InstanceState.FAILED).count() == 0
    assert Instance.objects.filter(state=InstanceState.READY).count() == summary.ingested
    assert summary.ingested >= 150
    kinds = {
        "seg_sr_pr_rt/liver.dcm": "A segmentation",
        "seg_sr_pr_rt/rtstruct.dcm": "structure set",
        "seg_sr_pr_rt/test-SR.dcm": "structured report",
        "dicomdir/DICOMDIR": "DICOMDIR",
        "odd/MR_truncated.dcm": "Truncated",
        "odd/badVR.dcm": "dose",
        "odd/MR_small_padded.dcm": "other bytes",
        "odd/empty_charset_LEI.dcm": "No pixel data",
        "transfer_syntax/JLSL_RGB_ILV0.dcm": "No Study Instance UID",
        "README.tsv": "Not DICOM",
    }
    for name, words in kinds.items():
        assert words in refused[str(data_dir / "dicom" / name)], name


def test_a_chest_ct_of_64_slices_is_one_stack_from_foot_to_head(take: Take, data_dir: Path) -> None:
    summary = take(data_dir / "dicom" / "ct_lung_A0001_5mm", derive=True)
    assert str(summary) == "ingested 64, already there 0, quarantined 0"
    stack = Stack.objects.get()
    frames = frames_in_order(stack)
    places = [frame.position_along_normal for frame in frames]
    assert len(frames) == 64
    assert all(after - before == pytest.approx(5, abs=1e-3) for before, after in pairwise(places))
    assert {frame.geometry["spacing_source"] for frame in frames} == {"PixelSpacing"}
    assert Patient.objects.count() == 1


def test_scout_and_summary_of_a_head_ct_are_not_mixed_with_its_slices(take: Take, data_dir: Path) -> None:
    take(
        *(data_dir / "dicom").glob("ct_head_phantom_philips_*"),
        derive=True,
    )
    sizes = sorted((stack.kind, stack.instances.count()) for stack in Stack.objects.all())
    assert sizes == [(StackKind.STILL, 1), (StackKind.STILL, 1), (StackKind.VOLUME, 28)]


def test_ultrasound_regions_are_those_of_the_table(take: Take, data_dir: Path) -> None:
    with (data_dir / "tables" / "us_regions.tsv").open() as table:
        rows = [row for row in csv.DictReader(table, delimiter="\t") if row["file"].startswith("us/")]
    checked = 0
    for name in sorted({row["file"] for row in rows}):
        take(data_dir / "dicom" / name, derive=True)
        entry = IntakeFile.objects.filter(name=str(data_dir / "dicom" / name)).latest("pk")
        if entry.instance is None:
            continue
        frame = entry.instance.frames.first()
        assert frame is not None
        wanted = [row for row in rows if row["file"] == name]
        assert len(frame.geometry["regions"]) == len(wanted)
        for found, row in zip(frame.geometry["regions"], wanted, strict=True):
            assert [found[key] for key in ("min_column", "min_row", "max_column", "max_row")] == [
                int(row[key]) for key in ("minX", "minY", "maxX", "maxY")
            ]
            if row["UnitsX"] == row["UnitsY"] == "3":
                assert found["mm_per_column"] == pytest.approx(abs(float(row["PhysicalDeltaX"])) * 10)
                assert found["mm_per_row"] == pytest.approx(abs(float(row["PhysicalDeltaY"])) * 10)
            else:
                assert found["mm_per_column"] is None
            assert found["spatial"] == (row["RegionSpatialFormat"] == "1" and row["UnitsX"] == row["UnitsY"] == "3")
            checked += 1
    assert checked >= 5
