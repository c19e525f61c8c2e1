"""From a cohort's question to its studies, and what was left after every step."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Concat

from annotator.annotations.models import Annotation, Answer, Finding
from annotator.datasets.cohort_query import AnswerCondition, CohortQuery, Criteria, Pictures
from annotator.datasets.flow_chart import FlowChart, FlowCounts, FlowStep
from annotator.datasets.models import Withdrawal
from annotator.datasets.pseudonyms import patient_pseudonym
from annotator.datasets.readings import agreement_of_studies, submitted_readings
from annotator.imaging.catalogue.study_filter import StudyFilter
from annotator.imaging.models import Frame, InstanceState, Patient, Series, Stack, Study

# Databases take so many values in one question; each of these has one query.
CHUNK = 2000
T = TypeVar("T")


@dataclass(frozen=True)
class Resolved:
    """A cohort as it is now.

    Attributes
    ----------
    studies : primary keys, in the order of their UIDs.
    groups : study -> name of its group; empty where the cohort has none.
    patients : study -> primary key of its patient.
    images : study -> ready frames of the stacks that are taken.
    """

    studies: tuple[int, ...]
    groups: dict[int, str]
    patients: dict[int, int]
    images: dict[int, int]
    flow: FlowChart


def resolve_cohort(query: CohortQuery, *, further: Iterable[tuple[str, set[int]]] = ()) -> Resolved:
    """Evaluate a cohort: its criteria, then each exclusion on what the ones before it left.

    Parameters
    ----------
    further : (reason, studies) taken out after the cohort's own exclusions, e.g. those without a reading that counts.
    """
    chosen = studies_that_match(query.criteria)
    patients = dict(_each(Study.objects.all(), chosen, "pk", "pk", "patient_id"))
    images = _images(chosen, query.pictures)

    def counts(of: set[int]) -> FlowCounts:
        return FlowCounts(len({patients[one] for one in of}), len(of), sum(images.get(one, 0) for one in of))

    left, steps = set(chosen), []

    def take_out(reason: str, out: set[int]) -> None:
        nonlocal left
        gone = left & out
        left = left - gone
        steps.append(FlowStep(reason, counts(gone), counts(left)))

    for exclusion in query.exclusions:
        take_out(exclusion.reason, studies_that_match(exclusion.criteria))
    gone_for_good = withdrawn_patients()
    withdrawn = {study for study in left if patients[study] in gone_for_good}
    for reason, out in (
        ("Consent withdrawn", withdrawn),
        ("No picture of the chosen kind that is ready", {one for one in left if not images.get(one)}),
        *further,
    ):
        if left & out:
            take_out(reason, out)
    groups: dict[int, str] = {}
    for group in query.groups:
        for study in left & studies_that_match(group.criteria):
            groups.setdefault(study, group.name)
    if query.groups and left - groups.keys():
        take_out("In none of the groups", left - groups.keys())
    uids = dict(_each(Study.objects.all(), left, "pk", "pk", "study_instance_uid"))
    by_group = tuple((group.name, counts({one for one in left if groups[one] == group.name})) for group in query.groups)
    return Resolved(
        studies=tuple(sorted(left, key=lambda one: uids[one])),
        groups=groups,
        patients={one: patients[one] for one in left},
        images={one: images.get(one, 0) for one in left},
        flow=FlowChart(start=counts(set(chosen)), steps=tuple(steps), left=counts(left), groups=by_group),
    )


def studies_that_match(criteria: Criteria) -> set[int]:
    """Primary keys of the studies of which all of this holds."""
    asked = StudyFilter(
        words=criteria.words,
        modality=criteria.modality,
        body_part=criteria.body_part,
        since=criteria.since,
        until=criteria.until,
    )
    studies = asked.apply(Study.objects.order_by())
    for tag in criteria.tags:
        studies = StudyFilter(tag=tag).apply(studies)
    if criteria.collections:
        studies = studies.filter(collections__in=criteria.collections)
    for condition in (*_of_series(criteria), *_of_readings(criteria), *_of_marks(criteria), *_of_answers(criteria)):
        studies = studies.filter(condition)
    found = set(studies.values_list("pk", flat=True))
    if criteria.studies:
        rows = (Study.objects.filter(study_instance_uid__in=part) for part in chunks(criteria.studies))
        found &= {pk for some in rows for pk in some.order_by().values_list("pk", flat=True)}
    if criteria.patients:
        wanted = set(patients_called(criteria.patients))
        found = {pk for pk, patient in _each(Study.objects.all(), found, "pk", "pk", "patient_id") if patient in wanted}
    if criteria.asks_for_agreement:
        found &= _that_agree(found, criteria)
    return found


def patients_called(pseudonyms: Iterable[str]) -> list[int]:
    """Primary keys of the patients with these pseudonyms."""
    wanted = set(pseudonyms)
    rows = Patient.objects.values_list("pk", "issuer", "patient_id").iterator(chunk_size=CHUNK)
    return [pk for pk, issuer, patient_id in rows if patient_pseudonym(issuer, patient_id) in wanted]


def withdrawn_patients() -> set[int]:
    """Primary keys of the patients who must be in no release any more."""
    names = set(Withdrawal.objects.values_list("patient", flat=True))
    return set(patients_called(names)) if names else set()


def stacks_taken(pictures: Pictures) -> Q:
    """Of stacks: those that a cohort takes of its studies."""
    condition = Q()
    if pictures.modalities:
        condition &= Q(series__modality__in=pictures.modalities)
    if pictures.kinds:
        condition &= Q(kind__in=pictures.kinds)
    if pictures.views:
        called = Stack.objects.annotate(called=Concat("laterality", "view")).filter(called__in=pictures.views)
        condition &= Q(pk__in=called.values("pk"))
    return condition


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Values in lists of at most so many."""
    ordered = iter(values)
    while part := list(islice(ordered, size)):
        yield part


