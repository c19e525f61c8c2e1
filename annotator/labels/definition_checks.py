"""Whether a definition's form and answers go together: every question, its options, its answer. Pure."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry

from annotator.labels.conditions import check_conditions
from annotator.labels.errors import DefinitionError, in_short
from annotator.labels.form import DRAWN_KINDS
from annotator.labels.plain_json import joined

# Of JSON Schema only what says what one question's answer may be. Left out: references, for a definition is whole in
# itself; regular expressions, for some take for ever; "required", for questions may be left open.
_SUBSCHEMA = ("items", "contains", "if", "then", "else", "not")
_SUBSCHEMAS = ("allOf", "anyOf", "oneOf")
_KEYWORDS = {
    *_SUBSCHEMA,
    *_SUBSCHEMAS,
    *("type", "enum", "const", "title", "description", "format", "$comment", "x-message"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength"),
    *("minItems", "maxItems", "uniqueItems", "minContains", "maxContains"),
}
_TOP_KEYWORDS = {"$schema", "type", "properties", "additionalProperties", "title", "description", "$comment"}
# Members of a question that only some kinds have.
_MEMBERS = {
    "options": ("choice", "multiple"),
    "mark_kind": ("draw",),
    "unit": ("number",),
    "minimum": ("number",),
    "maximum": ("number",),
}
_TYPES = {"boolean": ("boolean",), "text": ("string",), "number": ("number", "integer")}
MOST_CHARACTERS = 20_000


def check_answers_schema(answers: dict[str, Any]) -> None:
    """Check that "answers" is JSON Schema of the part that is allowed here.

    Raises
    ------
    DefinitionError : with the path of the fault.
    """
    try:
        Draft202012Validator.check_schema(answers)
    except SchemaError as error:
        raise DefinitionError(in_short(error.message), joined(["answers", *error.absolute_path])) from error
    if strange := sorted(set(answers) - _TOP_KEYWORDS):
        raise DefinitionError(f"{strange[0]!r} can't stand here: {_WHY}", f"answers.{strange[0]}")
    for name, part in answers["properties"].items():
        _check_keywords(part, f"answers.properties.{name}")


def check_form(definition: Mapping[str, Any]) -> None:
    """Every answer is asked exactly once, what a question offers is what its answer allows, keys and groups are clear.

    Raises
    ------
    DefinitionError : with the path of the fault.
    """
    form, properties = definition["form"], definition["answers"]["properties"]
    asked = [q["name"] for q in form["questions"]]
    groups = _unique_groups(form)
    for index, question in enumerate(form["questions"]):
        name, path = question["name"], f"form.questions[{index}]"
        if asked.count(name) > 1:
            raise DefinitionError(f"the form asks {name!r} more than once", path)
        if name not in properties:
            raise DefinitionError(f"the form asks {name!r}, which the answers don't have", path)
        if "group" in question and question["group"] not in groups:
            raise DefinitionError(f"there is no group {question['group']!r} in this form", f"{path}.group")
        _check_question(question, properties[name], path)
    if unasked := set(properties) - set(asked):
        raise DefinitionError(f"the form never asks {', '.join(sorted(unasked))}", "form.questions")
    _check_keys(form["questions"], "form.questions")
    check_conditions(form["questions"])


_WHY = (
    "an answer is told by type, enum, bounds and lengths; there are no references and no regular expressions, and "
    'what must be answered is "required" in the form'
)


def _check_keywords(schema: object, path: str) -> None:
    if not isinstance(schema, dict):
        return
    if strange := sorted(set(schema) - _KEYWORDS):
        raise DefinitionError(f"{strange[0]!r} can't stand here: {_WHY}", f"{path}.{strange[0]}")
    for name in _SUBSCHEMA:
        _check_keywords(schema.get(name), f"{path}.{name}")
    for name in _SUBSCHEMAS:
        for place, part in enumerate(schema.get(name, ())):
            _check_keywords(part, f"{path}.{name}[{place}]")


def _unique_groups(form: Mapping[str, Any]) -> set[str]:
    seen: set[str] = set()
    for place, group in enumerate(form.get("groups", ())):
        if group["name"] in seen:
            raise DefinitionError(f"there are two groups {group['name']!r}", f"form.groups[{place}]")
        seen.add(group["name"])
    return seen


def _check_keys(keyed: list[dict[str, Any]], path: str) -> None:
    """One key leads to one place, capital or not."""
    seen: dict[str, str] = {}
    for place, one in enumerate(keyed):
        if "key" in one:
            key, title = one["key"].casefold(), one["title"]
            if key in seen:
                raise DefinitionError(
                    f"the key {one['key']!r} is that of {seen[key]!r} already", f"{path}[{place}].key"
                )
            seen[key] = title


def _check_question(question: Mapping[str, Any], allowed: Mapping[str, Any], path: str) -> None:
    kind = question["kind"]
    for member, kinds in _MEMBERS.items():
        if member in question and kind not in kinds:
            raise DefinitionError(f"a {kind} question has no {member!r}", f"{path}.{member}")
    if kind in {"choice", "multiple"}:
        _check_options(question, allowed, path)
    elif kind == "draw":
        if question["mark_kind"] not in DRAWN_KINDS:
            raise DefinitionError(
                f"there is no kind of mark {question['mark_kind']!r}: there are {', '.join(DRAWN_KINDS)}",
                f"{path}.mark_kind",
            )
        if _items(allowed).get("type") != "string" or not {"maxItems", "uniqueItems"} <= set(allowed):
            raise DefinitionError(
                f"the answer to {question['name']!r} must be an array of unique text with maxItems", path
            )
    elif allowed.get("type") not in _TYPES[kind]:
        raise DefinitionError(f"a {kind} question can't be answered by type {allowed.get('type')!r}", path)
    elif kind == "text" and not allowed.get("maxLength", MOST_CHARACTERS + 1) <= MOST_CHARACTERS:
        raise DefinitionError(
            f"the answer to {question['name']!r} needs a maxLength of at most {MOST_CHARACTERS:,}", path
        )
    elif kind == "number":
        _check_bounds(question, allowed, path)


def _check_options(question: Mapping[str, Any], allowed: Mapping[str, Any], path: str) -> None:
    name, kind = question["name"], question["kind"]
    values = [option["value"] for option in question["options"]]
    choices = allowed.get("enum") if kind == "choice" else _items(allowed).get("enum")
    twice = next((place for place, value in enumerate(values) if value in values[:place]), None)
    if twice is not None:
        raise DefinitionError(f"{name!r} offers {values[twice]!r} twice", f"{path}.options[{twice}]")
    if not isinstance(choices, list) or sorted(map(repr, choices)) != sorted(map(repr, values)):
        raise DefinitionError(f"the options of {name!r} are not what its answer allows", path)
    if kind == "multiple" and not (allowed.get("type") == "array" and allowed.get("uniqueItems") is True):
        raise DefinitionError(f"the answer to {name!r} must be an array of unique items", path)
    if kind == "choice" and any("excludes_others" in option for option in question["options"]):
        raise DefinitionError(f"one option of {name!r} can be chosen at all: leave excludes_others out", path)
    validator = Draft202012Validator(dict(allowed), registry=Registry())
    for place, value in enumerate(values):
        if not validator.is_valid(value if kind == "choice" else [value]):
            raise DefinitionError(f"{value!r} can never be chosen in {name!r}", f"{path}.options[{place}]")
    _check_keys(question["options"], f"{path}.options")


def _check_bounds(question: Mapping[str, Any], allowed: Mapping[str, Any], path: str) -> None:
    """A number without bounds takes absurd ones; and the form must say the bounds that hold."""
    lowest = allowed.get("minimum", allowed.get("exclusiveMinimum"))
    highest = allowed.get("maximum", allowed.get("exclusiveMaximum"))
    if lowest is None or highest is None or lowest > highest:
        raise DefinitionError(f"the answer to {question['name']!r} needs a minimum and a maximum above it", path)
    for name, bound in (("minimum", lowest), ("maximum", highest)):
        if question.get(name, bound) != bound:
            raise DefinitionError(f"the {name} is {question[name]} here and {bound} in the answers", f"{path}.{name}")


def _items(allowed: Mapping[str, Any]) -> Mapping[str, Any]:
    items = allowed.get("items")
    return items if isinstance(items, dict) else {}
