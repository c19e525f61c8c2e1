"""The words that a study is found by. Pure."""

from collections.abc import Iterable

from annotator.imaging.catalogue.name_keys import fold_text

# Some thousand series with a description each would make rows that every search has to read.
LONGEST = 1500


def search_text(words: Iterable[str]) -> str:
    """Words of a study, its patient and its series, folded, each once, in the order in which they come first."""
    return " ".join(dict.fromkeys(fold_text(" ".join(words)).split()))[:LONGEST]


def words_of(typed: str) -> list[str]:
    """What somebody typed into the search, as words that must all occur."""
    return list(dict.fromkeys(fold_text(typed).split()))
