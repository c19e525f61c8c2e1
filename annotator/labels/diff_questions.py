"""What changed in the questions of a form, their options, their conditions and what may be answered. Pure."""

from collections.abc import Iterator
from typing import Any

from annotator.labels.conditions import condition_in_words
from annotator.labels.diff_words import Change, moved, number, plain_changes, quoted, same

Definition = dict[str, Any]
_CONDITIONS = ("show_when", "visible_when")
_BOUNDS = ("minimum", "maximum")
_OF_OPTION = {"value", "title", "help", "key", "points", "excludes_others"}


def question_changes(old: Definition, new: Definition) -> Iterator[Change]:
    """Every difference between the questions of two checked definitions."""
    before, after = _by_name(old), _by_name(new)
    for name, (at, question) in before.items():
        if name not in after:
            words = f"{_called(question)} was taken out: answers that hold one to it are refused."
            yield Change("questions", f"form.questions[{at}]", words, breaks=True, scores=True)
    for name, (at, question) in after.items():
        path = f"form.questions[{at}]"
        if name not in before:
            yield Change("questions", path, f"{_called(question)} is new ({question['kind']}).", scores=True)
            continue
        yield from _one_question(before[name][1], question, path, definitions=(old, new))
        allowed = [one["answers"]["properties"][name] for one in (old, new)]
        yield from _answer_changes(*allowed, question=question)
        if all(same(allowed[0].get(bound), allowed[1].get(bound)) for bound in _BOUNDS):
            for bound in _BOUNDS:
                if not same(before[name][1].get(bound), question.get(bound)):
                    words = f"{_called(question)}: the form says its {bound} as {number(question.get(bound))} now."
                    yield Change("questions", f"{path}.{bound}", words)
    for name in moved(list(before), list(after)):
        at, question = after[name]
        words = f"{_called(question)} moved from place {before[name][0] + 1} to {at + 1}."
        yield Change("questions", f"form.questions[{at}]", words)


def _one_question(
    old: dict[str, Any], new: dict[str, Any], path: str, *, definitions: tuple[Definition, Definition]
) -> Iterator[Change]:
    called = _called(new)
    if old["title"] != new["title"]:
        yield Change("questions", f"{path}.title", f"{_called(old)} is called {quoted(new['title'])} now.")
    if old["kind"] != new["kind"]:
        words = f"{called} was of kind {old['kind']} and is of kind {new['kind']}."
        yield Change("questions", f"{path}.kind", words, breaks=True, scores=True)
    for name in ("help", "key", "unit"):
        if old.get(name) != new.get(name):
            word = "hot key" if name == "key" else name
            words = f"{called}: {word} {quoted(old.get(name))} → {quoted(new.get(name))}."
            yield Change("questions", f"{path}.{name}", words, breaks=name == "unit")
    if old.get("group") != new.get("group"):
        headings = {group["name"]: group["title"] for group in definitions[1]["form"].get("groups", [])}
        heading = quoted(headings[new["group"]]) if "group" in new else "no heading"
        yield Change("questions", f"{path}.group", f"{called} stands under {heading} now.")
    if bool(old.get("required")) != bool(new.get("required")):
        words = f"{called} {'must' if new.get('required') else 'need not'} be answered now."
        yield Change("questions", f"{path}.required", words)
    for name in _CONDITIONS:
        if not same(old.get(name), new.get(name)):
            yield _condition_change(old, new, f"{path}.{name}", name=name, definitions=definitions)
    told = {"name", "title", "kind", "help", "key", "unit", "group", "required", "options", *_CONDITIONS, *_BOUNDS}
    rest = [{part: value for part, value in one.items() if part not in told} for one in (old, new)]
    for change in plain_changes("questions", rest[0], rest[1], path):
        yield Change("questions", change.path, f"{called}: {change.words.removeprefix(path + '.')}.", breaks=True)
    yield from _option_changes(old.get("options", []), new.get("options", []), path, called=called)


def _condition_change(
    old: dict[str, Any], new: dict[str, Any], path: str, *, name: str, definitions: tuple[Definition, Definition]
) -> Change:
    called = _called(new)
    before, after = old.get(name), new.get(name)
    if after is None:
        words = f"{called} is always asked now; it was asked when {_in_words(before, definitions[0])}."
        return Change("conditions", path, words)
    now = _in_words(after, definitions[1])
    if before is None:
        return Change("conditions", path, f"{called} is only asked when {now}; it was always asked.", breaks=True)
    words = f"{called} is asked when {now}; it was asked when {_in_words(before, definitions[0])}."
    return Change("conditions", path, words, breaks=True)


