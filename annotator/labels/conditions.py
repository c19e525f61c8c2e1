"""When a question of a form is asked: conditions on the answers to other questions. Pure.

A condition is JSON:

    {"question": q, "is": value}            the answer to q is this value
    {"question": q, "is_one_of": [values]}  ... one of these
    {"question": q, "includes": value}      several may be chosen in q, and this is among them
    {"question": q, "answered": true}       q is answered (false: it is not)
    {"all": [...]}  {"any": [...]}  {"not": {...}}

A question that is not asked has no answer: conditions on it see it unanswered, whatever was kept of it. The viewer's
twin is frontend/viewer/src/panels/form_conditions.ts; both are held against condition_cases.json in the tests.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotator.labels.errors import DefinitionError

Condition = Mapping[str, Any]
Questions = Sequence[Mapping[str, Any]]

_COMPARISONS = ("is", "is_one_of", "includes", "answered")
_WORDS = (
    'a condition is {"question", "is" | "is_one_of" | "includes" | "answered"}, {"all": [...]}, {"any": [...]} or '
    '{"not": {...}}'
)


def is_answered(value: object) -> bool:
    """Whether a value is an answer: nothing, blank text and an empty choice are none; false and 0 are."""
    return value is not None and value != [] and not (isinstance(value, str) and value.strip() == "")


def holds(condition: Condition, answers: Mapping[str, Any]) -> bool:
    """Whether a checked condition holds.

    Parameters
    ----------
    answers : of the questions that are asked; see shown_answers.
    """
    if "all" in condition:
        return all(holds(part, answers) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, answers) for part in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], answers)
    value = answers.get(condition["question"])
    if "answered" in condition:
        return is_answered(value) is condition["answered"]
    if "includes" in condition:
        return isinstance(value, list) and any(_same(one, condition["includes"]) for one in value)
    wanted = condition["is_one_of"] if "is_one_of" in condition else [condition["is"]]
    return any(_same(value, one) for one in wanted)


def shown_answers(questions: Questions, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that count: those of questions that are asked, in the order in which they were given."""
    shown = set(shown_questions(questions, answers))
    return {name: value for name, value in answers.items() if name in shown}


