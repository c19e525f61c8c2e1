"""Sources: people who stand for other programs' marks, own what came in, and never sign in."""

from annotator.accounts.errors import InvalidError
from annotator.accounts.models import User

# Of their user names; nobody else's begins so.
SOURCE_PREFIX = "source."


def is_source(user: User) -> bool:
    """Whether this is no person but where marks came from."""
    return user.username.lower().startswith(SOURCE_PREFIX)


def check_is_no_source(user: User, *, path: str) -> None:
    """Refuse what only people do: being added by hand, a password, cases to read.

    Raises
    ------
    InvalidError : the user is a source, or is called like one.
    """
    if is_source(user):
        raise InvalidError(
            f"{user.username} stands for marks that were brought in: nobody signs in or reads under that name.",
            path=path,
        )
