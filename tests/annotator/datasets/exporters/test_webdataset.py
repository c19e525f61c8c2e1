"""Shards that webdataset streams: a picture, its labels and its JSON a sample."""

import json

import numpy as np
import webdataset

from annotator.datasets.exporters.webdataset_shards import ShardExporter
from annotator.imaging.frame_description import FrameGeometry
from tests.annotator.datasets.exporters.made_stacks import (
    MadePixels,
    export,
    made_frames,
    made_mark,
    made_release,
    made_stack,
)


def test_webdataset_reads_pictures_labels_and_json(tmp_path):
    frames = made_frames([FrameGeometry()] * 3, rows=20, columns=24)
    box = made_mark("box", [(2, 3), (10, 12)], place=1, category="left / 🎗")
    stack = made_stack(frames, box)
    pixels = MadePixels(stack, np.random.default_rng(2).integers(0, 3000, (3, 20, 24)).astype(np.uint16))
    output = export(ShardExporter, made_release(stack), tmp_path, pixels, frames="all")
    listed = json.loads(output.path_of("train.json").read_bytes())["shardlist"]
    assert [shard["nsamples"] for shard in listed] == [3]
    shards = [str(output.path_of(shard["url"])) for shard in listed]
    samples = list(webdataset.WebDataset(shards, shardshuffle=False).decode("l8"))
    assert len(samples) == 3
    for place, sample in enumerate(samples):
        assert (sample["png"] == pixels.grey(place)).all()
        assert sample["mask.png"].any() == (place == 1)
    assert (samples[1]["mask.png"][3:12, 2:10] == 1).all()
    [found] = samples[1]["json"]["objects"]
    assert (found["bbox"], found["category"]) == ([2.0, 3.0, 8.0, 9.0], "left / 🎗")
    assert json.loads(output.path_of("labels.json").read_bytes())["left / 🎗"] == 1
