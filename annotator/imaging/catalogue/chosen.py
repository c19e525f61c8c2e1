"""Studies that somebody chose for something, checked."""

from collections.abc import Iterable

from annotator.accounts.errors import InvalidError, NotFoundError
from annotator.accounts.policies import Person
from annotator.imaging.queries import studies_for

# One act writes a line of the audit trail for each.
MOST_CHOSEN = 10_000
# SQLite takes no more values than some thirty thousand in one query; PostgreSQL plans long lists slowly.
_BATCH = 5_000


def studies_chosen(person: Person, study_ids: Iterable[int]) -> list[int]:
    """The studies' numbers, each once, in order.

    Raises
    ------
    NotFoundError : one does not exist, or is not for this person.
    InvalidError : none, or more than 10,000.
    """
    wanted = sorted(set(study_ids))
    if not wanted:
        raise InvalidError("No study was chosen.", "studies")
    if len(wanted) > MOST_CHOSEN:
        raise InvalidError(
            f"{len(wanted):,} studies are more than {MOST_CHOSEN:,} at once. Narrow the search.", "studies"
        )
    there: set[int] = set()
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        there.update(studies_for(person).filter(pk__in=batch).order_by().values_list("pk", flat=True))
    missing = [pk for pk in wanted if pk not in there]
    if missing:
        raise NotFoundError(f"There is no study {missing[0]} that you may see.")
    return wanted
