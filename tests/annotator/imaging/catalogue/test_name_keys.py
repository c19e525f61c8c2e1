"""Names are found whatever way they are typed."""

from pathlib import Path

import pydicom
import pytest

from annotator.imaging.catalogue.name_keys import LONGEST, fold_name, fold_text


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("", ""),
        ("DOE^JANE^M", "doe jane m"),
        ("Buc^Jérôme", "buc jerome"),
        ("Äneas^Rüdiger", "aneas rudiger"),
        ("Großmann^Søren^Ægir", "grossmann soren aegir"),
        ("Łukasz^Đorđe^^Prof.", "lukasz dorde prof."),
        ("İpek^Işıl", "ipek isil"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "yamada tarou 山田 太郎 やまた たろう"),
        ("Hong^Gildong=洪^吉洞=홍^길동", "hong gildong 洪 吉洞 홍 길동"),
        ("ｙａｍａｄａ^ﾀﾛｳ", "yamada タロウ"),
        ("Διονυσιος", "διονυσιοσ"),
        ("Doe,  Jane ", "doe jane"),
    ],
)
def test_case_accents_and_separators_make_no_difference(name: str, key: str) -> None:
    assert fold_name(name) == key


def test_folding_what_is_folded_changes_nothing() -> None:
    for name in ("İ", "ﷺ", "ǅ", "ŉ", "ﬃ", "が゛", "Straße^Ω=한^글"):
        assert fold_text(fold_text(name)) == fold_text(name)


def test_a_key_fits_its_column_even_where_folding_makes_words_longer() -> None:
    assert len(fold_name("ﷺ" * 324)) <= LONGEST


@pytest.mark.needs_data
@pytest.mark.parametrize(
    ("file", "typed"),
    [
        ("GH1301.dcm", "小东"),
        ("GH1301.dcm", "wang xiaodong"),
        ("chrX1.dcm", "王"),
        ("chrArab.dcm", "قباني"),
        ("chrFren.dcm", "JEROME"),
        ("chrFrenMulti.dcm", "Jérôme Buc"),
        ("chrGerm.dcm", "rüdiger, aneas"),
        ("chrGreek.dcm", "ΔΙΟΝΎΣΙΟΣ"),
        ("chrH31.dcm", "太郎"),
        ("chrH31.dcm", "やまだ"),
        ("chrH31.dcm", "tarou"),
        ("chrI2.dcm", "길동"),
        ("chrI2.dcm", "hong"),
        ("chrJapMulti.dcm", "たろう"),
        ("chrJapMultiExplicitIR6.dcm", "やまだ"),
    ],
)
def test_the_name_of_a_real_file_is_found_by_each_of_its_scripts(file: str, typed: str, data_dir: Path) -> None:
    name = str(pydicom.dcmread(data_dir / "dicom" / "charset" / file, stop_before_pixels=True).PatientName)
    key = fold_name(name)
    assert all(word in key for word in fold_text(typed).split())
