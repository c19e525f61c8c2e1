"""Lists that people upload, drawing by batch, and what a reading lacks. No database."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.accounts.errors import InvalidError
from annotator.readerstudies.case_lists import (
    counts_for_prevalence,
    draw_by_batch,
    draw_enriched,
    read_case_list,
    wanted_counts,
)
from annotator.readerstudies.completeness import AskedSchema, Given, GivenAnswer, what_is_missing
from annotator.readerstudies.design import Protocol

CASE = UUID(int=5)


def test_a_list_names_cases_or_studies_with_batch_stage_and_truth() -> None:
    first, second = read_case_list(
        f"\ufeffcase,study_uid,batch,stage,truth:head-ct.bleed\n{CASE},,a,training,Yes\n,1.2.3,b,,\n"
    )
    assert (first.case, first.batch, first.stage, first.truth) == (str(CASE), "a", "training", {"head-ct.bleed": True})
    assert (second.study_uid, second.stage, second.truth) == ("1.2.3", "main", {})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "first line"),
        ("name\nx\n", "first line"),
        ("case,colour\nx,y\n", "no column 'colour'"),
        ("case\nx\n", "Line 2: 'x' is no case"),
        ("case,study_uid\n,\n", "Line 2 must name"),
    ],
)
def test_a_list_that_can_not_be_read_says_where(text: str, words: str) -> None:
    with pytest.raises(InvalidError, match=words) as refused:
        read_case_list(text)
    assert refused.value.path == "list"


@settings(max_examples=40, deadline=None)
@given(st.permutations([(UUID(int=at), "ab"[at % 2]) for at in range(20)]), st.integers(0, 10), st.integers(0, 10))
def test_the_same_cases_are_drawn_of_each_batch_whatever_order_they_come_in(cases, of_a, of_b) -> None:
    drawn = draw_by_batch(cases, {"a": of_a, "b": of_b}, seed=3)
    assert [batch for _, batch in drawn] == ["a"] * of_a + ["b"] * of_b
    assert drawn == draw_by_batch(sorted(cases), {"a": of_a, "b": of_b}, seed=3)
    with pytest.raises(InvalidError, match="there are 10"):
        draw_by_batch(cases, {"a": 11}, seed=3)


def test_counts_are_read_from_words_and_follow_from_a_prevalence() -> None:
    assert wanted_counts("bleed: 40, normal:60") == {"bleed": 40, "normal": 60}
    assert counts_for_prevalence(200, 0.4, positive="p", negative="n") == {"p": 80, "n": 120}
    with pytest.raises(InvalidError):
        wanted_counts("forty")


def test_what_a_reading_lacks_is_said_by_schema_finding_and_question() -> None:
    asked = [AskedSchema("a@1", "Head", "case"), AskedSchema("b@1", "Nodule", "finding")]
    given = Given({"f": "nodule 1", "g": "nodule 2"}, [GivenAnswer("b@1", "f", ("margin",))])
    assert what_is_missing(asked, given) == [
        "Head is not answered",
        "Nodule is not answered for nodule 2",
        "Nodule of nodule 1: margin",
    ]
    complete = Given({}, [GivenAnswer("a@1")])
    assert what_is_missing(asked, complete) == []


def test_a_protocol_survives_being_kept_and_refuses_what_it_does_not_know() -> None:
    protocol = Protocol.from_json({"arms": [{"name": "a", "kind": "second read"}], "due_date": "2030-01-02"})
    assert Protocol.from_json(protocol.to_json()) == protocol
    for wrong, path in (
        ({"colour": 1}, ""),
        ({"arms": [{"name": "a", "kind": "magic"}]}, "arms[0].kind"),
        ({"arms": [{"name": "a", "kind": "unaided"}, {"name": "a", "kind": "triage"}]}, "arms"),
        ({"due_date": "soon"}, "due_date"),
        ({"schemas": ["a@1", "a@2"]}, "schemas"),
        ([], ""),
    ):
        with pytest.raises(InvalidError) as refused:
            Protocol.from_json(wrong)
        assert refused.value.path == path


@given(st.integers(0, 40), st.floats(0, 100), st.integers(0, 9))
@settings(max_examples=40)
def test_an_enriched_draw_has_the_wanted_share_in_whatever_order(total: int, percent: float, seed: int) -> None:
    cases = [(UUID(int=at), ("bleed", "fracture", "normal")[at % 3]) for at in range(120)]
    drawn = draw_enriched(cases, total, percent, positives=["bleed"], seed=seed)
    assert len(set(drawn)) == len(drawn) == total
    assert sum(batch == "bleed" for _, batch in drawn) == round(total * percent / 100)
    assert set(drawn) == set(draw_enriched(cases[::-1], total, percent, positives=["bleed"], seed=seed))


def test_an_enriched_draw_says_what_is_too_few() -> None:
    cases = [(UUID(int=at), "bleed" if at < 3 else "normal") for at in range(9)]
    with pytest.raises(InvalidError, match="30 % of 20 takes 6 positives; there are 3"):
        draw_enriched(cases, 20, 30, positives=["bleed"], seed=1)
    with pytest.raises(InvalidError, match="no batch 'blood'; there are bleed, normal"):
        draw_enriched(cases, 2, 30, positives=["blood"], seed=1)
