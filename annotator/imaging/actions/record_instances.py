"""Write a batch of parsed files to the catalogue, down to the instance, and what became of each file."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from annotator.imaging.errors import QuarantineError
from annotator.imaging.headers.parsing import ParsedInstance
from annotator.imaging.models import (
    Instance,
    InstanceState,
    IntakeFile,
    Outcome,
    Patient,
    Series,
    Study,
)
from annotator.imaging.store.filing import quarantine_path

ATTEMPTS = 5


@dataclass
class Arrival:
    """One file on its way into the catalogue.

    Either `parsed` (and `header`) or `reason` is there; or neither, when its bytes are known already.
    """

    row: IntakeFile
    sha256: str = ""
    byte_size: int = 0
    parsed: ParsedInstance | None = None
    header: dict[str, Any] | None = None
    reason: str = ""
    quarantine_path: str = ""


def record_instances(arrivals: list[Arrival]) -> None:
    """Write all rows of a batch in one transaction and set each arrival's row to its outcome.

    Other workers may write the same files at the same time: what they were first with is "already there".
    After this, arrivals whose `reason` is filled were refused.
    """
    reasons = [arrival.reason for arrival in arrivals]
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                _record(arrivals)
        except (IntegrityError, OperationalError):
            # Another worker wrote one of these rows first, or the two waited for each other: look again.
            if attempt == ATTEMPTS:
                raise
            for arrival, reason in zip(arrivals, reasons, strict=True):
                arrival.reason = reason
        else:
            return


def _record(arrivals: list[Arrival]) -> None:
    catalogue = _Catalogue(arrivals)
    fresh: dict[str, Instance] = {}
    ends: list[tuple[Arrival, Outcome, str]] = []
    for arrival in arrivals:
        outcome = Outcome.QUARANTINED
        if not arrival.reason:
            try:
                outcome = catalogue.place(arrival, fresh)
            except QuarantineError as error:
                arrival.reason = error.reason
        ends.append((arrival, outcome, arrival.sha256))
    # In the order of their identifiers, so that two workers don't wait for each other crosswise.
    Instance.objects.bulk_create(sorted(fresh.values(), key=lambda one: one.sop_instance_uid))
    known = {**catalogue.by_sha256, **fresh}
    retried = []
    for arrival, outcome, sha256 in ends:
        row = arrival.row
        row.outcome, row.reason, row.sha256, row.byte_size = outcome, arrival.reason, sha256, arrival.byte_size
        row.at = timezone.now()
        if outcome == Outcome.QUARANTINED:
            refused = str(quarantine_path(sha256)) if arrival.parsed is not None else row.path
            row.path, row.instance = arrival.quarantine_path or refused, None
        else:
            row.path, row.instance = "", known[sha256]
            if row.instance.state == InstanceState.FAILED:
                retried.append(row.instance.pk)
    IntakeFile.objects.bulk_update(
        [arrival.row for arrival in arrivals],
        ["outcome", "reason", "sha256", "byte_size", "path", "instance", "at"],
    )
    # Sent again, a file that could not be decoded gets another try: the decoder may have been mended meanwhile.
    Instance.objects.filter(pk__in=retried).update(state=InstanceState.RECEIVED, failure="")


class _Catalogue:
    """What the tables know already of a batch, read with a query a table, and what the batch adds to it."""

    def __init__(self, arrivals: list[Arrival]) -> None:
        parsed = [arrival.parsed for arrival in arrivals if arrival.parsed is not None and not arrival.reason]
        instances = Instance.objects.defer("header")
        self.by_sha256 = {
            one.sha256: one for one in instances.filter(sha256__in={arrival.sha256 for arrival in arrivals})
        }
        self._by_uid = {
            one.sop_instance_uid: one
            for one in instances.filter(sop_instance_uid__in={one.sop_instance_uid for one in parsed})
        }
        self._studies = {
            one.study_instance_uid: one
            for one in Study.objects.select_related("patient").filter(
                study_instance_uid__in={one.study.study_instance_uid for one in parsed}
            )
        }
        self._series = {
            one.series_instance_uid: one
            for one in Series.objects.filter(series_instance_uid__in={one.series.series_instance_uid for one in parsed})
        }

    def place(self, arrival: Arrival, fresh: dict[str, Instance]) -> Outcome:
        """Find an arrival's place; a new instance is added to `fresh` by its SHA-256."""
        if arrival.sha256 in self.by_sha256 or arrival.sha256 in fresh:
            return Outcome.ALREADY_THERE
        parsed = arrival.parsed
        if parsed is None:
            raise QuarantineError("The instance with these bytes was removed meanwhile. Send the file again.")
        self._refuse_other_bytes(arrival, parsed)
        instance = _new_instance(arrival, parsed, self._series_of(parsed, self._study_of(parsed)))
        fresh[arrival.sha256] = self._by_uid[parsed.sop_instance_uid] = instance
        return Outcome.INGESTED

    def _refuse_other_bytes(self, arrival: Arrival, parsed: ParsedInstance) -> None:
        held = self._by_uid.get(parsed.sop_instance_uid)
        if held is None:
            return
        first = IntakeFile.objects.filter(instance=held).order_by("pk").first() if held.pk else None
        called = f" as {first.name}" if first is not None else ""
        when = f" on {held.received_at:%Y-%m-%d %H:%M} UTC" if held.received_at else ""
        raise QuarantineError(
            f"SOP Instance UID {parsed.sop_instance_uid} came in before with other bytes: SHA-256 "
            f"{held.sha256[:12]}…{called}{when} is kept, SHA-256 {arrival.sha256[:12]}… (this file) is refused. "
            "A changed picture needs a new UID from the sender."
        )

    def _study_of(self, parsed: ParsedInstance) -> Study:
        patient, attributes = parsed.patient, parsed.study
        study = self._studies.get(attributes.study_instance_uid)
        if study is None:
            owner, _ = Patient.objects.get_or_create(
                patient_id=patient.patient_id,
                issuer=patient.issuer,
                defaults={"name": patient.name, "sex": patient.sex, "birth_date": patient.birth_date},
            )
            study, _ = Study.objects.get_or_create(
                study_instance_uid=attributes.study_instance_uid,
                defaults={
                    "patient": owner,
                    "study_date": attributes.study_date,
                    "study_time": attributes.study_time,
                    "description": attributes.description,
                    "accession_number": attributes.accession_number,
                },
            )
            self._studies[attributes.study_instance_uid] = study
        if (study.patient.patient_id, study.patient.issuer) != (patient.patient_id, patient.issuer):
            raise QuarantineError(
                f"Study {attributes.study_instance_uid} belongs to patient {study.patient.patient_id}, but this file "
                f"says {patient.patient_id}. Find out whose it is and have the sender mend it."
            )
        return study

    def _series_of(self, parsed: ParsedInstance, study: Study) -> Series:
        attributes = parsed.series
        series = self._series.get(attributes.series_instance_uid)
        if series is None:
            series, _ = Series.objects.get_or_create(
                series_instance_uid=attributes.series_instance_uid,
                defaults={
                    "study": study,
                    "modality": attributes.modality,
                    "series_number": attributes.series_number,
                    "description": attributes.description,
                    "body_part": attributes.body_part,
                },
            )
            self._series[attributes.series_instance_uid] = series
        if series.study_id != study.pk:
            raise QuarantineError(
                f"Series {attributes.series_instance_uid} belongs to another study than this file says "
                f"({study.study_instance_uid}). Have the sender mend it."
            )
        return series


def _new_instance(arrival: Arrival, parsed: ParsedInstance, series: Series) -> Instance:
    picture = parsed.picture
    return Instance(
        series=series,
        sop_instance_uid=parsed.sop_instance_uid,
        sop_class_uid=parsed.sop_class_uid,
        transfer_syntax_uid=parsed.transfer_syntax_uid,
        sha256=arrival.sha256,
        source_sha256=arrival.sha256,
        byte_size=arrival.byte_size,
        instance_number=parsed.instance_number,
        rows=picture.rows,
        columns=picture.columns,
        number_of_frames=picture.number_of_frames,
        samples_per_pixel=picture.samples_per_pixel,
        photometric_interpretation=picture.photometric_interpretation,
        bits_allocated=picture.bits_allocated,
        bits_stored=picture.bits_stored,
        pixel_representation=picture.pixel_representation,
        header=arrival.header or {},
    )
