"""Cohorts and releases as data managers and admins may see them, and in which state a release is now."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from annotator.accounts.errors import ConflictError, NotFoundError
from annotator.accounts.policies import Person
from annotator.datasets.frame_prints import known_prints
from annotator.datasets.freeze_parts import frames_there
from annotator.datasets.models import Cohort, DiagnosisTable, Release, ReleaseStack, TiradsFit, Withdrawal
from annotator.datasets.policies import may_manage_datasets
from annotator.datasets.release_rows import content_hash_of, released_stacks, stacks_from
from annotator.datasets.released import ReleasedStack


def cohorts_for(person: Person) -> QuerySet[Cohort]:
    """The cohorts by name, each with `release_count` of frozen releases."""
    # Said again: a query that groups has no order of its own, and its pages would overlap.
    cohorts = (
        Cohort.objects.select_related("created_by")
        .annotate(release_count=Count("releases", filter=Q(releases__frozen_at__isnull=False)))
        .order_by("name")
    )
    return cohorts if may_manage_datasets(person) else cohorts.none()


def cohort_for(person: Person, cohort_id: uuid.UUID) -> Cohort:
    """One cohort; NotFoundError when there is none that this person may see."""
    found = cohorts_for(person).filter(pk=cohort_id).first()
    if found is None:
        raise NotFoundError("There is no such cohort.")
    return found


def releases_for(person: Person) -> QuerySet[Release]:
    """All releases, drafts too, newest first, with cohort, job and who asked; the datasheet is left out."""
    releases = Release.objects.select_related("cohort", "job", "requested_by").defer("datasheet")
    return releases if may_manage_datasets(person) else releases.none()


def release_for(person: Person, release_id: uuid.UUID) -> Release:
    """One release, frozen or draft; NotFoundError when there is none that this person may see."""
    found = releases_for(person).defer(None).filter(pk=release_id).first()
    if found is None:
        raise NotFoundError("There is no such release.")
    return found


def frozen_release_for(person: Person, release_id: uuid.UUID) -> Release:
    """One frozen release.

    Raises
    ------
    NotFoundError : there is none that this person may see.
    ConflictError : it is not frozen, or not yet.
    """
    found = release_for(person, release_id)
    if found.frozen_at is None:
        raise ConflictError(f"The release “{found.title}” is not frozen.")
    return found


def release_called(person: Person, name: str) -> Release:
    """A release by what people call it: its cohort's name and its number ("Breast 3"), or its id.

    Raises
    ------
    NotFoundError : there is none that this person may see.
    """
    words = " ".join(name.split())
    try:
        return release_for(person, uuid.UUID(words))
    except ValueError:
        cohort, _, number = words.rpartition(" ")
    found = None
    if number.isascii() and number.isdecimal() and len(number) < 10:
        found = releases_for(person).defer(None).filter(cohort__name=cohort, number=int(number)).first()
    if found is None:
        raise NotFoundError(f"There is no release “{words}”. Give the cohort's name and the number, or the id.")
    return found


def cohort_called(person: Person, name: str) -> Cohort:
    """A cohort by its name or its id; NotFoundError when there is none that this person may see."""
    words = " ".join(name.split())
    try:
        return cohort_for(person, uuid.UUID(words))
    except ValueError:
        found = cohorts_for(person).filter(name=words).first()
    if found is None:
        raise NotFoundError(f"There is no cohort “{words}”.")
    return found


def withdrawals_for(person: Person) -> QuerySet[Withdrawal]:
    """Who was withdrawn, newest first, each with `stack_count`."""
    rows = Withdrawal.objects.select_related("by").annotate(stack_count=Count("stacks")).order_by("-at")
    return rows if may_manage_datasets(person) else rows.none()


def tombstones_of(release: Release) -> QuerySet[Withdrawal]:
    """Who was taken out of a release, newest first, each with `stack_count` and `frame_count` of what it held."""
    counted = {"stack_count": Count("stacks"), "frame_count": Sum("stacks__frame_count")}
    return Withdrawal.objects.filter(stacks__release=release).annotate(**counted).order_by("-at")


def diagnosis_tables_for(person: Person) -> QuerySet[DiagnosisTable]:
    """The imported tables of diagnoses, by name."""
    rows = DiagnosisTable.objects.select_related("imported_by").order_by("name")
    return rows if may_manage_datasets(person) else rows.none()


def tirads_fits_for(person: Person) -> QuerySet[TiradsFit]:
    """Points fitted to releases, newest first, with job and who asked."""
    fits = TiradsFit.objects.select_related("job", "requested_by").order_by("-created_at")
    return fits if may_manage_datasets(person) else fits.none()


@dataclass(frozen=True)
class ReleaseCondition:
    """How a frozen release stands to what is there now.

    Attributes
    ----------
    whole : whether its rows hash to its content hash still.
    missing : (study UID, frame key) of pictures that are not there any more.
    changed : the same of pictures whose pixels are not those that were frozen.
    withdrawn : how many stacks were erased, and frames : how many pictures they had.
    """

    whole: bool
    missing: tuple[tuple[str, str], ...]
    changed: tuple[tuple[str, str], ...]
    withdrawn: int
    withdrawn_frames: int

    @property
    def words(self) -> list[str]:
        """What a person is told; empty where all is well."""
        said = []
        if not self.whole:
            said.append("The rows of this release are not those that were frozen: restore them from a backup.")
        if self.missing:
            said.append(f"{len(self.missing):,} pictures are not there any more: {self.missing[0][0]} and so on.")
        if self.changed:
            said.append(f"{len(self.changed):,} pictures have other pixels by now: {self.changed[0][0]} and so on.")
        if self.withdrawn:
            erased = f"{self.withdrawn:,} stacks ({self.withdrawn_frames:,} pictures)"
            said.append(f"{erased} of withdrawn patients are erased.")
        return said


def condition_of(release: Release) -> ReleaseCondition:
    """Look at every picture of a release: is it there, is it what was frozen? A query or two a stack, memory flat.

    A picture whose file was replaced counts as changed until its pixels were hashed anew, which reading it does.
    """
    missing: list[tuple[str, str]] = []
    changed: list[tuple[str, str]] = []
    for stack in released_stacks(release):
        there = frames_there(frame.frame_key for frame in stack.frames)
        prints = known_prints(there)
        for frame in stack.frames:
            if frame.frame_key not in there:
                missing.append((stack.study_uid, frame.frame_key))
            elif prints.get(frame.frame_key) != (there[frame.frame_key], frame.pixel_hash):
                changed.append((stack.study_uid, frame.frame_key))
    erased = ReleaseStack.objects.filter(release=release, content__isnull=True)
    return ReleaseCondition(
        whole=content_hash_of(release) == release.content_hash,
        missing=tuple(missing),
        changed=tuple(changed),
        withdrawn=erased.count(),
        withdrawn_frames=sum(erased.values_list("frame_count", flat=True)),
    )


def whole_stacks(release: Release, *, place: int = 0) -> Iterator[tuple[int, ReleasedStack, int]]:
    """(place, stack, how many of its pictures are gone) from one place on: what an export or a loader goes through.

    A stack with a picture gone is one to leave out and to name: a volume with a hole is another volume.
    """
    for at, stack in stacks_from(release, place):
        there = frames_there(frame.frame_key for frame in stack.frames)
        yield at, stack, len(stack.frames) - len(there)
