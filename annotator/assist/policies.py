"""Who decides on suggestions, and who looks after models."""

from annotator.accounts.models import Role
from annotator.accounts.policies import Person, has_role
from annotator.annotations.policies import may_annotate


def may_decide_on_suggestions(person: Person) -> bool:
    """Accepting makes a mark, so whoever may mark may decide; whether they're shown any is the grant's matter."""
    return may_annotate(person)


def may_see_models(person: Person) -> bool:
    """See versions and cards, and register what was trained: it answers nobody until it is promoted."""
    return has_role(person, Role.DATA_MANAGER, Role.ADMIN)


def may_promote_models(person: Person) -> bool:
    """Decide which version answers readers, and about what."""
    return has_role(person, Role.ADMIN)
