import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.statistics.consensus import (
    SpannedBox,
    iou_of_boxes,
    join_by_overlap,
    majority_mask,
    majority_of,
    majority_of_choices,
    middle_box,
    runs_of_places,
)


def box(left: float, top: float, size: float = 10.0, first: int = 0, last: int = 0) -> SpannedBox:
    return left, top, left + size, top + size, first, last


boxes = st.builds(box, st.integers(0, 30), st.integers(0, 30), st.integers(1, 20), st.just(0), st.integers(0, 3))
marks = st.lists(st.tuples(boxes, st.sampled_from("abcd")), max_size=12)


def overlaps(some: list[SpannedBox]) -> np.ndarray:
    return np.array([[iou_of_boxes(one, other) for other in some] for one in some]).reshape(len(some), len(some))


@settings(max_examples=80, deadline=None)
@given(marks, st.floats(0.05, 1.0))
def test_every_mark_is_in_one_group_with_at_most_one_mark_a_reader_and_enough_overlap(marks, least: float) -> None:
    some, readers = [one for one, _ in marks], [reader for _, reader in marks]
    groups = join_by_overlap(overlaps(some), readers, least=least)
    assert sorted(at for group in groups for at in group) == list(range(len(marks)))
    for group in groups:
        assert len({readers[at] for at in group}) == len(group)
        assert all(iou_of_boxes(some[a], some[b]) >= least for a in group for b in group)


@settings(max_examples=50, deadline=None)
@given(boxes, st.lists(boxes, min_size=1, max_size=4))
def test_equal_marks_of_all_readers_become_that_mark(same: SpannedBox, others: list[SpannedBox]) -> None:
    some = [same] * 3
    [group] = join_by_overlap(overlaps(some), ["a", "b", "c"], least=1.0)
    assert middle_box([some[at] for at in group]) == same
    assert all(0.0 <= iou_of_boxes(same, other) == iou_of_boxes(other, same) <= 1.0 for other in others)


def test_who_overlaps_most_is_joined_first() -> None:
    some = [box(0, 0), box(2, 0), box(3, 0)]
    assert join_by_overlap(overlaps(some), ["a", "b", "b"], least=0.3) == [(0, 1), (2,)]


def test_boxes_on_other_slices_do_not_overlap() -> None:
    assert iou_of_boxes(box(0, 0, first=0, last=1), box(0, 0, first=2, last=3)) == 0
    assert iou_of_boxes(box(0, 0, first=0, last=2), box(0, 0, first=2, last=2)) == 1 / 3


def test_a_tie_is_named_and_not_broken() -> None:
    assert majority_of(["present", "absent"]).value is None
    assert majority_of(["present", "absent"]).tied == ("absent", "present")
    assert majority_of(["present", "absent", "present"]).value == "present"
    assert majority_of([]).value is None


@given(st.lists(st.sampled_from("xyz"), max_size=9), st.randoms())
def test_the_order_of_votes_says_nothing(votes: list[str], random) -> None:
    shuffled = list(votes)
    random.shuffle(shuffled)
    assert majority_of(shuffled) == majority_of(votes)


def test_of_several_choices_each_is_voted_on_by_itself() -> None:
    votes = [frozenset({"a", "b"}), frozenset({"a"}), frozenset({"a", "c"}), frozenset({"b"})]
    assert majority_of_choices(votes) == (frozenset({"a"}), frozenset({"b"}))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=1, max_size=5))
def test_a_mask_of_the_majority_lies_between_what_all_and_what_any_have(rows: list[list[bool]]) -> None:
    masks = [np.array(row).reshape(2, 3) for row in rows]
    found = majority_mask(masks)
    assert (found >= np.all(masks, axis=0)).all()
    assert (found <= np.any(masks, axis=0)).all()
    assert not majority_mask(masks, of=2 * len(masks)).any()


def test_votes_for_slices_become_unbroken_runs() -> None:
    assert runs_of_places({1: 2, 2: 2, 3: 1, 4: 2, 7: 3}, least=2) == [(1, 2), (4, 4), (7, 7)]
