"""Make a collection, rename or describe it, delete it."""

from django.db import IntegrityError, transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, NotAllowedError
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.imaging.catalogue.study_collections import checked_description, checked_name, collection_for
from annotator.imaging.models import Collection
from annotator.imaging.policies import may_arrange_studies

_KIND = "collection"


def make_collection(person: Person, *, name: str, description: str = "") -> Collection:
    """Make an empty collection.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    InvalidError : a name or description that none can have.
    ConflictError : the name is taken.
    """
    check_may_arrange(person)
    name, description = checked_name(name), checked_description(description)
    try:
        with transaction.atomic():
            made = Collection.objects.create(name=name, description=description, created_by=signed_in(person))
            record_audit(person, "make_collection", target_kind=_KIND, target_id=made.pk, detail={"name": name})
    except IntegrityError as error:
        raise ConflictError(f"There is a collection “{name}” already.") from error
    return collection_for(person, made.pk)


def change_collection(
    person: Person, pk: int, *, name: str | None = None, description: str | None = None
) -> Collection:
    """Give a collection another name or description; None leaves it.

    Raises
    ------
    NotAllowedError, InvalidError, ConflictError : as for make_collection.
    NotFoundError : there is none.
    """
    check_may_arrange(person)
    found = collection_for(person, pk)
    changed: dict[str, str] = {}
    if name is not None:
        changed["name"] = checked_name(name, of=found)
    if description is not None:
        changed["description"] = checked_description(description)
    changed = {field: value for field, value in changed.items() if getattr(found, field) != value}
    if changed:
        before = {f"{field}_before": getattr(found, field) for field in changed}
        try:
            with transaction.atomic():
                Collection.objects.filter(pk=pk).update(**changed)
                record_audit(person, "change_collection", target_kind=_KIND, target_id=pk, detail={**before, **changed})
        except IntegrityError as error:
            raise ConflictError(f"There is a collection “{changed.get('name')}” already.") from error
    return collection_for(person, pk)


def delete_collection(person: Person, pk: int) -> None:
    """Delete a collection; its studies stay in the catalogue.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    NotFoundError : there is none.
    """
    check_may_arrange(person)
    with transaction.atomic():
        found = collection_for(person, pk)
        detail: dict[str, object] = {"name": found.name, "studies": sorted(found.studies.values_list("pk", flat=True))}
        record_audit(person, "delete_collection", target_kind=_KIND, target_id=pk, detail=detail)
        found.delete()


def check_may_arrange(person: Person) -> None:
    """Refuse who may not arrange studies.

    Raises
    ------
    NotAllowedError
    """
    if not may_arrange_studies(person):
        raise NotAllowedError("Only data managers and admins may change collections.")
