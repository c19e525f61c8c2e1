"""Allocation: who reads what is balanced, complete, parted, and moves for nothing that comes later. No database."""

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.accounts.errors import InvalidError
from annotator.readerstudies.allocation import AllocatedCase, AllocatedReader, Allocation, allocate
from annotator.readerstudies.design import Arm, ArmKind, ArmOrder, Design, DesignKind, Protocol

TWO_ARMS = (Arm("alone", ArmKind.UNAIDED), Arm("aided", ArmKind.CONCURRENT))
KINDS = list(DesignKind)


def made_cases(patients: list[int], batches: list[str]) -> list[AllocatedCase]:
    return [
        AllocatedCase(number, f"case-{number}", f"patient-{patient}", batches[number % len(batches)])
        for number, patient in enumerate(patients, start=1)
    ]


def made_readers(count: int, anchors: int = 0) -> list[AllocatedReader]:
    return [AllocatedReader(f"R{at:02}", f"person-{at}", is_anchor=at <= anchors) for at in range(1, count + 1)]


studies = st.builds(
    lambda kind, arms, readers, k, patients, batches, seed, order: (
        Protocol(design=Design(kind, min(k, readers - 1), min(2, readers)), arms=arms, seed=seed, arm_order=order),
        made_cases(patients, batches),
        made_readers(readers, anchors=1),
    ),
    kind=st.sampled_from(KINDS),
    arms=st.sampled_from([TWO_ARMS[:1], TWO_ARMS]),
    readers=st.integers(2, 7),
    k=st.integers(1, 4),
    patients=st.lists(st.integers(1, 12), min_size=1, max_size=40),
    batches=st.sampled_from([["a"], ["a", "b"], ["a", "b", "b", "c"]]),
    seed=st.integers(0, 5),
    order=st.sampled_from(list(ArmOrder)),
)


def readers_of_cases(allocation: Allocation) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for code, entries in allocation.items():
        for entry in entries:
            found[entry.number].add(code)
    return found


@settings(max_examples=60, deadline=None)
@given(studies)
def test_every_case_is_read_by_as_many_as_the_design_says_once_an_arm_in_a_session_of_its_own(study) -> None:
    protocol, cases, readers = study
    allocation = allocate(protocol, cases, readers)
    design, read_by = protocol.design, readers_of_cases(allocation)
    assert set(read_by) == {case.number for case in cases}
    for number, codes in read_by.items():
        if design.kind == DesignKind.FULLY_CROSSED:
            assert len(codes) == len(readers)
        elif design.kind == DesignKind.BALANCED:
            assert len(codes) == design.readers_per_case
        elif design.kind == DesignKind.ANCHOR:
            assert "R01" in codes, number
            assert len(codes) == design.readers_per_case + 1
        else:
            assert len(codes) in (len(readers) // 2, (len(readers) + 1) // 2)
    for entries in allocation.values():
        slots = Counter((entry.number, entry.arm) for entry in entries)
        assert set(slots.values()) <= {1}
        assert {(entry.number, entry.session) for entry in entries} == {
            (number, session) for number, _ in slots for session in range(1, len(protocol.arms) + 1)
        }
        assert [entry.session for entry in entries] == sorted(entry.session for entry in entries)


@settings(max_examples=60, deadline=None)
@given(studies)
def test_loads_are_even_also_within_each_batch(study) -> None:
    protocol, cases, readers = study
    allocation = allocate(protocol, cases, readers)
    anchors = {"R01"} if protocol.design.kind == DesignKind.ANCHOR else set()
    loads = [len(entries) // len(protocol.arms) for code, entries in allocation.items() if code not in anchors]
    assert max(loads) - min(loads) <= 1
    batch_of = {case.number: case.batch for case in cases}
    for batch in set(batch_of.values()):
        shares = [
            len({entry.number for entry in entries if batch_of[entry.number] == batch})
            for code, entries in allocation.items()
            if code not in anchors
        ]
        assert max(shares) - min(shares) <= 2


@settings(max_examples=40, deadline=None)
@given(studies)
def test_arms_change_places_evenly_and_a_crossover_begins_half_and_half(study) -> None:
    protocol, cases, readers = study
    if len(protocol.arms) < 2:
        return
    for entries in allocate(protocol, cases, readers).values():
        first = Counter(entry.arm for entry in entries if entry.session == 1)
        if protocol.arm_order == ArmOrder.AS_LISTED:
            assert set(first) <= {"alone"}
        else:
            assert abs(first["alone"] - first["aided"]) <= 1


@pytest.mark.parametrize("kind", [DesignKind.FULLY_CROSSED, DesignKind.SPLIT_PLOT])
def test_every_case_is_first_read_with_and_without_help_by_as_many_readers(kind: DesignKind) -> None:
    protocol = Protocol(design=Design(kind, groups=2), arms=TWO_ARMS)
    allocation = allocate(protocol, made_cases(list(range(20)), ["a", "b"]), made_readers(8))
    first: dict[int, Counter[str]] = defaultdict(Counter)
    for entries in allocation.values():
        for entry in entries:
            if entry.session == 1:
                first[entry.number][entry.arm] += 1
    assert all(counted["alone"] == counted["aided"] for counted in first.values())


@settings(max_examples=60, deadline=None)
@given(studies, st.randoms(use_true_random=False))
def test_the_order_in_which_cases_and_readers_were_added_changes_nothing(study, shuffle) -> None:
    protocol, cases, readers = study
    before = allocate(protocol, cases, readers)
    key_of, code_key = {case.number: case.key for case in cases}, {one.code: one.key for one in readers}
    others = list(cases)
    shuffle.shuffle(others)
    others = [replace(case, number=number) for number, case in enumerate(others, start=1)]
    again = list(readers)
    shuffle.shuffle(again)
    again = [replace(reader, code=f"R{at:02}") for at, reader in enumerate(again, start=1)]
    after = allocate(protocol, others, again)
    new_key, new_code = {case.number: case.key for case in others}, {one.code: one.key for one in again}

    def plain(allocation: Allocation, keys: dict[int, str], codes: dict[str, str]) -> dict[str, list[tuple]]:
        return {
            codes[code]: [(keys[one.number], one.arm, one.session) for one in entries]
            for code, entries in allocation.items()
        }

    assert plain(before, key_of, code_key) == plain(after, new_key, new_code)


def fewest(counts: Counter[str], total: int) -> int:
    """Neighbours of one kind that no order avoids."""
    return max(0, 2 * max(counts.values()) - total - 1)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(1, 6), min_size=1, max_size=30), st.sampled_from([["a"], ["a", "b", "b"]]), st.integers(0, 99)
)
def test_neighbours_are_of_one_patient_only_where_no_order_could_part_them(patients, batches, seed) -> None:
    cases = made_cases(patients, batches)
    (entries,) = allocate(Protocol(seed=seed), cases, made_readers(1)).values()
    patient = {case.number: case.patient for case in cases}
    same = sum(patient[a.number] == patient[b.number] for a, b in pairwise(entries))
    assert same == fewest(Counter(patient.values()), len(cases))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=30), st.integers(0, 99))
