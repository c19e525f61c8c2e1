"""Put a tag on studies, or take it off."""

from collections.abc import Iterable

from django.db import transaction

from annotator.accounts.actions.record_audits import record_audits
from annotator.accounts.errors import NotAllowedError
from annotator.accounts.policies import Person
from annotator.imaging.catalogue.chosen import studies_chosen
from annotator.imaging.catalogue.tags import tag_name
from annotator.imaging.models import Study, Tag
from annotator.imaging.policies import may_arrange_studies

_BATCH = 1000


def tag_studies(person: Person, study_ids: Iterable[int], *, name: str) -> int:
    """Put a tag on studies; a tag of that name, whatever its case, is used where there is one.

    Returns
    -------
    How many did not have it before.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    NotFoundError : one of the studies does not exist.
    InvalidError : too many studies, or a name that none can have.
    """
    _check(person)
    name = tag_name(name)
    with transaction.atomic():
        wanted = studies_chosen(person, study_ids)
        tag = Tag.objects.filter(name__iexact=name).order_by("pk").first()
        tag = tag or Tag.objects.get_or_create(name=name)[0]
        link = Study.tags.through
        there = set(link.objects.filter(tag=tag, study__in=wanted).values_list("study_id", flat=True))
        fresh = [pk for pk in wanted if pk not in there]
        link.objects.bulk_create(
            (link(tag_id=tag.pk, study_id=pk) for pk in fresh), batch_size=_BATCH, ignore_conflicts=True
        )
        _record(person, "tag_study", fresh, tag.name)
    return len(fresh)


def untag_studies(person: Person, study_ids: Iterable[int], *, name: str) -> int:
    """Take a tag off studies; one that no study has any more goes.

    Returns
    -------
    How many had it.

    Raises
    ------
    NotAllowedError, NotFoundError, InvalidError : as for tag_studies.
    """
    _check(person)
    name = tag_name(name)
    with transaction.atomic():
        wanted = studies_chosen(person, study_ids)
        links = Study.tags.through.objects.filter(tag__name__iexact=name)
        there = sorted(links.filter(study__in=wanted).values_list("study_id", flat=True))
        links.filter(study__in=there).delete()
        Tag.objects.filter(name__iexact=name, studies__isnull=True).delete()
        _record(person, "untag_study", there, name)
    return len(there)


def _check(person: Person) -> None:
    if not may_arrange_studies(person):
        raise NotAllowedError("Only data managers and admins may tag studies.")


def _record(person: Person, action: str, study_ids: list[int], name: str) -> None:
    detail: dict[str, object] = {"tag": name}
    record_audits(person, action, target_kind="study", targets=((pk, detail) for pk in study_ids))
