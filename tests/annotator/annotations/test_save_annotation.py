"""Saving, changing, deleting and bringing back a mark."""

from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import AuditEntry, User
from annotator.annotations.actions.delete_annotation import delete_annotation
from annotator.annotations.actions.lock_case import lock_case
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.actions.save_finding import SaveFinding, save_finding
from annotator.annotations.models import Annotation, Revision
from annotator.annotations.queries import marks_for, revisions_of
from annotator.annotations.records import annotation_as_dict
from annotator.cases.models import Case
from annotator.imaging.models import Frame, Instance
from tests.annotator.case_rows import frames_of


@pytest.fixture
def box(shared_case: Case, frame: Frame) -> SaveAnnotation:
    return SaveAnnotation(
        id=uuid4(), case_id=shared_case.pk, frame_key=frame.key, kind="box", points=[[10.1, 20.25], [30, 40]]
    )


def test_a_new_mark_is_kept_as_it_was_drawn(radiologist: User, box: SaveAnnotation, frame: Frame) -> None:
    save_annotation(radiologist, box)
    kept = Annotation.objects.get(pk=box.id)
    assert kept.points == [[10.1, 20.25], [30.0, 40.0]]
    assert (kept.frame, kept.owner, kept.revision, kept.provenance) == (frame, radiologist, 1, "drawn")


def test_saving_the_same_state_again_changes_nothing(radiologist: User, box: SaveAnnotation) -> None:
    save_annotation(radiologist, box)
    assert save_annotation(radiologist, box).revision == 1
    assert Revision.objects.filter(target_id=box.id).count() == 1


def test_a_change_on_the_newest_revision_is_saved_as_the_next_one(radiologist: User, box: SaveAnnotation) -> None:
    save_annotation(radiologist, box)
    moved = save_annotation(radiologist, replace(box, points=[[11, 20], [30, 40]], revision=1))
    assert moved.revision == 2
    states = [revision.state["points"] for revision in revisions_of(radiologist, "annotation", box.id)]
    assert states == [[[10.1, 20.25], [30.0, 40.0]], [[11.0, 20.0], [30.0, 40.0]]]


def test_a_change_on_an_old_revision_is_refused_with_what_is_there_now(radiologist: User, box: SaveAnnotation) -> None:
    save_annotation(radiologist, box)
    save_annotation(radiologist, replace(box, label="first", revision=1))
    with pytest.raises(ConflictError) as refused:
        save_annotation(radiologist, replace(box, label="second", revision=1))
    assert refused.value.current is not None
    assert (refused.value.current["label"], refused.value.current["revision"]) == ("first", 2)
    assert Annotation.objects.get(pk=box.id).label == "first"


def test_a_deleted_mark_is_no_longer_read_and_comes_back_when_it_is_saved(
    radiologist: User, box: SaveAnnotation, shared_case: Case
) -> None:
    save_annotation(radiologist, box)
    deleted = delete_annotation(radiologist, box.id, revision=1)
    assert annotation_as_dict(deleted)["deleted"] is True
    assert marks_for(radiologist, shared_case).annotations == []
    back = save_annotation(radiologist, replace(box, revision=deleted.revision))
    assert (back.deleted_at, back.revision) == (None, 3)
    assert marks_for(radiologist, shared_case).annotations == [back]


def test_a_late_repetition_of_an_old_save_does_not_bring_a_deleted_mark_back(
    radiologist: User, box: SaveAnnotation
) -> None:
    save_annotation(radiologist, box)
    delete_annotation(radiologist, box.id, revision=1)
    with pytest.raises(ConflictError):
        save_annotation(radiologist, box)
    assert Annotation.objects.get(pk=box.id).deleted_at is not None


def test_deleting_twice_is_deleting_once(radiologist: User, box: SaveAnnotation) -> None:
    save_annotation(radiologist, box)
    assert delete_annotation(radiologist, box.id, revision=1).revision == 2
    assert delete_annotation(radiologist, box.id, revision=1).revision == 2


