"""Descriptions without who it is, and with what was done."""

import pytest

from annotator.imaging.deidentification.clean_text import bytes_hold_known, clean_description, clean_known
from annotator.imaging.deidentification.identifying_words import IdentifyingWords


def known(*names: str, identifiers: tuple[str, ...] = ()) -> IdentifyingWords:
    words = IdentifyingWords()
    for name in names:
        words.add_name(name)
    for identifier in identifiers:
        words.add_identifier(identifier)
    return words


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("CT head without contrast", "CT head without contrast"),
        ("MR Brain T2 FLAIR 5mm", "MR Brain T2 FLAIR 5mm"),
        ("DR chest pa", "DR chest pa"),
        ("Thorax 1.0 B70f 120kV", "Thorax 1.0 B70f 120kV"),
        ("DWI b1000 3 scan trace", "DWI b1000 3 scan trace"),
        ("CT head for Dr. Albrecht", "CT head for"),
        ("CT head, Prof. Dr. med. Albrecht", "CT head"),
        ("mr. Hansen knee", "mr. Hansen knee"),
        ("MR. Hansen knee", "knee"),
        ("follow-up of 12.03.2019", "follow-up of"),
        ("follow-up of 2019-03-12 head", "follow-up of head"),
        ("seen 3 March 2019 again", "seen again"),
        ("seen March 3, 2019 again", "seen again"),
        ("call +49 (89) 1234-567 first", "call first"),
        ("tel 089/4140-2222", "tel"),
        ("case 1234567 left", "case left"),
        ("case AB-9912345 left", "case left"),
        ("mail anna@example.org left", "mail left"),
        ("see https://example.org/p?id=3 left", "see left"),
        ("patient name: Hansen, Anna left", "left"),
        ("MRN: 4711 left", "left"),
    ],
)
def test_dates_numbers_telephones_and_titled_names_go(text: str, cleaned: str) -> None:
    assert clean_description(text, IdentifyingWords()) == cleaned


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("CT head Müller", "CT head"),
        ("CT head MUELLER", "CT head"),
        ("CT head Soerensen", "CT head"),
        ("CT head Sörensen", "CT head"),
        ("CT head MULLER", "CT head"),
        ("CT head muller-lüdenscheidt", "CT head"),
        ("jmuller ct", "ct"),
        ("Li ct", "ct"),
        ("lipid ct", "lipid ct"),
        ("LI_MULLER_CT", ""),
        ("LI_CT", "_CT"),
        ("case P-77 12", "case"),
        ("case 4711x", "case x"),
        ("王小明 頭部", "頭部"),
        ("頭部王小明CT", "頭部 CT"),
    ],
)
def test_names_and_identifiers_of_the_object_go_wherever_they_stick(text: str, cleaned: str) -> None:
    words = known("Müller-Lüdenscheidt^Li", "王^小明", "SOERENSEN^Ib", identifiers=("P-77 12", "4711"))
    assert clean_known(text, words) == cleaned


def test_what_holds_nothing_stays_to_the_letter() -> None:
    assert clean_known("  two  blanks, (kept) ", known("Meier")) == "  two  blanks, (kept) "


def test_words_of_institutions_that_descriptions_need_are_nobodys_name() -> None:
    words = IdentifyingWords()
    words.add_phrase("St. Elsewhere University Hospital, Head Clinic")
    assert clean_known("CT head, Elsewhere", words) == "CT head,".rstrip(",")


def test_binary_values_are_searched_for_names_in_both_widths() -> None:
    words = known("Wolkenstein")
    assert bytes_hold_known(b"\0\1WOLKENSTEIN\0", words)
    assert bytes_hold_known("Wolkenstein".encode("utf-16-le"), words)
    assert not bytes_hold_known(bytes(range(256)), words)
