"""Stacks of a release to and from their rows: deflated canonical JSON, by a hash that outlives it."""

import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import replace

from annotator.datasets.canonical_json import canonical_json
from annotator.datasets.models import Release, ReleaseStack
from annotator.datasets.released import ReleasedStack, ReleaseHeader

_LEVEL = 1
_READ_AT_ONCE = 20


def row_of(release: Release, place: int, stack: ReleasedStack) -> ReleaseStack:
    """The row of a stack, its split yet to be decided."""
    content = canonical_json(replace(stack, split="").to_json())
    return ReleaseStack(
        release=release,
        place=place,
        patient=stack.patient,
        split=stack.split,
        study_uid=stack.study_uid,
        stack_key=stack.stack_key,
        content=zlib.compress(content, _LEVEL),
        content_sha256=hashlib.sha256(content).hexdigest(),
        frame_count=len(stack.frames),
        mark_count=len(stack.marks),
    )


def stack_of(row: ReleaseStack) -> ReleasedStack | None:
    """A stack again; None once its patient withdrew."""
    if row.content is None:
        return None
    content = json.loads(zlib.decompress(bytes(row.content)))
    return ReleasedStack.from_json(content | {"split": row.split})


def released_stacks(release: Release, *, split: str = "") -> Iterator[ReleasedStack]:
    """The stacks of a release in its order, a few in memory at a time; withdrawn ones are left out.

    Parameters
    ----------
    split : of this side only.
    """
    rows = ReleaseStack.objects.filter(release=release, content__isnull=False).order_by("place")
    if split:
        rows = rows.filter(split=split)
    for row in rows.iterator(chunk_size=_READ_AT_ONCE):
        stack = stack_of(row)
        if stack is not None:
            yield stack


def stacks_from(release: Release, place: int) -> Iterator[tuple[int, ReleasedStack]]:
    """(place, stack) from one place on: an export that was killed goes on where it was."""
    rows = ReleaseStack.objects.filter(release=release, content__isnull=False, place__gte=place).order_by("place")
    for row in rows.iterator(chunk_size=_READ_AT_ONCE):
        stack = stack_of(row)
        if stack is not None:
            yield row.place, stack


def content_hash_of(release: Release) -> str:
    """SHA-256 over place, hash and split of every stack; withdrawn ones count with the hash that they had."""
    digest = hashlib.sha256()
    rows = ReleaseStack.objects.filter(release=release).order_by("place")
    for place, sha256, split in rows.values_list("place", "content_sha256", "split").iterator():
        digest.update(f"{place} {sha256} {split}\n".encode())
    return digest.hexdigest()


def header_of(release: Release) -> ReleaseHeader:
    """What holds for a frozen release as a whole. Reads `cohort`: select it with it."""
    return ReleaseHeader.from_json(
        release.header
        | {
            "id": str(release.pk),
            "cohort": release.cohort.name,
            "number": release.number,
            "title": release.title,
            "content_hash": release.content_hash,
            "recipe": release.recipe,
        }
    )
