"""Shifts of dates, new UIDs, pseudonyms and sealed identities: the same each time, and nothing without the key."""

import dataclasses
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.imaging.deidentification.errors import DeidentificationError
from annotator.imaging.deidentification.shift_dates import shift_date, shift_date_time, stated_age, time_of_day
from annotator.imaging.deidentification.site_key import PatientIdentity, SiteKey
from tests.annotator.imaging.deidentification.conftest import KEY


@pytest.mark.parametrize(
    ("value", "shifted"),
    [("20240301", "20240229"), ("2024.03.01", "20240229"), ("20230101", "20221231"), (" 20240301 ", "20240229")],
)
def test_a_date_goes_back_by_whole_days(value: str, shifted: str) -> None:
    assert shift_date(value, 1) == shifted


@pytest.mark.parametrize("value", ["", "20240230", "Meier", "2024", "00010101", "20240301-20240302"])
def test_what_is_no_date_becomes_nothing(value: str) -> None:
    assert shift_date(value, 400) == ""


@pytest.mark.parametrize(
    ("value", "shifted"),
    [
        ("20240301120530.123456+0100", "20240229120530.123456+0100"),
        ("20240301", "20240229"),
        ("202403", "202402"),
        ("2024", "2023"),
        ("20240301 Meier", ""),
    ],
)
def test_a_date_time_keeps_its_time_its_offset_and_its_precision(value: str, shifted: str) -> None:
    assert shift_date_time(value, 1) == shifted


@given(st.dates(date(1905, 1, 1)), st.dates(date(1905, 1, 1)), st.integers(366, 3652))
def test_intervals_between_dates_stay(first: date, second: date, days: int) -> None:
    moved = [date.fromisoformat(shift_date(f"{one:%Y%m%d}".zfill(8), days)) for one in (first, second)]
    assert moved[1] - moved[0] == second - first


@pytest.mark.parametrize(
    ("value", "stated"),
    [
        ("089Y", "089Y"),
        ("090Y", "090Y"),
        ("104Y", "090Y"),
        ("045y", "045Y"),
        ("999M", "999M"),
        ("Meier", ""),
        ("9Y", ""),
    ],
)
def test_nobody_is_older_than_ninety(value: str, stated: str) -> None:
    assert stated_age(value) == stated


def test_times_of_day_stay_and_words_in_their_place_do_not() -> None:
    assert time_of_day("120530.25") == "120530.25"
    assert time_of_day("at noon") == ""


def test_the_same_key_gives_the_same_answers_and_another_key_others(key: SiteKey) -> None:
    again, other = SiteKey(KEY), SiteKey("another-secret-that-is-long-enough-too")
    for ask in ("pseudonym", "days", "lookup"):
        assert getattr(key, ask)("4711", "") == getattr(again, ask)("4711", "")
    assert key.uid("1.2.3") == again.uid("1.2.3") != other.uid("1.2.3")
    assert key.pseudonym("4711", "") != other.pseudonym("4711", "")


def test_patients_are_told_apart_by_issuer_and_found_by_their_id_alone(key: SiteKey) -> None:
    assert key.pseudonym("4711", "A") != key.pseudonym("4711", "B")
    assert key.lookup("4711", "A") != key.lookup("4711", "B")
    assert key.lookup("4711", "A").startswith(key.lookup_of_id("4711"))
    assert len(key.lookup("4711", "A")) == 64


@given(st.text(max_size=64), st.text(max_size=64))
def test_shifts_pseudonyms_and_uids_have_their_form(patient_id: str, issuer: str) -> None:
    key = SiteKey(KEY)
    assert 366 <= key.days(patient_id, issuer) <= 3652
    pseudonym = key.pseudonym(patient_id, issuer)
    assert pseudonym.startswith("RR-")
    assert len(pseudonym) == 13
    assert not set(pseudonym[3:]) & set("ILOU")
    assert len(key.uid(patient_id)) <= 64
    assert key.uid(patient_id)[5] != "0"


def test_a_sealed_identity_opens_under_its_key_only(key: SiteKey) -> None:
    # Longer than what a sealed text, which is another each time, may hold by chance.
    identity = PatientIdentity("47110815", "Hospital", "Müller^Jörg", "19500704", "M")
    sealed = key.seal(identity)
    assert b"47110815" not in sealed
    assert key.unseal(sealed) == identity
    with pytest.raises(DeidentificationError, match="sealed under another key"):
        SiteKey("another-secret-that-is-long-enough-too").unseal(sealed)
    with pytest.raises(DeidentificationError):
        key.unseal(sealed[:-4] + b"AAAA")
    assert dataclasses.asdict(identity)["name"] == "Müller^Jörg"


def test_a_short_key_is_refused() -> None:
    with pytest.raises(DeidentificationError, match="at least 32"):
        SiteKey("secret")
