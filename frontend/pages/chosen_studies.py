"""The studies that a person chose in the catalogue, kept in the session until they're exported or assigned."""

from django.http import HttpRequest

from annotator.accounts.models import User
from annotator.imaging.queries import studies_for

_KEY = "chosen_studies"


def choose_studies(request: HttpRequest, study_ids: list[int]) -> None:
    request.session[_KEY] = sorted(set(study_ids))


def chosen_studies(request: HttpRequest, person: User) -> list[int]:
    """Primary keys of what was chosen and still exists."""
    chosen = request.session.get(_KEY, [])
    return sorted(studies_for(person).filter(pk__in=chosen).values_list("pk", flat=True)) if chosen else []
