"""Which slices of a series belong together, seen from the whole series and whatever the order in which they came.

Pure. Slices that differ in matrix, sample type or orientation never make one volume. Where several lie at one place,
the first attribute that tells them apart cleanly makes a part of each of its values: as many values as slices lie at
the fullest place, and no place twice within a part. An acquisition number that counts table positions does not pass.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from annotator.imaging.stack_checks import SAME_PLACE_MM, Orientation, Vector, along, common_normal

# Attributes that tell acquisitions at one place apart, the most telling first, and the word for their value.
SEPARATORS: Mapping[str, str] = {
    "EchoNumbers": "echo",
    "TemporalPositionIdentifier": "phase",
    "DiffusionBValue": "b",
    "AcquisitionNumber": "acquisition",
    "NominalPercentageOfCardiacPhase": "% of cycle",
    "EchoTime": "TE",
    "InversionTime": "TI",
    "TriggerTime": "trigger",
    "ImageType": "type",
    "ConvolutionKernel": "kernel",
    "AcquisitionTime": "time",
    "ContentTime": "time",
    "ImageComments": "",
}
# Attributes whose values may name people or places: they separate, but are not shown.
UNSHOWN = ("ImageType", "ConvolutionKernel", "AcquisitionTime", "ContentTime", "ImageComments")
# Cosines that differ by less are one orientation.
SAME_ORIENTATION = 0.005
# A chain of small turns is no orientation: beyond this, rounded ones are told apart.
WIDEST_ORIENTATION = 0.02
# A few slices that stand across a volume this many times as long are its localizer.
LOCALIZER_SLICES = 3
LOCALIZER_RATIO = 5
LOCALIZER_COSINE = 0.87  # cos 30 degrees


@dataclass(frozen=True)
class Slice:
    """One single-frame picture of a series; `key` is any whole number that stands for it."""

    key: int
    matrix: str
    position: Vector | None
    orientation: Orientation | None
    localizer: bool = False


@dataclass(frozen=True)
class Part:
    """Slices that are scrolled as one.

    Attributes
    ----------
    name : what they have in common; no two parts of a series share one.
    label : what tells the part from others at the same places ("echo 2"); "" where nothing needs to.
    """

    keys: frozenset[int]
    name: str
    label: str
    localizer: bool


def parts_of(slices: Sequence[Slice], separators: Mapping[int, Mapping[str, str]], *, modality: str) -> list[Part]:
    """Put the slices of a series into parts; the same slices in another order give the same parts.

    Parameters
    ----------
    separators : by key, the attributes of SEPARATORS that the slice has; asked only of crowded_keys.
    """
    groups = _by_orientation(slices)
    names = _unique_names(groups)
    largest = max(groups, key=lambda group: (len(group), min(one.key for one in group)), default=[])
    parts: list[Part] = []
    for group, name in zip(groups, names, strict=True):
        across = modality in ("CT", "PT") and _stands_across(group, largest)
        localizer = group[0].localizer or across
        suffix = (" by orientation" if across and not group[0].localizer else "") + (" localizer" if localizer else "")
        for label, keys in _separated(group, separators):
            shown = f" [{label}]" if label else ""
            parts.append(Part(keys=keys, name=f"{name}{shown}{suffix}"[-150:], label=label, localizer=localizer))
    return _numbered(parts)


def crowded_keys(slices: Sequence[Slice]) -> set[int]:
    """Slices of groups in which several lie at one place: only their separators are needed."""
    return {one.key for group in _by_orientation(slices) if _fullest(group) > 1 for one in group}


def _by_orientation(slices: Iterable[Slice]) -> list[list[Slice]]:
    alike: dict[tuple[str, bool, bool], list[Slice]] = defaultdict(list)
    for one in sorted(slices, key=lambda one: one.key):
        alike[one.matrix, one.localizer, one.orientation is None].append(one)
    groups: list[list[Slice]] = []
    for (_, _, unknown), members in sorted(alike.items()):
        groups += [members] if unknown else _parallel(members)
    return groups


def _parallel(members: list[Slice]) -> list[list[Slice]]:
    """Connected by orientations that differ by rounding; the order of arrival has no say in it."""
    distinct: dict[Orientation, list[Slice]] = defaultdict(list)
    for one in members:
        if one.orientation is not None:
            distinct[one.orientation].append(one)
    left = sorted(distinct)
    groups = []
    while left:
        cluster = [left.pop(0)]
        for seen in cluster:
            near = [other for other in left if _differs(seen, other) <= SAME_ORIENTATION]
            cluster += near
            left = [other for other in left if other not in near]
        if any(_differs(cluster[0], other) > WIDEST_ORIENTATION for other in cluster):
            rounded: dict[tuple[float, ...], list[Slice]] = defaultdict(list)
            for orientation in cluster:
                rounded[tuple(round(cosine, 2) for cosine in orientation)] += distinct[orientation]
            groups += [rounded[key] for key in sorted(rounded)]
        else:
            groups.append([one for orientation in cluster for one in distinct[orientation]])
    return groups


def _differs(one: Orientation, other: Orientation) -> float:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def _unique_names(groups: Sequence[list[Slice]]) -> list[str]:
    return [f"{group[0].matrix} {plane_words(_mean_orientation(group))}" for group in groups]


def plane_words(orientation: Sequence[float] | None) -> str:
    """An orientation rounded to a hundredth, as the name of a stack has it."""
    if orientation is None:
        return "no orientation"
    # Adding zero turns -0.0 into 0.0: the two would read differently.
    return ",".join(f"{round(cosine, 2) + 0.0:g}" for cosine in orientation)


def _mean_orientation(group: list[Slice]) -> list[float] | None:
    known = [one.orientation for one in group if one.orientation is not None]
    return [math.fsum(one[at] for one in known) / len(known) for at in range(6)] if known else None


def heights_along_normal(group: Sequence[Slice]) -> dict[int, float] | None:
    """Millimetres of each slice along the normal that all have in common; None when one lies nowhere."""
    normal = common_normal([one.orientation for one in group if one.orientation is not None])
    if normal is None or any(one.position is None for one in group):
        return None
    return {one.key: along(normal, one.position) for one in group if one.position is not None}


def _fullest(group: Sequence[Slice]) -> int:
    """How many slices lie at the place that holds the most; 0 where places are not known."""
    heights = heights_along_normal(group)
    if not heights:
        return 0
    in_order = sorted(heights.values())
    most = held = 1
    for before, after in pairwise(in_order):
        held = held + 1 if after - before <= SAME_PLACE_MM else 1
        most = max(most, held)
    return most


def _separated(group: list[Slice], separators: Mapping[int, Mapping[str, str]]) -> list[tuple[str, frozenset[int]]]:
    whole = [("", frozenset(one.key for one in group))]
    fullest = _fullest(group)
    if fullest < 2:
        return whole
    names = [name for name in SEPARATORS if len({separators.get(one.key, {}).get(name, "") for one in group}) > 1]
    for size in (1, 2):
        for chosen in combinations(names, size):
            split: dict[tuple[str, ...], list[Slice]] = defaultdict(list)
            for one in group:
                split[tuple(separators.get(one.key, {}).get(name, "") for name in chosen)].append(one)
            if len(split) == fullest and all(_fullest(part) == 1 for part in split.values()):
                in_order = sorted(split.items(), key=lambda item: [_numeric(value) for value in item[0]])
                return [
                    (_label(chosen, values, at), frozenset(one.key for one in part))
                    for at, (values, part) in enumerate(in_order, start=1)
                ]
    return whole


def _numeric(value: str) -> tuple[float, str]:
    try:
        return float(value), value
    except ValueError:
        return math.inf, value


def _label(chosen: Sequence[str], values: Sequence[str], at: int) -> str:
    if any(name in UNSHOWN for name in chosen):
        return f"set {at}"
    return ", ".join(f"{SEPARATORS[name]} {value or 'none'}" for name, value in zip(chosen, values, strict=True))


def _stands_across(group: list[Slice], largest: list[Slice]) -> bool:
    if group is largest or len(group) > LOCALIZER_SLICES or len(largest) < LOCALIZER_RATIO * len(group):
        return False
    normals = [
        common_normal([one.orientation for one in some if one.orientation is not None]) for some in (group, largest)
    ]
    if normals[0] is None or normals[1] is None:
        return False
    return abs(along(normals[0], normals[1])) < LOCALIZER_COSINE


def _numbered(parts: list[Part]) -> list[Part]:
    """Two parts may round to one name: then they are counted."""
    counted = Counter(part.name for part in parts)
    seen: Counter[str] = Counter()
    numbered = []
    for part in sorted(parts, key=lambda part: (part.name, min(part.keys))):
        seen[part.name] += 1
        at = f"{seen[part.name]}: " if counted[part.name] > 1 else ""
        numbered.append(Part(keys=part.keys, name=at + part.name, label=part.label, localizer=part.localizer))
    return numbered
