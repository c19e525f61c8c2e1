"""Collections of studies: how they are called, and which there are."""

from django.db.models import Count, QuerySet

from annotator.accounts.errors import ConflictError, InvalidError, NotFoundError
from annotator.accounts.policies import Person
from annotator.imaging.models import Collection
from annotator.imaging.policies import may_browse_catalogue

LONGEST_NAME, LONGEST_DESCRIPTION = 80, 2000


def collections_for(person: Person) -> QuerySet[Collection]:
    """The collections by name, each with `study_count` and who made it."""
    if not may_browse_catalogue(person):
        return Collection.objects.none()
    return Collection.objects.select_related("created_by").annotate(study_count=Count("studies")).order_by("name")


def collection_for(person: Person, pk: int) -> Collection:
    """One collection as collections_for gives it.

    Raises
    ------
    NotFoundError : no such collection, or not for this person.
    """
    found = collections_for(person).filter(pk=pk).first()
    if found is None:
        raise NotFoundError(f"There is no collection {pk} that you may see.")
    return found


def checked_name(typed: str, *, of: Collection | None = None) -> str:
    """A collection's name as it is kept.

    Raises
    ------
    InvalidError : empty, or too long.
    ConflictError : another collection is called that, but for case.
    """
    name = " ".join(typed.split())
    if not name or not name.isprintable():
        raise InvalidError("A collection needs a name.", "name")
    if len(name) > LONGEST_NAME:
        raise InvalidError(f"A name has at most {LONGEST_NAME} letters; this one has {len(name)}.", "name")
    others = Collection.objects.exclude(pk=of.pk) if of else Collection.objects.all()
    if others.filter(name__iexact=name).exists():
        raise ConflictError(f"There is a collection “{name}” already.")
    return name


def checked_description(typed: str) -> str:
    """A collection's description as it is kept.

    Raises
    ------
    InvalidError : too long.
    """
    description = typed.replace("\r\n", "\n").replace("\0", "").strip()
    if len(description) > LONGEST_DESCRIPTION:
        raise InvalidError(f"A description has at most {LONGEST_DESCRIPTION} letters.", "description")
    return description
