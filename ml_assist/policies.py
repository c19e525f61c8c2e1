"""Who may train models and see how it goes."""

from annotator.accounts.models import Role
from annotator.accounts.policies import Person, has_role


def may_train(person: Person) -> bool:
    """A release's pictures are looked at and held for as long as it trains: those who make releases."""
    return has_role(person, Role.DATA_MANAGER, Role.ADMIN)
