"""How names, dates, sizes and durations are written."""

from datetime import date, timedelta

import pytest

from frontend.pages.formatting import (
    byte_count,
    date_distance,
    dicom_date,
    dicom_time,
    due_words,
    duration,
    outcome_words,
    person_name,
)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("DOE^JANE", "Doe, Jane"),
        ("Doe^Jane^M", "Doe, Jane M"),
        ("Yamada^Tarou=山田^太郎", "Yamada, Tarou"),
        ("McDonald^Iain", "McDonald, Iain"),
        ("ANONYMOUS", "Anonymous"),
        ("", ""),
        ("^Jane", "Jane"),
        ("VAN DER BERG^JAN", "VAN DER BERG, Jan"),
    ],
)
def test_a_dicom_name_reads_like_a_name(stored: str, shown: str) -> None:
    assert person_name(stored) == shown


@pytest.mark.parametrize(("stored", "shown"), [("20260131", "2026-01-31"), ("", ""), ("2026.01.31", "2026.01.31")])
def test_a_dicom_date_reads_as_iso(stored: str, shown: str) -> None:
    assert dicom_date(stored) == shown


@pytest.mark.parametrize(("stored", "shown"), [("101559.12", "10:15"), ("", ""), ("1", "")])
def test_a_dicom_time_reads_as_hours_and_minutes(stored: str, shown: str) -> None:
    assert dicom_time(stored) == shown


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1532000, "1.5 MB"),
        (532000, "532 kB"),
        (None, ""),
        (2_000_000_000_000_000, "2000 TB"),
    ],
)
def test_bytes_are_counted_in_decimal_units(stored: int | None, shown: str) -> None:
    assert byte_count(stored) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (4, "4 s"),
        (125, "2 min 5 s"),
        (12_000, "3 h 20 min"),
        (-3, "under 1 s"),
        (0.2, "under 1 s"),
        (59.6, "1 min 0 s"),
    ],
)
def test_a_duration_reads_in_its_two_largest_units(seconds: float, shown: str) -> None:
    assert duration(timedelta(seconds=seconds)) == shown


@pytest.mark.parametrize(
    ("days", "shown"),
    [(0, "today"), (1, "tomorrow"), (5, "in 5 days"), (-1, "1 day overdue"), (-3, "3 days overdue")],
)
def test_a_due_date_says_how_far_off_it_is(days: int, shown: str) -> None:
    today = date(2026, 2, 27)
    assert due_words(today + timedelta(days=days), today=today) == shown
    assert due_words(None, today=today) == ""


def test_a_jobs_result_reads_as_what_it_counted_without_identifiers_and_digests() -> None:
    result = {
        "ingested": 1640,
        "already_there": 0,
        "cases": ["a", "b"],
        "study_ids": [1, 2],
        "bytes": 99,
        "sha256": "ab",
        "splits": {"train": {}},
        "whole": True,
    }
    assert outcome_words(result) == "ingested 1,640, already there 0, cases 2"
    assert outcome_words({}) == ""


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        (0, "the same day"),
        (1, "1 day later"),
        (-12, "12 days earlier"),
        (-59, "59 days earlier"),
        (61, "2 months later"),
        (-699, "23 months earlier"),
        (-731, "2 years earlier"),
        (914, "2.5 years later"),
        (None, "no date"),
    ],
)
def test_the_distance_of_another_study_is_written_as_people_say_it(days: int | None, shown: str) -> None:
    assert date_distance(days) == shown
