"""Open one row of the key map: who a pseudonym is."""

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import NotAllowedError, NotFoundError
from annotator.accounts.policies import Person
from annotator.imaging.deidentification.policies import may_see_key_map
from annotator.imaging.deidentification.site_key import PatientIdentity, site_key
from annotator.imaging.models import PatientKey

LARGEST_KEY = 2**63 - 1


def reveal_patient(person: Person, key_id: int) -> PatientIdentity:
    """The identity behind a pseudonym; the audit trail says who asked and for which pseudonym.

    Raises
    ------
    NotAllowedError : the person is no administrator.
    NotFoundError : there is no such row.
    DeidentificationError : the site's key isn't there, or another than the row was sealed under.
    """
    if not may_see_key_map(person):
        raise NotAllowedError("Only administrators may open the key map.")
    row = PatientKey.objects.filter(pk=key_id).first() if 0 < key_id <= LARGEST_KEY else None
    if row is None:
        raise NotFoundError("There is no such row in the key map.")
    with transaction.atomic():
        # Before the identity is opened: what can't be written down isn't shown.
        record_audit(person, "reveal_patient", target_kind="patient_key", target_id=row.pseudonym)
    return site_key().unseal(bytes(row.sealed))
