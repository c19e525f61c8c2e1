"""The questions of a study whose answers can be counted, with the answers that they have. Pure."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from annotator.labels.override import overridable
from annotator.labels.targets import AppliesTo
from annotator.readerstudies.analysis_plan import ANY_FINDING

_COUNTED = ("choice", "multiple", "boolean", "number")
# What most forms call a yes.
_PRESENT = "present"


@dataclass(frozen=True)
class AskedQuestion:
    """A question, and what can be answered to it.

    Attributes
    ----------
    reference : "schema.question", "schema.@category", "schema.@level" or "findings.any".
    values : (answer, what the form calls it) in the form's order; none for a number.
    applies_to : "case", "breast", "finding" or "slices".
    """

    reference: str
    title: str
    values: tuple[tuple[Hashable, str], ...]
    applies_to: str

    def answers_called(self, words: Iterable[Hashable]) -> tuple[Hashable, ...]:
        """The answers that somebody typed, as they are stored or as the form calls them; others as they were typed."""
        by_words: dict[str, Hashable] = {}
        for value, title in self.values:
            by_words |= {title.casefold(): value, str(value).casefold(): value}
        return tuple(by_words.get(str(one).casefold(), one) for one in words)

    @property
    def likely_positive(self) -> tuple[Hashable, ...]:
        """What counts as positive as long as nobody said so; nothing where that can't be guessed."""
        answers = [value for value, _ in self.values]
        return tuple(value for value in (True, _PRESENT) if any(value == one for one in answers))[:1]


def asked_questions(schemas: Iterable[tuple[str, str, Mapping[str, Any]]]) -> list[AskedQuestion]:
    """List what can be counted, and at the end whether anything was marked.

    Texts and drawings have no values to count. Answers about slices count as what was said of any slice of the case:
    two readers' ranges are seldom the same.

    Parameters
    ----------
    schemas : (key, title, definition) of each that the study asks.
    """
    found: list[AskedQuestion] = []
    for key, title, definition in schemas:
        applies_to = str(definition["applies_to"])
        is_of_slices = applies_to == AppliesTo.SLICES
        for what, values in ({} if is_of_slices else overridable(definition)).items():
            named = tuple((value, str(value)) for value in values)
            found.append(AskedQuestion(f"{key}.@{what}", f"{title} · {what}", named, applies_to))
        for question in definition["form"]["questions"]:
            if question["kind"] in _COUNTED:
                words = f"{title} · {question['title']}{', on any slice' if is_of_slices else ''}"
                found.append(AskedQuestion(f"{key}.{question['name']}", words, _values(question), applies_to))
    found.append(AskedQuestion(ANY_FINDING, "Any finding marked", ((True, "yes"), (False, "no")), "case"))
    return found


def _values(question: Mapping[str, Any]) -> tuple[tuple[Hashable, str], ...]:
    if question["kind"] == "boolean":
        return ((True, "yes"), (False, "no"))
    return tuple((option["value"], str(option["title"])) for option in question.get("options", ()))
