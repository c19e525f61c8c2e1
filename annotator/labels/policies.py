"""Who may change what is asked of readers. What is asked holds nothing of patients: everyone signed in may read it."""

from annotator.accounts.models import Role
from annotator.accounts.policies import Person, has_role


def may_edit_schemas(person: Person) -> bool:
    """Admins write, publish, retire and take in label schemas."""
    return has_role(person, Role.ADMIN)
