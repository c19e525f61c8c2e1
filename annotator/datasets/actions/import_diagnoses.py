"""Diagnoses from elsewhere (pathology, follow-up) come in as a table."""

import csv
import hashlib
import io

from django.db import IntegrityError, transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError
from annotator.accounts.models import User
from annotator.datasets.cohort_studies import chunks
from annotator.datasets.diagnosed_nodules import TABLE_COLUMNS
from annotator.datasets.models import DiagnosisTable
from annotator.datasets.policies import may_manage_datasets
from annotator.datasets.pseudonyms import patient_pseudonym
from annotator.imaging.models import Patient

MOST_ROWS = 200_000
MOST_BYTES = 50_000_000
_MEANS = {"malignant": True, "1": True, "true": True, "benign": False, "0": False, "false": False}


def import_diagnoses(person: User, name: str, *, source: str, content: bytes) -> DiagnosisTable:
    """Read a CSV with a column "diagnosis" and one of "finding", "study", "patient", and keep it for good.

    Parameters
    ----------
    content : UTF-8. A diagnosis is malignant or benign (1 or 0, true or false); a study is its UID, a patient a
        pseudonym or an identifier of the catalogue, of which the pseudonym is kept, a finding its identifier.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    InvalidError : path "name", "source", or "rows[n].column", rows counted from 1 below the head.
    ConflictError : a table of that name is there.
    """
    if not may_manage_datasets(person):
        raise NotAllowedError("Diagnoses are imported by data managers and admins.")
    called, said = " ".join(name.split()), " ".join(source.split())
    if not called or len(called) > 80:
        raise InvalidError("A table needs a name of 1 to 80 letters.", "name")
    if not said or len(said) > 200:
        raise InvalidError("Say in 1 to 200 letters where the diagnoses come from.", "source")
    rows = _rows_of(content)
    try:
        with transaction.atomic():
            table = DiagnosisTable.objects.create(
                name=called, source=said, rows=rows, sha256=hashlib.sha256(content).hexdigest(), imported_by=person
            )
            record_audit(
                person,
                "import_diagnoses",
                target_kind="diagnosis_table",
                target_id=table.pk,
                detail={"name": called, "source": said, "sha256": table.sha256},
            )
    except IntegrityError as error:
        raise ConflictError(
            f"There is a table “{called}” already. A table is never changed: choose another name."
        ) from error
    return table


def _rows_of(content: bytes) -> dict[str, dict[str, bool]]:
    if len(content) > MOST_BYTES:
        raise InvalidError(f"A table has at most {MOST_BYTES // 1_000_000} MB.", "rows")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidError("This is no UTF-8. Save the table as CSV in UTF-8.", "rows") from error
    reader = csv.DictReader(io.StringIO(text))
    named = [column for column in reader.fieldnames or () if column in TABLE_COLUMNS]
    if len(named) != 1 or "diagnosis" not in (reader.fieldnames or ()):
        raise InvalidError('The head has "diagnosis" and one of "finding", "study", "patient".', "rows")
    column = named[0]
    found: dict[str, bool] = {}
    for number, row in enumerate(reader, start=1):
        key, value = (row.get(column) or "").strip(), (row.get("diagnosis") or "").strip().casefold()
        if not key:
            raise InvalidError(f"Row {number} doesn't say which {column}.", f"rows[{number}].{column}")
        if value not in _MEANS:
            raise InvalidError(f"Row {number}: {value!r} is neither malignant nor benign.", f"rows[{number}].diagnosis")
        if found.get(key, _MEANS[value]) != _MEANS[value]:
            raise InvalidError(f"Row {number} contradicts an earlier one of {key}.", f"rows[{number}].diagnosis")
        found[key] = _MEANS[value]
        if number > MOST_ROWS:
            raise InvalidError(f"A table has at most {MOST_ROWS:,} rows.", "rows")
    if not found:
        raise InvalidError("The table has no rows.", "rows")
    return {column: _under_pseudonyms(found) if column == "patient" else found}


def _under_pseudonyms(found: dict[str, bool]) -> dict[str, bool]:
    """Patients' identifiers become pseudonyms, as releases have them; what is no identifier here stays."""
    called: dict[str, str] = {}
    for part in chunks(found):
        for issuer, name in Patient.objects.filter(patient_id__in=part).values_list("issuer", "patient_id"):
            if name in called:
                raise InvalidError(f"Several patients are called {name}: give their pseudonyms.", "rows")
            called[name] = patient_pseudonym(issuer, name)
    renamed: dict[str, bool] = {}
    for name, malignant in found.items():
        if renamed.setdefault(called.get(name, name), malignant) != malignant:
            raise InvalidError(f"{name} stands twice in the table, with two diagnoses.", "rows")
    return renamed
