"""What the runs of a mask must be."""

from typing import Any
from uuid import uuid4

import pytest

from annotator.accounts.errors import InvalidError
from annotator.accounts.models import User
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.masks import MAX_RUNS, check_mask
from annotator.annotations.models import Annotation
from annotator.cases.models import Case
from annotator.imaging.models import Frame

CORNERS = [[2.0, 3.0], [6.0, 5.0]]


@pytest.mark.parametrize("runs", [[0, 8], [7, 1], [0, 1, 7], [1, 2, 3, 2]])
def test_runs_that_fill_the_box_are_a_mask(runs: list[int]) -> None:
    assert check_mask("mask", {"runs": runs}, CORNERS) == {"runs": runs}


@pytest.mark.parametrize("corners", [[[6.0, 5.0], [2.0, 3.0]], [[6.0, 3.0], [2.0, 5.0]]])
def test_the_box_may_be_given_by_any_two_opposite_corners(corners: list[list[float]]) -> None:
    assert check_mask("mask", {"runs": [1, 7]}, corners) == {"runs": [1, 7]}


@pytest.mark.parametrize(
    ("mask", "path"),
    [
        (None, "mask"),
        ([1, 7], "mask"),
        ({}, "mask"),
        ({"runs": None}, "mask"),
        ({"runs": "1,7"}, "mask"),
        ({"runs": []}, "mask"),
        ({"runs": [1] * (MAX_RUNS + 1)}, "mask"),
        ({"runs": [1, 7.0]}, "mask.runs[1]"),
        ({"runs": [True, 7]}, "mask.runs[0]"),
        ({"runs": ["1", 7]}, "mask.runs[0]"),
        ({"runs": [1, -1, 8]}, "mask.runs[1]"),
        ({"runs": [1, 0, 7]}, "mask.runs[1]"),
        ({"runs": [1, 3, 4, 0]}, "mask.runs[3]"),
        ({"runs": [1, 6]}, "mask.runs"),
        ({"runs": [1, 8]}, "mask.runs"),
        ({"runs": [1, 10**400]}, "mask.runs"),
        ({"runs": [8]}, "mask.runs"),
    ],
)
def test_runs_that_can_not_be_are_refused_and_say_where(mask: Any, path: str) -> None:
    with pytest.raises(InvalidError) as refused:
        check_mask("mask", mask, CORNERS)
    assert refused.value.path == path


@pytest.mark.parametrize("corners", [[[2.5, 3.0], [6.0, 5.0]], [[2.0, 3.0], [6.0, 5.25]]])
def test_a_box_between_pixels_is_refused(corners: list[list[float]]) -> None:
    with pytest.raises(InvalidError) as refused:
        check_mask("mask", {"runs": [0, 8]}, corners)
    assert refused.value.path == "points"


def test_other_kinds_have_no_mask() -> None:
    assert check_mask("box", None, CORNERS) is None
    with pytest.raises(InvalidError) as refused:
        check_mask("box", {"runs": [0, 8]}, CORNERS)
    assert refused.value.path == "mask"


def test_a_mask_is_kept_as_it_was_painted(radiologist: User, shared_case: Case, frame: Frame) -> None:
    mask = {"runs": [1, 2, 3, 2], "more": "is not kept"}
    wanted = SaveAnnotation(
        id=uuid4(), case_id=shared_case.pk, frame_key=frame.key, kind="mask", points=CORNERS, mask=mask
    )
    save_annotation(radiologist, wanted)
    assert Annotation.objects.get().mask == {"runs": [1, 2, 3, 2]}
    assert save_annotation(radiologist, wanted).revision == 1
