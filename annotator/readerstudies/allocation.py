"""Who reads what, in which order, under which arm, in which session: computed once, from a seed. Pure.

Nothing here depends on the order in which cases and readers were added: every choice follows from hashes of the seed
and of what they are. Cases that come later are allocated by themselves, behind what there is.
"""

import random
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from annotator.accounts.errors import InvalidError
from annotator.readerstudies.design import Arm, ArmKind, ArmOrder, Design, DesignKind, Protocol


@dataclass(frozen=True)
class AllocatedCase:
    """A case as allocation sees it: `number` is the item's, `key` what it is whenever it was added."""

    number: int
    key: str
    patient: str
    batch: str = ""
    score: float | None = None


@dataclass(frozen=True)
class AllocatedReader:
    code: str
    key: str
    is_anchor: bool = False


@dataclass(frozen=True)
class Entry:
    """One reading: item, arm, session (from 1)."""

    number: int
    arm: str
    session: int


# Each reader's readings in the order of reading.
Allocation = dict[str, tuple[Entry, ...]]


def allocate(
    protocol: Protocol,
    cases: Iterable[AllocatedCase],
    readers: Iterable[AllocatedReader],
    *,
    loads: Mapping[str, int] | None = None,
    round_of: int = 0,
) -> Allocation:
    """Allocate cases to readers.

    Parameters
    ----------
    loads : how many cases each reader has already; they count for the balance of cases that are added.
    round_of : number of the amendment, so that its order and groups are drawn anew; 0 for the launch.

    Returns
    -------
    Every reader's readings, session after session, within a session arm after arm; neighbours are of different
    patients, and with `separate_batches` of different batches, wherever an order like that exists.

    Raises
    ------
    InvalidError : the design can't be done with these readers, with the path of what asks too much.
    """
    seed = f"{protocol.seed}/{round_of}"
    in_order = sorted(cases, key=lambda case: (_rank(seed, "case", case.key), case.key))
    by_code = sorted(readers, key=lambda reader: (_rank(seed, "reader", reader.key), reader.key))
    check_design(protocol.design, by_code)
    read_by = _who_reads(protocol.design, in_order, by_code, seed=seed, loads=dict(loads or {}))
    first_arms = _first_arms(protocol, read_by, by_code)
    keys = {reader.code: reader.key for reader in by_code}
    return {
        reader.code: tuple(
            entry
            for session in range(1, protocol.sessions + 1)
            for entry in _session(
                protocol, session, read_by[reader.code], first_arms[reader.code], f"{seed}/{keys[reader.code]}"
            )
        )
        for reader in sorted(by_code, key=lambda one: one.code)
    }


def check_design(design: Design, readers: Sequence[AllocatedReader]) -> None:
    """Let a design pass that these readers can do.

    Raises
    ------
    InvalidError : path "readers", or the member of the design that asks too much.
    """
    if not readers:
        raise InvalidError("A study needs readers.", "readers")
    if len({reader.code for reader in readers}) != len(readers):
        raise InvalidError("Two readers have one code.", "readers")
    anchors = sum(reader.is_anchor for reader in readers)
    rotating = len(readers) - (anchors if design.kind == DesignKind.ANCHOR else 0)
    if design.kind == DesignKind.ANCHOR and not anchors:
        raise InvalidError("This design needs an anchor: say which reader reads every case.", "readers")
    if design.kind in (DesignKind.BALANCED, DesignKind.ANCHOR) and design.readers_per_case > rotating:
        words = f"{design.readers_per_case} readers a case are wanted of {rotating}."
        raise InvalidError(words, "design.readers_per_case")
    if design.kind == DesignKind.SPLIT_PLOT and design.groups > len(readers):
        raise InvalidError(f"{design.groups} groups need as many readers; there are {len(readers)}.", "design.groups")


def _who_reads(
    design: Design,
    cases: Sequence[AllocatedCase],
    readers: Sequence[AllocatedReader],
    *,
    seed: str,
    loads: dict[str, int],
) -> dict[str, list[AllocatedCase]]:
    """Each reader's cases, in no order that means anything."""
    found: dict[str, list[AllocatedCase]] = {reader.code: [] for reader in readers}
    if design.kind == DesignKind.FULLY_CROSSED:
        return {reader.code: list(cases) for reader in readers}
    # Batch by batch, so that every reader has a fair share of each batch, not only of the whole.
    by_batch = sorted(cases, key=lambda case: case.batch)
    if design.kind == DesignKind.SPLIT_PLOT:
        for at, case in enumerate(by_batch):
            for place, reader in enumerate(readers):
                if place % design.groups == at % design.groups:
                    found[reader.code].append(case)
        return found
    rotating = [reader.code for reader in readers]
    if design.kind == DesignKind.ANCHOR:
        for reader in readers:
            if reader.is_anchor:
                found[reader.code] = list(cases)
                rotating.remove(reader.code)
    key_of = {reader.code: reader.key for reader in readers}
    load = {code: loads.get(code, 0) for code in rotating}
    for case in by_batch:
        # The least loaded first: loads then never differ by more than one where they began alike.
        chosen = sorted(rotating, key=lambda code: (load[code], _rank(seed, "turn", f"{case.key}/{key_of[code]}")))
        for code in chosen[: design.readers_per_case]:
            found[code].append(case)
            load[code] += 1
    return found


