"""Who may look at pictures that wait, and say what becomes of them."""

from annotator.accounts.models import Role
from annotator.accounts.policies import Person, has_role


def may_review_text(person: Person) -> bool:
    """They may show names, so readers never see them."""
    return has_role(person, Role.DATA_MANAGER, Role.ADMIN)
