"""Which hangings fit a case, which comes first, and what their panes show."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.cases.hangings.choose import CaseDescription, ChosenHanging, choose_hangings, words_of
from annotator.cases.hangings.definition import ImageSet, protocol_of
from annotator.cases.hangings.hangable import HangableStack
from annotator.cases.hangings.shipped import shipped_protocols
from tests.annotator.cases.hangings_world import breast, stack, volume


def offered(modality: str, *stacks: HangableStack, body_part: str = "") -> list[ChosenHanging]:
    return choose_hangings(CaseDescription(modality, body_part, stacks), shipped_protocols())


def keys(hangings: list[ChosenHanging]) -> list[str]:
    return [hanging.key for hanging in hangings]


def named(hangings: list[ChosenHanging], key: str) -> ChosenHanging:
    return next(hanging for hanging in hangings if hanging.key == key)


def protocol(panes: list[dict[str, Any]], *, rows: int = 1, **facts: Any) -> Any:
    content = {"key": "p", "name": "P", "modality": "CT", "body_parts": [], "priority": 1, "panes": panes, **facts}
    return protocol_of({"rows": rows, "columns": len(panes) // rows, **content})


FOUR = [breast(name) for name in ("RCC", "LCC", "RMLO", "LMLO")]
EARLIER = [breast(name, prior=1) for name in ("RCC", "LCC", "RMLO", "LMLO")]


def test_a_head_ct_opens_in_one_pane_and_offers_brain_subdural_bone_and_all_three_in_step() -> None:
    head = volume()
    hangings = offered("CT", head, body_part="HEAD")
    assert keys(hangings)[:2] == ["one", "ct-head-windows"]
    windows = named(hangings, "ct-head-windows")
    assert (windows.rows, windows.columns) == (2, 2)
    assert [pane.stack for pane in windows.panes] == [head.pk] * 4
    assert [pane.presentation.window for pane in windows.panes] == ["Brain", "Subdural", "Bone", ""]
    assert windows.panes[3].presentation.composition == "three-window"
    assert windows.links == {"scroll": ((0, 1, 2, 3),), "zoom": ((0, 1, 2, 3),), "window": ()}


def test_a_chest_ct_is_not_offered_the_brains_windows_and_one_of_unknown_part_is_offered_both_last() -> None:
    assert "ct-head-windows" not in keys(offered("CT", volume(), body_part="CHEST"))
    assert keys(offered("CT", volume())) == ["one", "ct-planes", "ct-twice", "ct-head-windows", "ct-chest-windows"]


def test_four_views_face_each_other_and_each_breast_is_offered_alone() -> None:
    hangings = offered("MG", *FOUR)
    one_by_one = ["breast-cc", "breast-mlo", "breast-left", "breast-right", "breast-one-view"]
    assert keys(hangings) == ["breast-four-views", *one_by_one], "none that would show the same again"
    assert [pane.wanted for pane in hangings[0].panes] == ["R CC", "L CC", "R MLO", "L MLO"]
    assert [pane.stack for pane in hangings[0].panes] == [one.pk for one in FOUR]


def test_with_priors_each_view_hangs_and_moves_with_its_earlier_one() -> None:
    best = offered("MG", *FOUR, *EARLIER)[0]
    assert (best.key, best.rows, best.columns) == ("breast-four-views-priors", 2, 4)
    now = {one.pk: f"{one.laterality}{one.view}" for one in FOUR}
    before = {one.pk: f"{one.laterality}{one.view}" for one in EARLIER}
    shown = [now.get(pane.stack or 0) or f"earlier {before[pane.stack or 0]}" for pane in best.panes]
    assert shown == ["RCC", "LCC", "earlier RCC", "earlier LCC", "RMLO", "LMLO", "earlier RMLO", "earlier LMLO"]
    assert best.links["scroll"] == ((0, 2), (1, 3), (4, 6), (5, 7))


def test_an_earlier_study_is_never_taken_for_the_one_that_is_read() -> None:
    hangings = offered("MG", breast("RCC"), *EARLIER)
    for hanging in hangings:
        for pane in hanging.panes:
            assert (pane.stack in {one.pk for one in EARLIER}) <= pane.wanted.startswith("earlier")


def test_one_breast_with_priors_has_the_earlier_study_below() -> None:
    best = offered("MG", breast("LCC"), breast("LMLO"), breast("LCC", prior=1), breast("LMLO", prior=1))[0]
    assert best.key == "breast-left-priors"
    assert [pane.wanted for pane in best.panes] == ["L CC", "L MLO", "earlier L CC", "earlier L MLO"]


def test_a_ct_with_a_prior_hangs_beside_it_and_scrolls_with_it() -> None:
    now, earlier = volume(), volume(prior=1)
    best = offered("CT", now, earlier)[0]
    assert (best.key, [pane.stack for pane in best.panes]) == ("ct-prior", [now.pk, earlier.pk])
    assert best.links["scroll"] == ((0, 1),)


def test_films_hang_in_grids_as_large_as_there_are_films() -> None:
    films = [stack("cine", frame_count=20, instance_number=number) for number in range(1, 8)]
    assert [key for key in keys(offered("US", *films)) if key.startswith("cine")] == [
        "cine-grid-1x2",
        "cine-grid-2x2",
        "cine-grid-2x3",
        "cine-grid-3x3",
    ]
    three = keys(offered("US", *films[:3]))
    assert "cine-grid-2x2" in three
    assert "cine-grid-3x3" not in three


def test_an_ultrasound_pair_hangs_side_by_side() -> None:
    long, trans = stack(view="longitudinal"), stack(view="transverse")
    best = offered("US", long, trans, stack("cine", frame_count=9))[0]
    assert (best.key, [pane.stack for pane in best.panes]) == (
        "ultrasound-transverse-longitudinal",
        [trans.pk, long.pk],
    )


def test_a_hanging_with_an_empty_row_or_column_does_not_fit() -> None:
    wanted = [{"image_set": {"view": [name]}} for name in ("a", "b", "c", "d")]
    two_by_two = [protocol(wanted, rows=2)]
    fits = CaseDescription("CT", "", (stack(view="a"), stack(view="d")))
    empty_column = CaseDescription("CT", "", (stack(view="a"), stack(view="c")))
    assert choose_hangings(fits, two_by_two)[0].key == "p"
    assert choose_hangings(empty_column, two_by_two)[0].key == "one", "the fallback shows something all the same"


def test_links_leave_empty_panes_out_and_a_link_of_one_is_none() -> None:
    panes = [{"image_set": {"view": [name]}} for name in ("a", "b", "c", "d")]
    linked = protocol(panes, rows=2, synchronized={"scroll": [[1, 2], [3, 4]], "zoom": [[1, 2, 4]]})
    chosen = choose_hangings(CaseDescription("CT", "", (stack(view="a"), stack(view="d"))), [linked])[0]
    assert chosen.links == {"scroll": (), "zoom": ((0, 3),), "window": ()}


@pytest.mark.parametrize(
    ("image_set", "words"),
    [
        (ImageSet(("R",), ("CC",)), "R CC"),
        (ImageSet(("L",), ("MLO",), prior=1), "earlier L MLO"),
        (ImageSet(kind=("cine",), number=3), "cine 3"),
        (ImageSet(number=2), "2"),
        (ImageSet(prior=2), "2 studies earlier"),
    ],
)
def test_an_empty_pane_says_what_it_is_for(image_set: ImageSet, words: str) -> None:
    assert words_of(image_set) == words


STACKS = st.lists(
    st.builds(
        lambda kind, side, view, prior, frames: stack(
            kind, laterality=side, view=view, prior=prior, frame_count=frames
        ),
        st.sampled_from(["volume", "cine", "still"]),
        st.sampled_from(["", "L", "R"]),
        st.sampled_from(["", "CC", "MLO", "transverse", "longitudinal"]),
        st.integers(0, 2),
        st.integers(1, 9),
    ),
    max_size=14,
)


@given(st.sampled_from(["CT", "US", "MG", "MR", "XA"]), st.sampled_from(["", "HEAD", "CHEST", "KNEE"]), STACKS)
def test_some_hanging_always_fits_and_all_that_fit_show_something_of_the_study_that_is_read(
    modality: str, body_part: str, others: list[HangableStack]
) -> None:
    stacks = (stack(frame_count=1), *others)
    known = {one.pk for one in stacks}
    hangings = offered(modality, *stacks, body_part=body_part)
    assert len(set(keys(hangings))) == len(hangings) > 0
    for hanging in hangings:
        assert len(hanging.panes) == hanging.rows * hanging.columns <= 12
        shown = {pane.stack for pane in hanging.panes} - {None}
        assert shown <= known
        assert any(one.prior == 0 for one in stacks if one.pk in shown)
        for groups in hanging.links.values():
            for group in groups:
                assert all(hanging.panes[at].stack is not None for at in group)
