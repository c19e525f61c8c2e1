"""Who may bring pictures in, browse the catalogue, and see what was quarantined."""

from annotator.accounts.models import Role
from annotator.accounts.policies import Person, has_role


def may_bring_files_in(person: Person) -> bool:
    return has_role(person, Role.DATA_MANAGER, Role.ADMIN)


def may_browse_catalogue(person: Person) -> bool:
    """Patients, studies and their original files: they carry names, so readers never see them."""
    return has_role(person, Role.DATA_MANAGER, Role.ADMIN)


def may_see_quarantine(person: Person) -> bool:
    return has_role(person, Role.DATA_MANAGER, Role.ADMIN)


def may_arrange_studies(person: Person) -> bool:
    """Tags and collections: everybody who browses sees and changes all of them."""
    return may_browse_catalogue(person)


def may_decide_laterality(person: Person) -> bool:
    return has_role(person, Role.DATA_MANAGER, Role.ADMIN)
