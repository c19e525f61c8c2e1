"""What holds for more than its own frame: spans of one stack in the order in which a reader scrolls."""

from dataclasses import replace
from uuid import uuid4

import pytest

from annotator.accounts.errors import InvalidError
from annotator.accounts.models import User
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.models import Annotation
from annotator.annotations.records import annotation_as_dict
from annotator.cases.models import Case, CaseStack
from annotator.imaging.models import Frame
from annotator.imaging.queries import frames_in_order
from tests.annotator.case_rows import frames_of, grant, make_case, make_stack, make_study


@pytest.fixture
def case(radiologist: User) -> Case:
    """A CT whose slices were taken from above downwards: their instance numbers count against the reading order."""
    study = make_study()
    case = make_case(study, make_stack(study, frames=5, positions=[20.0, 15.0, 10.0, 5.0, 0.0]))
    grant(case, radiologist)
    return case


@pytest.fixture
def slices(case: Case) -> list[Frame]:
    return frames_in_order(CaseStack.objects.get(case=case).stack)


def spanning(case: Case, frame: Frame, first: Frame | None, last: Frame | None, kind: str = "box") -> SaveAnnotation:
    return SaveAnnotation(
        id=uuid4(),
        case_id=case.pk,
        frame_key=frame.key,
        kind=kind,
        points=[[1, 2], [30, 40]] if kind == "box" else [],
        label="bleed" if kind == "slices" else "",
        first_frame_key=first.key if first else None,
        last_frame_key=last.key if last else None,
    )


@pytest.mark.parametrize("kind", ["box", "slices"])
def test_a_span_is_kept_with_its_ends_in_reading_order(
    radiologist: User, case: Case, slices: list[Frame], kind: str
) -> None:
    assert [frame.position_along_normal for frame in slices] == [0, 5, 10, 15, 20]
    saved = save_annotation(radiologist, spanning(case, slices[2], slices[1], slices[4], kind))
    kept = annotation_as_dict(Annotation.objects.get(pk=saved.pk))
    assert (kept["first_frame"], kept["frame"], kept["last_frame"]) == tuple(slices[at].key for at in (1, 2, 4))


def test_a_span_of_one_frame_is_a_span(radiologist: User, case: Case, slices: list[Frame]) -> None:
    assert save_annotation(radiologist, spanning(case, slices[2], slices[2], slices[2])).first_frame == slices[2]


@pytest.mark.parametrize(
    ("first", "last", "path"),
    [(3, 1, "last_frame"), (3, 4, "frame"), (0, 1, "frame"), (1, None, "last_frame"), (None, 3, "first_frame")],
)
def test_a_span_that_can_not_be_is_refused(
    radiologist: User, case: Case, slices: list[Frame], first: int | None, last: int | None, path: str
) -> None:
    ends = [slices[at] if at is not None else None for at in (first, last)]
    with pytest.raises(InvalidError) as refused:
        save_annotation(radiologist, spanning(case, slices[2], *ends))
    assert refused.value.path == path
    assert not Annotation.objects.exists()


def test_frames_without_a_position_are_in_the_order_of_their_numbers(radiologist: User) -> None:
    study = make_study()
    case = make_case(study, make_stack(study, modality="US", kind="cine", frames=4), modality="US")
    grant(case, radiologist)
    frames = frames_of(case)
    assert save_annotation(radiologist, spanning(case, frames[1], frames[0], frames[3])).revision == 1
    with pytest.raises(InvalidError):
        save_annotation(radiologist, spanning(case, frames[1], frames[3], frames[0]))


@pytest.mark.parametrize("end", ["first_frame", "last_frame"])
def test_a_span_stays_in_its_stack(radiologist: User, case: Case, slices: list[Frame], end: str) -> None:
    other = make_stack(case.study, frames=3, series_number=2)
    CaseStack.objects.create(case=case, stack=other, place=1)
    wanted = spanning(case, slices[2], slices[1], slices[3])
    with pytest.raises(InvalidError, match="stack") as refused:
        save_annotation(radiologist, replace(wanted, **{f"{end}_key": frames_in_order(other)[0].key}))
    assert refused.value.path == end


@pytest.mark.parametrize("end", ["first_frame", "last_frame"])
def test_a_span_ends_on_frames_of_the_case(radiologist: User, case: Case, slices: list[Frame], end: str) -> None:
    wanted = replace(spanning(case, slices[2], slices[1], slices[3]), **{f"{end}_key": "no-such-frame"})
    with pytest.raises(InvalidError, match="no such frame") as refused:
        save_annotation(radiologist, wanted)
    assert refused.value.path == end


def test_a_span_ends_on_no_frame_of_an_earlier_study(radiologist: User, case: Case, slices: list[Frame]) -> None:
    earlier = make_stack(make_study(), frames=3)
    CaseStack.objects.create(case=case, stack=earlier, place=1, prior=1)
    with pytest.raises(InvalidError, match="earlier study") as refused:
        save_annotation(radiologist, spanning(case, slices[2], slices[1], frames_in_order(earlier)[0]))
    assert refused.value.path == "last_frame"


@pytest.mark.parametrize(("kind", "points"), [("point", [[1, 1]]), ("contour", [[1, 1], [9, 1], [9, 9]])])
def test_other_kinds_hold_for_their_own_frame(
    radiologist: User, case: Case, slices: list[Frame], kind: str, points: list[list[float]]
) -> None:
    wanted = replace(spanning(case, slices[2], slices[1], slices[3]), kind=kind, points=points)
    with pytest.raises(InvalidError, match="own frame alone") as refused:
        save_annotation(radiologist, wanted)
    assert refused.value.path == "first_frame"


def test_a_label_of_slices_says_which_and_what(radiologist: User, case: Case, slices: list[Frame]) -> None:
    with pytest.raises(InvalidError) as refused:
        save_annotation(radiologist, spanning(case, slices[2], None, None, "slices"))
    assert refused.value.path == "first_frame"
    wanted = spanning(case, slices[2], slices[1], slices[3], "slices")
    for label in ("", "  "):
        with pytest.raises(InvalidError) as refused:
            save_annotation(radiologist, replace(wanted, label=label))
        assert refused.value.path == "label"
    with pytest.raises(InvalidError) as refused:
        save_annotation(radiologist, replace(wanted, points=[[1, 1]]))
    assert refused.value.path == "points"
