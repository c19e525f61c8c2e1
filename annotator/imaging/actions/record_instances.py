"""Write a batch of parsed files to the catalogue, down to the instance, and what became of each file."""

from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from annotator.imaging.actions.prepare_arrival import PreparedArrival
from annotator.imaging.burned_in.review_rows import new_review
from annotator.imaging.catalogue.name_keys import fold_name
from annotator.imaging.deidentification.key_rows import refuse_another_key, taken_pseudonyms, write_patient_keys
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
    TextReview,
)
from annotator.imaging.store.filing import Place, original_place, quarantine_place
from annotator.imaging.store.same_dataset import same_dataset

ATTEMPTS = 5


@dataclass
class Arrival:
    """One file on its way into the catalogue.

    Either `prepared` or `reason` is there; or neither, when its bytes are known already. `source_sha256` and
    `byte_size` are of the file as it came; `quarantined` is where its bytes were filed when they were refused.
    """

    row: IntakeFile
    source_sha256: str = ""
    byte_size: int = 0
    prepared: PreparedArrival | None = None
    reason: str = ""
    quarantined: Place | None = None


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
    _keep_patient_keys(arrivals)
    catalogue = _Catalogue(arrivals)
    fresh: list[Instance] = []
    ends: list[tuple[Arrival, Outcome]] = []
    for arrival in arrivals:
        outcome = Outcome.QUARANTINED
        if not arrival.reason:
            try:
                outcome = catalogue.place(arrival, fresh)
            except QuarantineError as error:
                arrival.reason = error.reason
        ends.append((arrival, outcome))
    # In the order of their identifiers, so that two workers don't wait for each other crosswise.
    Instance.objects.bulk_create(sorted(fresh, key=lambda one: one.sop_instance_uid))
    _ask_for_review(arrivals, catalogue)
    now = timezone.now()
    retried = []
    for arrival, outcome in ends:
        row = arrival.row
        row.outcome, row.reason, row.at = outcome, arrival.reason, now
        row.sha256, row.byte_size = arrival.source_sha256, arrival.byte_size
        if outcome == Outcome.QUARANTINED:
            row.path, row.instance = _where_refused(arrival), None
        else:
            row.path, row.instance = "", catalogue.by_hash[arrival.source_sha256]
            if row.instance.state == InstanceState.FAILED:
                retried.append(row.instance.pk)
    # An update of many rows as one statement: bulk_update would build a condition a row and column, at many times
    # the cost. The rows are all there.
    IntakeFile.objects.bulk_create(
        [arrival.row for arrival in arrivals],
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=["outcome", "reason", "sha256", "byte_size", "path", "instance", "at"],
    )
    # Sent again, a file that could not be decoded gets another try: the decoder may have been mended meanwhile.
    if retried:
        Instance.objects.filter(pk__in=retried).update(state=InstanceState.RECEIVED, failure="")


def _ask_for_review(arrivals: list[Arrival], catalogue: "_Catalogue") -> None:
    reviews = {}
    for arrival in arrivals:
        if arrival.prepared is not None and arrival.prepared.suspected is not None and not arrival.reason:
            instance = catalogue.by_hash[arrival.source_sha256]
            if instance.state == InstanceState.REVIEW and instance.pk not in reviews:
                reviews[instance.pk] = new_review(instance, arrival.prepared.suspected)
    if reviews:
        there = set(TextReview.objects.filter(instance__in=reviews).values_list("instance", flat=True))
        TextReview.objects.bulk_create(review for key, review in reviews.items() if key not in there)


def _keep_patient_keys(arrivals: list[Arrival]) -> None:
    """Who the de-identified patients are, before anything names them by their pseudonyms."""
    prepared = [one for one in arrivals if one.prepared is not None and not one.reason]
    patients = [one.prepared.patient for one in prepared if one.prepared and one.prepared.patient is not None]
    if not patients:
        return
    refuse_another_key()
    taken = taken_pseudonyms(patients)
    for arrival in prepared:
        if arrival.prepared and arrival.prepared.patient and arrival.prepared.patient.lookup in taken:
            arrival.reason = "Another patient has the same pseudonym by chance. Have this one imported by hand."
    write_patient_keys(one for one in patients if one.lookup not in taken)


def _where_refused(arrival: Arrival) -> str:
    """Its place in the quarantine; the path that it came from where its bytes aren't ours to keep."""
    if arrival.quarantined is not None:
        return str(arrival.quarantined)
    if arrival.prepared is not None:
        return str(quarantine_place(arrival.prepared.file.sha256))
    return "" if settings.DEIDENTIFY else arrival.row.path


