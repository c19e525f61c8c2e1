"""What on two sides of a split is one thing: the same person, the same study, pictures that are nearly the same. Pure.

A leak stops a freeze. It is resolved by putting both patients on one side, by excluding one, or by somebody who looked
at the pictures and says in writing that they are different.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.datasets.looks import SIDE, near_pairs
from annotator.datasets.release_recipe import LeakCheck

# A pair of patients with hundreds of equal slices is shown once; of pairs of patients so many are listed.
MOST_PAIRS = 200
_PAIRS_AT_ONCE = 8192


@dataclass(frozen=True)
class LeakEnd:
    """One side of a pair: enough to find and to show it."""

    patient: str
    split: str
    study_uid: str
    stack_key: str = ""
    frame_key: str = ""


@dataclass(frozen=True)
class LeakPair:
    """Two patients on different sides who share something.

    Attributes
    ----------
    kind : "person", "study" or "picture".
    likeness : of the two pictures shown, 1 where they are the same pixels.
    count : how many pairs of pictures these two patients have.
    """

    kind: str
    words: str
    first: LeakEnd
    second: LeakEnd
    likeness: float | None = None
    count: int = 1

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "LeakPair":
        return cls(**(data | {"first": LeakEnd(**data["first"]), "second": LeakEnd(**data["second"])}))


@dataclass(frozen=True)
class Judged:
    """What somebody decided of two patients.

    Attributes
    ----------
    verdict : "together" on one side, or "different": not the same thing.
    """

    patients: tuple[str, str]
    verdict: str
    reason: str
    by: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"patients": list(self.patients)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Judged":
        return cls(**(data | {"patients": tuple(sorted(data["patients"]))}))


@dataclass(frozen=True)
class Identity:
    """By which two studies are known to be one person's or one examination's; empty members say nothing."""

    end: LeakEnd
    person: str
    examination: str


@dataclass(frozen=True)
class Pictures:
    """The pictures of a release as columns; n pictures, n numbers each.

    Attributes
    ----------
    looks : 64 bits each; thumbnails : (n, 256) bytes; stacks : place in `ends` of each; frames : their keys.
    hashes : the first 64 bits of their pixels' hash.
    volumes : of each of `ends`, whether it is a volume.
    """

    looks: NDArray[np.uint64]
    hashes: NDArray[np.uint64]
    thumbnails: NDArray[np.uint8]
    stacks: NDArray[np.int32]
    frames: NDArray[np.bytes_]
    ends: Sequence[LeakEnd]
    volumes: NDArray[np.bool_]


def same_people(identities: Iterable[Identity], judged: Iterable[Judged]) -> list[LeakPair]:
    """Patients on different sides who are one person, or share an examination, by what their headers say."""
    different = _different(judged)
    found: dict[tuple[str, str, str], LeakPair] = {}
    for kind, words in (
        ("person", "have the same name, birth date and sex"),
        ("study", "have a study with the same accession number and date"),
    ):
        shared: dict[str, dict[str, LeakEnd]] = defaultdict(dict)
        for one in identities:
            key = one.person if kind == "person" else one.examination
            if key:
                shared[key].setdefault(one.end.patient, one.end)
        for ends in shared.values():
            several = sorted(ends.values(), key=lambda end: end.patient)
            for at, first in enumerate(several):
                for second in several[at + 1 :]:
                    pair = first.patient, second.patient
                    if first.split != second.split and pair not in different:
                        text = f"{first.patient} ({first.split}) and {second.patient} ({second.split}) {words}."
                        found.setdefault((kind, *pair), LeakPair(kind, text, first, second))
    return list(found.values())[:MOST_PAIRS]


def same_pictures(pictures: Pictures, check: LeakCheck, judged: Iterable[Judged]) -> list[LeakPair]:
    """Pictures on different sides that are nearly the same, the most alike of each pair of patients.

    Looks that differ in few bits are held against each other by their thumbnails: of two heads the looks are often
    close, the thumbnails are not.
    """
    if not check.near_duplicates or len(pictures.looks) == 0:
        return []
    different = _different(judged)
    splits = sorted({end.split for end in pictures.ends})
    patients = sorted({end.patient for end in pictures.ends})
    split_of = np.array([splits.index(end.split) for end in pictures.ends], dtype=np.int32)[pictures.stacks]
    numbers = {patient: at for at, patient in enumerate(patients)}
    patient_of = np.array([numbers[end.patient] for end in pictures.ends], dtype=np.int64)[pictures.stacks]
    best: dict[tuple[int, int], tuple[float, int, int]] = {}
    counts: dict[tuple[int, int], int] = defaultdict(int)
    in_volume = pictures.volumes[pictures.stacks]
    for one, other in _few_at_once(near_pairs(pictures.looks, split_of, bits=check.bits)):
        alike = np.einsum("ij,ij->i", _centred(pictures.thumbnails[one]), _centred(pictures.thumbnails[other]))
        alike[pictures.hashes[one] == pictures.hashes[other]] = 1.0
        slices = in_volume[one] & in_volume[other]
        for at in np.flatnonzero(alike >= np.where(slices, check.likeness_of_volumes, check.likeness)):
            a, b, value = int(one[at]), int(other[at]), float(alike[at])
            key = tuple(sorted((int(patient_of[a]), int(patient_of[b]))))
            pair = key[0], key[1]
            if (patients[pair[0]], patients[pair[1]]) in different:
                continue
            counts[pair] += 1
            if value > best.get(pair, (-1.0, 0, 0))[0]:
                best[pair] = value, a, b
    ordered = sorted(best, key=lambda pair: (-best[pair][0], pair))[:MOST_PAIRS]
    return [_picture_pair(pictures, *best[pair], counts[pair]) for pair in ordered]


def _picture_pair(pictures: Pictures, value: float, a: int, b: int, count: int) -> LeakPair:
    first, second = (_end_of(pictures, at) for at in (a, b))
    if second.patient < first.patient:
        first, second = second, first
    many = f"{count} pairs of pictures are" if count > 1 else "a picture of each is"
    text = (
        f"{first.patient} ({first.split}) and {second.patient} ({second.split}): {many} nearly the same, "
        f"the most alike by {value:.3f}."
    )
    return LeakPair("picture", text, first, second, round(value, 6), count)


def _end_of(pictures: Pictures, at: int) -> LeakEnd:
    end = pictures.ends[int(pictures.stacks[at])]
    return LeakEnd(end.patient, end.split, end.study_uid, end.stack_key, pictures.frames[at].decode())


def _few_at_once(
    blocks: Iterable[tuple[NDArray[np.int64], NDArray[np.int64]]],
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """The same pairs, so many at once that their thumbnails take some megabytes."""
    for one, other in blocks:
        for start in range(0, len(one), _PAIRS_AT_ONCE):
            yield one[start : start + _PAIRS_AT_ONCE], other[start : start + _PAIRS_AT_ONCE]


def _centred(thumbnails: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Of which the product of two is their correlation, as looks.likeness has it."""
    values = thumbnails.astype(np.float32).reshape(len(thumbnails), SIDE * SIDE)
    values -= values.mean(axis=1, keepdims=True)
    size = np.linalg.norm(values, axis=1, keepdims=True)
    return np.asarray(values / np.where(size > 0, size, 1.0), dtype=np.float32)


def _different(judged: Iterable[Judged]) -> set[tuple[str, str]]:
    return {one.patients for one in judged if one.verdict == "different"}


def together(judged: Iterable[Judged]) -> list[tuple[str, str]]:
    """The pairs that must be on one side."""
    return [one.patients for one in judged if one.verdict == "together"]
