"""A patient withdrew: what is theirs in every release is erased, a tombstone stays."""

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import User
from annotator.datasets.cohort_studies import patients_called
from annotator.datasets.exporting.export_files import delete_of_releases
from annotator.datasets.models import FramePrint, PatientSide, ReleaseStack, Withdrawal
from annotator.datasets.policies import may_manage_datasets

LONGEST_REASON = 1000


def withdraw_patient(person: User, patient: str, *, reason: str) -> Withdrawal:
    """Erase a patient from all releases, and keep them out of later ones.

    Hashes and counts stay, so that each release still proves what it was. Zips of these releases are deleted; whoever
    downloaded one has to delete theirs.

    Parameters
    ----------
    patient : pseudonym.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    NotFoundError : no patient and no release has this pseudonym.
    InvalidError : no reason, path "reason".
    ConflictError : it was done already.
    """
    if not may_manage_datasets(person):
        raise NotAllowedError("Patients are withdrawn by data managers and admins.")
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST_REASON:
        raise InvalidError(f"Say why in 1 to {LONGEST_REASON} letters: it stands in the records.", "reason")
    known = patients_called([patient])
    if not known and not ReleaseStack.objects.filter(patient=patient).exists():
        raise NotFoundError(f"There is no patient {patient}.")
    with transaction.atomic():
        withdrawal, made = Withdrawal.objects.get_or_create(patient=patient, defaults={"reason": said, "by": person})
        if not made:
            raise ConflictError(f"{patient} was withdrawn on {withdrawal.at:%Y-%m-%d} already.")
        erased = ReleaseStack.objects.filter(patient=patient).update(content=None, withdrawal=withdrawal)
        PatientSide.objects.filter(patient=patient).delete()
        # Thumbnails are pictures of the patient, too.
        FramePrint.objects.filter(frame__instance__series__study__patient__in=known).delete()
        releases = set(ReleaseStack.objects.filter(withdrawal=withdrawal).values_list("release", flat=True))
        transaction.on_commit(lambda: delete_of_releases(releases))
        record_audit(
            person,
            "withdraw_patient",
            target_kind="patient",
            target_id=patient,
            detail={"reason": said, "stacks": erased},
        )
    return withdrawal