def _of_series(criteria: Criteria) -> Iterator[Q]:
    wanted = {
        "manufacturer__iexact": criteria.manufacturer,
        "manufacturer_model__iexact": criteria.manufacturer_model,
        "institution__iexact": criteria.site,
    }
    asked = {lookup: value for lookup, value in wanted.items() if value}
    if asked:
        # Of one and the same series: a maker's name and another maker's model meet in no scanner.
        yield Q(Exists(Series.objects.filter(study=OuterRef("pk"), **asked)))
    for view in criteria.views:
        stacks = Stack.objects.filter(series__study=OuterRef("pk"))
        yield Q(Exists(stacks.annotate(called=Concat("laterality", Value(""), "view")).filter(called=view)))


def _of_readings(criteria: Criteria) -> Iterator[Q]:
    if criteria.readers or criteria.reading or criteria.minimum_readers:
        readings = submitted_readings(criteria.reading).filter(case__study=OuterRef("pk"))
        if criteria.readers:
            readings = readings.filter(reader__username__in=criteria.readers)
        if criteria.minimum_readers > 1:
            counted = readings.values("case__study").annotate(readers=Count("reader", distinct=True))
            yield Q(Exists(counted.filter(readers__gte=criteria.minimum_readers)))
        else:
            yield Q(Exists(readings))


def _of_marks(criteria: Criteria) -> Iterator[Q]:
    marks = Annotation.objects.filter(case__study=OuterRef("pk"), case__copied_from=None, deleted_at=None)
    if criteria.readers:
        marks = marks.filter(owner__username__in=criteria.readers)
    if criteria.marked is not None:
        yield Q(Exists(marks)) if criteria.marked else ~Q(Exists(marks))
    if criteria.mark_kinds:
        yield Q(Exists(marks.filter(kind__in=criteria.mark_kinds)))
    if criteria.finding_kinds:
        findings = Finding.objects.filter(
            case__study=OuterRef("pk"), case__copied_from=None, deleted_at=None, kind__in=criteria.finding_kinds
        )
        if criteria.readers:
            findings = findings.filter(owner__username__in=criteria.readers)
        yield Q(Exists(findings))


