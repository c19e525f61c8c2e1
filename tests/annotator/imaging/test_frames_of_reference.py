"""Which stacks lie in one space, told without their UIDs."""

import pytest

from annotator.imaging.frames_of_reference import frames_of_reference
from annotator.imaging.models import Instance
from tests.annotator.case_rows import make_stack, make_study


@pytest.mark.django_db
def test_stacks_of_one_frame_of_reference_have_one_number_and_those_without_have_none() -> None:
    study = make_study()
    uids = ["1.2.3", "1.2.4", None, "1.2.3"]
    stacks = [make_stack(study, series_number=number) for number in range(len(uids))]
    for stack, uid in zip(stacks, uids, strict=True):
        header = {"00200052": {"vr": "UI", "Value": [uid]}} if uid else {"00200013": {"vr": "IS", "Value": [1]}}
        Instance.objects.filter(stack=stack).update(header=header)
    numbers = frames_of_reference([stack.pk for stack in stacks])
    assert [numbers[stack.pk] for stack in stacks] == [1, 2, 0, 1]
