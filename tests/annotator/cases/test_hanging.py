"""Which stack hangs where by the hangings that ship: the order of stacks, their places and names."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.cases.hanging import Hanging, case_title, hang, plane_of, titles_of
from annotator.cases.hangings.hangable import HangableStack
from annotator.cases.hangings.shipped import shipped_protocols
from tests.annotator.cases.hangings_world import breast, stack


def by_place(hanging: Hanging) -> dict[int, str]:
    return {hung.place: hung.title for hung in hanging.stacks}


def test_four_breast_views_hang_right_on_the_left_and_cc_above_mlo_however_they_come() -> None:
    views = [breast(name) for name in ("LCC", "RCC", "LMLO", "RMLO")]
    for order in permutations(views):
        hanging = hang("MG", order, protocols=shipped_protocols())
        assert hanging.layout == "2x2"
        assert by_place(hanging) == {0: "RCC", 1: "LCC", 2: "RMLO", 3: "LMLO"}


@pytest.mark.parametrize(
    ("views", "layout", "places"),
    [
        (["RCC", "LCC", "RMLO"], "2x2", {0: "RCC", 1: "LCC", 2: "RMLO"}),
        (["LMLO", "RCC"], "2x2", {0: "RCC", 3: "LMLO"}),
        (["LCC", "RCC"], "1x2", {0: "RCC", 1: "LCC"}),
        (["LMLO", "LCC"], "1x2", {0: "LCC", 1: "LMLO"}),
        (["LCC"], "1x1", {0: "LCC"}),
    ],
)
def test_where_a_view_is_missing_the_others_keep_their_side(
    views: list[str], layout: str, places: dict[int, str]
) -> None:
    hanging = hang("MG", [breast(name) for name in views], protocols=shipped_protocols())
    assert (hanging.layout, by_place(hanging)) == (layout, places)


def test_the_tomosynthesis_volume_hangs_before_the_flat_picture_of_the_same_view() -> None:
    volumes = [breast(name) for name in ("LCC", "RCC", "LMLO", "RMLO")]
    flat = [breast(name, frames=1) for name in ("LCC", "RCC", "LMLO", "RMLO")]
    hanging = hang("MG", [*flat, *volumes], protocols=shipped_protocols())
    shown = {hung.pk for hung in hanging.stacks if hung.place < 4}
    assert shown == {volume.pk for volume in volumes}
    assert sorted(hung.place for hung in hanging.stacks) == list(range(8))


def test_breast_pictures_of_unknown_view_hang_as_they_were_acquired() -> None:
    pictures = [stack("still", "MG", series_number=number) for number in (3, 1, 2)]
    hanging = hang("MG", pictures, protocols=shipped_protocols())
    assert hanging.layout == "1x2"
    assert [hung.pk for hung in hanging.stacks] == [pictures[1].pk, pictures[2].pk, pictures[0].pk]


def test_an_ultrasound_pair_hangs_transverse_on_the_left_and_the_cine_waits() -> None:
    cine = stack("cine", frame_count=40)
    longitudinal, transverse = stack(view="longitudinal"), stack(view="transverse", instance_number=2)
    other = stack(instance_number=3)
    hanging = hang("US", [cine, longitudinal, other, transverse], protocols=shipped_protocols())
    assert hanging.layout == "1x2"
    assert by_place(hanging) == {0: "transverse", 1: "longitudinal", 2: "still", 3: "cine"}


@pytest.mark.parametrize(
    ("kinds", "layout"),
    [
        (["still"], "1x1"),
        (["still", "still"], "1x2"),
        (["cine", "still"], "1x2"),
        (["cine"], "1x1"),
        (["still"] * 5, "1x1"),
    ],
)
def test_ultrasound_pictures_of_unknown_plane_hang_as_they_were_acquired(kinds: list[str], layout: str) -> None:
    pictures = [stack(kind, instance_number=number) for number, kind in enumerate(kinds)]
    hanging = hang("US", pictures, protocols=shipped_protocols())
    assert hanging.layout == layout
    stills_first = sorted(pictures, key=lambda picture: (picture.kind != "still", picture.instance_number))
    assert [hung.pk for hung in hanging.stacks] == [picture.pk for picture in stills_first]


def test_of_several_ct_series_the_one_with_most_slices_hangs_and_the_localizer_comes_last() -> None:
    scout = stack("still", "CT", frame_count=900, is_localizer=True, series_number=1)
    thick = stack("volume", "CT", frame_count=40, series_number=2, plane="axial", slice_thickness=5.0)
    thin = stack("volume", "CT", frame_count=300, series_number=3, plane="axial", slice_thickness=0.625)
    hanging = hang("CT", [scout, thick, thin], protocols=shipped_protocols())
    assert hanging.layout == "1x1"
    assert by_place(hanging) == {0: "axial · 300 slices · 0.625 mm", 1: "axial · 40 slices · 5 mm", 2: "localizer"}


def test_equal_titles_are_numbered() -> None:
    assert titles_of([stack(), stack("cine"), stack()]) == ["still (1)", "cine", "still (2)"]


def test_nothing_can_not_be_hung() -> None:
    with pytest.raises(ValueError, match="nothing"):
        hang("CT", [], protocols=shipped_protocols())


KINDS = st.sampled_from(["volume", "cine", "still"])
SIDES = st.sampled_from(["", "L", "R", "B"])
VIEWS = st.sampled_from(["", "CC", "MLO", "ML", "transverse", "longitudinal"])
STACKS = st.lists(
    st.builds(
        lambda kind, side, view, number, frames: stack(
            kind, laterality=side, view=view, series_number=number, frame_count=frames
        ),
        KINDS,
        SIDES,
        VIEWS,
        st.none() | st.integers(0, 9),
        st.integers(1, 9),
    ),
    min_size=1,
    max_size=12,
)


@given(st.sampled_from(["CT", "US", "MG", "MR", ""]), STACKS)
def test_every_stack_hangs_once_and_none_is_lost(modality: str, stacks: list[HangableStack]) -> None:
    hanging = hang(modality, stacks, protocols=shipped_protocols())
    assert sorted(hung.pk for hung in hanging.stacks) == sorted(one.pk for one in stacks)
    places = [hung.place for hung in hanging.stacks]
    assert len(set(places)) == len(places)
    assert len({hung.title for hung in hanging.stacks}) == len(places)
    rows, columns = (int(number) for number in hanging.layout.split("x"))
    assert any(place < rows * columns for place in places), "at least one pane shows something"
    assert all(len(hung.title) <= 64 for hung in hanging.stacks)


def test_a_case_is_called_after_its_modality_size_and_code() -> None:
    views = [breast(name) for name in ("LCC", "RCC", "LMLO", "RMLO")]
    assert case_title("MG", views, code="7F3K") == "Tomosynthesis · 4 views · 7F3K"
    assert case_title("MG", [breast("LCC", frames=1)], code="7F3K") == "Mammography · 1 view · 7F3K"
    assert case_title("US", [stack(), stack(), stack("cine")], code="7F3K") == "Ultrasound · 2 stills, 1 cine · 7F3K"
    ct = [stack("volume", "CT", frame_count=64), stack("still", "CT", is_localizer=True)]
    assert case_title("CT", ct, code="7F3K") == "CT · 64 slices · 7F3K"


@pytest.mark.parametrize(
    ("orientation", "plane"),
    [
        ((1, 0, 0, 0, 1, 0), "axial"),
        ((1, 0, 0, 0, 0.97, -0.24), "axial"),
        ((1, 0, 0, 0, 0, -1), "coronal"),
        ((0, 1, 0, 0, 0, -1), "sagittal"),
        (None, ""),
        ((0, 0, 0, 0, 0, 0), ""),
        ((1, 0, 0), ""),
    ],
)
def test_the_plane_follows_from_the_orientation(orientation: tuple[float, ...] | None, plane: str) -> None:
    assert plane_of(orientation) == plane


def test_stacks_at_the_same_places_are_called_by_what_tells_them_apart() -> None:
    echoes = [stack("volume", "MR", frame_count=20, plane="axial", part=f"echo {number}") for number in (1, 2)]
    assert titles_of(echoes) == ["axial · 20 slices · echo 1", "axial · 20 slices · echo 2"]
