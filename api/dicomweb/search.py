"""QIDO-RS: studies, series and instances by their attributes. Source: DICOM PS3.18 10.6."""

from typing import Any

from django.http import HttpRequest, JsonResponse

from annotator.accounts.errors import InvalidError
from annotator.accounts.policies import Person
from annotator.imaging.catalogue_search import CatalogueQuery, search_instances, search_series, search_studies
from annotator.imaging.models import Instance, Series, Study
from annotator.imaging.queries import modalities_of
from api.dicomweb.access import for_people
from api.dicomweb.retrieve import JSON

# What every answer holds is fixed, so includefield changes nothing; matching is never fuzzy.
_NOT_MATCHED = frozenset({"limit", "offset", "includefield", "fuzzymatching"})

Attributes = dict[str, dict[str, Any]]


def _query(request: HttpRequest, **from_the_address: str) -> CatalogueQuery:
    matches = {name: str(value) for name, value in request.GET.items() if name.lower() not in _NOT_MATCHED}
    return CatalogueQuery(
        {**matches, **from_the_address},
        limit=_whole(request, "limit", 100),
        offset=_whole(request, "offset", 0),
    )


def _whole(request: HttpRequest, name: str, otherwise: int) -> int:
    value = request.GET.get(name, str(otherwise))
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise InvalidError(f"{name}={value!r} is not a whole number from 0.", name)
    return int(value)


def _element(vr: str, *values: object) -> dict[str, Any]:
    kept = [value for value in values if value not in ("", None)]
    return {"vr": vr, "Value": kept} if kept else {"vr": vr}


@for_people
def studies(request: HttpRequest, person: Person) -> JsonResponse:
    """Studies that match the query."""
    return _answer([_study(row) for row in search_studies(person, _query(request))])


@for_people
def series(request: HttpRequest, person: Person, study: str = "") -> JsonResponse:
    """Series that match the query, of one study or of all."""
    address = {"StudyInstanceUID": study} if study else {}
    return _answer([_series(row) for row in search_series(person, _query(request, **address))])


@for_people
def instances(request: HttpRequest, person: Person, study: str = "", series: str = "") -> JsonResponse:
    """Instances that match the query, of one series, one study, or of all."""
    address = {"StudyInstanceUID": study, "SeriesInstanceUID": series}
    query = _query(request, **{name: uid for name, uid in address.items() if uid})
    return _answer([_instance(row) for row in search_instances(person, query)])


def _answer(rows: list[Attributes]) -> JsonResponse:
    return JsonResponse(rows, safe=False, content_type=JSON, headers={"Cache-Control": "private, no-store"})


def _study(study: Study) -> Attributes:
    patient = study.patient
    return {
        "00080020": _element("DA", study.study_date),
        "00080030": _element("TM", study.study_time),
        "00080050": _element("SH", study.accession_number),
        "00080056": _element("CS", "ONLINE"),
        "00080061": _element("CS", *modalities_of(study)),
        "00081030": _element("LO", study.description),
        "00100010": _element("PN", {"Alphabetic": patient.name} if patient.name else None),
        "00100020": _element("LO", patient.patient_id),
        "00100030": _element("DA", patient.birth_date),
        "00100040": _element("CS", patient.sex),
        "0020000D": _element("UI", study.study_instance_uid),
        "00201206": _element("IS", getattr(study, "series_count", None)),
        "00201208": _element("IS", getattr(study, "instance_count", None)),
    }


def _series(series: Series) -> Attributes:
    return {
        "00080060": _element("CS", series.modality),
        "0008103E": _element("LO", series.description),
        "00180015": _element("CS", series.body_part),
        "0020000D": _element("UI", series.study.study_instance_uid),
        "0020000E": _element("UI", series.series_instance_uid),
        "00200011": _element("IS", series.series_number),
        "00201209": _element("IS", getattr(series, "instance_count", None)),
    }


def _instance(instance: Instance) -> Attributes:
    return {
        "00080016": _element("UI", instance.sop_class_uid),
        "00080018": _element("UI", instance.sop_instance_uid),
        "00080056": _element("CS", "ONLINE"),
        "00083002": _element("UI", instance.transfer_syntax_uid),
        "0020000D": _element("UI", instance.series.study.study_instance_uid),
        "0020000E": _element("UI", instance.series.series_instance_uid),
        "00200013": _element("IS", instance.instance_number),
        "00280008": _element("IS", instance.number_of_frames),
        "00280010": _element("US", instance.rows),
        "00280011": _element("US", instance.columns),
        "00280100": _element("US", instance.bits_allocated),
    }
