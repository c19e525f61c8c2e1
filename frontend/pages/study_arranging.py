"""Tags and collections of studies, as the catalogue and a study's page change them."""

from collections.abc import Sequence

from django.http import QueryDict

from annotator.accounts.errors import InvalidError
from annotator.accounts.models import User
from annotator.imaging.actions.fill_collection import put_into_collection, take_out_of_collection
from annotator.imaging.actions.tag_studies import tag_studies, untag_studies
from annotator.imaging.catalogue.study_collections import collection_for
from frontend.pages.row_numbers import row_numbers

ARRANGEMENTS = frozenset({"tag", "untag", "collect", "uncollect"})


def arrange(person: User, study_ids: Sequence[int], form: QueryDict) -> str:
    """Do what a form's `then` names to studies; what was done, in words.

    Raises
    ------
    NotFoundError, InvalidError : as the actions say; several tags are separated by commas.
    """
    asked = form.get("then", "")
    if asked in ("tag", "untag"):
        return _tag(person, study_ids, form.get("tag_name", ""), adds=asked == "tag")
    pk = next(iter(row_numbers([form.get("into", "")])), None)
    if pk is None:
        raise InvalidError("Choose the collection first.", "into")
    name = collection_for(person, pk).name
    if asked == "collect":
        number = put_into_collection(person, pk, study_ids)
        return f"{_studies(number)} put into “{name}”." if number else f"All of them were in “{name}” already."
    number = take_out_of_collection(person, pk, study_ids)
    return f"{_studies(number)} taken out of “{name}”." if number else f"None of them was in “{name}”."


def _tag(person: User, study_ids: Sequence[int], typed: str, *, adds: bool) -> str:
    names = [name for name in typed.split(",") if name.strip()] or [""]
    change = tag_studies if adds else untag_studies
    number = max(change(person, study_ids, name=name) for name in names)
    tags = ", ".join(f"“{' '.join(name.split())}”" for name in names)
    if adds:
        return f"{_studies(number)} tagged {tags}." if number else f"All of them were tagged {tags} already."
    return f"{tags} taken off {_studies(number)}." if number else f"None of them was tagged {tags}."


def _studies(number: int) -> str:
    return f"{number:,} {'study' if number == 1 else 'studies'}"
