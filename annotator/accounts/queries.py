"""Reads of people and of the audit trail, already limited to what the asking person may see."""

from django.db.models import QuerySet

from annotator.accounts.errors import NotAllowedError, NotFoundError
from annotator.accounts.models import AuditEntry, Role, User, ViewerPreferences
from annotator.accounts.policies import Person, may_manage_people, may_read_audit_trail
from annotator.accounts.sources import SOURCE_PREFIX
from annotator.accounts.viewer_preferences import Preferences, check_preferences, default_preferences


def people_for(person: Person) -> QuerySet[User]:
    """Everybody, by user name; admins only.

    Raises
    ------
    NotAllowedError : the asking person is no admin.
    """
    if not may_manage_people(person):
        raise NotAllowedError("Only an admin may see the list of people.")
    return User.objects.order_by("username")


def person_for(person: Person, user_id: int) -> User:
    """One of the people that `people_for` lists.

    Raises
    ------
    NotAllowedError : the asking person is no admin.
    NotFoundError : there is no such person.
    """
    found = people_for(person).filter(pk=user_id).first()
    if found is None:
        raise NotFoundError(f"There is no person number {user_id}.")
    return found


def readers_for(person: Person) -> QuerySet[User]:
    """The active radiologists, whom an admin may give cases to."""
    radiologists = people_for(person).filter(role=Role.RADIOLOGIST, is_active=True)
    return radiologists.exclude(username__istartswith=SOURCE_PREFIX)


def audit_entries_for(person: Person, *, target_kind: str = "", target_id: str = "") -> QuerySet[AuditEntry]:
    """The audit trail, newest first, with the actors; of one target when it is named.

    Raises
    ------
    NotAllowedError : the asking person may not read the trail.
    """
    if not may_read_audit_trail(person):
        raise NotAllowedError("Only an admin may read the audit trail.")
    entries = AuditEntry.objects.select_related("actor")
    if target_kind:
        entries = entries.filter(target_kind=target_kind)
    if target_id:
        entries = entries.filter(target_id=target_id)
    return entries


def viewer_preferences_of(person: Person) -> Preferences:
    """How this person likes the reading page; as shipped for who never chose."""
    kept = ViewerPreferences.objects.filter(person_id=person.pk).first()
    return check_preferences(kept.content) if kept else default_preferences()
