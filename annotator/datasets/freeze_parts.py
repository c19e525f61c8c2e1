"""What a freeze gathers beside the stacks: what patients are split by, who took part, which models."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.accounts.models import User
from annotator.assist.models import ModelVersion
from annotator.datasets.balance import UNKNOWN
from annotator.datasets.cohort_studies import chunks
from annotator.datasets.known_answers import known_answers
from annotator.datasets.leak_check import Identity, LeakEnd, Pictures
from annotator.datasets.looks import SIDE
from annotator.datasets.models import FramePrint, Release, ReleaseStack
from annotator.datasets.pseudonyms import patient_pseudonym, pseudonym
from annotator.datasets.release_recipe import SplitPlan
from annotator.datasets.released import ReleasedStack
from annotator.imaging.models import Frame, InstanceState, Stack, StackKind, Study
from annotator.readerstudies.models import Review

_COLUMNS: dict[str, np.dtype[Any]] = {
    "looks": np.dtype(np.uint64),
    "hashes": np.dtype(np.uint64),
    "thumbnails": np.dtype(np.uint8),
    "stacks": np.dtype(np.int32),
    "frames": np.dtype("S34"),
}
OLDEST = 125  # years; dates of birth that make a patient older are placeholders


class Strata:
    """What each patient shows, of what is held even among the sides."""

    def __init__(self, plan: SplitPlan) -> None:
        self._plan = plan
        self._shown: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))

    def add(self, stack: ReleasedStack, group: str) -> None:
        shown = self._shown[stack.patient]
        for what in self._plan.stratify_by:
            shown[what].update(_shown_of(stack, group, what))

    def strata(self) -> dict[str, str]:
        """Patient -> stratum: of a site and a scanner the most frequent, of anything else all that there is."""
        found = {}
        for patient, shown in self._shown.items():
            parts = []
            for what in self._plan.stratify_by:
                values = shown.get(what, Counter())
                if what in ("site", "scanner"):
                    values = Counter(dict(sorted(values.items(), key=lambda one: (-one[1], one[0]))[:1]))
                parts.append("+".join(sorted(values)))
            found[patient] = " | ".join(parts)
        return found


def _shown_of(stack: ReleasedStack, group: str, what: str) -> list[str]:
    if what == "group":
        return [group] if group else []
    if what == "category":
        return [mark.category for mark in stack.marks]
    if what == "site":
        return [stack.site] if stack.site else []
    if what == "scanner":
        return [f"{stack.manufacturer} {stack.manufacturer_model}".strip()]
    schema, _, question = what.removeprefix("answer:").partition(".")
    return [
        str(value)
        for answer in stack.answers
        if answer.schema.partition("@")[0] == schema
        for value in [known_answers(answer.answers, answer.score).get(question)]
        if isinstance(value, str | bool)
    ]


def pictures_of(release: Release) -> Pictures:
    """The prints of a release's pictures as columns: about 310 bytes a picture."""
    rows = list(
        ReleaseStack.objects.filter(release=release)
        .order_by("place")
        .values_list("stack_key", "patient", "split", "study_uid")
    )
    ends = [LeakEnd(patient, split, study, key) for key, patient, split, study in rows]
    number = {key: at for at, (key, *_) in enumerate(rows)}
    volumes: set[str] = set()
    columns: dict[str, list[NDArray[Any]]] = defaultdict(list)
    for part in chunks(number, 50):
        volumes |= set(Stack.objects.filter(key__in=part, kind=StackKind.VOLUME).values_list("key", flat=True))
        prints = (
            FramePrint.objects.filter(
                frame__instance__stack__key__in=part, frame__instance__state=InstanceState.READY, look__isnull=False
            )
            .order_by("frame")
            .values_list("look", "pixel_hash", "thumbnail", "frame__key", "frame__instance__stack__key")
        )
        for some in chunks(prints.iterator(chunk_size=2000)):
            looks, hashes, thumbnails, keys, stacks = zip(*some, strict=True)
            columns["looks"].append(np.array(looks, dtype=np.int64).view(np.uint64))
            columns["hashes"].append(np.array([int(one[:16], 16) for one in hashes], dtype=np.uint64))
            columns["thumbnails"].append(np.frombuffer(b"".join(map(bytes, thumbnails)), dtype=np.uint8))
            columns["frames"].append(np.array(keys, dtype="S34"))
            columns["stacks"].append(np.array([number[key] for key in stacks], dtype=np.int32))
    whole = {
        name: np.concatenate([np.array([], dtype=kind), *columns.pop(name, ())]) for name, kind in _COLUMNS.items()
    }
    return Pictures(
        looks=whole["looks"],
        hashes=whole["hashes"],
        thumbnails=whole["thumbnails"].reshape(-1, SIDE * SIDE),
        stacks=whole["stacks"],
        frames=whole["frames"],
        ends=ends,
        volumes=np.array([key in volumes for key, *_ in rows], dtype=bool),
    )


