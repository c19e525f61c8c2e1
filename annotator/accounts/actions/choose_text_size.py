"""Choose how large words are on all pages."""

from annotator.accounts.actions.save_viewer_preferences import save_viewer_preferences
from annotator.accounts.errors import NotAllowedError
from annotator.accounts.policies import Person, is_signed_in
from annotator.accounts.queries import viewer_preferences_of
from annotator.accounts.viewer_preferences import Preferences


def choose_text_size(person: Person, size: str) -> Preferences:
    """Change that one of one's own preferences and return them all.

    Raises
    ------
    NotAllowedError : nobody is signed in.
    InvalidError : there is no such size.
    """
    if not is_signed_in(person):
        raise NotAllowedError("Sign in to keep preferences.")
    return save_viewer_preferences(person, {**viewer_preferences_of(person), "text": size})
