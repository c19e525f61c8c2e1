"""Everything that is wrong with a definition that is being written, each with its place. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from annotator.labels.drafting import completed
from annotator.labels.errors import DefinitionError
from annotator.labels.exchange import check_title
from annotator.labels.schema import check_definition

MOST_FAULTS = 50


@dataclass(frozen=True)
class Fault:
    """`path` as in messages: "form.questions[2].title"; empty for the whole."""

    path: str
    detail: str

    def to_json(self) -> dict[str, str]:
        """Return it as the API answers it."""
        return {"path": self.path, "detail": self.detail}


def faults_of(title: object, definition: object) -> list[Fault]:
    """Return what keeps a draft from being published, in the order of the form; nothing where it could be.

    What each question and option lacks by itself is told all at once, for people mend them one by one; what only shows
    between them (a condition on a question that is gone) is told first come, first served, once those are mended.
    """
    faults = [*_of_title(title), *_of_questions(definition)][:MOST_FAULTS]
    if any(fault.path != "title" for fault in faults):
        return faults
    try:
        check_definition(completed(definition))
    except DefinitionError as error:
        faults.append(Fault(error.path, str(error)))
    return faults


def _of_title(title: object) -> Iterator[Fault]:
    try:
        check_title(title)
    except DefinitionError as error:
        yield Fault(error.path, str(error))


def _of_questions(definition: object) -> Iterator[Fault]:
    """Faults of single questions and options that people make while they write."""
    form = definition.get("form") if isinstance(definition, dict) else None
    questions = form.get("questions") if isinstance(form, dict) else None
    if not isinstance(questions, list):
        return
    if not questions:
        yield Fault("form.questions", "a schema asks at least one question: add one")
    names: set[str] = set()
    for place, question in enumerate(questions):
        if not isinstance(question, dict):
            continue
        path = f"form.questions[{place}]"
        if not str(question.get("title") or "").strip():
            yield Fault(f"{path}.title", "a question needs a title")
        name = question.get("name")
        if not name:
            yield Fault(f"{path}.name", "a question needs a name")
        elif str(name) in names:
            yield Fault(f"{path}.name", f"another question is named {name!r} already")
        names.add(str(name))
        if question.get("kind") in ("choice", "multiple"):
            yield from _of_options(question.get("options"), f"{path}.options")
        elif question.get("kind") == "number":
            yield from _of_bounds(question, path)


def _of_options(options: Any, path: str) -> Iterator[Fault]:
    if not isinstance(options, list) or not options:
        yield Fault(path, "a choice needs options: add some")
        return
    values: set[str] = set()
    for place, option in enumerate(options):
        if not isinstance(option, dict):
            continue
        if not str(option.get("title") or "").strip():
            yield Fault(f"{path}[{place}].title", "an option needs a title")
        value = option.get("value")
        if not value:
            yield Fault(f"{path}[{place}].value", "an option needs a value")
        elif str(value) in values:
            yield Fault(f"{path}[{place}].value", f"another option has the value {value!r} already")
        values.add(str(value))


def _of_bounds(question: dict[str, Any], path: str) -> Iterator[Fault]:
    bounds = [question.get(name) for name in ("minimum", "maximum")]
    for name, bound in zip(("minimum", "maximum"), bounds, strict=True):
        if bound is None:
            yield Fault(f"{path}.{name}", f"a number needs a {name}")
    if all(isinstance(bound, int | float) for bound in bounds) and bounds[0] > bounds[1]:  # type: ignore[operator]
        yield Fault(f"{path}.maximum", "the maximum lies below the minimum")
