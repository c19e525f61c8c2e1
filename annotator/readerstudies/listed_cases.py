"""From a list that somebody uploaded to cases of the catalogue."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from annotator.accounts.errors import InvalidError
from annotator.accounts.policies import Person
from annotator.cases.queries import catalogued_cases_for
from annotator.readerstudies.actions.edit_study import WantedCase
from annotator.readerstudies.case_lists import ListedCase


def cases_listed(person: Person, listed: Sequence[ListedCase]) -> list[WantedCase]:
    """Find what a list names; a study with several cases has all of them taken.

    Raises
    ------
    InvalidError : a study that isn't there or has no case; path "list", with the line.
    """
    asked = {one.study_uid for one in listed if one.study_uid}
    by_study: dict[str, list[UUID]] = defaultdict(list)
    rows = catalogued_cases_for(person).order_by("pk") if asked else catalogued_cases_for(person).none()
    for pk, uid in rows.values_list("pk", "study__study_instance_uid"):
        if uid in asked:
            by_study[uid].append(pk)
    found: list[WantedCase] = []
    for one in listed:
        cases = [UUID(one.case)] if one.case else by_study.get(one.study_uid, [])
        if not cases:
            raise InvalidError(f"Line {one.line}: there is no case of study {one.study_uid[:64]}.", "list")
        truth = {"source": "table", "answers": one.truth} if one.truth else None
        found += [WantedCase(case, batch=one.batch, stage=one.stage, truth=truth) for case in cases]
    return found
