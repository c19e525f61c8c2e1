"""Schemas as files: what comes out goes in again, and what is no schema is refused with its place."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.labels.drafting import completed
from annotator.labels.errors import DefinitionError
from annotator.labels.exchange import SchemaFile, file_text, read_content, read_file
from annotator.labels.shipped import shipped_schemas

WORDS = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=40)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)


@st.composite
def schema_files(draw: st.DrawFn) -> SchemaFile:
    """Small schemas of every kind of question."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    questions: list[dict[str, Any]] = []
    for name in names:
        asked: dict[str, Any] = {"name": name, "title": draw(WORDS), "help": draw(WORDS)}
        kind = draw(st.sampled_from(["choice", "multiple", "boolean", "number", "text", "draw"]))
        asked["kind"] = kind
        if kind in {"choice", "multiple"}:
            values = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
            asked["options"] = [{"value": value, "title": draw(WORDS)} for value in values]
        elif kind == "number":
            asked |= {"minimum": draw(st.integers(-5, 5)), "maximum": draw(st.floats(6, 50)), "unit": "mm"}
        elif kind == "draw":
            asked["mark_kind"] = "box"
        questions.append(asked)
    definition = {
        "applies_to": draw(st.sampled_from(["case", "finding", "breast", "slices"])),
        "modalities": ["CT"],
        "form": {"questions": questions},
        "scoring": {"kind": "none"},
    }
    key = draw(st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True))
    return SchemaFile(key, draw(st.integers(1, 999_999)), draw(WORDS).strip() or "T", completed(definition))


@settings(max_examples=60, deadline=None)
@given(file=schema_files())
def test_what_is_exported_is_taken_in_as_it_was_with_the_same_hash(file: SchemaFile) -> None:
    text = file_text(file)
    read = read_file(text)
    assert read == file
    assert file_text(read) == text
    assert read.content_hash == file.content_hash


def test_a_file_that_says_something_else_has_another_hash_and_is_refused_with_the_old_one() -> None:
    (lesion,) = [one for one in shipped_schemas() if (one.key, one.version) == ("lesion", 1)]
    content = SchemaFile("lesion", 1, lesion.title, lesion.definition).to_json()
    content["title"] = "Other"
    with pytest.raises(DefinitionError, match="changed after") as refused:
        read_content(content)
    assert refused.value.path == "content_hash"
    del content["content_hash"]
    assert read_content(content).title == "Other"


def test_files_as_they_ship_are_read_too() -> None:
    for one in shipped_schemas():
        flat = {"key": one.key, "version": one.version, "title": one.title, **one.definition}
        assert read_content(flat).definition == one.definition


def good() -> dict[str, Any]:
    definition = {
        "applies_to": "case",
        "modalities": ["CT"],
        "form": {"questions": [{"name": "sure", "title": "Sure", "kind": "boolean"}]},
        "scoring": {"kind": "none"},
    }
    return {"key": "sure", "version": 1, "title": "Sure", "definition": completed(definition)}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"key": "Sure"}, "key"),
        ({"key": "-sure"}, "key"),
        ({"key": 7}, "key"),
        ({"key": None}, "key"),
        ({"version": 0}, "version"),
        ({"version": True}, "version"),
        ({"version": 1.5}, "version"),
        ({"version": 10**9}, "version"),
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"definition": []}, "definition"),
        ({"definition": {}}, "definition"),
        ({"format": "other/1"}, "format"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_file_that_is_no_schema_is_refused_with_the_place(change: dict[str, Any], path: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        read_content(good() | change)
    assert refused.value.path == path


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"a": NaN}', "[" * 100_000, "x" * 1_000_001, '{"key": "\\u0000"}']
)
def test_what_is_no_json_or_too_much_of_it_is_refused_in_words(text: str) -> None:
    with pytest.raises(DefinitionError):
        read_file(text)


def test_a_fault_within_the_definition_is_told_with_its_place_in_the_file() -> None:
    content = good()
    content["definition"]["form"]["questions"][0]["kind"] = "guess"
    with pytest.raises(DefinitionError) as refused:
        read_file(json.dumps(content))
    assert refused.value.path.startswith("definition.form.questions[0]")
