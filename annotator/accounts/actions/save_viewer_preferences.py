"""Keep how a person likes the reading page."""

from annotator.accounts.errors import NotAllowedError
from annotator.accounts.models import ViewerPreferences
from annotator.accounts.policies import Person, is_signed_in
from annotator.accounts.viewer_preferences import Preferences, check_preferences


def save_viewer_preferences(person: Person, content: object) -> Preferences:
    """Replace one's own preferences and return them. Not audited: it changes nothing but one's own page.

    Raises
    ------
    NotAllowedError : nobody is signed in.
    InvalidError : these are no preferences, with the path of the fault.
    """
    if not is_signed_in(person):
        raise NotAllowedError("Sign in to keep preferences.")
    checked = check_preferences(content)
    ViewerPreferences.objects.update_or_create(person_id=person.pk, defaults={"content": checked})
    return checked
