"""What readers changed on suggestions: measured when a reading is handed in, counted for admins."""

import csv
import io

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.accounts.errors import ConflictError, NotAllowedError
from annotator.accounts.models import User
from annotator.annotations.actions.delete_annotation import delete_annotation
from annotator.assist.actions.accept_suggestion import accept_suggestion
from annotator.assist.actions.note_shown import note_shown
from annotator.assist.actions.promote_model import promote_model
from annotator.assist.actions.record_suggestions import record_suggestions
from annotator.assist.actions.register_model import register_model
from annotator.assist.actions.reject_suggestion import reject_suggestion
from annotator.assist.actions.roll_back_model import roll_back_model
from annotator.assist.actions.settle_decisions import settle_decisions
from annotator.assist.change import Shape, change_of
from annotator.assist.model_queries import active_version
from annotator.assist.models import SuggestionDecision
from annotator.assist.proposal_queries import decided_proposals, proposal_lines
from annotator.assist.proposals import ModelIdentity, Proposal
from annotator.assist.queries import suggestions_for
from tests.annotator.assist.test_model_registry import card_of
from tests.annotator.case_rows import frames_of, grant, make_case, make_stack, make_study

SQUARE = [[10.0, 10.0], [30.0, 10.0], [30.0, 30.0], [10.0, 30.0]]
MODEL = ModelIdentity("unet", "1", "segmentation", "", "0" * 64)
ROWS, COLUMNS = 64, 80


@settings(max_examples=40)
@given(st.floats(-10, 10), st.floats(-10, 10), st.integers(0, 3))
def test_dice_falls_and_points_are_counted_as_a_point_is_moved(across: float, down: float, which: int) -> None:
    moved = [list(point) for point in SQUARE]
    moved[which] = [moved[which][0] + across, moved[which][1] + down]
    change = change_of(Shape("contour", SQUARE), Shape("contour", moved), rows=ROWS, columns=COLUMNS)
    is_moved = abs(across) > 0.25 or abs(down) > 0.25
    assert (change.is_edited, change.moved_points) == (is_moved, int(is_moved))
    assert change.dice is not None
    assert change.dice == 1.0 if not is_moved else 0.6 < change.dice <= 1.0


def test_kinds_that_enclose_nothing_have_no_dice_and_a_point_taken_out_is_an_edit() -> None:
    point = Shape("point", [[5.0, 5.0]])
    assert change_of(point, point, rows=ROWS, columns=COLUMNS).dice is None
    assert change_of(point, Shape("point", [[9.0, 5.0]]), rows=ROWS, columns=COLUMNS).is_edited
    fewer = change_of(Shape("contour", SQUARE), Shape("contour", SQUARE[:3]), rows=ROWS, columns=COLUMNS)
    assert (fewer.is_edited, fewer.moved_points) == (True, 0)
    assert fewer.dice == pytest.approx(2 / 3, abs=0.03)


@pytest.mark.django_db
def test_what_was_accepted_changed_deleted_and_rejected_is_settled_and_counted_for_admins_alone(
    radiologist: User, admin: User, data_manager: User, client: Client
) -> None:
    study = make_study()
    case = make_case(study, make_stack(study))
    grant(case, radiologist)
    frame = frames_of(case)[0]
    squares = [[[c + 10 * n, r] for c, r in SQUARE] for n in range(4)]
    record_suggestions(case.pk, MODEL, [Proposal(frame.pk, "contour", one, "lesion", 0.9) for one in squares])
    note_shown(radiologist, case.pk)
    kept, changed, deleted, rejected = suggestions_for(radiologist, case)
    accept_suggestion(radiologist, kept.pk)
    mark = accept_suggestion(radiologist, changed.pk)
    mark.points = [[mark.points[0][0] + 6, mark.points[0][1]], *mark.points[1:]]
    mark.save()
    gone = accept_suggestion(radiologist, deleted.pk)
    delete_annotation(radiologist, gone.pk, revision=gone.revision)
    reject_suggestion(radiologist, rejected.pk, "No lesion")
    [before] = proposal_lines(decided_proposals(admin))
    assert (before.accepted, before.rejected, before.median_dice) == (3, 1, None)

    assert settle_decisions(case.pk, radiologist.pk) == 4
    [line] = proposal_lines(decided_proposals(admin))
    assert (line.decided, line.accepted, line.edited, line.deleted, line.rejected) == (4, 1, 1, 1, 1)
    assert (line.model, line.modality, line.kind, line.reader) == ("unet 1", "CT", "contour", "radiologist")
    assert line.median_dice == pytest.approx((1 + SuggestionDecision.objects.get(outcome="edited").dice) / 2)
    assert line.median_moved == 1
    assert line.median_seconds is not None
    with pytest.raises(NotAllowedError):
        decided_proposals(data_manager)

    client.force_login(admin)
    rows = list(csv.DictReader(io.StringIO(client.get("/models/proposals.csv?reader=radiologist").content.decode())))
    assert sorted(row["became"] for row in rows) == ["as_it_was", "deleted", "edited", "rejected"]
    assert client.get("/models/proposals.csv?model=other+1").content.decode().count("\n") == 1
    assert b"unet 1" in client.get("/models/proposals/?modality=CT").content


@pytest.mark.django_db
def test_a_model_is_rolled_back_to_the_version_that_answered_before(
    admin: User, data_manager: User, store: None
) -> None:
    first = register_model(data_manager, card_of(b"one"), b"one")
    second = register_model(data_manager, card_of(b"two"), b"two")
    promote_model(admin, first.pk, reason="the first")
    with pytest.raises(ConflictError):
        roll_back_model(admin, "unet-breast", reason="worse")
    promote_model(admin, second.pk, reason="better")
    with pytest.raises(NotAllowedError):
        roll_back_model(data_manager, "unet-breast", reason="worse")
    roll_back_model(admin, "unet-breast", reason="worse")
    assert active_version("unet-breast") == first
