"""What somebody asks of the catalogue, and the studies that answer it. Pages and programs ask the same way."""

from dataclasses import dataclass, replace
from datetime import date

from django.db import models
from django.db.models import F, Q, QuerySet

from annotator.imaging.catalogue.search_text import words_of
from annotator.imaging.models import Collection, Study, Tag

# Fewer letters stand in too many words ("ct" in "fracture"), and a trigram index knows them as beginnings only.
SHORTEST_PART = 3


class StudyState(models.TextChoices):
    """How far a study is. Withheld pictures don't keep it from being ready: nobody will read them."""

    READY = "ready", "Ready"
    WAITING = "waiting", "Not ready"
    FAILED = "failed", "With failures"
    LOOK = "look", "Needs a look"


class StudyOrder(models.TextChoices):
    NEWEST = "newest", "Newest first"
    OLDEST = "oldest", "Oldest first"
    RECEIVED = "received", "Last received first"
    PATIENT = "patient", "By patient"


_ORDERS = {
    StudyOrder.NEWEST: ("-study_date", "-study_time", "-pk"),
    StudyOrder.OLDEST: ("study_date", "study_time", "pk"),
    StudyOrder.RECEIVED: ("-pk",),
    StudyOrder.PATIENT: ("patient_key", "patient", "-study_date", "-study_time", "-pk"),
}


@dataclass(frozen=True)
class StudyFilter:
    """What is asked; every member that is empty asks nothing.

    Attributes
    ----------
    words : all must occur, in any order, as parts of words (one or two letters as their beginning), in any of:
        patient's name and identifier, descriptions of the study and its series, accession number, modalities, body
        parts, study UID.
    description, accession_number : words that must occur there.
    patient_id : the whole of it, as DICOM compares identifiers.
    modality, body_part, tag : the whole of it, without regard to case.
    since, until : study dates, both taken in.
    collection : its number.
    """

    words: str = ""
    patient_id: str = ""
    description: str = ""
    accession_number: str = ""
    modality: str = ""
    body_part: str = ""
    since: date | None = None
    until: date | None = None
    tag: str = ""
    collection: int | None = None
    state: StudyState | None = None

    @property
    def asks(self) -> bool:
        return self != StudyFilter()

    @property
    def asks_for_more_than_the_collection(self) -> bool:
        return replace(self, collection=None).asks

    def apply(self, studies: QuerySet[Study]) -> QuerySet[Study]:
        """Narrow studies to those that answer."""
        for condition in self._conditions():
            studies = studies.filter(condition)
        return studies

    def _conditions(self) -> list[Q]:
        asked = [_has_word(word) for word in words_of(self.words)]
        # The folded column is the one with an index; the exact one decides.
        for typed, column in ((self.description, "description"), (self.accession_number, "accession_number")):
            for word in typed.split():
                folded = [Q(search_text__contains=part) for part in words_of(word)]
                asked += [*folded, Q(**{f"{column}__icontains": word})] if word.isascii() else folded
        if self.patient_id:
            asked.append(Q(patient__patient_id=self.patient_id))
        if self.modality:
            asked.append(has_value("modalities", self.modality.upper()))
        if self.body_part:
            asked.append(has_value("body_parts", self.body_part.upper()))
        if self.since:
            asked.append(Q(study_date__gte=f"{self.since:%Y%m%d}"))
        if self.until:
            # A study without a date is before every date to a comparison of text, and on none to a person.
            asked.append(Q(study_date__lte=f"{self.until:%Y%m%d}", study_date__gt=""))
        if self.tag:
            tagged = Tag.studies.through.objects.filter(tag__name__iexact=self.tag)
            asked.append(Q(pk__in=tagged.values("study")))
        if self.collection is not None:
            collected = Collection.studies.through.objects.filter(collection=self.collection)
            asked.append(Q(pk__in=collected.values("study")))
        if self.state is not None:
            asked.append(_in_state(self.state))
        return asked


def ordered(studies: QuerySet[Study], order: StudyOrder) -> QuerySet[Study]:
    """Put studies in an order that names one place for each, so that no page misses or repeats one."""
    return studies.order_by(*_ORDERS[order])


def has_value(column: str, value: str) -> Q:
    """Whether a column with values between backslashes holds this one: `CT` in `CT\\SR`, not in `PTCT`."""
    # The first condition says no to most rows at the price of one comparison instead of four.
    return Q(**{f"{column}__contains": value}) & (
        Q(**{column: value})
        | Q(**{f"{column}__startswith": f"{value}\\"})
        | Q(**{f"{column}__endswith": f"\\{value}"})
        | Q(**{f"{column}__contains": f"\\{value}\\"})
    )


def _has_word(word: str) -> Q:
    if len(word) >= SHORTEST_PART or not (word.isascii() and word.isalnum()):
        return Q(search_text__contains=word)
    return Q(search_text__startswith=word) | Q(search_text__contains=f" {word}")


def _in_state(state: StudyState) -> Q:
    ready = Q(ready_count__gt=0, ready_count=F("instance_count") - F("withheld_count"))
    if state == StudyState.READY:
        return ready
    if state == StudyState.WAITING:
        return ~ready
    if state == StudyState.FAILED:
        return Q(failed_count__gt=0)
    return Q(review_count__gt=0) | Q(doubt_count__gt=0)
