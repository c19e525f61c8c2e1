"""A case as programs and pages get it: with the patient, or blinded."""

from typing import TypedDict

from annotator.cases.models import Case


class PatientIdentity(TypedDict):
    patient_id: str
    name: str
    sex: str
    birth_date: str


class CaseRecord(TypedDict):
    id: str
    title: str
    modality: str
    layout: str
    patient: PatientIdentity | None


def identity_of(case: Case) -> PatientIdentity | None:
    """Whose case it is, or None for a blinded reader.

    The case must come from queries.cases_for or case_for, which say what this person may see; one that was
    loaded in any other way answers None.
    """
    if not getattr(case, "shows_identity", False):
        return None
    patient = case.study.patient
    return PatientIdentity(
        patient_id=patient.patient_id, name=patient.name, sex=patient.sex, birth_date=patient.birth_date
    )


def case_as_dict(case: Case) -> CaseRecord:
    """The head of a case, as JSON."""
    return CaseRecord(
        id=str(case.pk), title=case.title, modality=case.modality, layout=case.layout, patient=identity_of(case)
    )
