"""From what a form or a program sent to one of the roles."""

from annotator.accounts.errors import InvalidError
from annotator.accounts.models import Role


def role_named(value: Role | str) -> Role:
    """Return the role.

    Raises
    ------
    InvalidError : no role is called that, path "role".
    """
    try:
        return Role(value)
    except ValueError as unknown:
        known = ", ".join(Role.values)
        raise InvalidError(f"There is no role {value!r}. The roles are {known}.", path="role") from unknown
