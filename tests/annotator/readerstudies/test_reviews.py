"""Reviewing: all readings side by side, remarks on the picture, approval, and a return with its reason."""

from uuid import uuid4

import pytest

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import AuditEntry, User
from annotator.annotations.queries import is_locked
from annotator.cases.models import Case
from annotator.readerstudies.actions.assign_cases import assign_cases
from annotator.readerstudies.actions.review_assignment import review_assignment
from annotator.readerstudies.actions.save_review_comment import (
    SaveReviewComment,
    delete_review_comment,
    save_review_comment,
)
from annotator.readerstudies.actions.submit_assignment import submit_assignment
from annotator.readerstudies.models import Assignment, AssignmentState, ReviewComment
from annotator.readerstudies.queries import reading_state
from annotator.readerstudies.reviewing import (
    case_after_in_review,
    cases_to_review,
    comments_for_reader,
    review_of_case,
)
from tests.annotator.case_rows import frames_of, make_case, make_stack, make_study


@pytest.fixture
def assignments(admin: User, radiologist: User, second_radiologist: User) -> list[Assignment]:
    """One case on two worklists, submitted by the first reader."""
    study = make_study()
    case = make_case(study, make_stack(study, frames=2))
    made = assign_cases(admin, [case.pk], [radiologist.pk, second_radiologist.pk])
    submit_assignment(radiologist, made[0].pk)
    return made


@pytest.fixture
def case(assignments: list[Assignment]) -> Case:
    return assignments[0].case


def comment(case: Case, **fields: object) -> SaveReviewComment:
    values = {"column": 3.5, "row": 4.0, "text": "Is this the edge?", **fields}
    return SaveReviewComment(id=uuid4(), case_id=case.pk, frame_key=frames_of(case)[0].key, **values)  # type: ignore[arg-type]


def test_a_returned_reading_is_open_again_and_its_reader_is_told_why(
    data_manager: User, radiologist: User, assignments: list[Assignment], case: Case
) -> None:
    assert is_locked(case, radiologist)
    review_assignment(data_manager, assignments[0].pk, verdict="returned", reason="The second nodule is missing.")
    assignments[0].refresh_from_db()
    assert assignments[0].state == AssignmentState.OPENED
    assert not is_locked(case, radiologist)
    assert reading_state(radiologist, case).returned == "The second nodule is missing."
    assert AuditEntry.objects.filter(action="review_assignment").get().detail["reason"].startswith("The second")
    submit_assignment(radiologist, assignments[0].pk)
    assert reading_state(radiologist, case).returned == ""
    assert list(cases_to_review(data_manager)) == [case], "it waits for a word again"


def test_an_approved_reading_stays_locked_and_waits_no_more(
    data_manager: User, radiologist: User, assignments: list[Assignment], case: Case
) -> None:
    assert list(cases_to_review(data_manager)) == [case]
    review_assignment(data_manager, assignments[0].pk, verdict="approved")
    assert is_locked(case, radiologist)
    assert list(cases_to_review(data_manager)) == []
    assert review_of_case(data_manager, case.pk).reviews[assignments[0].pk].verdict == "approved"


def test_what_is_no_decision_is_refused(data_manager: User, radiologist: User, assignments: list[Assignment]) -> None:
    with pytest.raises(InvalidError, match="why"):
        review_assignment(data_manager, assignments[0].pk, verdict="returned", reason="  ")
    with pytest.raises(InvalidError, match="verdict"):
        review_assignment(data_manager, assignments[0].pk, verdict="ignored")
    with pytest.raises(ConflictError):
        review_assignment(data_manager, assignments[1].pk, verdict="approved")
    with pytest.raises(NotAllowedError):
        review_assignment(radiologist, assignments[0].pk, verdict="approved")
    with pytest.raises(NotFoundError):
        review_assignment(data_manager, uuid4(), verdict="approved")


def test_a_comment_is_seen_by_its_reader_only_after_the_review_and_by_no_other_reader(
    data_manager: User, radiologist: User, second_radiologist: User, assignments: list[Assignment], case: Case
) -> None:
    save_review_comment(data_manager, comment(case, about="radiologist"))
    save_review_comment(data_manager, comment(case))
    assert comments_for_reader(radiologist, case) == []
    review_assignment(data_manager, assignments[0].pk, verdict="returned", reason="See the comment.")
    assert [one.about for one in comments_for_reader(radiologist, case)] == [radiologist]
    assert comments_for_reader(second_radiologist, case) == []
    assert len(review_of_case(data_manager, case.pk).comments) == 2


def test_a_comment_is_changed_by_its_author_and_settled_by_any_reviewer(
    admin: User, data_manager: User, case: Case
) -> None:
    wanted = comment(case)
    save_review_comment(data_manager, wanted)
    words = {**vars(wanted), "text": "Is this really the edge?"}
    save_review_comment(data_manager, SaveReviewComment(**words))
    with pytest.raises(NotAllowedError):
        save_review_comment(admin, SaveReviewComment(**{**words, "text": "No."}))
    save_review_comment(admin, SaveReviewComment(**{**words, "resolved": True}))
    kept = ReviewComment.objects.get()
    assert (kept.text, kept.resolved_at is not None) == ("Is this really the edge?", True)
    with pytest.raises(NotAllowedError):
        delete_review_comment(admin, kept.pk)
    delete_review_comment(data_manager, kept.pk)
    assert not ReviewComment.objects.exists()


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"column": -1.0}, "column"),
        ({"row": float("nan")}, "row"),
        ({"column": 1e9}, "column"),
        ({"text": " "}, "text"),
        ({"about": "nobody"}, "about"),
        ({"about": "admin"}, "about"),
    ],
)
def test_a_comment_without_a_place_or_words_is_refused(
    admin: User, data_manager: User, case: Case, fields: dict[str, object], path: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        save_review_comment(data_manager, comment(case, **fields))
    assert refused.value.path == path


def test_readers_review_nothing(radiologist: User, case: Case) -> None:
    for act in (
        lambda: review_of_case(radiologist, case.pk),
        lambda: cases_to_review(radiologist),
        lambda: save_review_comment(radiologist, comment(case)),
        lambda: delete_review_comment(radiologist, uuid4()),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_one_steps_through_what_waits_round_and_round(admin: User, data_manager: User, radiologist: User) -> None:
    cases = []
    for _ in range(3):
        study = make_study()
        cases.append(make_case(study, make_stack(study, frames=1)).pk)
    for assignment in assign_cases(admin, cases, [radiologist.pk]):
        submit_assignment(radiologist, assignment.pk)
    assert case_after_in_review(data_manager, cases[0]) == (cases[1], 3)
    assert case_after_in_review(data_manager, cases[2]) == (cases[0], 3)
    assert case_after_in_review(data_manager, cases[0], back=True) == (cases[2], 3)
    assert case_after_in_review(data_manager, "") == (cases[0], 3)
