"""Dates moved back by whole days; times of day stay."""

import re
from datetime import date, timedelta

# DICOM's DA, and the form with points of ACR-NEMA that PS3.5 6.2 still lets be read.
DATE = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")
DATE_TIME = re.compile(r"(\d{4})(\d{2})?(\d{2})?(\d{2}(?:\d{2}(?:\d{2}(?:\.\d{1,6})?)?)?)?([+-]\d{4})?")
TIME = re.compile(r"\d{2}(?::?\d{2}(?::?\d{2}(?:\.\d{1,6})?)?)?")
OLDEST_STATED_AGE = 89
AGE = re.compile(r"(\d{3})([DWMY])")
DAYS_OF_UNIT = {"D": 1, "W": 7, "M": 30.4375, "Y": 365.25}


def shift_date(value: str, days: int) -> str:
    """A DA value `days` earlier; "" when it is no date, or one that no calendar has.

    Source: DICOM PS3.5 6.2, DA.
    """
    found = DATE.fullmatch(value.strip())
    return "" if found is None else _earlier(found[1], found[2], found[3], days)


def shift_date_time(value: str, days: int) -> str:
    """A DT value `days` earlier, as precise as it was, its time of day and offset as they were; "" when it is none.

    Source: DICOM PS3.5 6.2, DT.
    """
    found = DATE_TIME.fullmatch(value.strip())
    if found is None:
        return ""
    year, month, day, time, offset = found.groups()
    if time and not day:
        return ""
    shifted = _earlier(year, month or "01", day or "01", days)
    stated = shifted[: 8 if day else 6 if month else 4]
    return f"{stated}{time or ''}{offset or ''}" if shifted else ""


def time_of_day(value: str) -> str:
    """A TM value as it is; "" when it is none.

    Source: DICOM PS3.5 6.2, TM.
    """
    stripped = value.strip()
    return stripped if TIME.fullmatch(stripped) else ""


def stated_age(value: str) -> str:
    """An AS value, "090Y" for everybody above 89 years; "" when it is none.

    So old, people are told apart by their age alone (45 CFR 164.514(b)(2)(i)(C)).
    """
    found = AGE.fullmatch(value.strip().upper())
    if found is None:
        return ""
    years = int(found[1]) * DAYS_OF_UNIT[found[2]] / DAYS_OF_UNIT["Y"]
    return "090Y" if years >= OLDEST_STATED_AGE + 1 else found[0]


def _earlier(year: str, month: str, day: str, days: int) -> str:
    try:
        moved = date(int(year), int(month), int(day)) - timedelta(days=days)
    except (ValueError, OverflowError):
        return ""
    return f"{moved.year:04d}{moved.month:02d}{moved.day:02d}"
