"""Who may do what with people, and the roles that other rooms' policies ask about."""

from django.contrib.auth.models import AnonymousUser

from annotator.accounts.models import Role, User

Person = User | AnonymousUser


def has_role(person: Person, *roles: Role) -> bool:
    """Whether an active, signed-in person holds one of these roles."""
    return bool(person.is_authenticated and person.is_active and getattr(person, "role", None) in roles)


def is_signed_in(person: Person) -> bool:
    return bool(person.is_authenticated and person.is_active)


def may_manage_people(person: Person) -> bool:
    return has_role(person, Role.ADMIN)


def may_read_audit_trail(person: Person) -> bool:
    return has_role(person, Role.ADMIN)
