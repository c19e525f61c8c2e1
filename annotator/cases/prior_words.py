"""How much earlier a study was, in words that tell no date. Pure."""

from datetime import date, datetime

_DAYS_A_MONTH = 365.25 / 12


def prior_words(study_date: str, earlier_date: str) -> str:
    """Say how long before one study another was: "7 months before"; "earlier" where either has no date.

    Parameters
    ----------
    study_date, earlier_date : DICOM DA, YYYYMMDD; de-identifying shifts both by the same days.
    """
    here, there = _day(study_date), _day(earlier_date)
    if here is None or there is None or there > here:
        return "earlier"
    days = (here - there).days
    if days == 0:
        return "on the same day"
    if days < 14:
        return _before(days, "day")
    if days < 60:
        return _before(days // 7, "week")
    months = round(days / _DAYS_A_MONTH)
    return _before(months, "month") if months < 24 else _before(months // 12, "year")


def _before(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'} before"


def _day(value: str) -> date | None:
    try:
        return datetime.strptime(value, "%Y%m%d").date()
    except ValueError:
        return None
