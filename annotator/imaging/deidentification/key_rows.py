"""Rows of the key map, written in the transaction that writes what was de-identified."""

from collections.abc import Iterable

from annotator.imaging.deidentification.deidentify_dataset import SealedPatient
from annotator.imaging.deidentification.errors import DeidentificationError
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


def key_of_another_site() -> bool:
    """Whether the key map was sealed under another key than the settings' one: pseudonyms would come out new."""
    newest = PatientKey.objects.order_by("-pk").first()
    return newest is not None and not opens(newest)


def opens(row: PatientKey) -> bool:
    """Whether the settings' key opens a row."""
    try:
        site_key().unseal(bytes(row.sealed))
    except DeidentificationError:
        return False
    return True
