"""Names and other words as they are searched: without case, accents and DICOM's separators. Pure."""

import re
import unicodedata

LONGEST = 324
# Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
# Between the parts of a name, its ideographic and phonetic groups, and several values.
_SEPARATORS = re.compile(r"[\^=\\,;\s]+")


def fold_text(text: str) -> str:
    """Words in small letters without accents, one blank between them: `Läsion, RÜCKEN` as `lasion rucken`.

    What is typed is folded in the same way, so whether somebody types accents, carets, commas or wide letters makes
    no difference. Scripts stay what they are; only marks above and below their letters go (Arabic vowels, the dots
    that tell が from か, the breve of Й).
    """
    apart = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    # Together again, or a Korean syllable would stay three signs.
    whole = unicodedata.normalize("NFKC", bare).translate(_PLAIN)
    return _SEPARATORS.sub(" ", whole).strip()


def fold_name(name: str) -> str:
    """The key that a person's name is searched by, all of its groups behind one another.

    Parameters
    ----------
    name : DICOM PN, `Yamada^Tarou=山田^太郎=やまだ^たろう` for example.

    Returns
    -------
    At most 324 letters, the column's width.

    Source: DICOM PS3.5 6.2.1 (groups behind `=`, parts behind `^`).
    """
    return fold_text(name)[:LONGEST].rstrip()
