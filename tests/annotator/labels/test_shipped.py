"""What every shipped form must have: help for each option, keys that are told apart, old versions beside the new."""

from typing import Any

import pytest

from annotator.labels.shipped import ShippedSchema, newest_shipped, shipped_schemas

NEWEST = {schema.key: schema for schema in shipped_schemas()}
KINDS = {
    "acr-tirads": "finding",
    "birads-assessment": "case",
    "birads-assessment-ultrasound": "case",
    "birads-breast": "breast",
    "birads-mammography": "finding",
    "birads-ultrasound": "finding",
    "head-ct": "case",
    "head-ct-slices": "slices",
    "lesion": "finding",
}


def options(schema: ShippedSchema) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(q, o) for q in schema.definition["form"]["questions"] for o in q.get("options", ())]


def test_these_lexicons_ship_each_for_its_kind_of_target() -> None:
    assert {key: schema.definition["applies_to"] for key, schema in NEWEST.items()} == KINDS


def test_no_version_is_missing_between_the_first_and_the_newest() -> None:
    for key, schema in NEWEST.items():
        versions = [s.version for s in shipped_schemas() if s.key == key]
        assert versions == list(range(1, schema.version + 1))
    with pytest.raises(KeyError):
        newest_shipped("nothing")


@pytest.mark.parametrize("key", sorted(NEWEST))
def test_every_option_has_help_of_one_or_two_sentences_and_every_question_has_some(key: str) -> None:
    for question in NEWEST[key].definition["form"]["questions"]:
        assert question.get("help"), question["name"]
    for question, option in options(NEWEST[key]):
        where = (question["name"], option["value"])
        assert option["help"].endswith("."), where
        # What the viewer's two lines of help have room for.
        assert 10 <= len(option["help"]) <= 98 - len(option["title"]), where
        assert option["help"].rstrip(".").lower() != option["title"].lower(), where


@pytest.mark.parametrize("key", sorted(NEWEST))
def test_every_option_has_a_key_of_its_own_or_is_a_code_that_one_types(key: str) -> None:
    for question in NEWEST[key].definition["form"]["questions"]:
        some = question.get("options", [])
        coded = sum(o["title"].startswith(f"{o['value']} ") for o in some) >= 4
        keys = [o.get("key") for o in some]
        assert coded or (None not in keys and len({str(k).casefold() for k in keys}) == len(keys)), question["name"]


def test_a_letter_says_what_it_stands_for() -> None:
    """A hot key occurs in its option's title, or is X for what can't be classified."""
    for schema in NEWEST.values():
        for question, option in options(schema):
            hot = option.get("key", "")
            if hot.isdigit() or hot in {"", "X"}:
                continue
            assert hot.casefold() in option["title"].casefold() or (hot, option["value"]) in {
                ("E", "rim"),  # eggshell: R is for round
            }, (schema.key, question["name"], option["value"])


def test_head_ct_asks_everything_as_present_absent_or_uncertain() -> None:
    for key in ("head-ct", "head-ct-slices"):
        for question in NEWEST[key].definition["form"]["questions"]:
            if question["name"] != "bleed_side":
                assert [o["value"] for o in question["options"]] == ["present", "absent", "uncertain"]
