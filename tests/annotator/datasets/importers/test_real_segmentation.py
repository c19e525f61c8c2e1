"""A liver that dcmqi segmented on three CT slices comes in on those slices, pixel for pixel."""

import highdicom
import numpy as np
import pytest

from annotator.annotations.masks import pixels_of
from annotator.annotations.models import Annotation
from annotator.datasets.actions.import_annotations import import_annotations
from annotator.imaging.actions.ingest_paths import ingest_paths


@pytest.mark.needs_data
def test_a_segmentation_of_another_program_comes_in(data_dir, admin, run_queued_jobs):
    folder = data_dir / "dicom" / "seg_sr_pr_rt"
    ingest_paths(admin, [folder / "dcmqi_ct3slice"])
    run_queued_jobs()
    file = folder / "dcmqi_segmentations_liver.dcm"
    done = import_annotations(admin, [file], source="dcmqi", format_name="dicom-seg", dry_run=False)
    assert (done.refused, done.new, done.saved) == ([], 3, True)
    seg = highdicom.seg.segread(file)
    marks = Annotation.objects.select_related("frame__instance", "finding")
    assert len({mark.finding_id for mark in marks}) == 1
    for mark in marks:
        uid = mark.frame.instance.sop_instance_uid
        [expected] = seg.get_pixels_by_source_instance([uid], segment_numbers=[1], ignore_spatial_locations=True)[
            ..., 0
        ]
        (left, top), (right, bottom) = ((int(c), int(r)) for c, r in mark.points)
        found = np.zeros(expected.shape, dtype=bool)
        found[top:bottom, left:right] = pixels_of(mark.mask, mark.points)
        assert np.array_equal(found, expected.astype(bool))
