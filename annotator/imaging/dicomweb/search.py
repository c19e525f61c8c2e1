"""The catalogue as QIDO-RS searches it: pages of studies, series and instances, with a fixed number of queries.

What waits for a look at burned-in text, was withheld after it, or could not be decoded is not found and not counted.

Source: DICOM PS3.18 10.6.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db.models import Count, Exists, F, Min, Model, OuterRef, Q, QuerySet

from annotator.accounts.errors import InvalidError, NotAllowedError
from annotator.accounts.policies import Person
from annotator.imaging.dicomweb.attributes import Level, attributes_at, header_attributes
from annotator.imaging.dicomweb.matching import condition
from annotator.imaging.models import Instance, InstanceState, Series, Study
from annotator.imaging.policies import may_browse_catalogue

# What programs are served: files and headers as soon as they are received, pixels when they are ready.
SERVED_STATES = (InstanceState.READY, InstanceState.RECEIVED)
DEFAULT_RESULTS = 100
MAX_RESULTS = 1000
# Whole headers are large where a volume has functional groups a frame.
MAX_RESULTS_WITH_HEADERS = 100

# By the counts that its row holds, as the index study_served has it.
SOMETHING_SERVED = Q(instance_count__gt=F("failed_count") + F("review_count") + F("withheld_count"))

Header = dict[str, Any]
M = TypeVar("M", bound=Model)
R = TypeVar("R")


@dataclass(frozen=True)
class Search:
    """What to find, and which part of it.

    Attributes
    ----------
    matches : values by tag or keyword; of an attribute in a sequence both with a dot between.
    study, series : the UIDs of the address, "" for all.
    include : tags (eight hexadecimal digits) that the answer shall hold beyond its own; None for all.
    """

    matches: Mapping[str, str] = field(default_factory=dict)
    study: str = ""
    series: str = ""
    include: frozenset[str] | None = frozenset()
    fuzzy: bool = False
    match_empty: bool = False
    limit: int = DEFAULT_RESULTS
    offset: int = 0

    @property
    def needs_headers(self) -> bool:
        return self.include is None or bool(self.include)


@dataclass(frozen=True)
class FoundStudy:
    """A study with what can be got of it; `header` holds included attributes of its first instance."""

    study: Study
    modalities: tuple[str, ...]
    series_count: int
    instance_count: int
    header: Header


@dataclass(frozen=True)
class FoundSeries:
    series: Series
    instance_count: int
    header: Header


@dataclass(frozen=True)
class FoundInstance:
    instance: Instance
    header: Header


@dataclass(frozen=True)
class Page(Generic[R]):
    """Some results; `more` when others follow them."""

    results: list[R]
    more: bool


def search_studies(person: Person, search: Search) -> Page[FoundStudy]:
    """Studies that match, newest first.

    Raises
    ------
    NotAllowedError : not for this person.
    InvalidError : an attribute that can't be matched at this level, or a malformed value; path names it.
    """
    _check(person)
    rows = _matched(Study.objects.filter(SOMETHING_SERVED), "study", search)
    # Keys first: rows that an offset skips need not be joined, and an index may hold all that is asked of them.
    keys, more = _page(rows.order_by("-study_date", "-study_time", "-pk").values_list("pk", flat=True), search)
    studies = Study.objects.select_related("patient").defer("search_text").in_bulk(keys)
    found = [studies[key] for key in keys]
    series = _served_series(keys)
    headers = _first_headers("series__study", keys, "study", search)
    return Page(
        [
            FoundStudy(
                study,
                modalities=tuple(sorted({modality for modality in series[study.pk] if modality})),
                series_count=len(series[study.pk]),
                instance_count=_served_count(study),
                header=headers.get(study.pk, {}),
            )
            for study in found
        ],
        more,
    )


def search_series(person: Person, search: Search) -> Page[FoundSeries]:
    """Series that match, of one study or of all; errors as search_studies."""
    _check(person)
    served = Instance.objects.filter(series=OuterRef("pk"), state__in=SERVED_STATES)
    rows = Series.objects.select_related("study__patient").filter(Exists(served))
    if search.study:
        rows = rows.filter(study__study_instance_uid=search.study)
    rows = _matched(rows, "series", search).order_by("study", F("series_number").asc(nulls_last=True), "pk")
    found, more = _page(rows, search)
    keys = [series.pk for series in found]
    counts = _counts(Instance.objects.filter(series__in=keys), "series")
    headers = _first_headers("series", keys, "series", search)
    return Page([FoundSeries(one, counts.get(one.pk, 0), headers.get(one.pk, {})) for one in found], more)


def search_instances(person: Person, search: Search) -> Page[FoundInstance]:
    """Instances that match, of one series, one study or of all; errors as search_studies."""
    _check(person)
    rows = Instance.objects.select_related("series__study__patient").filter(state__in=SERVED_STATES)
    if search.study:
        rows = rows.filter(series__study__study_instance_uid=search.study)
    if search.series:
        rows = rows.filter(series__series_instance_uid=search.series)
    if not search.needs_headers:
        rows = rows.defer("header")
    order = ("series", F("instance_number").asc(nulls_last=True), "pk")
    found, more = _page(_matched(rows, "instance", search).order_by(*order), search)
    return Page(
        [
            FoundInstance(
                one, header_attributes(one.header, "instance", search.include) if search.needs_headers else {}
            )
            for one in found
        ],
        more,
    )


def _check(person: Person) -> None:
    if not may_browse_catalogue(person):
        raise NotAllowedError("Only data managers and administrators may browse the catalogue.")


def _matched(rows: QuerySet[M], level: Level, search: Search) -> QuerySet[M]:
    known = attributes_at(level)
    for name, value in search.matches.items():
        found = known.get(name.upper()) or known.get(name.lower())
        if found is None:
            names = ", ".join(dict.fromkeys(attribute.keyword for attribute, _ in known.values()))
            raise InvalidError(f"{name[:80]} can't be matched here. Known: {names}.", name[:80])
        attribute, prefix = found
        rows = rows.filter(condition(attribute, prefix, value, fuzzy=search.fuzzy, empty=search.match_empty))
    return rows


def _page(rows: QuerySet[M, R], search: Search) -> tuple[list[R], bool]:
    """One row more than is asked for tells whether others follow: no counting."""
    most = MAX_RESULTS if search.include is not None else MAX_RESULTS_WITH_HEADERS
    limit = min(search.limit, most)
    found = list(rows[search.offset : search.offset + limit + 1])
    return found[:limit], len(found) > limit


def _served_series(studies: list[int]) -> dict[int, list[str]]:
    """The modality of every series that holds something to serve, by study."""
    served = Instance.objects.filter(series=OuterRef("pk"), state__in=SERVED_STATES)
    found: dict[int, list[str]] = defaultdict(list)
    for series in Series.objects.filter(Exists(served), study__in=studies).only("study", "modality"):
        found[series.study_id].append(series.modality)
    return found


def _served_count(study: Study) -> int:
    """From the counts that its row holds: a page of studies may hold a hundred thousand instances."""
    return max(0, study.instance_count - study.failed_count - study.review_count - study.withheld_count)


def _counts(instances: QuerySet[Instance], group: str) -> dict[int, int]:
    served = instances.filter(state__in=SERVED_STATES).order_by()
    return dict(served.values_list(group).annotate(n=Count("pk")))


def _first_headers(group: str, keys: Iterable[int], level: Level, search: Search) -> dict[int, Header]:
    """Included attributes by study or series, from the header of the first instance of each."""
    if not search.needs_headers:
        return {}
    served = Instance.objects.filter(state__in=SERVED_STATES, **{f"{group}__in": list(keys)}).order_by()
    firsts = {first: key for key, first in served.values_list(group).annotate(first=Min("pk"))}
    rows = Instance.objects.filter(pk__in=firsts).values_list("pk", "header")
    return {firsts[pk]: header_attributes(header, level, search.include) for pk, header in rows}
