"""The words of one object that tell who somebody is: names, identifiers, addresses, wherever in it they stand."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence

from annotator.imaging.headers.dicom_values import HEADER_ERRORS

_LISTS = {
    name: frozenset(words)
    for name, words in json.loads(Path(__file__).with_name("identifying_words.json").read_text()).items()
    if name != "source"
}
# What each holds is said in the file.
IDENTIFIERS, PHRASES, COMMON = _LISTS["identifiers"], _LISTS["phrases"], _LISTS["common"]
WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe", "ł": "l"})
DIGRAPHS = re.compile("ae|oe|ue|aa")
DIGITS = re.compile(r"\d+")
# Scripts that put no space between words.
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
LEAST_LETTERS, LEAST_DIGITS = 2, 4


@dataclass
class IdentifyingWords:
    """What must not remain in any text of an object.

    Attributes
    ----------
    words : folded (see `folded`), of names and places.
    codes : folded identifiers, whole, that hold a digit.
    numbers : digits of identifiers, four or more.
    """

    words: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)

    def add_name(self, name: str) -> None:
        """The parts of a person's name: components, groups, and what hyphens and blanks separate."""
        for part in re.split(r"[\^=\s,;.\-'’\\]+", name):
            self.words.update(word for word in spellings(part) if word and _is_telling(word))
            self._add_digits(part)

    def add_identifier(self, value: str) -> None:
        """A whole identifier, and the long numbers in it."""
        code = folded(value)
        if len(code) >= LEAST_DIGITS or (code and UNSPACED.search(code)):
            (self.codes if any(letter.isdigit() for letter in code) else self.words).add(code)
        self._add_digits(value)

    def add_phrase(self, value: str) -> None:
        """The telling words of an address or of an institution's name."""
        for word in WORD.findall(value):
            self.words.update(one for one in spellings(word) if _is_telling(one) and len(one) > LEAST_LETTERS)
        self._add_digits(value)

    def _add_digits(self, value: str) -> None:
        self.numbers.update(run for run in DIGITS.findall(value) if len(run) >= LEAST_DIGITS)


def words_of(dataset: Dataset) -> IdentifyingWords:
    """Gather the identifying words of an object, at every depth.

    Elements that can't be read count as holding none: they are removed later.
    """
    found = IdentifyingWords()
    for keyword, vr, value in _texts(dataset):
        if vr == "PN":
            found.add_name(value)
        elif keyword in IDENTIFIERS:
            found.add_identifier(value)
        elif keyword in PHRASES:
            found.add_phrase(value)
    return found


def spellings(word: str) -> set[str]:
    """How else a word is written where a keyboard has no umlauts, or the other way round: Müller, Mueller, Muller."""
    plain = folded(word)
    spelled_out = folded(word.casefold().translate(SPELLED_OUT))
    return {plain, spelled_out, DIGRAPHS.sub(lambda found: found[0][0], plain)}


def folded(text: str) -> str:
    """Text as it is compared: without case, accents and the blanks around it."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).strip()


def _is_telling(word: str) -> bool:
    if word in COMMON or word.isdigit():
        return False
    return len(word) >= LEAST_LETTERS or UNSPACED.search(word) is not None


def _texts(dataset: Dataset) -> Iterator[tuple[str, str, str]]:
    """(keyword, VR, value) of every text at every depth."""
    for tag in list(dataset.keys()):
        try:
            element = dataset[tag]
            value = element.value
        except HEADER_ERRORS:
            continue
        if isinstance(value, Sequence):
            for item in value:
                yield from _texts(item)
        elif element.VR == "PN" or element.keyword in IDENTIFIERS or element.keyword in PHRASES:
            parts: Iterable[object] = value if isinstance(value, (MultiValue, list)) else (value,)
            for part in parts:
                if part is not None and not isinstance(part, bytes) and str(part):
                    yield element.keyword, element.VR, str(part)
