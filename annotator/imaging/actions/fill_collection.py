"""Put studies into a collection, or take them out."""

from collections.abc import Iterable

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.policies import Person
from annotator.imaging.actions.keep_collection import check_may_arrange
from annotator.imaging.catalogue.chosen import studies_chosen
from annotator.imaging.catalogue.study_collections import collection_for
from annotator.imaging.models import Collection

_BATCH = 1000


def put_into_collection(person: Person, pk: int, study_ids: Iterable[int]) -> int:
    """Put studies into a collection.

    Returns
    -------
    How many were not in it.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    NotFoundError : no such collection or study.
    InvalidError : no study, or too many.
    """
    check_may_arrange(person)
    with transaction.atomic():
        found = collection_for(person, pk)
        wanted = studies_chosen(person, study_ids)
        link = Collection.studies.through
        there = set(link.objects.filter(collection=found, study__in=wanted).values_list("study_id", flat=True))
        fresh = [study_id for study_id in wanted if study_id not in there]
        link.objects.bulk_create(
            (link(collection_id=pk, study_id=study_id) for study_id in fresh),
            batch_size=_BATCH,
            ignore_conflicts=True,
        )
        _record(person, "put_into_collection", pk, fresh)
    return len(fresh)


def take_out_of_collection(person: Person, pk: int, study_ids: Iterable[int]) -> int:
    """Take studies out of a collection; how many were in it.

    Raises
    ------
    NotAllowedError, NotFoundError, InvalidError : as for put_into_collection.
    """
    check_may_arrange(person)
    with transaction.atomic():
        found = collection_for(person, pk)
        wanted = studies_chosen(person, study_ids)
        links = Collection.studies.through.objects.filter(collection=found, study__in=wanted)
        there = sorted(links.values_list("study_id", flat=True))
        links.delete()
        _record(person, "take_out_of_collection", pk, there)
    return len(there)


def _record(person: Person, action: str, pk: int, study_ids: list[int]) -> None:
    if study_ids:
        record_audit(person, action, target_kind="collection", target_id=pk, detail={"studies": study_ids})
