"""Who may mark, whose marks one may see, and who may lock them."""

from annotator.accounts.models import Role, User
from annotator.accounts.policies import Person, has_role


def may_annotate(person: Person) -> bool:
    """Radiologists mark; whether they may open the case at hand is the grant's matter."""
    return has_role(person, Role.RADIOLOGIST)


def may_see_everybodys_marks(person: Person) -> bool:
    return has_role(person, Role.DATA_MANAGER, Role.ADMIN)


def may_lock(person: Person, owner: User) -> bool:
    """Readers lock their own reading by submitting it; admins may lock anybody's."""
    return has_role(person, Role.ADMIN) or (may_annotate(person) and person.pk == owner.pk)


def may_unlock(person: Person) -> bool:
    """Who reviews readings may give one back; what else it takes is the reader studies' matter."""
    return has_role(person, Role.ADMIN, Role.DATA_MANAGER)