def _first_arms(
    protocol: Protocol, read_by: Mapping[str, Sequence[AllocatedCase]], readers: Sequence[AllocatedReader]
) -> dict[str, dict[int, int]]:
    """By reader and case the place of the arm that comes first; the later sessions go on from there.

    Counted along each reader's own cases, batch by batch: those who read the same cases form a Latin square.
    """
    count = len(protocol.arms)
    if protocol.arm_order == ArmOrder.AS_LISTED:
        count = 1
    # Readers of one group read the same cases: the turns go through them, not through all.
    groups = protocol.design.groups if protocol.design.kind == DesignKind.SPLIT_PLOT else 1
    found: dict[str, dict[int, int]] = {}
    for place, reader in enumerate(readers):
        own = sorted(read_by[reader.code], key=lambda case: case.batch)
        found[reader.code] = {case.number: (at + place // groups) % count for at, case in enumerate(own)}
    return found


def _session(
    protocol: Protocol, session: int, cases: Sequence[AllocatedCase], first: Mapping[int, int], seed: str
) -> list[Entry]:
    """A session's readings: the cases of one arm after those of another, so that a reader changes the way once."""
    by_arm: dict[int, list[AllocatedCase]] = defaultdict(list)
    for case in cases:
        by_arm[(first[case.number] + session - 1) % len(protocol.arms)].append(case)
    places = sorted(by_arm, key=lambda place: _rank(seed, "arm", f"{session}/{place}"))
    entries: list[Entry] = []
    last: AllocatedCase | None = None
    for place in places:
        arm = protocol.arms[place]
        drawn = random.Random(f"{seed}/{session}/{place}")  # noqa: S311  must come out the same again
        ordered = _order_of_arm(arm, by_arm[place], drawn, batches=protocol.separate_batches, after=last)
        entries += [Entry(case.number, arm.name, session) for case in ordered]
        last = ordered[-1]
    return entries


def _order_of_arm(
    arm: Arm, cases: Sequence[AllocatedCase], drawn: random.Random, *, batches: bool, after: AllocatedCase | None
) -> list[AllocatedCase]:
    shuffled = sorted(cases, key=lambda case: case.key)
    drawn.shuffle(shuffled)
    if arm.kind == ArmKind.TRIAGE:
        # What the model is surest of comes first; what it has no score for comes last.
        return sorted(shuffled, key=lambda case: (case.score is None, -(case.score or 0.0)))
    return keep_neighbours_apart(shuffled, drawn, batches=batches, after=after)


def keep_neighbours_apart(
    cases: Sequence[AllocatedCase], drawn: random.Random, *, batches: bool = True, after: AllocatedCase | None = None
) -> list[AllocatedCase]:
    """Order cases so that neighbours are of different patients, and of different batches; patients count more.

    As few neighbours of one patient are left as there can be; the same of batches where each patient has one case.

    Parameters
    ----------
    cases : shuffled already.
    after : what is read before the first of them.
    """
    waiting: dict[str, deque[AllocatedCase]] = defaultdict(deque)
    for case in cases:
        waiting[case.batch if batches else ""].append(case)
    left = Counter({batch: len(queue) for batch, queue in waiting.items()})
    ordered: list[AllocatedCase] = []
    before = after
    for remaining in range(len(cases), 0, -1):
        batch = _next_batch(left, remaining, before.batch if before and batches else None, drawn)
        case = _take_other_patient(waiting[batch], before.patient if before else None)
        left[batch] -= 1
        ordered.append(case)
        before = case
    return _part_patients(ordered, after=after)


def _next_batch(left: Counter[str], remaining: int, last: str | None, drawn: random.Random) -> str:
    there = sorted(batch for batch, count in left.items() if count)
    others = [batch for batch in there if batch != last]
    if not others:
        return there[0]
    largest = max(others, key=lambda batch: (left[batch], batch))
    # One that fills half of what is left has to come at every other place from now on.
    if left[largest] * 2 > remaining:
        return largest
    return drawn.choices(others, weights=[left[batch] for batch in others])[0]


def _take_other_patient(queue: deque[AllocatedCase], patient: str | None) -> AllocatedCase:
    for at, case in enumerate(queue):
        if case.patient != patient:
            del queue[at]
            return case
    return queue.popleft()


def _part_patients(ordered: list[AllocatedCase], *, after: AllocatedCase | None) -> list[AllocatedCase]:
    """Move a case that follows one of its own patient to a gap between others; each move leaves one such pair fewer.

    While no patient has more than half of the cases there is such a gap: n - 1 cases have n gaps, and the patient's
    others close at most two each.
    """
    at = 0
    while at < len(ordered):
        before = ordered[at - 1] if at else after
        if before is None or before.patient != ordered[at].patient:
            at += 1
            continue
        case = ordered.pop(at)
        gaps = [gap for gap in range(len(ordered) + 1) if _fits(ordered, gap, case, after)]
        if not gaps:
            ordered.insert(at, case)
            at += 1
            continue
        best = min(gaps, key=lambda gap: (_same_batches(ordered, gap, case), abs(gap - at)))
        ordered.insert(best, case)
        if best < at:
            at += 1
    return ordered


def _around(
    ordered: Sequence[AllocatedCase], gap: int, after: AllocatedCase | None
) -> tuple[AllocatedCase | None, AllocatedCase | None]:
    return (ordered[gap - 1] if gap else after), (ordered[gap] if gap < len(ordered) else None)


def _fits(ordered: Sequence[AllocatedCase], gap: int, case: AllocatedCase, after: AllocatedCase | None) -> bool:
    return all(one is None or one.patient != case.patient for one in _around(ordered, gap, after))


def _same_batches(ordered: Sequence[AllocatedCase], gap: int, case: AllocatedCase) -> int:
    return sum(one is not None and one.batch == case.batch for one in _around(ordered, gap, None))


def _rank(*parts: str) -> bytes:
    return sha256("/".join(parts).encode()).digest()[:8]
