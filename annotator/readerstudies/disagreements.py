"""Where readers of a case disagree by the study's rules: what an adjudicator is asked to settle. Pure."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from annotator.readerstudies.agreement import Read, dice_of, enclosed_by
from annotator.readerstudies.analysis_plan import DisagreementRules
from annotator.readerstudies.consensus import lesion_groups, plain
from annotator.statistics.lesion_matching import SAME_LESION


@dataclass(frozen=True)
class Disagreement:
    """One thing that readers of a case see differently.

    Attributes
    ----------
    kind : "label", "outline" or "missed".
    about : "" for the case, "L" or "R", two frames of a range, "lesion 2"; a lesion's number is the case's own.
    question : "schema.question" of a label.
    said : what each reader said, by reader; None for one who said nothing. Of outlines Dice's coefficient of the pair
        that agrees least; of a missed lesion whether each marked it.
    frame : a frame to look at, where it is about a lesion.
    """

    kind: str
    about: str
    question: str
    said: Mapping[str, Any]
    frame: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"said": dict(self.said)}


def disagreements_of(
    reads: Sequence[Read], rules: DisagreementRules, *, minimum_overlap: float = SAME_LESION
) -> list[Disagreement]:
    """What the readers of one case disagree about; nothing where fewer than two read it.

    The order of the reads doesn't matter, and no read is changed.
    """
    reads = sorted(reads, key=lambda read: read.reader)
    if len(reads) < 2:
        return []
    things = [(read.reader, finding, what) for read in reads for finding, what in sorted(enclosed_by(read).items())]
    groups = lesion_groups([(reader, what) for reader, _, what in things], least=minimum_overlap)
    found: list[Disagreement] = []
    lesion_of: dict[tuple[str, str], str] = {}
    for number, group in enumerate(groups, 1):
        members = [things[at] for at in group]
        about = f"lesion {number}"
        lesion_of |= {(reader, finding): about for reader, finding, _ in members}
        frame = min(members[0][2])
        marked = {reader for reader, _, _ in members}
        if rules.missed_lesion and len(marked) < len(reads):
            said = {read.reader: read.reader in marked for read in reads}
            found.append(Disagreement("missed", about, "", said, frame))
        if rules.dice_below is not None and len(members) > 1:
            least = min((dice_of(one[2], other[2]), one[0], other[0]) for one, other in combinations(members, 2))
            if least[0] < rules.dice_below:
                dice = round(least[0], 3)
                found.append(Disagreement("outline", about, "", {least[1]: dice, least[2]: dice}, frame))
    if rules.labels:
        found = _labels(reads, lesion_of, rules) + found
    return found


def _labels(
    reads: Sequence[Read], lesion_of: Mapping[tuple[str, str], str], rules: DisagreementRules
) -> list[Disagreement]:
    said: dict[tuple[str, str], dict[str, Hashable]] = defaultdict(dict)
    for read in reads:
        for (about, schema), answers in read.answers.items():
            place = lesion_of.get((read.reader, about), about)
            for question, value in answers.items():
                reference = f"{schema.partition('@')[0]}.{question}"
                if not rules.questions or reference in rules.questions:
                    said[place, reference][read.reader] = plain(value)
    found = []
    for (about, question), values in sorted(said.items()):
        # Of the case and a breast everybody was asked; of a lesion only who marked it, and a missed one is told above.
        asked = [read.reader for read in reads] if about in ("", "L", "R") else sorted(values)
        if len({values.get(reader) for reader in asked}) > 1:
            found.append(Disagreement("label", about, question, {reader: values.get(reader) for reader in asked}))
    return found
