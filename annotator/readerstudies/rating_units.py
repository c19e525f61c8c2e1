"""What readers are compared on: for each unit who said what. A unit is a case, a breast or a joined lesion. Pure."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from annotator.readerstudies.agreement import enclosed_by
from annotator.readerstudies.consensus import is_finding, lesion_groups
from annotator.readerstudies.study_reads import FrameOrder, StudyRead, compared_read, said_by
from annotator.statistics.lesion_matching import SAME_LESION

# What a joined lesion is called, with its number behind.
LESION = "lesion"
# (item, what of it: "" the case, "L", "R", "lesion 1")
Unit = tuple[int, str]


@dataclass(frozen=True)
class RatingTable:
    """Units by readers.

    Attributes
    ----------
    units, readers : sorted.
    said : a row a unit, a column a reader; None where a reader said nothing, or didn't read it.
    """

    units: tuple[Unit, ...]
    readers: tuple[str, ...]
    said: tuple[tuple[Hashable | None, ...], ...]

    def of(self, reader: str) -> list[Hashable | None]:
        """What one reader said, unit by unit."""
        at = self.readers.index(reader)
        return [row[at] for row in self.said]


def first_readings(reads: Iterable[StudyRead]) -> list[StudyRead]:
    """Of a case that a reader read several times under the same condition the first one."""
    first: dict[tuple[str, int, tuple[str, str]], StudyRead] = {}
    for read in sorted(reads, key=lambda one: (one.session, one.handed_in_at)):
        first.setdefault((read.reader, read.item, read.condition), read)
    return list(first.values())


def rating_table(
    reads: Sequence[StudyRead],
    question: str,
    *,
    order: FrameOrder | None = None,
    minimum_overlap: float = SAME_LESION,
) -> RatingTable:
    """Who said what to a question, of reads under one condition.

    A question about findings is compared on lesions that at least two readers marked, joined by overlap: for that the
    reads need their annotations, and `order` where marks hold for spans.
    """
    values: dict[Unit, dict[str, Hashable]] = defaultdict(dict)
    by_item: dict[int, list[StudyRead]] = defaultdict(list)
    for read in reads:
        by_item[read.item].append(read)
    for item, of_case in by_item.items():
        said = {read.reader: said_by(read, question) for read in of_case}
        if any(is_finding(about) for one in said.values() for about in one):
            said = _by_lesion(of_case, said, order or FrameOrder(), minimum_overlap)
        for reader, answers in said.items():
            for about, value in answers.items():
                values[item, about][reader] = value
    units = tuple(sorted(values))
    readers = tuple(sorted({read.reader for read in reads}))
    return RatingTable(units, readers, tuple(tuple(values[unit].get(reader) for reader in readers) for unit in units))


def _by_lesion(
    reads: Sequence[StudyRead], said: Mapping[str, Mapping[str, Hashable]], order: FrameOrder, least: float
) -> dict[str, dict[str, Hashable]]:
    things = [
        (read.reader, finding, what)
        for read in sorted(reads, key=lambda one: one.reader)
        for finding, what in sorted(enclosed_by(compared_read(read, order)).items())
    ]
    groups = lesion_groups([(reader, what) for reader, _, what in things], least=least)
    found: dict[str, dict[str, Hashable]] = {read.reader: {} for read in reads}
    number = 0
    for group in groups:
        if len(group) < 2:
            continue
        number += 1
        for reader, finding, _ in (things[at] for at in group):
            if finding in said[reader]:
                found[reader][f"{LESION} {number}"] = said[reader][finding]
    return found
