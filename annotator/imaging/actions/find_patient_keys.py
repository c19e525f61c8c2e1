"""Look a patient up in the key map, by pseudonym or by the original Patient ID."""

from django.db import transaction
from django.db.models import QuerySet

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError, NotAllowedError
from annotator.accounts.policies import Person
from annotator.imaging.deidentification.key_map import matching, patient_keys_for
from annotator.imaging.deidentification.policies import may_see_key_map
from annotator.imaging.models import PatientKey

TEXT_LIMIT = 64


def find_patient_keys(person: Person, text: str) -> QuerySet[PatientKey]:
    """The rows of the key map that fit; the audit trail says who looked for somebody, never for whom.

    Raises
    ------
    NotAllowedError : the person is no administrator.
    InvalidError : nothing is looked for, or a text longer than a Patient ID; path "text".
    """
    if not may_see_key_map(person):
        raise NotAllowedError("Only administrators may look into the key map.")
    text = text.strip()
    if not text or len(text) > TEXT_LIMIT:
        raise InvalidError(f"Give a pseudonym or an original Patient ID, at most {TEXT_LIMIT} characters.", "text")
    found = patient_keys_for(person).filter(matching(text))
    with transaction.atomic():
        record_audit(person, "search_key_map", target_kind="key_map", target_id="", detail={"found": found.count()})
    return found
