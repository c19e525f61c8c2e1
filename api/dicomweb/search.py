"""QIDO-RS: studies, series and instances by their attributes. Source: DICOM PS3.18 8.3.4, 10.6."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from pydicom.datadict import tag_for_keyword

from annotator.accounts.errors import InvalidError
from annotator.accounts.policies import Person
from annotator.imaging.dicomweb.search import (
    DEFAULT_RESULTS,
    Page,
    Search,
    search_instances,
    search_series,
    search_studies,
)
from api.dicomweb.accepting import accepted
from api.dicomweb.access import for_people
from api.dicomweb.describing import Attributes, describe_instance, describe_series, describe_study
from api.dicomweb.root import root_of
from api.rendered_query import NotAcceptableError

JSON = "application/dicom+json"
_PARAMETERS = frozenset(
    {"limit", "offset", "includefield", "fuzzymatching", "emptyvaluematching", "multiplevaluematching", "accept"}
)
_TAG = re.compile(r"[0-9A-Fa-f]{8}")
# What the rows of a level tell: no header is read for it where the answer holds that level.
_OF_STUDY = frozenset(
    {
        *("00080005", "00080020", "00080030", "00080050", "00080056", "00080061", "00080090", "00081030", "00081190"),
        *("00100010", "00100020", "00100021", "00100030", "00100040", "0020000D", "00200010", "00201206", "00201208"),
    }
)
_OF_SERIES = frozenset(
    {
        *("00080005", "00080056", "00080060", "0008103E", "00081190", "00180015", "0020000D", "0020000E", "00200011"),
        *("00201209", "00400244", "00400245"),
    }
)
_OF_INSTANCE = frozenset(
    {
        *("00080005", "00080016", "00080018", "00080056", "00081190", "00083002", "0020000D", "0020000E", "00200013"),
        *("00280008", "00280010", "00280011", "00280100"),
    }
)


@for_people
def studies(request: HttpRequest, person: Person) -> HttpResponse:
    """Studies that match the query."""
    page, root = search_studies(person, _search(request, _OF_STUDY)), root_of(request)
    return _answer(request, page, [describe_study(found, root) for found in page.results])


@for_people
def series(request: HttpRequest, person: Person, study: str = "") -> HttpResponse:
    """Series that match the query, of one study or of all."""
    held = _OF_SERIES if study else _OF_SERIES | _OF_STUDY
    page, root = search_series(person, _search(request, held, study)), root_of(request)
    return _answer(request, page, [describe_series(one, root, of_one_study=bool(study)) for one in page.results])


@for_people
def instances(request: HttpRequest, person: Person, study: str = "", series: str = "") -> HttpResponse:
    """Instances that match the query, of one series, one study, or of all."""
    held = _OF_INSTANCE | (frozenset() if series else _OF_SERIES) | (frozenset() if study else _OF_STUDY)
    page, root = search_instances(person, _search(request, held, study, series)), root_of(request)
    described = [
        describe_instance(one, root, of_one_study=bool(study), of_one_series=bool(series)) for one in page.results
    ]
    return _answer(request, page, described)


def refuse_other_than_json(request: HttpRequest) -> None:
    """Raise unless DICOM JSON is accepted.

    Raises
    ------
    NotAcceptableError : XML, for example.
    """
    if not any(not one.multipart and (one.takes(JSON) or one.takes("application/json")) for one in accepted(request)):
        raise NotAcceptableError(f"Attributes are answered as {JSON} only; there is no XML here.")


def _search(request: HttpRequest, held: frozenset[str], study: str = "", series: str = "") -> Search:
    refuse_other_than_json(request)
    matches: dict[str, str] = {}
    for name, values in request.GET.lists():
        if name.lower() in _PARAMETERS:
            continue
        if len(values) > 1:
            raise InvalidError(f"{name[:80]} is given {len(values)} times: once is matched.", name[:80])
        matches[name] = str(values[0])
    return Search(
        matches,
        study=study,
        series=series,
        include=_included(request, held),
        fuzzy=_yes(request, "fuzzymatching"),
        match_empty=_yes(request, "emptyvaluematching"),
        limit=_whole(request, "limit", DEFAULT_RESULTS),
        offset=_whole(request, "offset", 0),
    )


def _included(request: HttpRequest, held: frozenset[str]) -> frozenset[str] | None:
    """Tags of the attributes asked for; None for all. Of a path into a sequence the whole sequence is answered."""
    wanted: set[str] = set()
    for name in (one.strip() for text in request.GET.getlist("includefield") for one in text.split(",")):
        if name.lower() == "all":
            return None
        if name:
            wanted.add(_tag_of(name.partition(".")[0]))
    return frozenset(wanted - held)


def _tag_of(name: str) -> str:
    if _TAG.fullmatch(name):
        return name.upper()
    tag = tag_for_keyword(name)
    if tag is None:
        raise InvalidError(f"includefield={name[:80]!r} is neither a tag nor a keyword of DICOM.", "includefield")
    return f"{tag:08X}"


def _yes(request: HttpRequest, name: str) -> bool:
    value = request.GET.get(name, "false").lower()
    if value not in ("true", "false"):
        raise InvalidError(f"{name}={value[:80]!r} is neither true nor false.", name)
    return value == "true"


def _whole(request: HttpRequest, name: str, otherwise: int) -> int:
    value = request.GET.get(name, str(otherwise))
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise InvalidError(f"{name}={value[:80]!r} is not a whole number from 0.", name)
    return int(value)


def _answer(request: HttpRequest, page: Page[Any], described: list[Attributes]) -> HttpResponse:
    headers = {"Cache-Control": "private, no-store", "Vary": "Accept, Cookie, Authorization"}
    if page.more:
        shown = f"{root_of(request)}: There are more results that can be requested"
        headers["Warning"] = f"299 {shown} with offset={_whole(request, 'offset', 0) + len(described)}"
    if not described:
        return HttpResponse(status=204, headers=headers)
    return JsonResponse(described, safe=False, content_type=JSON, headers=headers)
