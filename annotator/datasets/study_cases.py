"""The cases of a cohort or a release, for whoever builds on them: a reader study takes its cases from there."""

from collections.abc import Sequence
from uuid import UUID

from annotator.accounts.errors import InvalidError, NotFoundError
from annotator.accounts.policies import Person
from annotator.cases.queries import catalogued_cases_for
from annotator.datasets.cohort_query import CohortQuery
from annotator.datasets.cohort_studies import chunks, resolve_cohort
from annotator.datasets.models import ReleaseStack
from annotator.datasets.pseudonyms import patient_pseudonym
from annotator.datasets.release_queries import cohort_for, diagnosis_tables_for, frozen_release_for


def cases_of_cohort(person: Person, cohort_id: UUID) -> list[tuple[UUID, str]]:
    """Each case of what a saved question finds now, with the cohort's group that its study is in; "" without groups.

    Raises
    ------
    NotFoundError : there is no such cohort that this person may see.
    """
    found = resolve_cohort(CohortQuery.from_json(cohort_for(person, cohort_id).query))
    cases = _of_studies(person, found.studies)
    return [(case, found.groups.get(study, "")) for case, study in cases]


def cases_of_release(person: Person, release_id: UUID) -> list[tuple[UUID, str]]:
    """Each case of a frozen release, with the side of the split that its study is on.

    Raises
    ------
    NotFoundError, ConflictError : there is no such release that this person may see, or it isn't frozen.
    """
    release = frozen_release_for(person, release_id)
    rows = ReleaseStack.objects.filter(release=release, withdrawal=None).order_by("place")
    sides = dict(rows.values_list("study_uid", "split"))
    found: list[tuple[UUID, str]] = []
    for part in chunks(list(sides)):
        cases = catalogued_cases_for(person).filter(study__study_instance_uid__in=part).order_by("pk")
        found += [(pk, sides[uid]) for pk, uid in cases.values_list("pk", "study__study_instance_uid")]
    return found


def diagnoses_of_cases(person: Person, table_id: UUID, case_ids: Sequence[UUID]) -> dict[UUID, bool]:
    """Whether each case is malignant by a table, by its study or else its patient; cases it doesn't name are left out.

    Raises
    ------
    NotFoundError : there is no such table that this person may see.
    InvalidError : the table is about findings, which a case has several of.
    """
    table = diagnosis_tables_for(person).filter(pk=table_id).first()
    if table is None:
        raise NotFoundError("There is no such table of diagnoses.")
    by_study, by_patient = table.rows.get("study", {}), table.rows.get("patient", {})
    if not by_study and not by_patient:
        raise InvalidError("This table is about findings; a case needs one about studies or patients.", path="source")
    found: dict[UUID, bool] = {}
    for part in chunks(list(case_ids)):
        rows = catalogued_cases_for(person).filter(pk__in=part).order_by()
        told = rows.values_list(
            "pk", "study__study_instance_uid", "study__patient__issuer", "study__patient__patient_id"
        )
        for case, uid, issuer, name in told:
            diagnosis = by_study.get(uid, by_patient.get(patient_pseudonym(issuer, name), by_patient.get(name)))
            if diagnosis is not None:
                found[case] = diagnosis
    return found


def _of_studies(person: Person, studies: Sequence[int]) -> list[tuple[UUID, int]]:
    found: list[tuple[UUID, int]] = []
    for part in chunks(studies):
        found += catalogued_cases_for(person).filter(study__in=part).order_by("pk").values_list("pk", "study_id")
    return found
