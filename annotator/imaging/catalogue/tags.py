"""Words that people put on studies: how they are written, and which there are."""

from django.db.models import Count, QuerySet

from annotator.accounts.errors import InvalidError
from annotator.accounts.policies import Person
from annotator.imaging.models import Tag
from annotator.imaging.policies import may_browse_catalogue

LONGEST = 40


def tag_name(typed: str) -> str:
    """A tag as it is kept: one blank between words.

    Raises
    ------
    InvalidError : empty, too long, or with a comma, which separates tags where several are typed.
    """
    name = " ".join(typed.split())
    if not name:
        raise InvalidError("A tag needs a name.", "name")
    if len(name) > LONGEST:
        raise InvalidError(f"A tag has at most {LONGEST} letters; this one has {len(name)}.", "name")
    if "," in name or not name.isprintable():
        raise InvalidError("A tag has neither commas nor control characters.", "name")
    return name


def tags_for(person: Person) -> QuerySet[Tag]:
    """The tags in alphabetical order, each with `study_count`."""
    if not may_browse_catalogue(person):
        return Tag.objects.none()
    return Tag.objects.annotate(study_count=Count("studies")).order_by("name")
