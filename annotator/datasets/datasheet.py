"""A release's datasheet, in Markdown: what is known is said, what nobody wrote down is called unknown. Pure.

Source of the headings: Gebru T et al., Datasheets for Datasets, Commun ACM 2021;64(12):86-92.
"""

from collections.abc import Iterable
from typing import Any

from annotator.datasets.flow_chart import FlowChart

UNKNOWN = "Unknown: nobody wrote it down."
_WHOSE = {
    "all": "every reader's marks and answers, each with its reader",
    "reader": "one reader's marks and answers",
    "consensus": "the consensus of several readers",
    "adjudicated": "the reading that was approved in review",
}
_UNCERTAIN = {
    "as_positive": "as present (1)",
    "as_negative": "as absent (0)",
    "ignore": "as nothing: they are left out",
    "soft": "as 0.5",
}


def datasheet_of(facts: dict[str, Any]) -> str:
    """The whole sheet.

    Parameters
    ----------
    facts : "cohort", "description", "words" (CohortWords as JSON), "number", "title", "frozen_on", "content_hash",
        "recipe", "header", "flow", "balance", "people", "model_versions".
    """
    words: dict[str, str] = facts["words"]
    parts = [
        f"# {_line(facts['title'])}",
        f"Release {facts['number']} of the cohort “{_line(facts['cohort'])}”, frozen on {facts['frozen_on']}. "
        f"Content hash (SHA-256): `{facts['content_hash']}`. For research use. Not for diagnosis.",
        _section("Motivation"),
        _asked("For what purpose was it made?", words.get("purpose") or facts["description"]),
        _asked("Who funded it?", words.get("funding")),
        _section("Composition"),
        _composition(facts),
        _section("Collection process"),
        _asked("How were the pictures acquired and chosen?", words.get("collection")),
        _selection(facts),
        _asked("Did the patients consent?", words.get("consent")),
        _asked("Was there an ethical review?", words.get("ethics")),
        _section("Preprocessing, cleaning, labelling"),
        _labelling(facts),
        _section("Uses"),
        _asked("What is it recommended for?", words.get("recommended_uses")),
        _asked("What must it not be used for?", words.get("not_to_be_used_for")),
        _section("Distribution"),
        _asked("How is it distributed?", words.get("distribution")),
        _asked("Under which licence?", words.get("licence")),
        _section("Maintenance"),
        _asked("Who maintains it, and how?", words.get("maintenance")),
        _asked("Whom does one ask?", words.get("contact")),
        "Errors are mended in a later release of the cohort, which keeps every patient on their side of the split. "
        "This release never changes, but for the removal of patients who withdraw.",
    ]
    return "\n\n".join(parts) + "\n"


def _composition(facts: dict[str, Any]) -> str:
    header, balance = facts["header"], facts["balance"]
    rows = [
        [side, *(f"{counts[name]:,}" for name in ("patients", "studies", "stacks", "frames", "marks", "answers"))]
        for side in header["splits"]
        for counts in [header["counts"][side]]
    ]
    parts = [
        _table(["side", "patients", "studies", "stacks", "pictures", "marks", "answers"], rows),
        _asked("Which modalities?", _totals(balance["modalities"])),
        _asked("Which classes of marks?", _totals(balance["classes"])),
        _asked("From which scanners (patients)?", _totals(balance["scanners"])),
        _asked("From which sites (patients)?", _totals(balance["sites"])),
        _asked(
            "Is anything about the patients in it?",
            "Patients, readers and sites stand under pseudonyms; objects made by an export carry these.",
        ),
        _asked("Of which sex (patients)?", _totals(balance["sexes"])),
        _asked("How old were they (patients, at their first study here)?", _totals(balance["ages"], by_name=True)),
        _asked("Of which origin?", None),
    ]
    return "\n\n".join(parts)


def _selection(facts: dict[str, Any]) -> str:
    flow = FlowChart.from_json(facts["flow"])
    lines = [f"- There were {flow.start.words}."]
    lines += [f"- Taken out, {_line(step.reason)}: {step.excluded.words}." for step in flow.steps]
    lines.append(f"- Left: {flow.left.words}.")
    lines += [f"- Group {_line(name)}: {counts.words}." for name, counts in flow.groups]
    return "\n".join(lines)


def _labelling(facts: dict[str, Any]) -> str:
    truth, split = facts["recipe"]["truth"], facts["recipe"]["split"]
    whose = _WHOSE[truth["whose"]]
    if truth["whose"] == "consensus":
        whose += (
            f": at least {truth['minimum_readers']} readers; marks are one from an overlap (IoU) of "
            f"{truth['minimum_overlap']:g}; ties are named and left out"
        )
    people = [f"{one['who']} ({one['role']}, {one['did']})" for one in facts["people"]]
    models = [f"{one['name']} {one['version']} ({one['content_hash'][:12]}…)" for one in facts["model_versions"]]
    how = (
        f"into {split['folds']} folds"
        if split["folds"]
        else f"into train, val and test by {', '.join(f'{one:g}' for one in split['fractions'])}"
    )
    return "\n\n".join(
        [
            _asked("What counts as truth?", f"{whose}. Submitted readings only: {_yes(truth['submitted_only'])}."),
            _asked("What do uncertain answers count as?", _UNCERTAIN[truth["uncertain"]]),
            _asked("Who took part?", "; ".join(people)),
            _asked("With which label schemas?", ", ".join(sorted(facts["header"]["schemas"])) or "none"),
            _asked(
                "Were marks proposed by models?",
                "; ".join(models)
                if models
                else f"None that counts. Accepted proposals would count: {_yes(truth['accepted_suggestions'])}.",
            ),
            _asked(
                "How is it split?",
                f"By patient, {how}, seed {split['seed']}, held even by "
                f"{', '.join(split['stratify_by']) or 'nothing'}. Patients of earlier releases kept their side.",
            ),
            _asked(
                "Was it checked for leaks?",
                "Persons, examinations and near-duplicate pictures across sides; none was left."
                if facts["recipe"]["leaks"]["near_duplicates"]
                else "Persons and examinations across sides; pictures were not compared.",
            ),
        ]
    )


def _section(title: str) -> str:
    return f"## {title}"


def _asked(question: str, answer: str | None) -> str:
    said = (answer or "").strip()
    return f"**{question}** {_escaped(said[0].upper() + said[1:]) if said else UNKNOWN}"


def _totals(by_side: dict[str, dict[str, int]], *, by_name: bool = False) -> str:
    total: dict[str, int] = {}
    for counts in by_side.values():
        for name, count in counts.items():
            total[name] = total.get(name, 0) + count
    ordered = sorted(total.items(), key=lambda one: (0 if by_name else -one[1], one[0]))
    return ", ".join(f"{name} {count:,}" for name, count in ordered) or "none"


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(_line(cell) for cell in line)} |" for line in lines)


def _line(text: str) -> str:
    """Text that stays within a heading or a cell of a table."""
    return _escaped(" ".join(str(text).split())).replace("|", "\\|")


def _escaped(text: str) -> str:
    """Text that people typed, so that it can be no markup of its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _yes(value: bool) -> str:
    return "yes" if value else "no"
