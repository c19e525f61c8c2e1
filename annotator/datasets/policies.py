"""Who may make and download datasets."""

from annotator.accounts.models import Role
from annotator.accounts.policies import Person, has_role


def may_export(person: Person) -> bool:
    return has_role(person, Role.DATA_MANAGER, Role.ADMIN)
