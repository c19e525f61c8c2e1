"""The catalogue by DICOM's names: search as QIDO-RS matches, and instances and frames by their unique identifiers.

Source: DICOM PS3.18 10.6 (search), PS3.4 C.2.2.2 (matching).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from django.db.models import Model, Q, QuerySet

from annotator.accounts.errors import InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.policies import Person
from annotator.imaging.models import Frame, Instance, InstanceState, Series, Study
from annotator.imaging.policies import may_browse_catalogue
from annotator.imaging.queries import instances_for, series_for, studies_for
from annotator.imaging.store.frame_source import FrameSource, source_of

M = TypeVar("M", bound=Model)
MAX_RESULTS = 1000

Matching = Literal["text", "uid", "date", "number"]


@dataclass(frozen=True)
class _Attribute:
    tag: str
    keyword: str
    lookup: str
    matching: Matching = "text"


# Lookups from the study; a series and an instance reach them over their parents.
_STUDY = (
    _Attribute("0020000D", "StudyInstanceUID", "study_instance_uid", "uid"),
    _Attribute("00100020", "PatientID", "patient__patient_id"),
    _Attribute("00100010", "PatientName", "patient__name"),
    _Attribute("00100030", "PatientBirthDate", "patient__birth_date", "date"),
    _Attribute("00080020", "StudyDate", "study_date", "date"),
    _Attribute("00080050", "AccessionNumber", "accession_number"),
    _Attribute("00081030", "StudyDescription", "description"),
    _Attribute("00080061", "ModalitiesInStudy", "series__modality"),
)
_SERIES = (
    _Attribute("0020000E", "SeriesInstanceUID", "series_instance_uid", "uid"),
    _Attribute("00080060", "Modality", "modality"),
    _Attribute("00200011", "SeriesNumber", "series_number", "number"),
    _Attribute("0008103E", "SeriesDescription", "description"),
    _Attribute("00180015", "BodyPartExamined", "body_part"),
)
_INSTANCE = (
    _Attribute("00080018", "SOPInstanceUID", "sop_instance_uid", "uid"),
    _Attribute("00080016", "SOPClassUID", "sop_class_uid", "uid"),
    _Attribute("00200013", "InstanceNumber", "instance_number", "number"),
)


@dataclass(frozen=True)
class CatalogueQuery:
    """What to match (by tag or keyword, in DICOM's notation), and which part of the results."""

    matches: Mapping[str, str] = field(default_factory=dict)
    limit: int = 100
    offset: int = 0


def search_studies(person: Person, query: CatalogueQuery) -> list[Study]:
    """Studies that match, newest first.

    Raises
    ------
    NotAllowedError : not for this person.
    InvalidError : an attribute that can't be matched here, or a value that is malformed.
    """
    known = {attribute: attribute.lookup for attribute in _STUDY}
    return _search(person, studies_for(person), query, known)


def search_series(person: Person, query: CatalogueQuery) -> list[Series]:
    """Series that match; attributes of their study may be asked for too."""
    known = {a: f"study__{a.lookup}" for a in _STUDY} | {a: a.lookup for a in _SERIES}
    return _search(person, series_for(person), query, known)


def search_instances(person: Person, query: CatalogueQuery) -> list[Instance]:
    """Instances that match; attributes of their series and study may be asked for too."""
    known = {a: f"series__study__{a.lookup}" for a in _STUDY}
    known |= {a: f"series__{a.lookup}" for a in _SERIES} | {a: a.lookup for a in _INSTANCE}
    return _search(person, instances_for(person), query, known)


def headers_of(person: Person, query: CatalogueQuery) -> list[dict[str, Any]]:
    """The DICOM JSON of the instances that match, without bulk data.

    Raises
    ------
    NotFoundError : none does.
    """
    known = {a: f"series__study__{a.lookup}" for a in _STUDY}
    known |= {a: f"series__{a.lookup}" for a in _SERIES} | {a: a.lookup for a in _INSTANCE}
    found = _search(person, instances_for(person).defer(None), query, known)
    if not found:
        raise NotFoundError("There is no such instance.")
    return [instance.header for instance in found]


def instance_by_uid(person: Person, *, study: str, series: str, instance: str) -> Instance:
    """One instance by its unique identifiers.

    Raises
    ------
    NotAllowedError, NotFoundError
    """
    _check(person)
    found = instances_for(person).filter(
        sop_instance_uid=instance,
        series__series_instance_uid=series,
        series__study__study_instance_uid=study,
    )
    first = found.first()
    if first is None:
        raise NotFoundError("There is no such instance.")
    return first


def frame_sources(person: Person, *, study: str, series: str, instance: str, numbers: list[int]) -> list[FrameSource]:
    """The sources of frames of one instance, by their numbers from 1, in the order asked for.

    Raises
    ------
    NotAllowedError : not for this person.
    NotFoundError : no such instance or frame, or it is not ready.
    """
    _check(person)
    rows = (
        Frame.objects.filter(
            number__in=numbers,
            instance__sop_instance_uid=instance,
            instance__series__series_instance_uid=series,
            instance__series__study__study_instance_uid=study,
            instance__state=InstanceState.READY,
        )
        .select_related("instance__series")
        .defer("instance__header", "geometry")
    )
    found = {frame.number: source_of(frame) for frame in rows}
    missing = [number for number in numbers if number not in found]
    if missing:
        raise NotFoundError(f"There is no frame {missing[0]} of such an instance, or it is not ready yet.")
    return [found[number] for number in numbers]


def _check(person: Person) -> None:
    if not may_browse_catalogue(person):
        raise NotAllowedError("Only data managers and administrators may browse the catalogue.")


def _search(person: Person, rows: QuerySet[M], query: CatalogueQuery, known: Mapping[_Attribute, str]) -> list[M]:
    _check(person)
    by_name = {name: attribute for attribute in known for name in (attribute.tag, attribute.keyword)}
    for name, value in query.matches.items():
        attribute = by_name.get(name) or by_name.get(name.upper())
        if attribute is None:
            raise InvalidError(f"{name} can't be matched here. Known: {', '.join(a.keyword for a in known)}.", name)
        if value not in ("", "*"):
            rows = rows.filter(_condition(attribute, known[attribute], value))
    # A study with two CT series would come twice.
    limit = max(1, min(query.limit, MAX_RESULTS))
    return list(rows.distinct()[query.offset : query.offset + limit])


def _condition(attribute: _Attribute, lookup: str, value: str) -> Q:
    """One attribute's match, PS3.4 C.2.2.2: lists of UIDs, ranges of dates, wildcards in text."""
    if attribute.matching == "uid":
        return Q(**{f"{lookup}__in": re.split(r"[,\\]", value)})
    if attribute.matching == "number":
        if not re.fullmatch(r"-?\d{1,9}", value):
            raise InvalidError(f"{attribute.keyword}={value!r} is not a whole number.", attribute.keyword)
        return Q(**{lookup: int(value)})
    if attribute.matching == "date":
        range_of = re.fullmatch(r"(\d{8})?(-)?(\d{8})?", value)
        if range_of is None or not (range_of[1] or range_of[3]):
            raise InvalidError(f"{attribute.keyword}={value!r} is not YYYYMMDD or a range of them.", attribute.keyword)
        if range_of[2] is None:
            return Q(**{lookup: value})
        first, last = range_of[1] or "00000000", range_of[3] or "99999999"
        return Q(**{f"{lookup}__gte": first, f"{lookup}__lte": last})
    if "*" in value or "?" in value:
        pattern = re.escape(value).replace(r"\*", ".*").replace(r"\?", ".")
        return Q(**{f"{lookup}__iregex": f"^{pattern}$"})
    return Q(**{f"{lookup}__iexact": value})
