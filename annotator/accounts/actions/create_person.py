"""Add a person who may sign in."""

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError
from annotator.accounts.models import Role, User
from annotator.accounts.passwords import check_password_strength
from annotator.accounts.policies import Person, may_manage_people
from annotator.accounts.roles import role_named
from annotator.accounts.sources import check_is_no_source


def create_person(
    person: Person | None,
    *,
    username: str,
    password: str,
    role: Role | str,
    first_name: str = "",
    last_name: str = "",
    email: str = "",
) -> User:
    """Create an account.

    Parameters
    ----------
    person : an admin; None for the operator at the machine's own command line.

    Raises
    ------
    NotAllowedError : `person` is no admin.
    InvalidError : a name, address, role or password that can't be.
    ConflictError : the user name is taken.
    """
    if person is not None and not may_manage_people(person):
        raise NotAllowedError("Only an admin may add people.")
    user = User(
        username=username.strip(),
        role=role_named(role),
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        email=email.strip(),
    )
    _check_names(user)
    check_password_strength(password, user)
    user.set_password(password)
    with transaction.atomic():
        if User.objects.filter(username__iexact=user.username).exists():
            raise ConflictError(f"There is already a person called {user.username}. Choose another user name.")
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError as clash:
            raise ConflictError(f"There is already a person called {user.username}.") from clash
        detail: dict[str, object] = {"username": user.username, "role": str(user.role)}
        record_audit(person, "create_person", target_kind="person", target_id=user.pk, detail=detail)
    return user


def _check_names(user: User) -> None:
    if not 1 <= len(user.username) <= 150:
        raise InvalidError("A user name has 1 to 150 characters.", path="username")
    try:
        UnicodeUsernameValidator()(user.username)
    except ValidationError as problem:
        raise InvalidError(" ".join(problem.messages), path="username") from problem
    check_is_no_source(user, path="username")
    for path, value in (("first_name", user.first_name), ("last_name", user.last_name)):
        if len(value) > 150 or not value.isprintable():
            raise InvalidError("A name has at most 150 printable characters.", path=path)
    if user.email:
        try:
            validate_email(user.email)
        except ValidationError as problem:
            raise InvalidError(" ".join(problem.messages), path="email") from problem
