"""Where the truth of a study's cases is taken from: a table of diagnoses, or what another study's readers agreed on."""

import uuid
from typing import Any

from django.http import QueryDict

from annotator.accounts.errors import InvalidError
from annotator.accounts.models import User
from annotator.datasets.release_queries import diagnosis_tables_for
from annotator.datasets.study_cases import diagnoses_of_cases
from annotator.labels.queries import schemas_by_reference
from annotator.readerstudies.actions.take_truth import consensus_by_case, take_truth
from annotator.readerstudies.asked_questions import AskedQuestion, asked_questions
from annotator.readerstudies.models import ReaderStudy
from annotator.readerstudies.policies import may_see_results
from annotator.readerstudies.study_queries import protocol_of, studies_for


def truth_context(person: User, study: ReaderStudy) -> dict[str, Any]:
    """What the form offers."""
    others = [one for one in studies_for(person)[:200] if one.pk != study.pk and may_see_results(person, one)]
    return {
        "truth_tables": diagnosis_tables_for(person).defer("rows"),
        "truth_studies": others,
        "truth_questions": _questions(study),
    }


def take(person: User, study: ReaderStudy, posted: QueryDict) -> str:
    """Take what the form chose; returns what to tell."""
    kind, _, key = posted.get("truth-source", "").partition(":")
    question = posted.get("truth-question", "")
    try:
        pk = uuid.UUID(key)
    except ValueError as bad:
        raise InvalidError("Choose where the truth comes from.", "source") from bad
    if kind == "table":
        asked = next((one for one in _questions(study) if one.reference == question), None)
        if asked is None:
            raise InvalidError("Choose the question that the table answers.", "question")
        yes, no = asked.answers_called([posted.get("truth-malignant", ""), posted.get("truth-benign", "")])
        known = {value for value, _ in asked.values}
        if asked.values and not {yes, no} <= known:
            raise InvalidError("Say what malignant and what benign is, as the form calls it.", "answers")
        cases = list(study.items.values_list("case_id", flat=True))
        found = diagnoses_of_cases(person, pk, cases)
        values: dict[uuid.UUID, Any] = {case: yes if malignant else no for case, malignant in found.items()}
        name = next((one.name for one in diagnosis_tables_for(person) if one.pk == pk), "")
        taken = take_truth(person, study.pk, question, values, source="pathology", note=f"Table {name}")
    elif kind == "study":
        values = consensus_by_case(person, pk, question)
        taken = take_truth(person, study.pk, question, values, source="consensus", note=f"Readers of study {pk}")
    else:
        raise InvalidError("Choose where the truth comes from.", "source")
    kept = f" {taken.kept} had another answer already and kept it." if taken.kept else ""
    return f"{taken.set} cases have a truth from there.{kept}"


def _questions(study: ReaderStudy) -> list[AskedQuestion]:
    asked = asked_questions(
        (one.key, one.title, one.definition) for one in schemas_by_reference(protocol_of(study).schemas)
    )
    return [one for one in asked if one.applies_to != "finding"]
