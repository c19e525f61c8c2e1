"""Consensus and disagreements of reads: by hand, and that no original is ever changed."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.readerstudies.analysis_plan import DisagreementRules
from annotator.readerstudies.consensus import consensus_as_dict, consensus_of, labels_by_target
from annotator.readerstudies.disagreements import disagreements_of
from annotator.readerstudies.study_reads import FrameOrder, compared_read
from tests.annotator.readerstudies.made_reads import made_read

EVERYTHING = DisagreementRules()


def read(reader: str, **more):
    return compared_read(made_read(reader, **more), FrameOrder({"k": ("k.1", "k.2", "k.3")}))


def test_labels_go_by_majority_and_ties_are_named() -> None:
    said = {"a": "present", "b": "present", "c": "absent"}
    found = consensus_of([read(reader, answers={"bleed": value}) for reader, value in said.items()])
    assert labels_by_target(found)["", "head@1", "bleed"].value == "present"
    tied = consensus_of([read("a", answers={"bleed": "present"}), read("b", answers={"bleed": "absent"})])
    assert [(label.question, label.majority.tied) for label in tied.ties] == [("bleed", ("absent", "present"))]


def test_boxes_are_joined_by_overlap_and_one_that_few_marked_has_no_shape() -> None:
    found = consensus_of(
        [read("a", boxes=[(0, 0, 10), (50, 50, 8)]), read("b", boxes=[(2, 0, 10)]), read("c", boxes=[(1, 1, 10)])]
    )
    both, alone = found.lesions
    assert (both.votes, both.of, both.has_majority) == (3, 3, True)
    [part] = both.shape.values()
    assert (part.column, part.row, part.pixels.shape) == (1, 0, (10, 10))
    assert both.agreement == pytest.approx(0.9, abs=0.06)
    assert (alone.votes, alone.shape, alone.agreement) == (1, {}, None)
    assert [reader for reader, _ in both.members] == ["a", "b", "c"]


@pytest.mark.parametrize("masks", ["majority", "staple"])
def test_outlines_are_joined_by_majority_or_staple(masks: str) -> None:
    def outlined(reader: str, left: float):
        one = made_read(reader, boxes=[(left, 0, 10)])
        right = left + 10
        corners = [[left, 0], [right, 0], [right, 10], [left, 10]]
        one.content["annotations"][0] |= {"kind": "contour", "points": corners}
        return compared_read(one, FrameOrder())

    joined = consensus_of([outlined("a", 2), outlined("b", 0), outlined("c", 0)], masks=masks)
    [lesion] = joined.lesions
    [written] = consensus_as_dict(joined, {"k.1": "1.2#3"})["lesions"]
    assert (written["votes"], written["of"], written["has_majority"]) == (3, 3, True)
    assert sum(written["shape"]["1.2#3"]["runs"][1::2]) == next(iter(lesion.shape.values())).pixels.sum()
    assert lesion.agreement > 0.85
    [part] = lesion.shape.values()
    assert (part.column, part.pixels.shape) == (0, (10, 10)), "two of three, not the first one"
    assert consensus_of([outlined("c", 0), outlined("b", 0), outlined("a", 2)], masks=masks).lesions[0].agreement == (
        lesion.agreement
    )


def test_a_box_held_over_a_span_lies_on_every_frame_of_it() -> None:
    """Two readers of one lesion in a stack seldom choose the same frame for it."""
    first = read("a", boxes=[(0, 0, 10)], frame="k.1", span=("k.1", "k.3"))
    second = read("b", boxes=[(0, 0, 10)], frame="k.3", span=("k.2", "k.3"))
    [lesion] = consensus_of([first, second]).lesions
    assert lesion.votes == 2
    assert sorted(lesion.shape) == ["k.2", "k.3"]


def test_answers_about_a_lesion_are_voted_on_where_two_marked_it() -> None:
    found = consensus_of(
        [
            read("a", boxes=[(0, 0, 10), (60, 0, 9)], about_finding={"shape": "round"}, schema="t@1"),
            read("b", boxes=[(1, 0, 10)], about_finding={"shape": "round"}, schema="t@1"),
        ]
    )
    assert {key: one.value for key, one in labels_by_target(found).items()} == {("lesion 1", "t@1", "shape"): "round"}


def test_each_rule_finds_its_disagreement_and_can_be_switched_off() -> None:
    reads = [
        read("a", boxes=[(0, 0, 10), (60, 60, 9)], answers={"bleed": "present", "shift": "absent"}),
        read("b", boxes=[(7, 0, 10)], answers={"bleed": "absent", "shift": "absent"}),
    ]
    found = disagreements_of(reads, EVERYTHING)
    assert {one.kind for one in found} == {"label", "missed", "outline"}
    label, outline = found[0], next(one for one in found if one.kind == "outline")
    assert (label.question, label.said) == ("head.bleed", {"a": "present", "b": "absent"})
    assert outline.said == {"a": 0.3, "b": 0.3}
    [missed] = [one for one in found if one.kind == "missed"]
    assert (missed.said, missed.frame) == ({"a": True, "b": False}, "k.1")
    assert disagreements_of(reads, DisagreementRules(False, (), None, False)) == []
    only_shift = DisagreementRules(questions=("head.shift",), dice_below=None, missed_lesion=False)
    assert disagreements_of(reads, only_shift) == []
    assert disagreements_of(reads[:1], EVERYTHING) == []


def test_what_one_reader_left_open_about_the_case_is_a_disagreement() -> None:
    [found] = disagreements_of([read("a", answers={"bleed": "present"}), read("b", answers={})], EVERYTHING)
    assert found.said == {"a": "present", "b": None}


some_boxes = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(3, 12)), max_size=3)


@settings(max_examples=25, deadline=None)
@given(st.lists(some_boxes, min_size=2, max_size=4), st.sampled_from(["majority", "staple"]), st.randoms())
def test_originals_stay_as_they_were_and_the_order_of_readers_does_not_matter(of_readers, masks, random) -> None:
    reads = [
        made_read(name, boxes=boxes, answers={"q": len(boxes)}) for name, boxes in zip("abcd", of_readers, strict=False)
    ]
    before = copy.deepcopy([one.content for one in reads])
    compared = [compared_read(one, FrameOrder()) for one in reads]
    found, disagreements = consensus_of(compared, masks=masks), disagreements_of(compared, EVERYTHING)
    shuffled = list(compared)
    random.shuffle(shuffled)
    again = consensus_of(shuffled, masks=masks)
    assert [one.members for one in again.lesions] == [one.members for one in found.lesions]
    assert again.labels == found.labels
    assert disagreements_of(shuffled, EVERYTHING) == disagreements
    assert [one.content for one in reads] == before
    assert sum(len(one.members) for one in found.lesions) == sum(map(len, of_readers))


def test_equal_readings_disagree_about_nothing() -> None:
    same = [read(name, boxes=[(5, 5, 10)], answers={"bleed": "present"}) for name in "abc"]
    assert disagreements_of(same, EVERYTHING) == []
    [lesion] = consensus_of(same).lesions
    assert lesion.agreement == 1.0


def test_the_middle_box_is_as_fine_as_the_boxes_were_drawn() -> None:
    reads = [read(name, boxes=[(10 + at, 10.25, 20)]) for name, at in (("a", 0.0), ("b", 0.4), ("c", 0.9))]
    (lesion,) = consensus_of(reads).lesions
    assert lesion.box == (10.4, 10.25, 30.4, 30.25)
    assert consensus_as_dict(consensus_of(reads))["lesions"][0]["box"] == [[10.4, 10.25], [30.4, 30.25]]
