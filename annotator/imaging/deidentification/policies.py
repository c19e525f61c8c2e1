"""Who may learn whom a pseudonym stands for."""

from annotator.accounts.models import Role
from annotator.accounts.policies import Person, has_role


def may_see_key_map(person: Person) -> bool:
    return has_role(person, Role.ADMIN)
