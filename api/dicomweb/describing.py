"""Rows of the catalogue as DICOM's JSON model: what a search answers. Source: DICOM PS3.18 10.6.3.3, F.2."""

from typing import Any

from annotator.imaging.dicomweb.search import FoundInstance, FoundSeries, FoundStudy
from annotator.imaging.models import Instance, InstanceState, Series, Study
from annotator.imaging.pixels.decoding import HTJ2K_LOSSLESS

Attributes = dict[str, dict[str, Any]]

EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
# JSON is UTF-8, whatever the file was written in.
CHARACTER_SET = {"vr": "CS", "Value": ["ISO_IR 192"]}
_NAME_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")


def describe_study(found: FoundStudy, root: str) -> Attributes:
    """Table 10.6.3-3, and what the header holds of what was included; `root` is where /studies stands."""
    study = found.study
    return _in_order(
        {
            **found.header,
            **_of_study(study),
            "00080061": _element("CS", *found.modalities),
            "00081190": _element("UR", study_address(root, study)),
            "00201206": _element("IS", found.series_count),
            "00201208": _element("IS", found.instance_count),
        }
    )


def describe_series(found: FoundSeries, root: str, *, of_one_study: bool) -> Attributes:
    """Table 10.6.3-4; the study's attributes too where series of several studies were asked for."""
    series = found.series
    return _in_order(
        {
            **found.header,
            **({} if of_one_study else _of_study(series.study)),
            **_of_series(series),
            # The header's own where it was asked for: the row holds two of its attributes.
            **{tag: found.header[tag] for tag in ("00400275",) if tag in found.header},
            "00081190": _element("UR", series_address(root, series)),
            "00201209": _element("IS", found.instance_count),
        }
    )


def describe_instance(found: FoundInstance, root: str, *, of_one_study: bool, of_one_series: bool) -> Attributes:
    """Table 10.6.3-5; attributes of series and study too where the address names none."""
    instance = found.instance
    ready = instance.state == InstanceState.READY
    forms = [instance.transfer_syntax_uid, *((EXPLICIT_LITTLE_ENDIAN, HTJ2K_LOSSLESS) if ready else ())]
    return _in_order(
        {
            **found.header,
            **({} if of_one_study else _of_study(instance.series.study)),
            **({} if of_one_series else _of_series(instance.series)),
            "0020000D": _element("UI", instance.series.study.study_instance_uid),
            "0020000E": _element("UI", instance.series.series_instance_uid),
            "00080005": CHARACTER_SET,
            "00080016": _element("UI", instance.sop_class_uid),
            "00080018": _element("UI", instance.sop_instance_uid),
            "00080056": _element("CS", "ONLINE"),
            "00081190": _element("UR", instance_address(root, instance)),
            "00083002": _element("UI", *dict.fromkeys(forms)),
            "00200013": _element("IS", instance.instance_number),
            "00280008": _element("IS", instance.number_of_frames),
            "00280010": _element("US", instance.rows),
            "00280011": _element("US", instance.columns),
            "00280100": _element("US", instance.bits_allocated),
        }
    )


def study_address(root: str, study: Study) -> str:
    return f"{root}/studies/{study.study_instance_uid}"


def series_address(root: str, series: Series) -> str:
    return f"{study_address(root, series.study)}/series/{series.series_instance_uid}"


def instance_address(root: str, instance: Instance) -> str:
    return f"{series_address(root, instance.series)}/instances/{instance.sop_instance_uid}"


def _of_study(study: Study) -> Attributes:
    patient = study.patient
    return {
        "00080005": CHARACTER_SET,
        "00080020": _element("DA", study.study_date),
        "00080030": _element("TM", study.study_time),
        "00080050": _element("SH", study.accession_number),
        "00080056": _element("CS", "ONLINE"),
        "00080090": _name(study.referring_physician),
        "00081030": _element("LO", study.description),
        "00100010": _name(patient.name),
        "00100020": _element("LO", patient.patient_id),
        "00100021": _element("LO", patient.issuer),
        "00100030": _element("DA", patient.birth_date),
        "00100040": _element("CS", patient.sex),
        "0020000D": _element("UI", study.study_instance_uid),
        "00200010": _element("SH", study.study_id),
    }


def _of_series(series: Series) -> Attributes:
    request = {
        "00400009": _element("SH", series.scheduled_step_id),
        "00401001": _element("SH", series.requested_procedure_id),
    }
    asked = series.scheduled_step_id or series.requested_procedure_id
    return {
        "00080005": CHARACTER_SET,
        "00080056": _element("CS", "ONLINE"),
        "00080060": _element("CS", series.modality),
        "0008103E": _element("LO", series.description),
        "00180015": _element("CS", series.body_part),
        "0020000D": _element("UI", series.study.study_instance_uid),
        "0020000E": _element("UI", series.series_instance_uid),
        "00200011": _element("IS", series.series_number),
        "00400244": _element("DA", series.performed_date),
        "00400245": _element("TM", series.performed_time),
        "00400275": _element("SQ", request) if asked else _element("SQ"),
    }


def _element(vr: str, *values: object) -> dict[str, Any]:
    kept = [value for value in values if value not in ("", None)]
    return {"vr": vr, "Value": kept} if kept else {"vr": vr}


def _name(name: str) -> dict[str, Any]:
    groups = {group: text for group, text in zip(_NAME_GROUPS, name.split("="), strict=False) if text}
    return _element("PN", groups or None)


def _in_order(attributes: Attributes) -> Attributes:
    """By tag, as annex F asks."""
    return {tag: attributes[tag] for tag in sorted(attributes)}