def _in_words(condition: Any, definition: Definition) -> str:
    """A condition, also one of the older form {question: value or values}."""
    if set(condition) <= set(definition["answers"]["properties"]):
        parts = [
            {"question": name, "is_one_of": value if isinstance(value, list) else [value]}
            for name, value in condition.items()
        ]
        condition = {"all": parts}
    return condition_in_words(condition, definition["form"]["questions"])


def _option_changes(
    old: list[dict[str, Any]], new: list[dict[str, Any]], path: str, *, called: str
) -> Iterator[Change]:
    before = {option["value"]: (at, option) for at, option in enumerate(old)}
    after = {option["value"]: (at, option) for at, option in enumerate(new)}
    for value, (at, option) in before.items():
        if value not in after and after:
            words = f"{called}: {quoted(option['title'])} can't be chosen any more."
            yield Change("options", f"{path}.options[{at}]", words, breaks=True, scores=True)
    for value, (at, option) in after.items():
        here = f"{path}.options[{at}]"
        if value in before:
            yield from _one_option(before[value][1], option, here, called=called)
        elif before:
            yield Change("options", here, f"{called}: {quoted(option['title'])} can be chosen now.", scores=True)
    for value in moved(list(before), list(after)):
        at, option = after[value]
        words = f"{called}: {quoted(option['title'])} moved from place {before[value][0] + 1} to {at + 1}."
        yield Change("options", f"{path}.options[{at}]", words)


def _one_option(old: dict[str, Any], new: dict[str, Any], path: str, *, called: str) -> Iterator[Change]:
    this = f"{called}, {quoted(new['title'])}"
    if old["title"] != new["title"]:
        words = f"{called}: {quoted(old['title'])} is called {quoted(new['title'])} now."
        yield Change("options", f"{path}.title", words)
    for name in ("help", "key"):
        if old.get(name) != new.get(name):
            word = "hot key" if name == "key" else name
            words = f"{this}: {word} {quoted(old.get(name))} → {quoted(new.get(name))}."
            yield Change("options", f"{path}.{name}", words)
    systems = {**old.get("points", {}), **new.get("points", {})}
    for system in systems:
        points = [one.get("points", {}).get(system) for one in (old, new)]
        if not same(*points):
            words = f"{this}: {system} {number(points[0])} → {number(points[1])} points."
            yield Change("options", f"{path}.points.{system}", words, scores=True)
    if bool(old.get("excludes_others")) != bool(new.get("excludes_others")):
        on = bool(new.get("excludes_others"))
        words = f"{this} {'stands alone' if on else 'goes together with others'} now."
        yield Change("options", f"{path}.excludes_others", words, breaks=on)
    rest = [{part: value for part, value in one.items() if part not in _OF_OPTION} for one in (old, new)]
    for change in plain_changes("options", rest[0], rest[1], path):
        yield Change("options", change.path, f"{this}: {change.words.removeprefix(path + '.')}.", scores=True)


def _answer_changes(old: dict[str, Any], new: dict[str, Any], *, question: dict[str, Any]) -> Iterator[Change]:
    """What a question's answer may be, but for its options, which are told as such."""
    called, path = _called(question), f"answers.properties.{question['name']}"
    for name, side, narrower in (("minimum", "least", 1), ("maximum", "most", -1), ("maxLength", "longest", -1)):
        before, after = old.get(name), new.get(name)
        if not same(before, after):
            narrows = after is not None and (before is None or (after - before) * narrower > 0)
            words = f"{called}: the {side} that may be answered is {number(after)}; it was {number(before)}."
            yield Change("answers", f"{path}.{name}", words, breaks=narrows)
    told = {"minimum", "maximum", "maxLength"}
    if question["kind"] in {"choice", "multiple"}:
        old, new, told = _without_choices(old), _without_choices(new), told | {"enum"}
    rest = [{part: value for part, value in one.items() if part not in told} for one in (old, new)]
    for change in plain_changes("answers", rest[0], rest[1], path):
        rule = change.path.removeprefix(f"{path}.")
        words = f"{called}: the rule {change.words.removeprefix(path + '.')}."
        # Every keyword of JSON Schema narrows what may be answered: without one, no less may be.
        is_gone = rule in rest[0] and rule not in rest[1]
        yield Change("answers", change.path, words, breaks=not is_gone and not rule.endswith("x-message"))


def _without_choices(allowed: dict[str, Any]) -> dict[str, Any]:
    items = allowed.get("items")
    if not isinstance(items, dict) or "enum" not in items:
        return allowed
    return {**allowed, "items": {name: value for name, value in items.items() if name != "enum"}}


def _by_name(definition: Definition) -> dict[str, tuple[int, dict[str, Any]]]:
    return {question["name"]: (at, question) for at, question in enumerate(definition["form"]["questions"])}


def _called(question: dict[str, Any]) -> str:
    return quoted(question["title"])
