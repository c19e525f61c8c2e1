"""A token covers its stack's frames, for a while, and can't be made or stretched by anyone else."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.imaging.store.frame_tokens import FrameTokenError, OtherStackError, check_token, issue_token

STACK = "abcdefghijklmnopqrst-_"
FRAME = f"{STACK}.AAAAAAAAAAA"


def test_a_token_opens_every_frame_of_its_stack_and_names_the_person() -> None:
    token = issue_token(STACK, person_id=7).token

    assert check_token(token, FRAME) == 7
    assert check_token(token, f"{STACK}.BBBBBBBBBBB") == 7


def test_a_token_holds_for_the_lifetime_of_the_settings(settings) -> None:
    settings.FRAME_TOKEN_SECONDS = 60
    expires = issue_token(STACK, person_id=7).expires_at

    assert timedelta(seconds=50) < expires - datetime.now(UTC) <= timedelta(seconds=60)


@pytest.mark.parametrize("other", ["abcdefghijklmnopqrst-x.AAAAAAAAAAA", "abc.AAAAAAAAAAA", f"{STACK}x.A", ""])
def test_a_token_of_another_stack_is_refused(other: str) -> None:
    with pytest.raises(OtherStackError):
        check_token(issue_token(STACK, person_id=7).token, other)


def test_an_expired_token_is_refused() -> None:
    with pytest.raises(FrameTokenError, match="expired"):
        check_token(issue_token(STACK, person_id=7, lifetime_seconds=-1).token, FRAME)


@pytest.mark.parametrize(
    "token", ["", ".", "...", "a.b.c.d", f"{STACK}.7.99999999999", f"{STACK}.7.99999999999.", "ü.1.2.ß"]
)
def test_what_was_not_issued_here_is_refused(token: str) -> None:
    with pytest.raises(FrameTokenError, match="not issued here"):
        check_token(token, FRAME)


@given(st.integers(0, 500), st.characters(codec="ascii", exclude_characters="\n"))
def test_changing_any_character_breaks_the_signature(place: int, letter: str) -> None:
    token = issue_token(STACK, person_id=7).token
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    if changed != token:
        with pytest.raises(FrameTokenError):
            check_token(changed, FRAME)


def test_a_new_secret_ends_old_tokens_unless_it_names_the_old_one(settings) -> None:
    token = issue_token(STACK, person_id=7).token
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another secret of some length, made for this test"
    with pytest.raises(FrameTokenError):
        check_token(token, FRAME)

    settings.SECRET_KEY_FALLBACKS = [old]
    assert check_token(token, FRAME) == 7
