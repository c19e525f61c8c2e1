"""Whether a password is good enough, by the rules that the settings name."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from annotator.accounts.errors import InvalidError
from annotator.accounts.models import User


def check_password_strength(password: str, user: User) -> None:
    """Let a good password pass.

    Raises
    ------
    InvalidError : with what is wrong with it, path "password".
    """
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise InvalidError(" ".join(problem.messages), path="password") from problem
