"""What a study's row says of its series, instances and stacks."""

import pytest

from annotator.imaging.actions.count_studies import count_studies
from annotator.imaging.models import Instance, InstanceState, Series, Stack, Study
from tests.annotator.case_rows import make_stack, make_study

pytestmark = pytest.mark.django_db


def counted(study: Study) -> Study:
    count_studies([study.pk])
    study.refresh_from_db()
    return study


def test_instances_are_counted_by_state() -> None:
    study = make_study()
    stack = make_stack(study, frames=5)
    for instance, state in zip(Instance.objects.filter(stack=stack), InstanceState.values, strict=True):
        Instance.objects.filter(pk=instance.pk).update(state=state)
    counted(study)
    assert (study.instance_count, study.frame_count) == (5, 5)
    counts = study.ready_count, study.failed_count, study.review_count, study.withheld_count
    assert counts == (1, 1, 1, 1)


def test_the_cover_is_the_stack_with_the_most_ready_frames() -> None:
    study = make_study()
    short = make_stack(study, frames=2)
    long = make_stack(study, frames=4, series_number=2)
    make_stack(study, frames=4, series_number=3)
    assert counted(study).cover == long
    Instance.objects.filter(stack=long).update(state=InstanceState.WITHHELD)
    assert counted(study).cover not in (long, short)
    Instance.objects.filter(series__study=study).exclude(stack=short).update(state=InstanceState.REVIEW)
    assert counted(study).cover == short
    Instance.objects.filter(series__study=study).update(state=InstanceState.FAILED)
    assert counted(study).cover is None


def test_body_parts_and_modalities_stand_once_and_whole() -> None:
    study = make_study()
    for number in range(60):
        Series.objects.create(
            study=study, series_instance_uid=f"1.{number}", modality="CT", body_part=f"PART{number:04d}"
        )
    Series.objects.create(study=study, series_instance_uid="1.99", modality="", body_part="PART0001")
    counted(study)
    assert study.modalities == "CT"
    parts = study.body_parts.split("\\")
    assert parts == [f"PART{number:04d}" for number in range(len(parts))]
    assert len(study.body_parts) <= 400


@pytest.mark.parametrize(
    ("header", "pixels", "verdict", "doubts"),
    [
        ("L", "R", "", 1),
        ("R", "L", "", 1),
        ("L", "L", "", 0),
        ("", "R", "", 0),
        ("L", "", "", 0),
        ("B", "R", "", 0),
        ("L", "R", "header", 0),
    ],
)
def test_a_doubt_is_a_side_that_two_sources_name_differently_and_nobody_decided(
    header: str, pixels: str, verdict: str, doubts: int
) -> None:
    study = make_study()
    stack = make_stack(study, modality="MG", kind="still", frames=1, laterality=header)
    Stack.objects.filter(pk=stack.pk).update(laterality_from_pixels=pixels, laterality_verdict=verdict)
    assert counted(study).doubt_count == doubts


def test_the_words_of_a_study_are_folded_and_stand_once() -> None:
    study = make_study(patient_id="PAT-7", name="Doe^Zoë")
    Series.objects.create(study=study, series_instance_uid="1.1", modality="CT", description="HEAD head Knochen")
    words = counted(study).search_text.split()
    assert {"doe", "zoe", "pat-7", "ct", "head", "knochen"} <= set(words)
    assert len(words) == len(set(words))
