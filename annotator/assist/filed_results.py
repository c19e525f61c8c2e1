"""Results of models, kept by frame, version and hint: what was worked out once is looked up."""

import hashlib
import json
from collections.abc import Collection, Sequence
from typing import Any

from annotator.assist.models import FiledResult
from annotator.assist.proposals import ProposedShape


def hash_of_hint(hint: dict[str, Any] | None, *, picture: str) -> str:
    """SHA-256 of a hint and of the picture's file: other pixels under the same frame are another question.

    Parameters
    ----------
    picture : SHA-256 of the file that the frame lies in.
    """
    asked = {"hint": hint, "picture": picture}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def filed_shapes(frame_id: int, version_id: int, hint_hash: str) -> list[ProposedShape] | None:
    """What a version made of it before, which may be nothing; None when it was never asked."""
    found = FiledResult.objects.filter(frame=frame_id, version=version_id, hint_hash=hint_hash)
    shapes = found.values_list("shapes", flat=True).first()
    return None if shapes is None else [ProposedShape.from_json(one) for one in shapes]


def file_shapes(frame_id: int, version_id: int, hint_hash: str, shapes: Sequence[ProposedShape]) -> None:
    """Keep what a version made of it; two workers that were asked at once keep one answer."""
    FiledResult.objects.update_or_create(
        frame_id=frame_id,
        version_id=version_id,
        hint_hash=hint_hash,
        defaults={"shapes": [one.to_json() for one in shapes]},
    )


def filed_for(frame_ids: Collection[int], version_id: int) -> dict[tuple[int, str], list[ProposedShape]]:
    """The same of many frames: (frame, hash of the hint) to what was made of it. One query."""
    found = FiledResult.objects.filter(frame__in=frame_ids, version=version_id)
    rows = found.values_list("frame_id", "hint_hash", "shapes")
    return {(frame, hint): [ProposedShape.from_json(one) for one in shapes] for frame, hint, shapes in rows}


def file_many(version_id: int, results: Sequence[tuple[int, str, Sequence[ProposedShape]]]) -> None:
    """Keep many: (frame, hash of the hint, shapes). What is there stays."""
    FiledResult.objects.bulk_create(
        (
            FiledResult(frame_id=frame, version_id=version_id, hint_hash=hint, shapes=[one.to_json() for one in shapes])
            for frame, hint, shapes in results
        ),
        ignore_conflicts=True,
    )


def filed_by(frame_ids: Collection[int], name: str, version: str) -> dict[tuple[int, str], list[ProposedShape]]:
    """The same by the name of what was asked, where its row may not be there yet. One query."""
    found = FiledResult.objects.filter(frame__in=frame_ids, version__name=name, version__version=version)
    rows = found.values_list("frame_id", "hint_hash", "shapes")
    return {(frame, hint): [ProposedShape.from_json(one) for one in shapes] for frame, hint, shapes in rows}
