"""What an adjudicator calls the readers: Reader A, B, C; the same within a study, from no name and no code. Pure."""

import hashlib
from collections.abc import Iterable
from string import ascii_uppercase


def letters_of(study: str, readers: Iterable[str]) -> dict[str, str]:
    """Give each reader of a study a letter: A to Z, then AA, AB ...

    Parameters
    ----------
    study : its identifier; another study shuffles the same readers differently.
    readers : all of the study, whether or not they read the case at hand: else a letter would move from case to case.
        One who joins later takes a letter by the same hash and would move the others, so that letters are only
        promised for a set of readers.
    """
    shuffled = sorted(set(readers), key=lambda reader: hashlib.sha256(f"{study}\0{reader}".encode()).digest())
    return {reader: f"Reader {_letter(at)}" for at, reader in enumerate(shuffled)}


def _letter(at: int) -> str:
    high, low = divmod(at, len(ascii_uppercase))
    return (ascii_uppercase[high - 1] if high else "") + ascii_uppercase[low]