def identities_of(studies: Sequence[int], sides: dict[str, str]) -> Iterable[Identity]:
    """Whose each study is by its header: a name, a birth date and a sex are one person where all three are there."""
    for part in chunks(studies):
        for study in Study.objects.filter(pk__in=part).select_related("patient").order_by("pk"):
            patient = study.patient
            called = patient_pseudonym(patient.issuer, patient.patient_id)
            if called not in sides:
                continue
            known = patient.name_key and patient.birth_date and patient.sex
            number = study.accession_number and study.study_date
            yield Identity(
                LeakEnd(called, sides[called], study.study_instance_uid),
                person="\0".join((patient.name_key, patient.birth_date, patient.sex)) if known else "",
                examination=f"{study.accession_number}\0{study.study_date}" if number else "",
            )


def demographics_of(studies: Sequence[int], sides: dict[str, str]) -> dict[str, dict[str, dict[str, int]]]:
    """{"sexes", "ages"}: side -> value -> patients, by their headers; ages in tens of years at the first study."""
    seen: dict[str, tuple[str, str, str]] = {}
    for part in chunks(studies):
        rows = Study.objects.filter(pk__in=part).order_by("pk")
        for issuer, patient, sex, born, day in rows.values_list(
            "patient__issuer", "patient__patient_id", "patient__sex", "patient__birth_date", "study_date"
        ):
            called = patient_pseudonym(issuer, patient)
            if called in sides:
                first = min(seen[called][2], day) if called in seen else day
                seen[called] = sex, born, first
    found: dict[str, dict[str, Counter[str]]] = {"sexes": defaultdict(Counter), "ages": defaultdict(Counter)}
    for called, (sex, born, day) in seen.items():
        found["sexes"][sides[called]][sex or UNKNOWN] += 1
        found["ages"][sides[called]][decade_of_life(born, day)] += 1
    return {name: {side: dict(counts) for side, counts in by_side.items()} for name, by_side in found.items()}


def decade_of_life(born: str, day: str) -> str:
    """Ten years of age, e.g. "50 to 59", of two days as DICOM writes them; "unknown" where they make no age."""
    try:
        birth, then = (datetime.strptime(text, "%Y%m%d") for text in (born, day))
    except ValueError:
        return UNKNOWN
    age = then.year - birth.year - ((then.month, then.day) < (birth.month, birth.day))
    return f"{age // 10 * 10:02d} to {age // 10 * 10 + 9:02d}" if 0 <= age <= OLDEST else UNKNOWN


def people_of(release: Release, owners: Iterable[int], studies: Sequence[int]) -> list[dict[str, Any]]:
    """Readers, reviewers and who froze it: by pseudonym, with what they are here and what they did."""
    made = {pseudonym("reader", name): role for name, role in _roles(owners)}
    people = [{"who": who, "did": "read", "role": role} for who, role in sorted(made.items())]
    reviewers: Counter[int] = Counter()
    for part in chunks(studies):
        rows = Review.objects.filter(assignment__case__study__in=part).order_by()
        reviewers.update(rows.values_list("reviewer_id", flat=True))
    for name, role in _roles(reviewers):
        people.append({"who": pseudonym("reader", name), "did": "reviewed", "role": role})
    by = release.requested_by
    people.append({"who": pseudonym("reader", by.username), "did": "froze", "role": by.role})
    return people


def model_versions_of(used: Iterable[int]) -> list[dict[str, str]]:
    """Models whose suggestions readers accepted."""
    return [
        {"name": one.name, "version": one.version, "task": one.task, "content_hash": one.content_hash}
        for one in ModelVersion.objects.filter(pk__in=list(used)).order_by("name", "version")
    ]


def frames_there(keys: Iterable[str]) -> dict[str, str]:
    """Frame key -> hash of the instance's file, of the frames that are ready."""
    found: dict[str, str] = {}
    for part in chunks(keys):
        rows = Frame.objects.filter(key__in=part, instance__state=InstanceState.READY)
        found |= dict(rows.values_list("key", "instance__sha256"))
    return found


def _roles(people: Iterable[int]) -> list[tuple[str, str]]:
    return list(User.objects.filter(pk__in=list(people)).order_by("username").values_list("username", "role"))
