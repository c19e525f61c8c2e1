"""A frozen release is trained on as it was frozen: pictures, masks, boxes, targets, sides."""

import re
import uuid
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from django.db import connections

from annotator.accounts.errors import InvalidError
from annotator.accounts.models import User
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.cases.models import Case
from annotator.datasets.actions.request_release import request_release
from annotator.datasets.actions.save_cohort import save_cohort
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.models import Release
from annotator.datasets.preprocessing.options import Preprocessing
from annotator.datasets.release_rows import released_stacks
from annotator.datasets.released import ReleasedAnswer, ReleasedTarget
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.frame_description import Window
from annotator.imaging.queries import frames_in_order
from annotator.readerstudies.actions.assign_cases import assign_cases
from ml_assist.training.datasets import ReleaseFrames, collate, start_worker
from ml_assist.training.frame_index import FrameIndex, LoadingOptions
from tests.annotator.datasets.frozen import frozen_release
from tests.annotator.datasets.released_values import example_stack
from tests.builders.studies import ct_series
from tests.fixtures.product import ROOT

# The disc of ct_series: 32 rows, 40 columns.
DISC = [[12.0, 16.0], [28.0, 16.0], [20.0, 8.0], [20.0, 24.0]]
BOX = [[2.5, 3.0], [10.0, 9.0]]


@pytest.fixture
def heads(tmp_path: Path, admin: User, radiologist: User, data_manager: User, run_queued_jobs) -> Release:
    """Eight patients with three slices each; the disc is marked on all, a box on the first of each."""
    for patient in range(8):
        ct_series(tmp_path, study=f"ct{patient}", patient_id=f"P{patient}", patient_name=f"P^{patient}", seed=patient)
    ingest_paths(admin, [tmp_path])
    run_queued_jobs()
    cases = list(Case.objects.all())
    assign_cases(admin, [case.id for case in cases], [radiologist.id])
    for case in cases:
        [stack] = case.stacks.all()
        frames = frames_in_order(stack)
        for kind, points, on in (("ellipse", DISC, frames), ("box", BOX, frames[:1])):
            for frame in on:
                save_annotation(radiologist, SaveAnnotation(uuid.uuid4(), case.id, frame.key, kind, points, label=kind))
    recipe = {
        "truth": {"uncertain": "ignore", "submitted_only": False},
        "split": {"fractions": [0.5, 0.25, 0.25]},
        "leaks": {"near_duplicates": False},
    }
    asked = request_release(data_manager, save_cohort(data_manager, "Heads", {}).pk, recipe)
    run_queued_jobs()
    return Release.objects.select_related("cohort").get(pk=asked.pk)


def test_the_guides_network_learns_from_a_release_whose_sides_share_no_patient(heads: Release):
    """The guide's code as it stands, its workers left out: they can't see what a test has not committed."""
    [code] = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "training.md").read_text(), re.DOTALL)
    assert len(code.splitlines()) <= 30
    names: dict[str, object] = {}
    exec(code.replace("workers=4", "workers=0"), names)
    losses = names["losses"]
    assert len(losses) == 6, "four patients of three slices in pairs"
    assert losses[-1] < 0.8 * losses[0]

    sides = [FrameIndex(heads, LoadingOptions(splits=(split,))) for split in ("train", "val", "test")]
    assert [len(side.patients) for side in sides] == [4, 2, 2]
    assert len(set.union(*(side.patients for side in sides))) == 8
    assert len({side.categories for side in sides}) == 1

    frames = ReleaseFrames(heads, LoadingOptions(splits=("val",), windows=("Brain", "Bone", (40, 400))))
    assert len(frames) == 6
    sample, stack = frames[0], next(released_stacks(heads, split="val"))
    assert sample["frame_key"] == stack.frames[0].frame_key
    assert np.array_equal(sample["image"][2] * 255, StackPixels(stack).grey(0, Window(40, 400)))
    kinds = [frames.categories[number] for number in sample["classes"]]
    by_kind = dict(zip(kinds, sample["boxes"].tolist(), strict=True))
    assert by_kind == {"ellipse": [12, 8, 28, 24], "box": [2.5, 3, 10, 9]}
    disc = sample["masks"][frames.categories.index("ellipse")]
    assert disc.sum() == pytest.approx(np.pi * 64, rel=0.05)
    assert (disc[16, 20], disc[0, 0]) == (1, 0)

    twice = ReleaseFrames(heads, LoadingOptions(splits=("val",), size=(64, 100)))[0]
    assert twice["image"].shape == (1, 64, 100)
    assert twice["image"][:, :, 80:].max() == 0, "its shape is kept"
    assert twice["boxes"].tolist() == (2 * sample["boxes"]).tolist()
    narrow = ReleaseFrames(heads, LoadingOptions(splits=("val",), size=(33, 21)))[0]
    across, down = 21 / 40, 17 / 32
    assert np.allclose(narrow["boxes"], sample["boxes"] * torch.tensor([across, down, across, down]))
    halved = ReleaseFrames(heads, LoadingOptions(splits=("val",), preprocessing=Preprocessing(halve=True)))[0]
    assert halved["image"].shape == (1, 16, 20)
    batch = collate([twice, halved])
    assert batch["image"].shape == (2, 1, 64, 100)
    assert torch.equal(batch["image"][1, :, :16, :20], halved["image"])

    marked = ReleaseFrames(heads, LoadingOptions(frames="marked"))
    assert len(list(marked.sampler(seed=3))) == 24
    assert len({round(weight, 9) for weight in marked.index.weights}) == 1, "all stacks show the same"


def test_targets_are_those_of_the_frame_and_the_mean_of_its_readers(data_manager: User):
    def answer(number: int, target: ReleasedTarget, bleeding: float | None) -> ReleasedAnswer:
        return ReleasedAnswer(f"a{number}", "heads@2", target, "r", {}, {}, targets={"bleeding": bleeding})

    slices = ReleasedTarget("slices", first_place=1, last_place=1)
    answers = (
        answer(1, ReleasedTarget("case"), 1.0),
        answer(2, ReleasedTarget("case"), None),
        answer(3, slices, 0.0),
        answer(4, ReleasedTarget("finding", finding="elsewhere"), 0.0),
        answer(5, ReleasedTarget("breast", breast="L"), 0.0),
    )
    stack = replace(example_stack(), answers=answers, laterality="R")
    release = frozen_release(data_manager, [stack])
    index = FrameIndex(release, LoadingOptions(questions=("heads.bleeding",)))
    assert index.targets(stack, 0).tolist() == [1.0]
    assert index.targets(stack, 1).tolist() == [0.5]
    assert np.isnan(index.targets(replace(stack, answers=()), 0)).all()
    assert index.left_out == [(stack.stack_key, "2 of its pictures are gone")]
    weights = ReleaseFrames(release, LoadingOptions(questions=("heads.bleeding",))).positive_weights()
    assert weights.tolist() == [3.0], "three answers of no against one of yes"
    for options in (LoadingOptions(questions=("heads.colour",)), LoadingOptions(splits=("holdout",))):
        with pytest.raises(InvalidError, match=r"There are|has no"):
            FrameIndex(release, options)


def test_a_worker_opens_connections_of_its_own_and_leaves_its_parents_open(db: None):
    before = connections["default"]
    before.ensure_connection()
    try:
        start_worker(0)
        assert connections["default"] is not before
        assert before.connection is not None
    finally:
        connections["default"] = before