def test_deleting_what_was_changed_meanwhile_is_refused(radiologist: User, box: SaveAnnotation) -> None:
    save_annotation(radiologist, box)
    save_annotation(radiologist, replace(box, label="new", revision=1))
    with pytest.raises(ConflictError):
        delete_annotation(radiologist, box.id, revision=1)


def test_a_new_mark_has_revision_0(radiologist: User, box: SaveAnnotation) -> None:
    with pytest.raises(NotFoundError):
        save_annotation(radiologist, replace(box, revision=3))


def test_another_readers_identifier_is_answered_as_if_there_were_nothing(
    radiologist: User, second_radiologist: User, box: SaveAnnotation
) -> None:
    save_annotation(radiologist, box)
    with pytest.raises(NotFoundError) as refused:
        save_annotation(second_radiologist, replace(box, label="mine now", revision=1))
    assert radiologist.username not in str(refused.value)
    with pytest.raises(NotFoundError):
        delete_annotation(second_radiologist, box.id, revision=1)
    assert Annotation.objects.get(pk=box.id).label == ""


def test_a_case_without_a_grant_is_answered_as_if_there_were_none(
    second_radiologist: User, other_case: Case, box: SaveAnnotation
) -> None:
    key = frames_of(other_case)[0].key
    with pytest.raises(NotFoundError):
        save_annotation(second_radiologist, replace(box, case_id=other_case.pk, frame_key=key))


@pytest.mark.parametrize("who", ["data_manager", "admin"])
def test_who_is_no_radiologist_marks_nothing(who: str, request: pytest.FixtureRequest, box: SaveAnnotation) -> None:
    with pytest.raises(NotAllowedError):
        save_annotation(request.getfixturevalue(who), box)


def test_a_frame_of_another_case_is_refused(radiologist: User, other_case: Case, box: SaveAnnotation) -> None:
    with pytest.raises(InvalidError) as refused:
        save_annotation(radiologist, replace(box, frame_key=frames_of(other_case)[0].key))
    assert refused.value.path == "frame"


def test_a_frame_that_is_not_ready_is_refused(radiologist: User, frame: Frame, box: SaveAnnotation) -> None:
    Instance.objects.filter(pk=frame.instance_id).update(state="failed")
    with pytest.raises(InvalidError):
        save_annotation(radiologist, box)


def test_a_mark_can_not_move_to_another_case(radiologist: User, other_case: Case, box: SaveAnnotation) -> None:
    save_annotation(radiologist, box)
    elsewhere = replace(box, case_id=other_case.pk, frame_key=frames_of(other_case)[0].key, revision=1)
    with pytest.raises(InvalidError) as refused:
        save_annotation(radiologist, elsewhere)
    assert refused.value.path == "case"


def test_a_mark_can_not_become_another_kind(radiologist: User, box: SaveAnnotation) -> None:
    save_annotation(radiologist, box)
    with pytest.raises(InvalidError) as refused:
        save_annotation(radiologist, replace(box, kind="point", points=[[1, 1]], revision=1))
    assert refused.value.path == "kind"


@pytest.mark.parametrize("label", ["x" * 65, "nul\x00", "lone \ud800", 7])
def test_a_label_that_can_not_be_kept_is_refused(radiologist: User, box: SaveAnnotation, label: str) -> None:
    with pytest.raises(InvalidError) as refused:
        save_annotation(radiologist, replace(box, label=label))
    assert refused.value.path == "label"
    assert not Annotation.objects.exists()


