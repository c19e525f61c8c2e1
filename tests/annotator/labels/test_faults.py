"""A definition that is being written may be anything: its faults are told, each with a place, and nothing breaks."""

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.labels.diff import SchemaText, compare_schemas
from annotator.labels.drafting import completed, open_for_editing
from annotator.labels.faults import faults_of
from annotator.labels.preview import preview_score
from annotator.labels.schema import check_definition
from tests.annotator.labels.test_diff import bleed

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 200),
    st.sampled_from(["", " ", "x", "grade", "bleed", "choice", "points", "\x00", "ü"]),
    st.just([]),
    st.just({}),
    st.just([{}]),
    st.just({"question": "grade", "is": 7}),
    st.just([7, "x"]),
)


def places(part: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [path, *(found for name, one in inner for found in places(one, (*path, name)))]


PLACES = [place for place in places(open_for_editing(bleed())) if place]


@st.composite
def broken(draw: st.DrawFn) -> dict[str, Any]:
    """The form of the other tests with one or two parts replaced, or taken out."""
    made = copy.deepcopy(open_for_editing(bleed()))
    for place in draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=2)):
        holder: Any = made
        for name in place[:-1]:
            inside = isinstance(holder, dict) and name in holder
            inside = inside or (isinstance(holder, list) and isinstance(name, int) and name < len(holder))
            if not inside:
                return made
            holder = holder[name]
        if isinstance(holder, dict) and draw(st.booleans()):
            holder.pop(place[-1], None)
        elif isinstance(holder, dict) or (isinstance(holder, list) and place[-1] < len(holder)):
            holder[place[-1]] = draw(JUNK)
    return made


@settings(max_examples=120, deadline=None)
@given(definition=broken())
def test_a_broken_definition_has_faults_with_words_and_one_without_them_can_be_published(
    definition: dict[str, Any],
) -> None:
    found = faults_of("Bleeds", definition)
    assert all(fault.detail for fault in found)
    if not found:
        whole = completed(definition)
        check_definition(whole)
        compare_schemas(SchemaText("Bleeds", bleed()), SchemaText("Bleeds", whole))
        open_for_editing(whole)
        assert preview_score(definition, {}, size_mm=None)["score"] is not None


def test_what_each_question_lacks_is_told_all_at_once() -> None:
    definition = open_for_editing(bleed())
    questions = definition["form"]["questions"]
    questions[0]["title"] = " "
    questions[1]["options"] = []
    questions[2]["options"][0]["title"] = ""
    questions[3]["minimum"] = 99
    questions[4]["name"] = "bleed"
    found = faults_of("", definition)
    assert [fault.path for fault in found] == [
        "title",
        "form.questions[0].title",
        "form.questions[1].options",
        "form.questions[2].options[0].title",
        "form.questions[3].maximum",
        "form.questions[4].name",
    ]
