"""Who may make, freeze, change and download datasets."""

from annotator.accounts.models import Role
from annotator.accounts.policies import Person, has_role


def may_export(person: Person) -> bool:
    return has_role(person, Role.DATA_MANAGER, Role.ADMIN)


def may_manage_datasets(person: Person) -> bool:
    """Cohorts, releases, what is judged of leaks, diagnoses; and what is withdrawn."""
    return has_role(person, Role.DATA_MANAGER, Role.ADMIN)


def may_import(person: Person) -> bool:
    """Marks of a source that nobody signs in as; readers' own assignments are the admins'."""
    return has_role(person, Role.DATA_MANAGER, Role.ADMIN)
