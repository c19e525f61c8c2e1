"""How a person likes the pages: own keys, the mouse, the size of words; nobody else's."""

import pytest
from django.contrib.auth.models import AnonymousUser

from annotator.accounts.actions.choose_text_size import choose_text_size
from annotator.accounts.actions.save_viewer_preferences import save_viewer_preferences
from annotator.accounts.errors import InvalidError, NotAllowedError
from annotator.accounts.models import User
from annotator.accounts.queries import viewer_preferences_of
from annotator.accounts.viewer_preferences import check_preferences

SHIPPED = {"keys": {}, "mouse": "right_windows", "text": "normal"}


def test_who_never_chose_has_what_is_shipped(radiologist: User) -> None:
    assert viewer_preferences_of(radiologist) == SHIPPED


def test_what_was_chosen_stays_and_is_one_persons_own(radiologist: User, second_radiologist: User) -> None:
    chosen = {"keys": {"tools.box": ["G", "Ctrl+B"], "case.submit": []}, "mouse": "right_zooms", "text": "large"}
    save_viewer_preferences(radiologist, {"keys": {}})
    assert save_viewer_preferences(radiologist, chosen) == chosen
    assert viewer_preferences_of(radiologist) == chosen
    assert viewer_preferences_of(second_radiologist) == SHIPPED


def test_the_size_of_words_is_chosen_without_touching_the_keys(radiologist: User) -> None:
    save_viewer_preferences(radiologist, {"keys": {"tools.box": ["G"]}, "mouse": "right_zooms"})
    chosen = choose_text_size(radiologist, "large")
    assert chosen == {"keys": {"tools.box": ["G"]}, "mouse": "right_zooms", "text": "large"}
    with pytest.raises(InvalidError):
        choose_text_size(radiologist, "huge")
    assert viewer_preferences_of(radiologist) == chosen
    with pytest.raises(NotAllowedError):
        choose_text_size(AnonymousUser(), "large")


def test_nobody_keeps_preferences_without_signing_in() -> None:
    with pytest.raises(NotAllowedError):
        save_viewer_preferences(AnonymousUser(), {})


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ([], ""),
        ({"colours": 1}, "colours"),
        ({"mouse": "left_windows"}, "mouse"),
        ({"text": "huge"}, "text"),
        ({"text": ["large"]}, "text"),
        ({"mouse": ["right_windows"]}, "mouse"),
        ({"keys": []}, "keys"),
        ({"keys": {f"a.b{n}": [] for n in range(301)}}, "keys"),
        ({"keys": {"../x": ["B"]}}, "keys.../x"),
        ({"keys": {"tools.box": "B"}}, "keys.tools.box"),
        ({"keys": {"tools.box": ["A", "B", "C", "D", "E"]}}, "keys.tools.box"),
        ({"keys": {"tools.box": ["a b"]}}, "keys.tools.box"),
        ({"keys": {"tools.box": [1]}}, "keys.tools.box"),
    ],
)
def test_what_is_no_preference_is_refused_with_its_place(content: object, path: str) -> None:
    with pytest.raises(InvalidError) as refused:
        check_preferences(content)
    assert refused.value.path == path
