"""One match parameter as a condition on the tables.

Source: DICOM PS3.4 C.2.2.2 (attribute matching), PS3.18 8.3.4.1.
"""

import re
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q

from annotator.accounts.errors import InvalidError
from annotator.imaging.catalogue.name_keys import fold_name, fold_text
from annotator.imaging.dicomweb.attributes import Attribute
from annotator.imaging.dicomweb.wildcards import WILDCARDS, name_pattern
from annotator.imaging.headers.parsing import is_uid
from annotator.imaging.models import Instance, Series

# Two quotation marks ask for rows without a value, PS3.18 8.3.4.5.
EMPTY = '""'
_TIME = r"(\d{6}\.\d{1,6}|\d{6}|\d{4}|\d{2})"
_LATEST = "235959.999999"
# Shorter pieces say nothing to an index of three letters each.
TRIGRAM = 3


def condition(attribute: Attribute, prefix: str, value: str, *, fuzzy: bool = False, empty: bool = False) -> Q:
    """What a row must fulfil to match one attribute.

    Parameters
    ----------
    prefix : how the searched rows reach the attribute's level.
    value : as DICOM writes it; "" and "*" match everything.
    fuzzy : names match by the beginnings of their words, in any order.
    empty : `""` matches rows without a value.

    Raises
    ------
    InvalidError : a malformed value; path names the attribute.
    """
    if value in ("", "*"):
        return Q()
    lookup = prefix + attribute.lookup
    if empty and value == EMPTY and attribute.matching != "number":
        return Q(**{lookup: ""})
    match attribute.matching:
        case "uid":
            return Q(**{f"{lookup}__in": _uids(attribute, value)})
        case "classes":
            instances = Instance.objects.filter(series__study=OuterRef(f"{prefix}pk"))
            return Q(Exists(instances.filter(sop_class_uid__in=_uids(attribute, value))))
        case "modalities":
            series = Series.objects.filter(study=OuterRef(f"{prefix}pk"))
            return Q(Exists(series.filter(_text("modality", value))))
        case "number":
            return Q(**{lookup: _whole(attribute, value)})
        case "date":
            return _date(attribute, lookup, value)
        case "time":
            return _time(attribute, lookup, value)
        case "name":
            folded = prefix + attribute.folded
            return _fuzzy_name(folded, value) if fuzzy else _name(lookup, folded, value)
    return _narrowed(prefix, value) & _text(lookup, value) if attribute.in_words else _text(lookup, value)


def _uids(attribute: Attribute, value: str) -> list[str]:
    found = [uid for uid in re.split(r"[,\\]", value) if uid]
    for uid in found:
        if not is_uid(uid):
            raise InvalidError(
                f"{attribute.keyword}={value[:80]!r} is no list of UIDs; wildcards don't match UIDs.", attribute.keyword
            )
    return found


def _whole(attribute: Attribute, value: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,9}", value, re.ASCII):
        raise InvalidError(f"{attribute.keyword}={value!r} is not a whole number.", attribute.keyword)
    return int(value)


def _text(lookup: str, value: str) -> Q:
    """Case counts, as the standard has it; several values stand between backslashes."""
    found = [
        Q(**{f"{lookup}__dicom_wildcards" if WILDCARDS.search(one) else lookup: one})
        for one in value.split("\\")
        if one
    ]
    return reduce(or_, found, Q())


def _narrowed(prefix: str, value: str) -> Q:
    """Of a value that begins with a wildcard: its longer pieces, looked for among the study's words by their index."""
    if value[0] not in "*?" or "\\" in value:
        return Q()
    words = (word for piece in WILDCARDS.split(value) for word in fold_text(piece).split())
    return Q(*(Q(**{f"{prefix}search_text__contains": word}) for word in words if len(word) >= TRIGRAM))


def _date(attribute: Attribute, lookup: str, value: str) -> Q:
    range_of = re.fullmatch(r"(\d{8})?(-)?(\d{8})?", value, re.ASCII)
    if range_of is None or not (range_of[1] or range_of[3]) or (range_of[1] and range_of[3] and not range_of[2]):
        raise InvalidError(f"{attribute.keyword}={value!r} is not YYYYMMDD or a range of them.", attribute.keyword)
    if range_of[2] is None:
        return Q(**{lookup: value})
    if range_of[1] is None:
        # Rows without a date lie in no range.
        return Q(**{f"{lookup}__gt": "", f"{lookup}__lte": range_of[3]})
    return Q(**{f"{lookup}__gte": range_of[1], f"{lookup}__lte": range_of[3] or "99999999"})


def _time(attribute: Attribute, lookup: str, value: str) -> Q:
    """HHMMSS.FFFFFF cut anywhere: as the beginning of a span it means its first moment, as its end the last."""
    range_of = re.fullmatch(rf"{_TIME}?(-)?{_TIME}?", value, re.ASCII)
    if range_of is None or not (range_of[1] or range_of[3]) or (range_of[1] and range_of[3] and not range_of[2]):
        raise InvalidError(f"{attribute.keyword}={value!r} is not HHMMSS.FFFFFF or a range of them.", attribute.keyword)
    first, last = range_of[1], range_of[3] if range_of[2] else range_of[1]
    # Zeros at the end are left out of the lower bound: 1015 in a row is 10:15:00 and must not lie before 101500.
    bounds = {"gte": _trimmed(first)} if first else {"gt": ""}
    bounds["lte"] = last + _LATEST[len(last) :] if last and "." not in last else (last or _LATEST)
    return Q(**{f"{lookup}__{bound}": limit for bound, limit in bounds.items()})


def _trimmed(time: str) -> str:
    whole, _, fraction = time.partition(".")
    if fraction.strip("0"):
        return f"{whole}.{fraction.rstrip('0')}"
    while len(whole) > 2 and whole.endswith("00"):
        whole = whole[:-2]
    return whole


def _name(lookup: str, folded: str, value: str) -> Q:
    """Without regard to case. The folded name narrows the rows down, by an index where there is one."""
    narrowed = Q()
    for piece in WILDCARDS.split(value):
        for word in fold_name(piece).split():
            narrowed &= Q(**{f"{folded}__contains": word})
    return narrowed & Q(**{f"{lookup}__iregex": name_pattern(value)})


def _fuzzy_name(folded: str, value: str) -> Q:
    """Every word that was typed begins a word of the name."""
    wanted = Q()
    for word in fold_name(WILDCARDS.sub(" ", value)).split():
        wanted &= Q(**{f"{folded}__startswith": word}) | Q(**{f"{folded}__contains": f" {word}"})
    return wanted
