"""The step from "whoever sent this request" to a person whose name can stand under a change."""

from annotator.accounts.errors import NotAllowedError
from annotator.accounts.models import User
from annotator.accounts.policies import Person


def signed_in(person: Person) -> User:
    """Return the person as a user.

    Raises
    ------
    NotAllowedError : nobody is signed in, or the account was deactivated.
    """
    if isinstance(person, User) and person.is_active:
        return person
    raise NotAllowedError("Nobody is signed in. Sign in and try again.")
