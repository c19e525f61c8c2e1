"""Which hangings fit a case, best first, and what each pane of them shows. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from annotator.cases.hangings.definition import (
    LINK_KINDS,
    ImageSet,
    LinkKind,
    PaneWish,
    Presentation,
    Protocol,
)
from annotator.cases.hangings.hangable import HangableStack

# Shown when nothing that an admin left enabled fits: a case is never without a pane.
FALLBACK = Protocol(
    key="one",
    name="One picture",
    modality="",
    body_parts=(),
    priority=0,
    rows=1,
    columns=1,
    panes=(PaneWish(image_set=ImageSet()),),
)


@dataclass(frozen=True)
class CaseDescription:
    """What the choice depends on; the stacks in the order of the case, priors among them."""

    modality: str
    body_part: str
    stacks: tuple[HangableStack, ...]


@dataclass(frozen=True)
class ChosenPane:
    """What a pane shows.

    Attributes
    ----------
    stack : None where the case lacks what the pane asks for: it stays empty.
    wanted : what it asks for, in words: "R CC".
    """

    stack: int | None
    wanted: str
    presentation: Presentation


@dataclass(frozen=True)
class ChosenHanging:
    """A hanging that fits; links are groups of panes, counted from 0, each with two that show something or more."""

    key: str
    name: str
    rows: int
    columns: int
    panes: tuple[ChosenPane, ...]
    links: dict[LinkKind, tuple[tuple[int, ...], ...]]


def choose_hangings(case: CaseDescription, protocols: Iterable[Protocol]) -> list[ChosenHanging]:
    """The hangings that fit a case, best first; at least one.

    One fits when modality and body part do, when the case has what it needs and what its required panes ask for, and
    when no row and no column of panes would be empty: a breast that was not examined takes no half of the screen.

    Parameters
    ----------
    case : with one stack or more of the study that is read.
    """
    fitting = [
        (_is_uncertain(protocol, case), -protocol.priority, protocol.name, chosen)
        for protocol in protocols
        if (chosen := _hung(protocol, case)) is not None
    ]
    fitting.sort(key=lambda one: one[:3])
    if fitting:
        return _without_doubles([chosen for *_, chosen in fitting])
    fallback = _hung(FALLBACK, case)
    if fallback is None:
        raise ValueError("There is nothing to hang.")
    return [fallback]


def _without_doubles(hangings: Iterable[ChosenHanging]) -> list[ChosenHanging]:
    """Of several that show this case alike the best is enough: "both CC" is "two pictures" too."""
    different: dict[object, ChosenHanging] = {}
    for hanging in hangings:
        shown = tuple((pane.stack, pane.presentation) for pane in hanging.panes)
        different.setdefault((hanging.rows, shown), hanging)
    return list(different.values())


def _is_uncertain(protocol: Protocol, case: CaseDescription) -> bool:
    # Offered, but behind those that surely fit: many headers say nothing of the body part.
    return bool(protocol.body_parts) and not case.body_part


def _hung(protocol: Protocol, case: CaseDescription) -> ChosenHanging | None:
    if protocol.modality not in ("", case.modality):
        return None
    if protocol.body_parts and case.body_part and case.body_part.upper() not in protocol.body_parts:
        return None
    for need in protocol.needs:
        count = len(_fitting(need.image_set, case.stacks))
        if count < need.at_least or (need.at_most is not None and count > need.at_most):
            return None
    panes = _panes(protocol, case.stacks)
    if any(wish.required and pane.stack is None for wish, pane in zip(protocol.panes, panes, strict=True)):
        return None
    shown = [pane.stack is not None for pane in panes]
    rows = [shown[at : at + protocol.columns] for at in range(0, len(shown), protocol.columns)]
    columns = [shown[at :: protocol.columns] for at in range(protocol.columns)]
    if not all(any(line) for line in (*rows, *columns)):
        return None
    return ChosenHanging(
        key=protocol.key,
        name=protocol.name,
        rows=protocol.rows,
        columns=protocol.columns,
        panes=panes,
        links={kind: _groups(protocol.synchronized.get(kind, ()), shown) for kind in LINK_KINDS},
    )


def _panes(protocol: Protocol, stacks: Sequence[HangableStack]) -> tuple[ChosenPane, ...]:
    panes: list[ChosenPane] = []
    for wish in protocol.panes:
        if wish.same_stack_as is not None:
            first = panes[wish.same_stack_as - 1]
            panes.append(ChosenPane(first.stack, first.wanted, wish.presentation))
            continue
        image_set = wish.image_set or ImageSet()
        found = _fitting(image_set, stacks)
        at = image_set.number - 1
        panes.append(ChosenPane(found[at].pk if at < len(found) else None, words_of(image_set), wish.presentation))
    return tuple(panes)


def _fitting(image_set: ImageSet, stacks: Sequence[HangableStack]) -> list[HangableStack]:
    return [
        stack
        for stack in stacks
        if stack.prior == image_set.prior
        and _is_among(stack.laterality, image_set.laterality)
        and _is_among(stack.view, image_set.view)
        and _is_among(stack.kind, image_set.kind)
        and _is_among(stack.plane, image_set.plane)
    ]


def _is_among(value: str, wished: tuple[str, ...]) -> bool:
    return not wished or value in wished


def _groups(groups: Iterable[Sequence[int]], shown: Sequence[bool]) -> tuple[tuple[int, ...], ...]:
    kept = (tuple(number - 1 for number in group if shown[number - 1]) for group in groups)
    return tuple(group for group in kept if len(group) > 1)


def words_of(image_set: ImageSet) -> str:
    """What a pane asks for, as an empty one says it: "R CC", "earlier L MLO", "cine 3"."""
    side = " or ".join(one for one in image_set.laterality if one)
    view = " or ".join(one for one in image_set.view if one)
    plane = " or ".join(one for one in image_set.plane if one)
    kind = " or ".join(image_set.kind)
    earlier = (
        "" if image_set.prior == 0 else "earlier" if image_set.prior == 1 else f"{image_set.prior} studies earlier"
    )
    words = [earlier, side, view, plane, kind if not view else ""]
    number = str(image_set.number) if image_set.number > 1 or not any(words) else ""
    return " ".join(word for word in [*words, number] if word)