def test_a_refused_mark_leaves_no_trace(radiologist: User, box: SaveAnnotation) -> None:
    with pytest.raises(InvalidError):
        save_annotation(radiologist, replace(box, points=[[1, 1], [81, 9]]))
    assert not Annotation.objects.exists()
    assert not Revision.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_locked_reading_takes_no_change_but_answers_a_repetition(
    radiologist: User, box: SaveAnnotation, shared_case: Case
) -> None:
    save_annotation(radiologist, box)
    lock_case(radiologist, shared_case, owner=radiologist, reason="it was submitted")
    assert save_annotation(radiologist, box).revision == 1
    with pytest.raises(ConflictError, match="submitted") as refused:
        save_annotation(radiologist, replace(box, label="late", revision=1))
    assert refused.value.current is not None
    with pytest.raises(ConflictError):
        save_annotation(radiologist, replace(box, id=uuid4()))
    with pytest.raises(ConflictError):
        delete_annotation(radiologist, box.id, revision=1)


def test_a_lock_stops_its_owner_only(
    radiologist: User, second_radiologist: User, box: SaveAnnotation, shared_case: Case
) -> None:
    lock_case(radiologist, shared_case, owner=radiologist, reason="it was submitted")
    assert save_annotation(second_radiologist, box).revision == 1


def test_a_mark_is_tied_to_a_finding_of_the_same_reader_and_case(radiologist: User, box: SaveAnnotation) -> None:
    nodule = save_finding(radiologist, SaveFinding(id=uuid4(), case_id=box.case_id, kind="nodule"))
    assert save_annotation(radiologist, replace(box, finding_id=nodule.pk)).finding == nodule


def test_a_finding_of_another_reader_or_case_is_refused(
    radiologist: User, second_radiologist: User, other_case: Case, box: SaveAnnotation
) -> None:
    foreign = save_finding(second_radiologist, SaveFinding(id=uuid4(), case_id=box.case_id, kind="nodule"))
    elsewhere = save_finding(radiologist, SaveFinding(id=uuid4(), case_id=other_case.pk, kind="nodule"))
    messages = set()
    for finding_id in (foreign.pk, elsewhere.pk, uuid4()):
        with pytest.raises(InvalidError) as refused:
            save_annotation(radiologist, replace(box, finding_id=finding_id))
        assert refused.value.path == "finding"
        messages.add(str(refused.value))
    assert len(messages) == 1, "the answer must not tell which findings others have"


def test_every_saved_state_leaves_a_revision_and_an_audit_entry(radiologist: User, box: SaveAnnotation) -> None:
    save_annotation(radiologist, box)
    save_annotation(radiologist, replace(box, label="x", revision=1))
    delete_annotation(radiologist, box.id, revision=2)
    save_annotation(radiologist, replace(box, label="x", revision=3))
    entries = AuditEntry.objects.filter(target_kind="annotation", target_id=str(box.id)).order_by("id")
    assert [entry.action for entry in entries] == [
        "create_annotation",
        "change_annotation",
        "delete_annotation",
        "restore_annotation",
    ]
    assert {entry.actor_id for entry in entries} == {radiologist.pk}
    assert list(Revision.objects.filter(target_id=box.id).values_list("number", flat=True)) == [1, 2, 3, 4]


STEP = st.tuples(st.sampled_from(["save", "delete"]), st.sampled_from(["", "mass", "cyst"]))


@given(steps=st.lists(STEP, min_size=1, max_size=8))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_requests_that_arrive_twice_end_where_requests_that_arrive_once_end(
    steps: list[tuple[str, str]], radiologist: User, box: SaveAnnotation
) -> None:
    """Whatever a reader does, sending each request again right away changes neither state nor number of revisions."""
    wanted = replace(box, id=uuid4())
    revision = 0
    for verb, label in steps:
        if verb == "delete" and revision == 0:
            continue

        def send(verb: str = verb, label: str = label, revision: int = revision) -> tuple[int, str, bool]:
            if verb == "delete":
                saved = delete_annotation(radiologist, wanted.id, revision=revision)
            else:
                saved = save_annotation(radiologist, replace(wanted, label=label, revision=revision))
            return saved.revision, saved.label, saved.deleted_at is None

        once = send()
        assert send() == once
        revision = once[0]
    assert Revision.objects.filter(target_id=wanted.id).count() == revision
