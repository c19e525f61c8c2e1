"""A frozen release as a source of examples, read by the project's own loader."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.accounts.errors import InvalidError
from annotator.datasets.models import Release
from ml_assist.inference.calipers import find_calipers
from ml_assist.training.datasets import ReleaseFrames
from ml_assist.training.example import SIDES, Example, Side
from ml_assist.training.frame_index import LoadingOptions
from ml_assist.training.release_sides import sides_of
from ml_assist.training.unet_config import UNetConfig

_CALIPER = "caliper"


class ReleaseSource:
    """The frames of a release of one modality, their chosen categories as one mask.

    Of folds the last is the test's, the one before it judges while training, the others are trained on.

    Raises
    ------
    ConflictError : the release isn't frozen.
    InvalidError : it has no such frames, nothing with an inside is marked, or a side is missing; in words that help.
    """

    def __init__(self, release: Release, config: UNetConfig) -> None:
        self.release = release
        self.config = config
        options = LoadingOptions(windows=config.windows, frames=config.frames, modality=config.modality)
        self.frames = ReleaseFrames(release, options)
        self._sides = sides_of(list(release.header["splits"]))
        unknown = sorted(set(config.categories) - set(self.frames.categories))
        if unknown or not self.frames.categories:
            there = ", ".join(self.frames.categories) or "nothing with an inside is marked"
            raise InvalidError(f"The release has no category {', '.join(unknown) or 'at all'}: {there}.", "categories")
        if len(self.frames) == 0:
            raise InvalidError(
                f"The release has no {'marked ' if config.frames == 'marked' else ''}pictures of the modality "
                f"{config.modality} that are still there.",
                "config.modality",
            )
        chosen = config.categories or self.frames.categories
        self._planes = [self.frames.categories.index(name) for name in chosen]

    def __len__(self) -> int:
        return len(self.frames)

    def examples(self, start: int = 0) -> Iterator[Example]:
        for number in range(start, len(self.frames)):
            sample = self.frames[number]
            stack, _, place = self.frames.index.frame(number)
            picture = np.rint(sample["image"].numpy().transpose(1, 2, 0) * 255).astype(np.uint8)
            mask = sample["masks"].numpy()[self._planes].max(axis=0).astype(np.uint8)
            known = [mark.points[0] for mark in stack.marks_on(place) if is_caliper(mark.kind, mark.label)]
            yield Example(
                key=sample["frame_key"],
                patient=sample["patient"],
                side=self._sides[stack.split],
                group="marked" if mask.any() else "empty",
                weight=sample["weight"],
                picture=picture,
                mask=mask,
                calipers=self._calipers(known, picture),
            )

    def description(self) -> dict[str, Any]:
        made = release_description(self.release, self._sides, self.frames.index.left_out)
        return made | {"categories": list(self.config.categories or self.frames.categories)}

    def _calipers(self, known: Sequence[tuple[float, float]], picture: NDArray[np.uint8]) -> NDArray[np.float64]:
        found: Sequence[tuple[float, float]] = ()
        if self.config.calipers == "known":
            found = known
        elif self.config.calipers == "find":
            found = [(one.column, one.row) for one in find_calipers(picture[..., 0])]
        return np.array(found, np.float64).reshape(-1, 2)


def is_caliper(kind: str, label: str) -> bool:
    """Whether a mark is a point that a reader called a caliper."""
    return kind == "point" and label.strip().lower().startswith(_CALIPER)


def release_description(
    release: Release, sides: Mapping[str, Side], left_out: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """What a card says of a release: what it is, whom each side has, how patients were divided.

    Parameters
    ----------
    sides : which side each split of the release plays.
    left_out : (stack key, why).
    """
    counts = release.header["counts"]

    def splits_of(side: Side) -> list[str]:
        return [split for split, its in sides.items() if its == side]

    return {
        "kind": "release",
        "name": f"{release.cohort.name} {release.number}",
        "id": str(release.pk),
        "hash": release.content_hash,
        "left_out": [{"stack": key, "why": why} for key, why in left_out],
        "sides": {
            side: {
                "patients": sum(counts.get(one, {}).get("patients", 0) for one in splits_of(side)),
                "splits": splits_of(side),
            }
            for side in SIDES
        },
        "split": {"by": "patient", **release.recipe.get("split", {})},
    }
