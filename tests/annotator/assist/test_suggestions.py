"""What models propose, and what each reader makes of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import AuditEntry, User
from annotator.annotations.actions.delete_annotation import delete_annotation
from annotator.annotations.actions.lock_case import lock_case
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.actions.save_finding import SaveFinding, save_finding
from annotator.annotations.models import Annotation
from annotator.annotations.queries import marks_for
from annotator.assist.actions.accept_suggestion import accept_suggestion
from annotator.assist.actions.record_suggestions import record_suggestions
from annotator.assist.actions.reject_suggestion import reject_suggestion
from annotator.assist.actions.undo_decision import undo_decision
from annotator.assist.models import ModelVersion, Suggestion, SuggestionDecision
from annotator.assist.proposals import ModelIdentity, Proposal
from annotator.assist.queries import suggestion_for, suggestions_for
from annotator.assist.records import suggestion_as_dict
from annotator.assist.slice_summary import slice_summaries
from annotator.cases.models import Case, CaseGrant
from annotator.imaging.models import Frame
from tests.annotator.case_rows import frames_of, grant, make_case, make_stack, make_study

MODEL = ModelIdentity("calipers", "1", "caliper detection", "template matching", "ab" * 32)


@pytest.fixture
def proposals(frame: Frame) -> list[Proposal]:
    return [Proposal(frame.pk, "point", [[10.0 * at, 5.0]], "caliper", 1 - at / 10) for at in range(1, 4)]


@pytest.fixture
def suggestion(shared_case: Case, proposals: list[Proposal]) -> Suggestion:
    record_suggestions(shared_case.pk, MODEL, proposals)
    return Suggestion.objects.order_by("-score")[0]


def test_suggestions_of_blood_in_three_slices_in_a_row_make_the_scan_positive_and_say_for_which_slices(
    radiologist: User,
) -> None:
    study = make_study()
    case = make_case(study, make_stack(study, frames=6), make_stack(study, frames=4))
    grant(case, radiologist)
    frames = frames_of(case)
    box = [[1.0, 1.0], [4.0, 4.0]]
    found = [(0, "Haemorrhage", 0.9), (1, "subdural", 0.5), (1, "subdural", 0.2), (2, "Haemorrhage", 0.4)]
    found += [(3, "fracture", 0.99), (7, "Subarachnoid", 0.8)]
    proposals = [
        Proposal(frames[at].pk, "box", [[point[0] + n, point[1]] for point in box], label, score)
        for n, (at, label, score) in enumerate(found)
    ]
    record_suggestions(case.pk, MODEL, proposals)

    def summed() -> list[tuple[bool, int, float | None]]:
        told = slice_summaries(case, suggestions_for(radiologist, case))
        assert all("meant for" in one["told"] for one in told)
        return [(one["positive"], one["longest_run"], one["slice_thickness_mm"]) for one in told]

    assert summed() == [(False, 2, 5.0), (False, 1, 5.0)]
    record_suggestions(case.pk, MODEL, [*proposals, Proposal(frames[2].pk, "box", box, "haemorrhage", 0.7)])
    assert summed()[0] == (True, 3, 5.0)
    CaseGrant.objects.update(shows_suggestions=False)
    assert summed() == []


def test_recorded_suggestions_are_shown_surest_first(
    radiologist: User, shared_case: Case, suggestion: Suggestion, frame: Frame
) -> None:
    shown = [suggestion_as_dict(one) for one in suggestions_for(radiologist, shared_case)]
    assert [one["score"] for one in shown] == [0.9, 0.8, 0.7]
    assert shown[0] == {
        "id": str(suggestion.pk),
        "case": str(shared_case.pk),
        "frame": frame.key,
        "kind": "point",
        "points": [[10.0, 5.0]],
        "label": "caliper",
        "score": 0.9,
        "note": "",
        "model_note": "",
        "hint": None,
        "model": "calipers 1",
        "mask": None,
        "decision": None,
        "annotation": None,
        "reason": "",
    }


def test_a_mask_is_proposed_and_becomes_the_readers_mask(radiologist: User, shared_case: Case, frame: Frame) -> None:
    mask = Proposal(frame.pk, "mask", [[2.0, 2.0], [4.0, 4.0]], "bleed", 0.8, {"runs": [1, 3]})
    assert record_suggestions(shared_case.pk, MODEL, [mask]) == 1
    assert record_suggestions(shared_case.pk, MODEL, [mask]) == 0
    other = replace(mask, mask={"runs": [0, 4]})
    assert record_suggestions(shared_case.pk, MODEL, [other]) == 1, "other pixels are another proposal"
    assert accept_suggestion(radiologist, Suggestion.objects.get().pk).mask == {"runs": [0, 4]}


def test_recording_the_same_again_keeps_what_is_there_under_its_identifiers(
    shared_case: Case, proposals: list[Proposal]
) -> None:
    assert record_suggestions(shared_case.pk, MODEL, proposals) == 3
    before = set(Suggestion.objects.values_list("pk", flat=True))
    assert record_suggestions(shared_case.pk, MODEL, proposals) == 0
    assert set(Suggestion.objects.values_list("pk", flat=True)) == before
    assert AuditEntry.objects.filter(action="record_suggestions").count() == 1


def test_a_new_run_replaces_what_nobody_decided_on_and_keeps_what_somebody_did(
    radiologist: User, shared_case: Case, suggestion: Suggestion, proposals: list[Proposal], frame: Frame
) -> None:
    reject_suggestion(radiologist, suggestion.pk)
    moved = [proposals[0], Proposal(frame.pk, "point", [[70.0, 60.0]], "caliper", 0.5)]
    assert record_suggestions(shared_case.pk, MODEL, moved) == 1
    left = {tuple(one.points[0]) for one in Suggestion.objects.all()}
    assert left == {(10.0, 5.0), (70.0, 60.0)}
    assert SuggestionDecision.objects.count() == 1


def test_a_new_run_that_finds_nothing_takes_back_what_nobody_decided_on_there_only(
    shared_case: Case, suggestion: Suggestion, frame: Frame
) -> None:
    elsewhere = frames_of(shared_case)[1]
    record_suggestions(shared_case.pk, MODEL, [Proposal(elsewhere.pk, "point", [[1, 1]], "caliper", 0.4)])
    record_suggestions(shared_case.pk, MODEL, [], frames_looked_at=[frame.pk])
    assert [one.frame_id for one in Suggestion.objects.all()] == [elsewhere.pk]


def test_another_version_of_the_model_leaves_the_suggestions_of_the_first(
    shared_case: Case, suggestion: Suggestion, proposals: list[Proposal]
) -> None:
    record_suggestions(shared_case.pk, replace(MODEL, version="2"), proposals[:1])
    assert Suggestion.objects.count() == 4


def test_a_changed_model_needs_a_new_version(shared_case: Case, suggestion: Suggestion) -> None:
    with pytest.raises(ConflictError, match="new version"):
        record_suggestions(shared_case.pk, replace(MODEL, content_hash="cd" * 32), [])
    assert ModelVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        ({"points": [[81.0, 5.0]]}, "proposals[1].points[0][0]"),
        ({"points": [[float("nan"), 5.0]]}, "proposals[1].points[0][0]"),
        ({"kind": "circle"}, "proposals[1].kind"),
        ({"kind": "slices", "points": []}, "proposals[1].kind"),
        ({"mask": {"runs": [1]}}, "proposals[1].mask"),
        ({"score": 1.5}, "proposals[1].score"),
        ({"score": float("nan")}, "proposals[1].score"),
        ({"label": "x" * 65}, "proposals[1].label"),
        ({"frame_id": 987654}, "proposals[1].frame_id"),
    ],
)
def test_a_proposal_that_can_not_be_a_mark_is_refused_and_none_is_kept(
    shared_case: Case, proposals: list[Proposal], fault: dict[str, Any], path: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        record_suggestions(shared_case.pk, MODEL, [proposals[0], replace(proposals[1], **fault)])
    assert refused.value.path == path
    assert not Suggestion.objects.exists()


def test_suggestions_for_a_case_that_is_not_there_are_refused(db: None) -> None:
    with pytest.raises(NotFoundError):
        record_suggestions(uuid4(), MODEL, [])


def test_an_accepted_suggestion_becomes_a_mark_that_says_where_it_came_from(
    radiologist: User, shared_case: Case, suggestion: Suggestion
) -> None:
    mark_id = uuid4()
    finding = save_finding(radiologist, SaveFinding(id=uuid4(), case_id=shared_case.pk, kind="nodule"))
    mark = accept_suggestion(radiologist, suggestion.pk, annotation_id=mark_id, finding_id=finding.pk)
    assert (mark.pk, mark.provenance, mark.points, mark.finding) == (mark_id, "suggestion", [[10.0, 5.0]], finding)
    shown = suggestion_as_dict(suggestion_for(radiologist, suggestion.pk))
    assert (shown["decision"], shown["annotation"]) == ("accepted", str(mark_id))
    moved = save_annotation(
        radiologist,
        SaveAnnotation(
            id=mark_id,
            case_id=shared_case.pk,
            frame_key=suggestion.frame.key,
            kind="point",
            points=[[11, 5]],
            finding_id=finding.pk,
            label="caliper",
            revision=1,
        ),
    )
    assert moved.provenance == "suggestion", "moving a mark doesn't make it drawn"


def test_accepting_twice_is_accepting_once(radiologist: User, suggestion: Suggestion) -> None:
    first = accept_suggestion(radiologist, suggestion.pk)
    second = accept_suggestion(radiologist, suggestion.pk)
    assert (first.pk, Annotation.objects.count()) == (second.pk, 1)


def test_undoing_an_acceptance_deletes_its_mark_and_accepting_again_brings_it_back(
    radiologist: User, shared_case: Case, suggestion: Suggestion
) -> None:
    mark_id = uuid4()
    accept_suggestion(radiologist, suggestion.pk, annotation_id=mark_id)
    assert suggestion_as_dict(undo_decision(radiologist, suggestion.pk))["decision"] is None
    assert marks_for(radiologist, shared_case).annotations == []
    undo_decision(radiologist, suggestion.pk)
    back = accept_suggestion(radiologist, suggestion.pk, annotation_id=mark_id)
    assert (back.pk, back.revision, back.deleted_at) == (mark_id, 3, None)


def test_accepting_after_the_mark_was_deleted_brings_it_back(radiologist: User, suggestion: Suggestion) -> None:
    mark = accept_suggestion(radiologist, suggestion.pk)
    delete_annotation(radiologist, mark.pk, revision=1)
    back = accept_suggestion(radiologist, suggestion.pk)
    assert (back.pk, back.deleted_at) == (mark.pk, None)


def test_a_rejected_suggestion_keeps_the_reason_and_makes_no_mark(radiologist: User, suggestion: Suggestion) -> None:
    decision = reject_suggestion(radiologist, suggestion.pk, reason="a vessel")
    again = reject_suggestion(radiologist, suggestion.pk, reason="a vessel")
    assert (again.pk, again.decision, again.reason) == (decision.pk, "rejected", "a vessel")
    assert suggestion_as_dict(suggestion_for(radiologist, suggestion.pk))["reason"] == "a vessel"
    assert not Annotation.objects.exists()


def test_a_reader_may_change_their_mind_from_rejected_to_accepted(radiologist: User, suggestion: Suggestion) -> None:
    reject_suggestion(radiologist, suggestion.pk, reason="a vessel")
    accept_suggestion(radiologist, suggestion.pk)
    assert SuggestionDecision.objects.get().decision == "accepted"


def test_an_accepted_suggestion_is_undone_before_it_is_rejected(radiologist: User, suggestion: Suggestion) -> None:
    accept_suggestion(radiologist, suggestion.pk)
    with pytest.raises(ConflictError, match="Undo"):
        reject_suggestion(radiologist, suggestion.pk)


def test_a_suggestion_is_not_accepted_under_the_identifier_of_another_mark(
    radiologist: User, shared_case: Case, suggestion: Suggestion
) -> None:
    drawn = SaveAnnotation(
        id=uuid4(), case_id=shared_case.pk, frame_key=suggestion.frame.key, kind="point", points=[[1, 1]]
    )
    save_annotation(radiologist, drawn)
    with pytest.raises(ConflictError):
        accept_suggestion(radiologist, suggestion.pk, annotation_id=drawn.id)
    assert not SuggestionDecision.objects.exists()


def test_a_reader_never_sees_another_readers_decision(
    radiologist: User, second_radiologist: User, shared_case: Case, suggestion: Suggestion
) -> None:
    accept_suggestion(radiologist, suggestion.pk)
    shown = suggestion_as_dict(suggestions_for(second_radiologist, shared_case)[0])
    assert (shown["id"], shown["decision"], shown["annotation"]) == (str(suggestion.pk), None, None)
    reject_suggestion(second_radiologist, suggestion.pk)
    undo_decision(second_radiologist, suggestion.pk)
    assert suggestion_as_dict(suggestion_for(radiologist, suggestion.pk))["decision"] == "accepted"


ACTIONS: list[Callable[..., Any]] = [accept_suggestion, reject_suggestion, undo_decision]


@pytest.mark.parametrize("action", ACTIONS)
def test_where_the_grant_hides_suggestions_there_are_none(
    action: Callable[..., Any], radiologist: User, shared_case: Case, suggestion: Suggestion
) -> None:
    CaseGrant.objects.filter(person=radiologist).update(shows_suggestions=False)
    assert not suggestions_for(radiologist, shared_case).exists()
    with pytest.raises(NotFoundError):
        action(radiologist, suggestion.pk)


@pytest.mark.parametrize("action", ACTIONS)
def test_without_a_grant_there_are_no_suggestions(
    action: Callable[..., Any], radiologist: User, shared_case: Case, suggestion: Suggestion
) -> None:
    CaseGrant.objects.filter(person=radiologist).delete()
    assert not suggestions_for(radiologist, shared_case).exists()
    with pytest.raises(NotFoundError):
        action(radiologist, suggestion.pk)


@pytest.mark.parametrize("action", ACTIONS)
def test_who_is_no_radiologist_decides_nothing(
    action: Callable[..., Any], admin: User, data_manager: User, suggestion: Suggestion
) -> None:
    for person in (admin, data_manager):
        with pytest.raises(NotAllowedError):
            action(person, suggestion.pk)


@pytest.mark.parametrize("action", ACTIONS)
def test_after_submitting_nothing_is_decided_any_more(
    action: Callable[..., Any], radiologist: User, shared_case: Case, suggestion: Suggestion
) -> None:
    lock_case(radiologist, shared_case, owner=radiologist, reason="it was submitted")
    with pytest.raises(ConflictError, match="submitted"):
        action(radiologist, suggestion.pk)


def test_reading_suggestions_costs_two_queries_however_many_there_are(
    radiologist: User, shared_case: Case, suggestion: Suggestion, django_assert_num_queries: Callable[..., Any]
) -> None:
    with django_assert_num_queries(2):
        assert len([suggestion_as_dict(one) for one in suggestions_for(radiologist, shared_case)]) == 3