def _of_answers(criteria: Criteria) -> Iterator[Q]:
    for condition in criteria.answers:
        answers = Answer.objects.filter(
            case__study=OuterRef("pk"), case__copied_from=None, deleted_at=None, schema__key=condition.schema
        )
        if criteria.readers:
            answers = answers.filter(owner__username__in=criteria.readers)
        if criteria.reading:
            counted = submitted_readings(criteria.reading).filter(case=OuterRef("case"), reader=OuterRef("owner"))
            answers = answers.filter(Exists(counted))
        # Transforms instead of a lookup by name: a question may be called "contains".
        said = KeyTransform(condition.question, "answers" if condition.member == "known" else condition.member)
        derived = KeyTransform("value", KeyTransform(condition.question, KeyTransform("derived", "score")))
        if condition.member == "derived":
            yield Q(Exists(_answered(answers, condition, derived)))
        elif condition.member == "known":
            open_ = answers.annotate(said=said).filter(said__isnull=True)
            either = Q(Exists(_answered(answers, condition, said))) | Q(Exists(_answered(open_, condition, derived)))
            yield either
        else:
            yield Q(Exists(_answered(answers, condition, said)))


def _answered(answers: QuerySet[Answer], condition: AnswerCondition, value: KeyTransform) -> QuerySet[Answer]:
    if condition.answered is not None:
        return answers.annotate(value=value).filter(value__isnull=not condition.answered)
    if condition.includes is not None:
        text = KeyTextTransform(value.key_name, *value.get_source_expressions())
        return answers.annotate(text=text).filter(text__contains=json.dumps(condition.includes, ensure_ascii=False))
    if condition.is_one_of:
        return answers.annotate(value=value).filter(value__in=list(condition.is_one_of))
    if condition.at_least is not None:
        answers = answers.annotate(value=value).filter(value__gte=condition.at_least)
    if condition.at_most is not None:
        answers = answers.annotate(most=value).filter(most__lte=condition.at_most)
    return answers


def _that_agree(studies: set[int], criteria: Criteria) -> set[int]:
    """Studies whose every pair of submitted readings agrees as far as asked; whole readings are compared."""
    agreed = set()
    for part in chunks(sorted(studies), 50):
        for study, pairs in agreement_of_studies(part).items():
            if pairs and all(_agree(dice, equal, criteria) for dice, equal in pairs):
                agreed.add(study)
    return agreed


def _agree(dice: float | None, equal: float | None, criteria: Criteria) -> bool:
    """None: neither marked, or neither answered anything that the other did; nothing disagrees there."""
    return (criteria.minimum_dice is None or dice is None or dice >= criteria.minimum_dice) and (
        criteria.minimum_equal is None or equal is None or equal >= criteria.minimum_equal
    )


def _images(studies: set[int], pictures: Pictures) -> dict[int, int]:
    counted: dict[int, int] = {}
    stacks = Stack.objects.filter(stacks_taken(pictures))
    for part in chunks(sorted(studies)):
        frames = Frame.objects.filter(
            instance__series__study__in=part, instance__state=InstanceState.READY, instance__stack__isnull=False
        )
        if pictures != Pictures():
            frames = frames.filter(instance__stack__in=stacks.values("pk"))
        study = F("instance__series__study")
        counted |= dict(frames.order_by().values_list(study).annotate(every=Count("pk")))
    return counted


def _each(rows: QuerySet[Any], wanted: Iterable[int], column: str, *names: str) -> Iterator[tuple[Any, ...]]:
    for part in chunks(sorted(wanted)):
        yield from rows.filter(**{f"{column}__in": part}).order_by().values_list(*names)
