"""A person says which is right where header and picture disagree about the side."""

import pytest

from annotator.accounts.errors import InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import AuditEntry, User
from annotator.imaging.actions.count_studies import count_studies
from annotator.imaging.actions.decide_laterality import decide_laterality
from annotator.imaging.models import Stack, Study
from tests.annotator.case_rows import make_stack, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def doubtful() -> Stack:
    stack = make_stack(make_study(), modality="MG", kind="volume", frames=1, laterality="L")
    stack.laterality_from_pixels = "R"
    stack.save()
    count_studies([stack.series.study_id])
    return stack


def test_a_verdict_is_kept_with_who_and_when_and_settles_the_doubt(doubtful: Stack, data_manager: User) -> None:
    assert Study.objects.get().doubt_count == 1
    decided = decide_laterality(data_manager, doubtful.key, verdict="pixels")
    doubtful.refresh_from_db()
    assert (doubtful.laterality_verdict, doubtful.laterality_checked_by) == ("pixels", data_manager)
    assert doubtful.laterality_checked_at is not None
    assert (decided.laterality, decided.laterality_from_pixels) == ("L", "R")
    assert Study.objects.get().doubt_count == 0
    entry = AuditEntry.objects.get(action="decide_laterality")
    assert entry.target_id == doubtful.key
    assert entry.detail == {"verdict": "pixels", "header": "L", "pixels": "R"}


def test_deciding_again_replaces_what_was_decided(doubtful: Stack, data_manager: User, admin: User) -> None:
    decide_laterality(data_manager, doubtful.key, verdict="pixels")
    decide_laterality(admin, doubtful.key, verdict="header")
    doubtful.refresh_from_db()
    assert (doubtful.laterality_verdict, doubtful.laterality_checked_by) == ("header", admin)


def test_who_may_not_and_what_can_not_be_is_refused(doubtful: Stack, data_manager: User, radiologist: User) -> None:
    with pytest.raises(NotAllowedError):
        decide_laterality(radiologist, doubtful.key, verdict="header")
    with pytest.raises(InvalidError):
        decide_laterality(data_manager, doubtful.key, verdict="both")
    with pytest.raises(NotFoundError):
        decide_laterality(data_manager, "no-such-stack", verdict="header")
    Stack.objects.update(laterality_from_pixels="L")
    with pytest.raises(InvalidError):
        decide_laterality(data_manager, doubtful.key, verdict="header")
    assert not AuditEntry.objects.exists()
