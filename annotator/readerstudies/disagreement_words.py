"""A disagreement in words, for who assigns it and for who settles it. Pure."""

from collections.abc import Mapping
from typing import Any

from annotator.readerstudies.asked_questions import AskedQuestion

_BREASTS = {"L": "left breast", "R": "right breast"}


def words_of(disagreement: Mapping[str, Any], questions: Mapping[str, AskedQuestion]) -> str:
    """Say who says what.

    Parameters
    ----------
    disagreement : as Disagreement.to_json has it, with readers by whatever they are called here.
    questions : by reference; what isn't among them is said as it is stored.
    """
    said, about = disagreement["said"], disagreement["about"]
    where = _BREASTS.get(about, about)
    if disagreement["kind"] == "missed":
        marked = [reader for reader, did in said.items() if did]
        missed = [reader for reader, did in said.items() if not did]
        return f"{where.capitalize()}: marked by {_listed(marked)}, not by {_listed(missed)}"
    if disagreement["kind"] == "outline":
        dice = next(iter(said.values()))
        return f"{where.capitalize()}: the outlines of {_listed(list(said))} overlap by a Dice of {dice:.2f} only"
    asked = questions.get(disagreement["question"])
    title = asked.title if asked else disagreement["question"]
    answers = "; ".join(f"{reader}: {_answer(value, asked)}" for reader, value in said.items())
    return f"{title}{f' ({where})' if where and ' ' not in about else ''}. {answers}"


def _answer(value: Any, asked: AskedQuestion | None) -> str:
    if value is None:
        return "no answer"
    if isinstance(value, list | tuple):
        return ", ".join(_answer(one, asked) for one in value) or "none"
    titles = {str(one): words for one, words in asked.values} if asked else {}
    return titles.get(str(value), str(value))


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else "nobody"