def shown_questions(questions: Questions, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the questions that are asked, in the form's order.

    Parameters
    ----------
    questions : of a checked definition's form. Questions that wait for each other in a circle are never asked.
    """
    asked: dict[str, Any] = {}
    for question in _in_order(questions):
        name, condition = question["name"], question.get("show_when")
        if condition is None or holds(condition, asked):
            asked[name] = answers.get(name)
    return tuple(q["name"] for q in questions if q["name"] in asked)


def condition_in_words(condition: Condition, questions: Questions) -> str:
    """A condition as one would say it, e.g. 'Haemorrhage is "Present"'."""
    if "not" in condition:
        return f"not ({condition_in_words(condition['not'], questions)})"
    for name, joint in (("all", " and "), ("any", " or ")):
        if name in condition:
            parts = [condition_in_words(part, questions) for part in condition[name]]
            return parts[0] if len(parts) == 1 else "(" + joint.join(parts) + ")"
    question = next((q for q in questions if q["name"] == condition["question"]), {"title": condition["question"]})
    title = str(question["title"])
    if "answered" in condition:
        return f"{title} is {'' if condition['answered'] else 'not '}answered"
    if "includes" in condition:
        return f"{title} includes {_value_in_words(condition['includes'], question)}"
    wanted = condition["is_one_of"] if "is_one_of" in condition else [condition["is"]]
    return f"{title} is {' or '.join(_value_in_words(one, question) for one in wanted)}"


def check_conditions(questions: Questions) -> None:
    """Check every condition of a form whose questions have their shape and a name each.

    Raises
    ------
    DefinitionError : no condition at all, an unknown question, a value that the question doesn't have, or questions
        that wait for each other in a circle; with the path, e.g. "form.questions[2].show_when.all[0].is".
    """
    by_name = {q["name"]: q for q in questions}
    for place, question in enumerate(questions):
        if "show_when" in question:
            _check_condition(question["show_when"], by_name, f"form.questions[{place}].show_when")
    _check_no_circle(questions)


def _same(one: object, other: object) -> bool:
    """Equal as JSON has it: true is not 1."""
    return isinstance(one, bool) is isinstance(other, bool) and one == other


def _mentioned(condition: Condition, path: str) -> Iterator[tuple[str, str]]:
    """Questions that a condition asks about, with the path of each."""
    if "question" in condition:
        yield condition["question"], path
    for name in ("all", "any"):
        for place, part in enumerate(condition.get(name, ())):
            yield from _mentioned(part, f"{path}.{name}[{place}]")
    if "not" in condition:
        yield from _mentioned(condition["not"], f"{path}.not")


def _waits_for(question: Mapping[str, Any]) -> set[str]:
    return {name for name, _ in _mentioned(question["show_when"], "")} if "show_when" in question else set()


def _in_order(questions: Questions) -> list[Mapping[str, Any]]:
    """The questions so that each comes behind those that it waits for; those in a circle, or behind one, left out."""
    waiting = {q["name"]: _waits_for(q) for q in questions}
    if not any(waiting.values()):
        return list(questions)
    ordered: list[Mapping[str, Any]] = []
    left = list(questions)
    done: set[str] = set()
    while ready := [q for q in left if waiting[q["name"]] <= done]:
        ordered += ready
        done |= {q["name"] for q in ready}
        left = [q for q in left if q["name"] not in done]
    return ordered


def _check_no_circle(questions: Questions) -> None:
    ordered = {q["name"] for q in _in_order(questions)}
    waiting = {q["name"]: _waits_for(q) - ordered for q in questions if q["name"] not in ordered}
    if not waiting:
        return
    walked = [next(iter(waiting))]
    while (following := min(waiting[walked[-1]])) not in walked:
        walked.append(following)
    circle = [*walked[walked.index(following) :], following]
    place, first = next((at, q) for at, q in enumerate(questions) if q["name"] == circle[0])
    start = f"form.questions[{place}].show_when"
    path = next(path for name, path in _mentioned(first["show_when"], start) if name == circle[1])
    raise DefinitionError(f"these questions wait for each other in a circle: {' → '.join(circle)}", path)


def _check_condition(condition: object, questions: Mapping[str, Mapping[str, Any]], path: str) -> None:
    if not isinstance(condition, dict):
        raise DefinitionError(_WORDS, path)
    if len(condition) == 1 and (name := next(iter(condition))) in {"all", "any", "not"}:
        parts = [condition[name]] if name == "not" else condition[name]
        if not isinstance(parts, list) or not parts:
            raise DefinitionError(f'"{name}" needs a list of conditions', f"{path}.{name}")
        for place, part in enumerate(parts):
            _check_condition(part, questions, f"{path}.{name}" + ("" if name == "not" else f"[{place}]"))
        return
    compared = [name for name in _COMPARISONS if name in condition]
    if "question" not in condition or len(compared) != 1 or len(condition) != 2:
        raise DefinitionError(_WORDS, path)
    asked = condition["question"]
    if not isinstance(asked, str) or asked not in questions:
        raise DefinitionError(f"there is no question {asked!r} in this form", f"{path}.question")
    _check_comparison(compared[0], condition[compared[0]], questions[asked], f"{path}.{compared[0]}")


def _check_comparison(comparison: str, wanted: object, question: Mapping[str, Any], path: str) -> None:
    name, kind = question["name"], question["kind"]
    if comparison == "answered":
        if not isinstance(wanted, bool):
            raise DefinitionError('"answered" is true or false', path)
        return
    if kind == "draw":
        raise DefinitionError(f'{name!r} is answered by drawing: only "answered" can be asked of it', path)
    if (comparison == "includes") is not (kind == "multiple"):
        fitting = '"includes"' if kind == "multiple" else '"is" or "is_one_of"'
        raise DefinitionError(f"{name!r} is a {kind} question: ask {fitting} of it", path)
    if comparison != "is_one_of":
        _check_value(wanted, question, path)
        return
    if not isinstance(wanted, list) or not wanted:
        raise DefinitionError('"is_one_of" needs a list of values', path)
    for place, one in enumerate(wanted):
        _check_value(one, question, f"{path}[{place}]")


def _check_value(wanted: object, question: Mapping[str, Any], path: str) -> None:
    kind, name = question["kind"], question["name"]
    if kind in {"choice", "multiple"}:
        known = [option["value"] for option in question["options"]]
        if not isinstance(wanted, str) or wanted not in known:
            raise DefinitionError(f"{name!r} has no option {wanted!r}: it has {', '.join(known)}", path)
    elif kind == "boolean":
        if not isinstance(wanted, bool):
            raise DefinitionError(f"{name!r} is answered by true or false, not by {wanted!r}", path)
    elif kind == "number":
        if isinstance(wanted, bool) or not isinstance(wanted, int | float):
            raise DefinitionError(f"{name!r} is answered by a number, not by {wanted!r}", path)
        if not question.get("minimum", wanted) <= wanted <= question.get("maximum", wanted):
            raise DefinitionError(f"{name!r} can't be {wanted!r}: it lies outside its bounds", path)
    elif not isinstance(wanted, str) or not wanted.strip():
        raise DefinitionError(f"{name!r} is answered by text, not by {wanted!r}", path)


def _value_in_words(value: object, question: Mapping[str, Any]) -> str:
    titles = [str(o["title"]) for o in question.get("options", ()) if o["value"] == value]
    if titles:
        return f'"{titles[0]}"'
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