def test_neighbours_are_of_one_batch_only_where_no_order_could_part_them(batches, seed) -> None:
    cases = [AllocatedCase(at, f"case-{at}", f"p{at}", batch) for at, batch in enumerate(batches)]
    (entries,) = allocate(Protocol(seed=seed), cases, made_readers(1)).values()
    batch = {case.number: case.batch for case in cases}
    same = sum(batch[a.number] == batch[b.number] for a, b in pairwise(entries))
    assert same == fewest(Counter(batches), len(cases))


@settings(max_examples=40, deadline=None)
@given(studies, st.integers(1, 15))
def test_cases_that_are_added_are_balanced_with_what_there_is(study, more) -> None:
    protocol, cases, readers = study
    first = allocate(protocol, cases, readers)
    loads = {code: len({entry.number for entry in entries}) for code, entries in first.items()}
    added = [AllocatedCase(1000 + at, f"late-{at}", f"late-patient-{at}") for at in range(more)]
    second = allocate(protocol, added, readers, loads=loads, round_of=1)
    assert {entry.number for entries in second.values() for entry in entries} == {case.number for case in added}
    if protocol.design.kind in (DesignKind.BALANCED, DesignKind.ANCHOR):
        rotating = [code for code in loads if code != "R01" or protocol.design.kind == DesignKind.BALANCED]
        total = [loads[code] + len({entry.number for entry in second[code]}) for code in rotating]
        assert max(total) - min(total) <= 1


def test_triage_reads_first_what_the_model_is_surest_of_and_last_what_it_has_not_seen() -> None:
    scores = [0.2, None, 0.9, 0.5]
    cases = [AllocatedCase(at, f"c{at}", f"p{at}", score=score) for at, score in enumerate(scores)]
    (entries,) = allocate(Protocol(arms=(Arm("sorted", ArmKind.TRIAGE),)), cases, made_readers(1)).values()
    assert [entry.number for entry in entries] == [2, 3, 0, 1]


def test_the_order_is_another_for_each_reader_and_each_session_and_seed() -> None:
    cases = made_cases(list(range(12)), ["a"])
    allocation = allocate(Protocol(arms=TWO_ARMS), cases, made_readers(3))
    orders = {
        tuple(entry.number for entry in entries if entry.session == session)
        for entries in allocation.values()
        for session in (1, 2)
    }
    assert len(orders) == 6
    assert allocate(Protocol(arms=TWO_ARMS, seed=2), cases, made_readers(3)) != allocation


@pytest.mark.parametrize(
    ("design", "readers", "path"),
    [
        (Design(), [], "readers"),
        (Design(DesignKind.BALANCED, readers_per_case=4), made_readers(3), "design.readers_per_case"),
        (Design(DesignKind.ANCHOR), made_readers(3), "readers"),
        (Design(DesignKind.ANCHOR, readers_per_case=3), made_readers(3, anchors=1), "design.readers_per_case"),
        (Design(DesignKind.SPLIT_PLOT, groups=4), made_readers(3), "design.groups"),
    ],
)
def test_a_design_that_these_readers_can_not_do_is_refused_with_its_place(design, readers, path) -> None:
    with pytest.raises(InvalidError) as refused:
        allocate(Protocol(design=design), made_cases([1, 2], ["a"]), readers)
    assert refused.value.path == path
