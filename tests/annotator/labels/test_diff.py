"""What changed between two versions: every single edit is named, and whether old answers stay valid is not claimed."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.labels.diff import SchemaDiff, SchemaText, compare_schemas
from annotator.labels.drafting import completed, open_for_editing
from annotator.labels.errors import AnswerError, DefinitionError
from annotator.labels.schema import check_answers, check_definition
from annotator.labels.shipped import shipped_schemas

Definition = dict[str, Any]
SHIPPED = [SchemaText(one.title, one.definition) for one in shipped_schemas()]


def bleed() -> Definition:
    """A form of each kind of question, a condition, points and levels."""
    grade = [
        {"value": "small", "title": "Small", "points": {"grade": 0}},
        {"value": "large", "title": "Large", "points": {"grade": 3}},
    ]
    signs = [
        {"value": "none", "title": "None", "excludes_others": True},
        {"value": "shift", "title": "Midline shift"},
        {"value": "oedema", "title": "Oedema"},
    ]
    return completed(
        {
            "applies_to": "finding",
            "modalities": ["CT", "MR"],
            "body_parts": ["HEAD"],
            "description": "Bleeds by size.",
            "form": {
                "groups": [{"name": "what", "title": "What"}, {"name": "how", "title": "How large"}],
                "questions": [
                    {"name": "bleed", "title": "Bleed", "kind": "boolean", "group": "what"},
                    {
                        "name": "grade",
                        "title": "Grade",
                        "kind": "choice",
                        "options": grade,
                        "group": "how",
                        "show_when": {"question": "bleed", "is": True},
                    },
                    {"name": "signs", "title": "Signs", "kind": "multiple", "options": signs, "help": "All of them."},
                    {"name": "width", "title": "Width", "kind": "number", "unit": "mm", "minimum": 1, "maximum": 90},
                    {"name": "note", "title": "Note", "kind": "text"},
                    {"name": "outline", "title": "Outline", "kind": "draw", "mark_kind": "contour"},
                ],
            },
            "scoring": {
                "kind": "points",
                "categories": ["grade"],
                "size": "width",
                "systems": [{"name": "grade", "title": "Grade"}],
                "levels": [
                    {"level": "G1", "from": 0, "meaning": "wait"},
                    {"level": "G2", "from": 2, "meaning": "act", "follow_from_mm": 5},
                ],
            },
        }
    )


def difference(change: Callable[[Definition], object], *, title: str = "Bleeds") -> SchemaDiff:
    """What is told of a change of the form above; what may be answered follows the form."""
    old = bleed()
    new = open_for_editing(old)
    change(new)
    made = completed(new)
    check_definition(made)
    return compare_schemas(SchemaText("Bleeds", old), SchemaText(title, made))


def question(definition: Definition, at: int) -> dict[str, Any]:
    found: dict[str, Any] = definition["form"]["questions"][at]
    return found


def swap(items: list[Any], one: int, other: int) -> None:
    items[one], items[other] = items[other], items[one]


def take_out_grade(definition: Definition) -> None:
    del definition["form"]["questions"][1]
    definition["scoring"] = {"kind": "none"}


BLEED, GRADE, SIGNS, WIDTH, NOTE, OUTLINE = range(6)
# name: the change, words that name it, whether old answers may break, whether scores may change
EDITS: dict[str, tuple[Callable[[Definition], object], tuple[str, ...], bool, bool]] = {
    "applies to": (lambda d: d.update(applies_to="case"), ("finding", "case"), True, True),
    "modality added": (lambda d: d["modalities"].append("PT"), ("PT",), False, False),
    "modality gone": (lambda d: d["modalities"].remove("MR"), ("not meant", "MR"), False, False),
    "body parts gone": (lambda d: d.pop("body_parts"), ("not meant", "HEAD"), False, False),
    "description": (
        lambda d: d.update(description="Other."),
        ("description", "Bleeds by size.", "Other."),
        False,
        False,
    ),
    "source": (lambda d: d.update(source="A paper."), ("source", "A paper."), False, False),
    "question gone": (take_out_grade, ("“Grade” was taken out",), True, True),
    "question new": (
        lambda d: d["form"]["questions"].append({"name": "sure", "title": "Sure", "kind": "boolean"}),
        ("“Sure” is new (boolean)",),
        False,
        True,
    ),
    "question renamed": (lambda d: question(d, WIDTH).update(title="Size"), ("“Width”", "“Size”"), False, False),
    "questions swapped": (lambda d: swap(d["form"]["questions"], 3, 4), ("moved from place",), False, False),
    "kind": (
        lambda d: d["form"]["questions"].__setitem__(NOTE, {"name": "note", "title": "Note", "kind": "boolean"}),
        ("“Note”", "text", "boolean"),
        True,
        True,
    ),
    "help": (lambda d: question(d, SIGNS).update(help="Each."), ("“Signs”", "“All of them.”", "“Each.”"), False, False),
    "key": (lambda d: question(d, NOTE).update(key="n"), ("“Note”", "key", "“n”"), False, False),
    "unit": (lambda d: question(d, WIDTH).update(unit="cm"), ("“Width”", "“mm”", "“cm”"), True, False),
    "group": (lambda d: question(d, NOTE).update(group="what"), ("“Note” stands under “What”",), False, False),
    "required": (lambda d: question(d, NOTE).update(required=True), ("“Note” must be answered",), False, False),
    "range narrower": (lambda d: question(d, WIDTH).update(maximum=50), ("“Width”", "50", "90"), True, False),
    "range wider": (lambda d: question(d, WIDTH).update(minimum=0), ("“Width”", "least", "0"), False, False),
    "mark": (lambda d: question(d, OUTLINE).update(mark_kind="box"), ("“Outline”", "contour", "box"), True, False),
    "condition gone": (lambda d: question(d, GRADE).pop("show_when"), ("“Grade” is always asked",), False, False),
    "condition new": (
        lambda d: question(d, NOTE).update(show_when={"question": "signs", "includes": "shift"}),
        ("“Note” is only asked when", "Midline shift"),
        True,
        False,
    ),
    "condition other": (
        lambda d: question(d, GRADE).update(show_when={"question": "bleed", "answered": True}),
        ("“Grade” is asked when", "is answered", "is yes"),
        True,
        False,
    ),
    "option gone": (lambda d: question(d, SIGNS)["options"].pop(), ("“Signs”", "“Oedema”", "any more"), True, True),
    "option new": (
        lambda d: question(d, SIGNS)["options"].append({"value": "gas", "title": "Gas"}),
        ("“Signs”", "“Gas” can be chosen"),
        False,
        True,
    ),
    "option renamed": (
        lambda d: question(d, SIGNS)["options"][2].update(title="Swelling"),
        ("“Oedema”", "“Swelling”"),
        False,
        False,
    ),
    "options swapped": (lambda d: swap(question(d, SIGNS)["options"], 1, 2), ("“Signs”", "moved"), False, False),
    "points": (
        lambda d: question(d, GRADE)["options"][1]["points"].update(grade=4),
        ("“Large”", "3 → 4 points"),
        False,
        True,
    ),
    "alone": (
        lambda d: question(d, SIGNS)["options"][1].update(excludes_others=True),
        ("“Midline shift” stands alone",),
        True,
        False,
    ),
    "not alone": (
        lambda d: question(d, SIGNS)["options"][0].pop("excludes_others"),
        ("“None” goes together",),
        False,
        False,
    ),
    "heading": (lambda d: d["form"]["groups"][0].update(title="Which"), ("“What”", "“Which”"), False, False),
    "no scoring": (lambda d: d.update(scoring={"kind": "none"}), ("“points”", "“none”"), False, True),
    "threshold": (lambda d: d["scoring"]["levels"][1].update({"from": 3}), ("G2", "2 → 3"), False, True),
    "size": (lambda d: d["scoring"]["levels"][1].update(follow_from_mm=8), ("G2", "follow-up", "5 → 8"), False, True),
    "level gone": (lambda d: d["scoring"]["levels"].pop(), ("no level G2",), False, True),
    "level new": (
        lambda d: d["scoring"]["levels"].append({"level": "G3", "from": 3, "meaning": "now"}),
        ("G3 is new", "3"),
        False,
        True,
    ),
    "no size": (lambda d: d["scoring"].pop("size"), ("size", "width"), False, True),
    "table's title": (lambda d: d["scoring"]["systems"][0].update(title="Points"), ("Points",), False, True),
}


@pytest.mark.parametrize("name", EDITS)
def test_every_single_edit_is_named_with_what_it_means_for_the_answers_that_there_are(name: str) -> None:
    change, words, breaks, scores = EDITS[name]
    found = difference(change)
    told = " ".join(one.words for one in found.changes)
    assert all(word in told for word in words), told
    assert found.keeps_answers is not breaks, told
    assert found.keeps_scores is not scores, told


def test_a_rule_that_is_gone_breaks_no_answer_and_one_that_came_may() -> None:
    (old,) = [one for one in shipped_schemas() if (one.key, one.version) == ("acr-tirads", 1)]
    without = copy.deepcopy(old.definition)
    foci = without["answers"]["properties"]["echogenic_foci"]
    del foci["if"], foci["then"]
    texts = SchemaText(old.title, old.definition), SchemaText(old.title, without)
    gone, came = compare_schemas(*texts), compare_schemas(*reversed(texts))
    assert len(gone.changes) == len(came.changes) == 2
    assert (gone.keeps_answers, came.keeps_answers) == (True, False)


def test_points_under_their_older_name_are_compared_all_the_same() -> None:
    (old,) = [one for one in shipped_schemas() if (one.key, one.version) == ("acr-tirads", 1)]
    new = copy.deepcopy(old.definition)
    new["scoring"]["kind"] = "points"
    texts = SchemaText(old.title, old.definition), SchemaText(old.title, new)
    assert [one.path for one in compare_schemas(*texts).changes] == ["scoring.kind"]
    assert compare_schemas(*texts).keeps_scores
    new["scoring"]["levels"][1]["from"] = 3
    assert not compare_schemas(*texts).keeps_scores


def test_another_title_is_named() -> None:
    found = difference(lambda _d: None, title="Bleeding")
    assert [one.words for one in found.changes] == ["The title was “Bleeds” and is “Bleeding”."]
    assert found.keeps_answers


@pytest.mark.parametrize("text", SHIPPED, ids=lambda text: text.title)
def test_nothing_differs_from_itself_and_a_version_as_it_is_edited_from_the_one_it_was_made_of(
    text: SchemaText,
) -> None:
    assert compare_schemas(text, copy.deepcopy(text)).changes == ()
    opened = completed(open_for_editing(text.definition))
    check_definition(opened)
    questions = compare_schemas(text, SchemaText(text.title, opened)).changes
    assert [one for one in questions if one.group in {"questions", "options", "scoring"} and one.breaks] == []


@settings(max_examples=150, deadline=None)
@given(names=st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=4, unique=True))
def test_edits_together_are_told_and_what_is_said_to_stay_valid_does(names: list[str]) -> None:
    new = open_for_editing(bleed())
    for name in names:
        try:
            EDITS[name][0](new)
        except (KeyError, IndexError):
            return
    try:
        made = completed(new)
        check_definition(made)
    except DefinitionError:
        return
    found = compare_schemas(SchemaText("Bleeds", bleed()), SchemaText("Bleeds", made))
    assert bool(found.changes) is (made != bleed())
    if found.keeps_answers:
        for answers in POPULATION:
            check_answers(made, answers)


POPULATION: list[dict[str, Any]] = [
    {},
    {"bleed": False},
    {"bleed": True, "grade": "large", "signs": ["none"], "width": 1, "note": "n" * 4000},
    {"bleed": True, "grade": "small", "signs": ["shift", "oedema"], "width": 90},
    {"outline": ["00000000-0000-4000-8000-000000000001"]},
]


def test_the_population_is_one_of_the_form() -> None:
    for answers in POPULATION:
        check_answers(bleed(), answers)
    with pytest.raises(AnswerError):
        check_answers(bleed(), {"grade": "large"})
