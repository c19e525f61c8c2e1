"""Words that label slices, read as answers to a schema of slices. Pure.

A reader may label slices with words ("subdural") or answer a form about them. Words that name a question of the form
say that it is present there, so that both ways mean the same.
"""

from collections.abc import Mapping
from typing import Any

from annotator.labels.head_ct import Sign


def answers_of_words(definition: Mapping[str, Any], words: str) -> dict[str, Any]:
    """What a label of slices answers in a schema of slices; empty where its words name no question.

    Parameters
    ----------
    definition : a checked one that applies to slices.
    words : of the label; they name a question by its name or its title, capitals and underscores aside.
    """
    wanted = _plain(words)
    for question in definition["form"]["questions"]:
        if wanted not in {_plain(question["name"]), _plain(question["title"])}:
            continue
        if question["kind"] == "boolean":
            return {question["name"]: True}
        if question["kind"] == "choice" and Sign.PRESENT in {option["value"] for option in question["options"]}:
            return {question["name"]: Sign.PRESENT.value}
    return {}


def _plain(words: str) -> str:
    return " ".join(words.replace("_", " ").casefold().split())
