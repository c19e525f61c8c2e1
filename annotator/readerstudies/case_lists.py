"""Lists of cases as people upload them, and drawing so many of each batch. Pure."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from io import StringIO
from uuid import UUID

from annotator.accounts.errors import InvalidError

LONGEST_LIST = 5_000_000
_COLUMNS = ("case", "study_uid", "batch", "stage", "truth")


@dataclass(frozen=True)
class ListedCase:
    """A line: the case's identifier or its study's UID, its batch and stage, and what is true of it by question."""

    line: int
    case: str = ""
    study_uid: str = ""
    batch: str = ""
    stage: str = "main"
    truth: dict[str, object] = field(default_factory=dict)


def read_case_list(text: str) -> list[ListedCase]:
    """Read a table with a header: "case" (identifier) or "study_uid"; "batch", "stage", "truth:<schema.question>".

    Values of truth are yes/no (also true/false, 1/0) or words; an empty one says nothing.

    Raises
    ------
    InvalidError : no such columns, or a line that names no case; path "list", with the line's number.
    """
    if len(text) > LONGEST_LIST:
        raise InvalidError("This list is longer than any study.", "list")
    try:
        table = csv.DictReader(StringIO(text.lstrip("\ufeff")), strict=True)
        names = [name.strip() for name in table.fieldnames or ()]
        table.fieldnames = names
        lines = list(table)
    except csv.Error as bad:
        raise InvalidError(f"This is no table with commas between: {bad}.", "list") from bad
    known = {name for name in names if name in _COLUMNS or name.startswith("truth:")}
    if not {"case", "study_uid"} & known:
        raise InvalidError('The first line names the columns: "case" or "study_uid", "batch", "stage".', "list")
    if unknown := [name for name in names if name not in known]:
        raise InvalidError(f"There is no column {unknown[0][:40]!r}.", "list")
    return [
        _line(at, {name: (line.get(name) or "").strip() for name in names}) for at, line in enumerate(lines, start=2)
    ]


def draw_by_batch(cases: Sequence[tuple[UUID, str]], wanted: Mapping[str, int], *, seed: int) -> list[tuple[UUID, str]]:
    """Draw so many cases of each batch, whatever order they come in; batches that aren't named are left out.

    Raises
    ------
    InvalidError : a batch that there isn't, or that has fewer; path "draw".
    """
    by_batch: dict[str, list[UUID]] = defaultdict(list)
    for case, batch in cases:
        by_batch[batch].append(case)
    drawn: list[tuple[UUID, str]] = []
    for batch, count in wanted.items():
        there = by_batch.get(batch, [])
        if count > len(there):
            raise InvalidError(f"Of {batch or 'no batch'} there are {len(there)} cases, not {count}.", "draw")
        ranked = sorted(there, key=lambda case: sha256(f"{seed}/{case}".encode()).digest())
        drawn += [(case, batch) for case in ranked[:count]]
    return drawn


def draw_enriched(
    cases: Sequence[tuple[UUID, str]], total: int, percent: float, *, positives: Iterable[str], seed: int
) -> list[tuple[UUID, str]]:
    """Draw so many cases that the batches of positives make up so many percent; the others as they come.

    Raises
    ------
    InvalidError : a batch that there isn't, a share that can't be, or too few cases; with its path.
    """
    if not 0 <= percent <= 100:
        raise InvalidError("A share lies between 0 and 100 %.", "draw_percent")
    named, there = set(positives), batches_of(cases)
    if not named:
        raise InvalidError("Name the batch that the positives are in.", "draw_positive")
    if unknown := sorted(named - set(there)):
        raise InvalidError(f"There is no batch {unknown[0][:40]!r}; there are {', '.join(there)}.", "draw_positive")
    pools = {True: [one for one in cases if one[1] in named], False: [one for one in cases if one[1] not in named]}
    counts = {True: round(total * percent / 100)}
    counts[False] = total - counts[True]
    for is_positive, count in counts.items():
        if count > len(pools[is_positive]):
            what = "positives" if is_positive else "others"
            raise InvalidError(
                f"{percent:g} % of {total} takes {count} {what}; there are {len(pools[is_positive])}.", "draw_total"
            )
    drawn: list[tuple[UUID, str]] = []
    for is_positive, pool in pools.items():
        ranked = sorted(pool, key=lambda one: sha256(f"{seed}/{one[0]}".encode()).digest())
        drawn += ranked[: counts[is_positive]]
    return drawn


def wanted_counts(words: str) -> dict[str, int]:
    """Read "bleed: 40, normal: 60".

    Raises
    ------
    InvalidError : path "draw".
    """
    counts: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in words.split(","))):
        batch, colon, number = part.rpartition(":")
        if not colon or not number.strip().isascii() or not number.strip().isdigit() or len(number.strip()) > 6:
            raise InvalidError('Write how many of each batch: "bleed: 40, normal: 60".', "draw")
        counts[batch.strip()] = int(number)
    return counts


def counts_for_prevalence(total: int, prevalence: float, *, positive: str, negative: str) -> dict[str, int]:
    """How many cases of a batch of positives and one of negatives give a study so many, enriched to a prevalence."""
    if not 0 <= prevalence <= 1:
        raise InvalidError("A prevalence is between 0 and 1.", "prevalence")
    positives = round(total * prevalence)
    return {positive: positives, negative: total - positives}


def batches_of(cases: Iterable[tuple[UUID, str]]) -> dict[str, int]:
    """How many cases each batch has."""
    return dict(sorted(Counter(batch for _, batch in cases).items()))


def _line(at: int, line: dict[str, str]) -> ListedCase:
    case, study_uid = line.get("case", ""), line.get("study_uid", "")
    if bool(case) == bool(study_uid):
        raise InvalidError(f"Line {at} must name a case, or a study.", "list")
    if case:
        try:
            case = str(UUID(case))
        except ValueError as bad:
            raise InvalidError(f"Line {at}: {case[:40]!r} is no case's identifier.", "list") from bad
    truth: dict[str, object] = {
        name.removeprefix("truth:").strip(): _value(value)
        for name, value in line.items()
        if name.startswith("truth:") and value
    }
    return ListedCase(at, case, study_uid, line.get("batch", ""), line.get("stage", "") or "main", truth)


def _value(word: str) -> object:
    lowered = word.lower()
    if lowered in ("yes", "true", "1"):
        return True
    if lowered in ("no", "false", "0"):
        return False
    return word
