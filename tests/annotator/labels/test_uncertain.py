"""Uncertain is a value of its own; what it counts as is decided later."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.labels.head_ct import Sign
from annotator.labels.uncertain import UncertainPolicy, sign_of_scan, target_names, target_of, targets_of

SIGNS = st.sampled_from([*Sign, None])


@pytest.mark.parametrize(
    ("policy", "target"),
    [
        (UncertainPolicy.AS_POSITIVE, 1.0),
        (UncertainPolicy.AS_NEGATIVE, 0.0),
        (UncertainPolicy.IGNORE, None),
        (UncertainPolicy.SOFT, 0.5),
    ],
)
def test_a_policy_decides_about_uncertain_answers_alone(policy: UncertainPolicy, target: float | None) -> None:
    assert target_of(Sign.UNCERTAIN, policy) == target
    assert target_of(Sign.PRESENT, policy) == 1.0
    assert target_of(Sign.ABSENT, policy) == 0.0
    assert target_of(None, policy) is None


@given(st.lists(SIGNS, max_size=6), SIGNS)
def test_a_scan_is_present_when_any_slice_is(slices: list[Sign | None], said: Sign | None) -> None:
    scan = sign_of_scan(slices, said=said)
    if Sign.PRESENT in slices:
        assert scan is Sign.PRESENT
    elif said is not None:
        assert scan is said
    elif Sign.UNCERTAIN in slices:
        assert scan is Sign.UNCERTAIN


def test_an_unanswered_slice_never_counts_as_absent() -> None:
    assert sign_of_scan([Sign.ABSENT, None]) is None
    assert sign_of_scan([Sign.ABSENT, Sign.ABSENT]) is Sign.ABSENT
    assert sign_of_scan([]) is None


def options(*values: str, alone: str = "") -> list[dict[str, object]]:
    return [{"value": v, "title": v, **({"excludes_others": True} if v == alone else {})} for v in values]


FORM = {
    "form": {
        "questions": [
            {"name": "bleed", "title": "Bleed", "kind": "choice", "options": options(*Sign)},
            {"name": "old", "title": "Old", "kind": "choice", "options": options("yes", "no", "uncertain")},
            {
                "name": "side",
                "title": "Side",
                "kind": "choice",
                "options": options("left", "right", "uncertain"),
                "show_when": {"question": "bleed", "is": "present"},
            },
            {
                "name": "signs",
                "title": "Signs",
                "kind": "multiple",
                "options": options("none", "skin", "nodes", "uncertain", alone="none"),
            },
            {"name": "known", "title": "Known", "kind": "boolean"},
            {"name": "size", "title": "Size", "kind": "number"},
            {"name": "note", "title": "Note", "kind": "text"},
            {"name": "drawn", "title": "Drawn", "kind": "draw", "mark_kind": "box"},
        ]
    }
}


@pytest.mark.parametrize("policy", UncertainPolicy)
def test_every_kind_of_question_has_its_targets(policy: UncertainPolicy) -> None:
    unsure = target_of(Sign.UNCERTAIN, policy)
    certain = {"bleed": "present", "old": "no", "side": "right", "signs": ["nodes"], "known": False, "size": 3}
    assert targets_of(FORM, {**certain, "note": "x", "drawn": ["m"]}, policy) == {
        "bleed": 1.0,
        "old": 0.0,
        "side=left": 0.0,
        "side=right": 1.0,
        "signs=skin": 0.0,
        "signs=nodes": 1.0,
        "known": 0.0,
    }
    unclear = {"bleed": "present", "old": "uncertain", "side": "uncertain", "signs": ["skin", "uncertain"]}
    assert targets_of(FORM, unclear, policy) == {
        "bleed": 1.0,
        "old": unsure,
        "side=left": unsure,
        "side=right": unsure,
        "signs=skin": 1.0,
        "signs=nodes": unsure,
    }
    assert target_names(FORM) == ("bleed", "old", "side=left", "side=right", "signs=skin", "signs=nodes", "known")
    assert targets_of(FORM, {"signs": ["none"]}, policy) == {"signs=skin": 0.0, "signs=nodes": 0.0}


@pytest.mark.parametrize("policy", UncertainPolicy)
def test_what_is_not_answered_or_not_asked_has_no_target(policy: UncertainPolicy) -> None:
    assert targets_of(FORM, {}, policy) == {}
    assert targets_of(FORM, {"bleed": "absent", "side": "left"}, policy) == {"bleed": 0.0}


@pytest.mark.parametrize("policy", UncertainPolicy)
def test_what_is_derived_goes_before_what_was_said_and_its_uncertain_is_a_value_too(policy: UncertainPolicy) -> None:
    said = {"bleed": "absent"}
    assert targets_of(FORM, said, policy, derived={"bleed": {"value": "present", "because": "x"}}) == {"bleed": 1.0}
    unsure = target_of(Sign.UNCERTAIN, policy)
    assert targets_of(FORM, {}, policy, derived={"bleed": {"value": "uncertain", "because": "x"}}) == {"bleed": unsure}


@given(st.sampled_from(UncertainPolicy), st.sampled_from(Sign), st.booleans(), st.sampled_from(["left", "uncertain"]))
def test_a_policy_moves_uncertain_answers_alone(policy: UncertainPolicy, bleed: Sign, known: bool, side: str) -> None:
    answers = {"bleed": bleed.value, "known": known, "side": side}
    ignored = targets_of(FORM, answers, UncertainPolicy.IGNORE)
    assert {name: value for name, value in targets_of(FORM, answers, policy).items() if ignored[name] is not None} == {
        name: value for name, value in ignored.items() if value is not None
    }
