"""How names, dates, sizes and durations are written for people. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

_BYTES_A_STEP = 1000
_DAYS_A_MONTH, _DAYS_A_YEAR = 30.44, 365.25


def person_name(value: str) -> str:
    """DICOM PN to words: `DOE^JANE^M` becomes `Doe, Jane M`; only the alphabetic group, capitals softened.

    Source: DICOM PS3.5 6.2.1 (family, given, middle, prefix, suffix, separated by carets).
    """
    parts = [part.strip() for part in value.split("=")[0].split("^")]
    parts = [_softened(part) for part in parts]
    family, given = parts[0], " ".join(part for part in parts[1:3] if part)
    return ", ".join(part for part in (family, given) if part)


def _softened(part: str) -> str:
    return part.title() if part.isupper() and len(part) > 1 and part.isalpha() else part


def dicom_date(value: str) -> str:
    """DICOM DA (YYYYMMDD) to ISO 8601; what isn't a date comes back as it is."""
    try:
        return datetime.strptime(value, "%Y%m%d").date().isoformat()
    except ValueError:
        return value


def dicom_time(value: str) -> str:
    """DICOM TM (HHMMSS.FFFFFF) to HH:MM; what isn't a time comes back empty."""
    digits = value.replace(":", "")[:4]
    return f"{digits[:2]}:{digits[2:]}" if len(digits) == 4 and digits.isdigit() else ""


def byte_count(value: int | None) -> str:
    """1532000 to `1.5 MB` (decimal units, as file managers and disks have them)."""
    if value is None:
        return ""
    number = float(value)
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if number < _BYTES_A_STEP or unit == "TB":
            return f"{number:.0f} {unit}" if unit == "bytes" or number >= 100 else f"{number:.1f} {unit}"
        number /= _BYTES_A_STEP
    raise AssertionError("the loop ends at TB")


def duration(span: timedelta | None) -> str:
    """A time span as `4 s`, `2 min 5 s`, `3 h 20 min`."""
    if span is None:
        return ""
    seconds = max(0, round(span.total_seconds()))
    if seconds < 1:
        return "under 1 s"
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


def due_words(due: date | None, *, today: date) -> str:
    """How far off a due date is: `today`, `tomorrow`, `in 5 days`, `3 days overdue`."""
    if due is None:
        return ""
    days = (due - today).days
    if days < 0:
        return f"{-days} {'day' if days == -1 else 'days'} overdue"
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def thousands(value: int) -> str:
    """100000 to `100,000`."""
    return f"{value:,}"


def date_distance(days: int | None) -> str:
    """How far another study lies from this one: `12 days earlier`, `7 months later`, `2.5 years earlier`.

    Parameters
    ----------
    days : below 0 where the other one is earlier; None where a date is missing.
    """
    if days is None:
        return "no date"
    if days == 0:
        return "the same day"
    far, side = abs(days), "later" if days > 0 else "earlier"
    if far < 60:
        return f"{far} {'day' if far == 1 else 'days'} {side}"
    if far < 700:
        return f"{round(far / _DAYS_A_MONTH)} months {side}"
    return f"{round(far / _DAYS_A_YEAR, 1):g} years {side}"


def outcome_words(result: Mapping[str, object]) -> str:
    """What a job's result counted, in words: `{"ingested": 64, "already_there": 0}` as `ingested 64, already there 0`.

    Numbers and the lengths of lists; identifiers, sizes in bytes and nested values are left out.
    """
    counted = []
    for name, value in result.items():
        number = len(value) if isinstance(value, list) else value
        if isinstance(number, int) and not isinstance(number, bool) and not name.endswith(("_ids", "bytes")):
            counted.append(f"{name.replace('_', ' ')} {number:,}")
    return ", ".join(counted)
