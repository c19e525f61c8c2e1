"""Rows of the key map, written in the transaction that writes what was de-identified."""

from collections.abc import Iterable

from annotator.imaging.deidentification.deidentify_dataset import SealedPatient
from annotator.imaging.deidentification.site_key import site_key
from annotator.imaging.models import PatientKey


def taken_pseudonyms(patients: Iterable[SealedPatient]) -> set[str]:
    """The lookups of patients whose pseudonym another patient has: one in some 10^15 pairs of patients."""
    wanted: dict[str, str] = {}
    clashing = set()
    for one in patients:
        if wanted.setdefault(one.pseudonym, one.lookup) != one.lookup:
            clashing.add(one.lookup)
    held = PatientKey.objects.filter(pseudonym__in=wanted).values_list("pseudonym", "lookup")
    return clashing | {wanted[pseudonym] for pseudonym, lookup in held if wanted[pseudonym] != lookup}


def write_patient_keys(patients: Iterable[SealedPatient]) -> None:
    """Add the patients that the key map doesn't hold yet; the first file's identity stays."""
    rows = {one.lookup: one for one in patients}
    PatientKey.objects.bulk_create(
        (
            PatientKey(lookup=one.lookup, pseudonym=one.pseudonym, sealed=one.sealed)
            # In order, so that two workers don't wait for each other crosswise.
            for one in sorted(rows.values(), key=lambda one: one.lookup)
        ),
        ignore_conflicts=True,
    )


def refuse_another_key() -> None:
    """See that the key is the one that the key map was sealed under: with another, every patient would come out new.

    Raises
    ------
    DeidentificationError : it isn't. Files stay waiting until the key is back.
    """
    newest = PatientKey.objects.order_by("-pk").first()
    if newest is not None:
        site_key().unseal(bytes(newest.sealed))