class _Catalogue:
    """What the tables know already of a batch, read with a query a table, and what the batch adds to it."""

    def __init__(self, arrivals: list[Arrival]) -> None:
        parsed = [one.prepared.parsed for one in arrivals if one.prepared is not None and not one.reason]
        hashes = {one.source_sha256 for one in arrivals} | {
            one.prepared.file.sha256 for one in arrivals if one.prepared is not None
        }
        instances = Instance.objects.select_related("series").defer("header")
        # By what came in and by what was made of it: somebody may send back what an export held.
        self.by_hash: dict[str, Instance] = {}
        for one in instances.filter(Q(source_sha256__in=hashes) | Q(sha256__in=hashes)):
            self.by_hash[one.source_sha256] = self.by_hash[one.sha256] = one
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

    def place(self, arrival: Arrival, fresh: list[Instance]) -> Outcome:
        """Find an arrival's place; a new instance is added to `fresh` and known by its hashes from then on."""
        if arrival.source_sha256 in self.by_hash:
            return Outcome.ALREADY_THERE
        prepared = arrival.prepared
        if prepared is None:
            raise QuarantineError("The instance with these bytes was removed meanwhile. Send the file again.")
        if prepared.file.sha256 in self.by_hash:
            self.by_hash[arrival.source_sha256] = self.by_hash[prepared.file.sha256]
            return Outcome.ALREADY_THERE
        parsed = prepared.parsed
        if self._is_held_already(arrival, prepared):
            return Outcome.ALREADY_THERE
        self._refuse_other_bytes(arrival, parsed)
        instance = _new_instance(arrival, prepared, self._series_of(parsed, self._study_of(parsed)))
        fresh.append(instance)
        for name in (arrival.source_sha256, prepared.file.sha256):
            self.by_hash[name] = instance
        self._by_uid[parsed.sop_instance_uid] = instance
        return Outcome.INGESTED

    def _is_held_already(self, arrival: Arrival, prepared: PreparedArrival) -> bool:
        """Whether another file of this object is here: the same, but for who is said to have written it."""
        held = self._by_uid.get(prepared.parsed.sop_instance_uid)
        if held is None or held.transfer_syntax_uid != prepared.parsed.transfer_syntax_uid:
            return False
        try:
            same = same_dataset(original_place(held.sha256), original_place(prepared.file.sha256))
        except FileNotFoundError:
            return False
        if same:
            self.by_hash[arrival.source_sha256] = held
        return same

    def _refuse_other_bytes(self, arrival: Arrival, parsed: ParsedInstance) -> None:
        held = self._by_uid.get(parsed.sop_instance_uid)
        if held is None:
            return
        first = IntakeFile.objects.filter(instance=held).order_by("pk").first() if held.pk else None
        called = f" as {first.name}" if first is not None else ""
        when = f" on {held.received_at:%Y-%m-%d %H:%M} UTC" if held.received_at else ""
        raise QuarantineError(
            f"SOP Instance UID {parsed.sop_instance_uid} came in before with other bytes: SHA-256 "
            f"{held.source_sha256[:12]}…{called}{when} is kept, SHA-256 {arrival.source_sha256[:12]}… (this file) is "
            "refused. "
            "A changed picture needs a new UID from the sender."
        )

    def _study_of(self, parsed: ParsedInstance) -> Study:
        patient, attributes = parsed.patient, parsed.study
        study = self._studies.get(attributes.study_instance_uid)
        if study is None:
            owner, _ = Patient.objects.get_or_create(
                patient_id=patient.patient_id,
                issuer=patient.issuer,
                defaults={
                    "name": patient.name,
                    "name_key": fold_name(patient.name),
                    "sex": patient.sex,
                    "birth_date": patient.birth_date,
                },
            )
            study, _ = Study.objects.get_or_create(
                study_instance_uid=attributes.study_instance_uid,
                defaults={
                    "patient": owner,
                    "study_date": attributes.study_date,
                    "study_time": attributes.study_time,
                    "description": attributes.description,
                    "accession_number": attributes.accession_number,
                    "study_id": attributes.study_id,
                    "referring_physician": attributes.referring_physician,
                    "referring_key": fold_name(attributes.referring_physician),
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
                    "performed_date": attributes.performed_date,
                    "performed_time": attributes.performed_time,
                    "requested_procedure_id": attributes.requested_procedure_id,
                    "scheduled_step_id": attributes.scheduled_step_id,
                    "manufacturer": attributes.manufacturer,
                    "manufacturer_model": attributes.manufacturer_model,
                    "institution": attributes.institution,
                },
            )
            self._series[attributes.series_instance_uid] = series
        if series.study_id != study.pk:
            raise QuarantineError(
                f"Series {attributes.series_instance_uid} belongs to another study than this file says "
                f"({study.study_instance_uid}). Have the sender mend it."
            )
        return series


def _new_instance(arrival: Arrival, prepared: PreparedArrival, series: Series) -> Instance:
    parsed, picture = prepared.parsed, prepared.parsed.picture
    return Instance(
        series=series,
        sop_instance_uid=parsed.sop_instance_uid,
        sop_class_uid=parsed.sop_class_uid,
        transfer_syntax_uid=parsed.transfer_syntax_uid,
        sha256=prepared.file.sha256,
        source_sha256=arrival.source_sha256,
        deidentified=prepared.deidentified,
        byte_size=prepared.file.byte_size,
        state=InstanceState.RECEIVED if prepared.suspected is None else InstanceState.REVIEW,
        instance_number=parsed.instance_number,
        rows=picture.rows,
        columns=picture.columns,
        number_of_frames=picture.number_of_frames,
        samples_per_pixel=picture.samples_per_pixel,
        photometric_interpretation=picture.photometric_interpretation,
        bits_allocated=picture.bits_allocated,
        bits_stored=picture.bits_stored,
        pixel_representation=picture.pixel_representation,
        header=prepared.header,
    )
