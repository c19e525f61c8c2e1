"""The three people of the demo."""

from dataclasses import dataclass

from annotator.accounts.actions.create_person import create_person
from annotator.accounts.models import Role, User


@dataclass(frozen=True)
class DemoPerson:
    """Who signs in how. The passwords are public: the demo is for one's own machine."""

    username: str
    password: str
    role: Role
    first_name: str
    last_name: str


RADIOLOGIST = DemoPerson("radiologist", "quiet-lightbox-7", Role.RADIOLOGIST, "Rosa", "Reader")
DATA_MANAGER = DemoPerson("manager", "tidy-archive-shelf-4", Role.DATA_MANAGER, "Dan", "Keeper")
ADMIN = DemoPerson("admin", "spare-keyring-92", Role.ADMIN, "Ada", "Steward")
PEOPLE = (RADIOLOGIST, DATA_MANAGER, ADMIN)


def make_people() -> list[User]:
    """Create who is missing, in the order of PEOPLE; an account that is there keeps its password and role."""
    there = {user.username: user for user in User.objects.filter(username__in=[one.username for one in PEOPLE])}
    return [
        there.get(one.username)
        or create_person(
            None,
            username=one.username,
            password=one.password,
            role=one.role,
            first_name=one.first_name,
            last_name=one.last_name,
        )
        for one in PEOPLE
    ]
