"""The table of actions: what the library has, what the options change, and what is done with compound codes."""

import pytest
from django.conf import settings
from pydicom.datadict import dictionary_VR, keyword_for_tag, tag_for_keyword

from annotator.imaging.deidentification.action_table import EDITIONS, Action, table_of_edition
from annotator.imaging.deidentification.errors import DeidentificationError
from annotator.imaging.deidentification.private_attributes import safe_attributes
from annotator.imaging.deidentification.technical_attributes import technical_bytes, technical_texts


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(
    ("keyword", "action"),
    [
        ("PatientName", Action.EMPTY),
        ("AccessionNumber", Action.EMPTY),
        ("PatientAddress", Action.REMOVE),
        ("StudyInstanceUID", Action.NEW_UID),
        ("PatientAge", Action.KEEP),
        ("PatientSex", Action.KEEP),
        ("StudyDate", Action.CLEAN),
        ("StudyDescription", Action.CLEAN),
        ("DeviceSerialNumber", Action.KEEP),
        ("StationName", Action.KEEP),
        ("PatientBirthDate", Action.EMPTY),
        ("InstitutionName", Action.DUMMY),
        ("ReferencedImageSequence", Action.KEEP),
        ("ContentSequence", Action.DUMMY),
        ("DateOfLastCalibration", Action.CLEAN),
    ],
)
def test_the_options_override_the_profile(edition: str, keyword: str, action: Action) -> None:
    tag = tag_for_keyword(keyword)
    assert tag is not None
    assert table_of_edition(edition).action_for(tag) is action


def test_curves_and_overlays_go_in_every_repetition() -> None:
    table = table_of_edition("2026c")
    for tag in (0x50003000, 0x50FE0022, 0x60003000, 0x601E4000):
        assert table.action_for(tag) is Action.REMOVE
    assert table.action_for(0x60000010) is None


def test_an_unknown_edition_names_those_that_there_are() -> None:
    with pytest.raises(DeidentificationError, match="2023, 2024b, 2026c"):
        table_of_edition("1999")


def test_the_settings_know_the_same_editions() -> None:
    assert settings.DEIDENTIFY_EDITIONS == EDITIONS


def test_newer_editions_list_more() -> None:
    sizes = [len(table_of_edition(edition).actions) for edition in EDITIONS]
    assert sizes == sorted(set(sizes))
    assert sizes[0] > 600


def test_every_date_that_the_profile_lists_is_shifted_or_removed_with_the_option() -> None:
    table = table_of_edition("2026c")
    dates = {tag: action for tag, action in table.actions.items() if keyword_for_tag(tag)}
    emptied = {
        keyword_for_tag(tag)
        for tag, action in dates.items()
        if dictionary_VR(tag) in ("DA", "DT") and action in (Action.EMPTY, Action.DUMMY, Action.KEEP)
    }
    assert emptied <= {"PatientBirthDate", "SelectorDAValue", "SelectorDTValue"}


def test_names_in_our_own_lists_are_attributes_that_the_table_does_not_list() -> None:
    table = table_of_edition("2026c")
    for keyword in technical_texts() | technical_bytes():
        tag = tag_for_keyword(keyword)
        assert tag is not None, keyword
        assert table.action_for(tag) is None, keyword


def test_safe_private_attributes_hold_numbers_only() -> None:
    assert safe_attributes()["SIEMENS MR HEADER", 0x0019, 0x0C] == "IS"
    assert set(safe_attributes().values()) <= {"DS", "IS", "FL", "FD", "SL", "SS", "UL", "US"}
