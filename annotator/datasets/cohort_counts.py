"""How many a cohort would be now, and how often its readers found what: before anything is frozen."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from annotator.accounts.errors import InvalidError, NotAllowedError
from annotator.accounts.policies import Person
from annotator.annotations.models import Annotation, Answer, Finding
from annotator.datasets.actions.freeze_release import resolve_for
from annotator.datasets.cohort_query import CohortQuery
from annotator.datasets.cohort_studies import Resolved, chunks, resolve_cohort
from annotator.datasets.flow_chart import FlowChart
from annotator.datasets.json_reading import Members
from annotator.datasets.known_answers import known_answers
from annotator.datasets.policies import may_manage_datasets
from annotator.datasets.readings import submitted_readings
from annotator.datasets.release_recipe import Truth


@dataclass(frozen=True)
class Prevalence:
    """In how many studies somebody found or answered this.

    Attributes
    ----------
    kind : "finding", "mark", "answer" or "group".
    name : of an answer "<schema key>.<question>"; of a mark or finding its kind's name is the value.
    share : of the studies that are left, 0 to 1.
    """

    kind: str
    name: str
    value: str
    studies: int
    share: float


@dataclass(frozen=True)
class CohortCounts:
    """Live counts.

    Attributes
    ----------
    readings : submitted readings of the studies that are left; readers : how many people made them.
    """

    flow: FlowChart
    readings: int
    readers: int
    prevalence: tuple[Prevalence, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def count_cohort(person: Person, query: dict[str, Any], *, truth: dict[str, Any] | None = None) -> CohortCounts:
    """Count a cohort as it is now.

    Parameters
    ----------
    query : CohortQuery as JSON; need not be saved.
    truth : Truth as JSON, to take out what a freeze with it would take out.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    InvalidError : with the path of the fault, "query.…" or "truth.…".
    """
    if not may_manage_datasets(person):
        raise NotAllowedError("Cohorts are the business of data managers and admins.")
    try:
        asked = CohortQuery.from_json(query)
    except InvalidError as error:
        raise InvalidError(str(error), f"query.{error.path}".rstrip(".")) from error
    chosen = None if truth is None else Truth.read(Members(truth, "truth"))
    resolved = resolve_cohort(asked) if chosen is None else resolve_for(asked, chosen)
    return _counted(resolved)


def _counted(resolved: Resolved) -> CohortCounts:
    studies: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    readers: Counter[int] = Counter()
    for part in chunks(resolved.studies):
        for kind, name, value, study in (*_kinds(part), *_answered(part)):
            studies[kind, name, value].add(study)
        read = submitted_readings().filter(case__study__in=part)
        readers.update(read.values_list("reader_id", flat=True))
    for study, group in resolved.groups.items():
        studies["group", "", group].add(study)
    every = len(resolved.studies) or 1
    return CohortCounts(
        flow=resolved.flow,
        readings=readers.total(),
        readers=len(readers),
        prevalence=tuple(
            Prevalence(kind, name, value, len(found), round(len(found) / every, 6))
            for (kind, name, value), found in sorted(studies.items())
        ),
    )


def _kinds(studies: list[int]) -> Iterator[tuple[str, str, str, int]]:
    models: tuple[tuple[str, type[Finding | Annotation]], ...] = (("finding", Finding), ("mark", Annotation))
    for noun, model in models:
        rows = model._default_manager.filter(
            case__study__in=studies, case__copied_from=None, deleted_at=None
        ).order_by()
        for one, study in rows.values_list("kind", "case__study_id").distinct():
            yield noun, "", one, study


def _answered(studies: list[int]) -> Iterator[tuple[str, str, str, int]]:
    rows = Answer.objects.filter(case__study__in=studies, case__copied_from=None, deleted_at=None).order_by()
    for study, schema, answers, score in rows.values_list(
        "case__study_id", "schema__key", "answers", "score"
    ).iterator():
        for question, value in known_answers(answers, score).items():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str | bool):
                    yield "answer", f"{schema}.{question}", str(one), study
