"""What a scoring needs of the form that it scores: for the checks of definitions."""

from collections.abc import Iterable, Mapping
from typing import Any

from annotator.labels.errors import DefinitionError

Questions = Mapping[str, Mapping[str, Any]]


def questions_by_name(definition: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the form's questions by name."""
    return {q["name"]: q for q in definition["form"]["questions"]}


def need_questions(questions: Questions, names: Iterable[str], kinds: tuple[str, ...]) -> None:
    """Let a scoring pass whose questions are asked, and are of these kinds.

    Raises
    ------
    DefinitionError : with path "scoring".
    """
    for name in names:
        if name not in questions or questions[name]["kind"] not in kinds:
            raise DefinitionError(f"the scoring needs a {' or '.join(kinds)} question {name!r}", "scoring")


def need_options(questions: Questions, names: Iterable[str], known: Iterable[str]) -> None:
    """Let a scoring pass that knows every option of these questions.

    Raises
    ------
    DefinitionError : with path "scoring".
    """
    values = {str(value) for value in known}
    for name in names:
        if strange := {o["value"] for o in questions[name]["options"]} - values:
            raise DefinitionError(f"the scoring knows no {', '.join(sorted(strange))} in {name!r}", "scoring")


def check_points(definition: Mapping[str, Any]) -> None:
    """Every option has points in every system, the levels begin at 0 and rise, and what is named exists.

    Raises
    ------
    DefinitionError : with the path of the fault.
    """
    scoring, questions = definition["scoring"], questions_by_name(definition)
    need_questions(questions, scoring["categories"], ("choice", "multiple"))
    need_questions(questions, [scoring["size"]] if "size" in scoring else [], ("number",))
    names = [system["name"] for system in scoring["systems"]]
    if len(set(names)) != len(names):
        raise DefinitionError("two systems have one name", "scoring.systems")
    for system in scoring["systems"]:
        for category in scoring["categories"]:
            for option in questions[category]["options"]:
                if system["name"] not in option.get("points", {}):
                    raise DefinitionError(
                        f"{option['value']!r} of {category!r} has no points in {system['name']!r}", "form.questions"
                    )
        for category, features in system.get("ends_at_zero", {}).items():
            known = {o["value"] for o in questions.get(category, {}).get("options", [])}
            if category not in scoring["categories"] or not set(features) <= known:
                raise DefinitionError(f"{system['name']!r} ends at features that don't exist", "scoring.systems")
    starts = [level["from"] for level in scoring["levels"]]
    if starts != sorted(set(starts)) or starts[0] != 0:
        raise DefinitionError("levels must begin at 0 points and rise", "scoring.levels")
    titles = [level["level"] for level in scoring["levels"]]
    if len(set(titles)) != len(titles):
        raise DefinitionError("two levels have one name", "scoring.levels")
