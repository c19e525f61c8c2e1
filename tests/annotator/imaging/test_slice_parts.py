"""Which slices of a series make a stack, whatever the order in which they came."""

from hypothesis import given
from hypothesis import strategies as st

from annotator.imaging.slice_parts import Slice, crowded_keys, heights_along_normal, parts_of

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
REVERSED = (-1.0, 0.0, 0.0, 0.0, -1.0, 0.0)


def slices(heights: list[float], *, first: int = 1, orientation: tuple[float, ...] | None = AXIAL, **other: object):
    return [
        Slice(
            key=first + at,
            matrix=str(other.get("matrix", "64x64")),
            position=(0.0, 0.0, height) if orientation == AXIAL else (0.0, height, 0.0),
            orientation=orientation,  # type: ignore[arg-type]
            localizer=bool(other.get("localizer", False)),
        )
        for at, height in enumerate(heights)
    ]


def as_sets(parts: list) -> list[tuple[str, list[int]]]:
    return [(part.label, sorted(part.keys)) for part in parts]


def test_two_echoes_at_the_same_places_are_two_parts_by_their_number() -> None:
    both = slices([0, 5, 10]) + slices([0, 5, 10], first=11)
    echoes = {one.key: {"EchoNumbers": "1" if one.key < 10 else "2", "AcquisitionNumber": "1"} for one in both}
    assert crowded_keys(both) == set(echoes)
    assert as_sets(parts_of(both, echoes, modality="MR")) == [("echo 1", [1, 2, 3]), ("echo 2", [11, 12, 13])]


def test_acquisitions_that_count_table_positions_do_not_part_a_volume() -> None:
    one_volume = slices([0, 5, 10, 15])
    numbers = {one.key: {"AcquisitionNumber": str(one.key)} for one in one_volume}
    assert len(parts_of(one_volume, numbers, modality="CT")) == 1
    # Even where two of them lie at one place: four numbers for two places.
    crowded = slices([0, 0, 5, 5])
    assert len(parts_of(crowded, numbers, modality="CT")) == 1


def test_slices_at_one_place_that_nothing_tells_apart_stay_together() -> None:
    both = slices([0, 5]) + slices([0, 5], first=11)
    assert as_sets(parts_of(both, {}, modality="CT")) == [("", [1, 2, 11, 12])]


def test_two_attributes_together_may_part_what_neither_parts_alone() -> None:
    four = [one for at in range(4) for one in slices([0, 5], first=1 + 10 * at)]
    facts = {
        one.key: {"EchoNumbers": str(one.key // 20 + 1), "TemporalPositionIdentifier": str(one.key // 10 % 2 + 1)}
        for one in four
    }
    assert [label for label, _ in as_sets(parts_of(four, facts, modality="MR"))] == [
        "echo 1, phase 1",
        "echo 1, phase 2",
        "echo 2, phase 1",
        "echo 2, phase 2",
    ]


def test_times_part_slices_without_being_shown() -> None:
    both = slices([0, 5]) + slices([0, 5], first=11)
    times = {one.key: {"AcquisitionTime": "101500" if one.key < 10 else "101730"} for one in both}
    assert [part.label for part in parts_of(both, times, modality="CT")] == ["set 1", "set 2"]


def test_matrix_orientation_and_turned_orientation_part_slices() -> None:
    mixed = slices([0, 5]) + slices([0, 5], first=11, matrix="32x32") + slices([0, 5], first=21, orientation=CORONAL)
    mixed += slices([0, 5], first=31, orientation=REVERSED) + slices([0, 5], first=41, orientation=None)
    assert sorted(sorted(part.keys) for part in parts_of(mixed, {}, modality="MR")) == [
        [1, 2],
        [11, 12],
        [21, 22],
        [31, 32],
        [41, 42],
    ]


def test_orientations_that_differ_by_rounding_alone_are_one_stack() -> None:
    # Rounded to hundredths the two would fall on different sides of 0.995.
    near = slices([0, 5], orientation=(0.9949, 0.1, 0.0, -0.1, 0.9949, 0.0))
    near += slices([10, 15], first=11, orientation=(0.9951, 0.1, 0.0, -0.1, 0.9951, 0.0))
    assert len(parts_of(near, {}, modality="CT")) == 1


def test_a_scout_is_known_by_its_image_type_and_by_standing_across_the_volume() -> None:
    volume = slices([5.0 * at for at in range(20)])
    by_type = slices([0], first=101, localizer=True)
    by_orientation = slices([0], first=102, orientation=CORONAL)
    parts = parts_of(volume + by_type + by_orientation, {}, modality="CT")
    assert {min(part.keys): part.localizer for part in parts} == {1: False, 101: True, 102: True}
    assert all(part.name.endswith(" localizer") for part in parts if part.localizer)
    # In MR three planes of equal rank are not a volume and its scout.
    assert not any(part.localizer for part in parts_of(volume + by_orientation, {}, modality="MR"))


@given(order=st.permutations(range(14)))
def test_the_order_of_arrival_changes_neither_the_parts_nor_the_heights(order: list[int]) -> None:
    series = slices([0, 5, 10, 15, 20]) + slices([0, 5, 10, 15, 20], first=11)
    series += slices([0, 9], first=21, orientation=CORONAL) + slices([0, 5], first=31, matrix="32x32")
    echoes = {one.key: {"EchoNumbers": str(one.key // 10 + 1)} for one in series}
    shuffled = [series[at] for at in order]
    assert parts_of(shuffled, echoes, modality="MR") == parts_of(series, echoes, modality="MR")
    assert heights_along_normal(shuffled[:0]) is None
    axial = [one for one in shuffled if one.orientation == AXIAL]
    assert heights_along_normal(axial) == {one.key: one.position[2] for one in axial if one.position}
