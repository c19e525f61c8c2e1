"""A frozen release as what a caliper network learns from: its ultrasound stills, and the points that readers called so.

Nothing of torch. Every still counts as looked at: one without such a point has no calipers.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.accounts.errors import InvalidError
from annotator.datasets.exporters.windowed_pictures import AUTO, window_of
from annotator.datasets.models import Release
from ml_assist.training.checked_calipers import CheckedCalipers
from ml_assist.training.example import SIDES, Side
from ml_assist.training.folder_source import FolderPicture
from ml_assist.training.frame_index import FrameIndex, LoadingOptions
from ml_assist.training.release_sides import sides_of
from ml_assist.training.release_source import is_caliper, release_description

Report = Callable[[int, str], None]
_STILL = "still"


class CaliperRelease:
    """Stills as grey PNG files, and their calipers by side.

    Parameters
    ----------
    folder : where the files go; those that are there from a run that was killed are kept.

    Attributes
    ----------
    checked : what was marked, by side.

    Raises
    ------
    ConflictError : the release isn't frozen.
    InvalidError : a side is missing, or no still has a caliper; in words that help.
    MissingPictureError, ChangedPictureError : a picture isn't what was frozen.
    """

    def __init__(self, release: Release, folder: Path, *, report: Report) -> None:
        self.release = release
        self._sides = sides_of(list(release.header["splits"]))
        self._index = FrameIndex(release, LoadingOptions(modality="US"))
        self._folder = folder / f"pictures-{release.content_hash[:12]}"
        self._pictures: list[FolderPicture] = []
        places: dict[Side, dict[str, NDArray[np.float64]]] = {side: {} for side in SIDES}
        for number in range(len(self._index)):
            # The percent are the rounds'.
            report(0, f"Reading picture {number + 1} of {len(self._index)}")
            one, points = self._picture(number)
            if one is not None:
                self._pictures.append(one)
                places[one.side][one.key] = points
        if not any(len(points) for points in places["train"].values()):
            raise InvalidError(
                "No ultrasound still of the release's training side has a point called caliper. Mark them in the "
                "viewer (Alt+P makes the next points calipers), and freeze a release with them.",
                "release",
            )
        self.checked = {side: CheckedCalipers(its) for side, its in places.items()}

    def pictures(self) -> list[FolderPicture]:
        """In the order of the release."""
        return self._pictures

    def description(self) -> dict[str, Any]:
        """What the card says of the data."""
        made = release_description(self.release, self._sides, self._index.left_out)
        return made | {"taken": {side: sum(one.side == side for one in self._pictures) for side in SIDES}}

    def _picture(self, number: int) -> tuple[FolderPicture | None, NDArray[np.float64]]:
        stack, pixels, place = self._index.frame(number)
        points = [mark.points[0] for mark in stack.marks_on(place) if is_caliper(mark.kind, mark.label)]
        calipers = np.array(points, np.float64).reshape(-1, 2)
        if stack.kind != _STILL:
            return None, calipers
        path = self._folder / f"{number:06d}.png"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(".draft.png")
            cv2.imwrite(str(draft), pixels.grey(place, window_of(AUTO, stack.modality)))
            draft.replace(path)
        return FolderPicture(stack.frames[place].frame_key, stack.patient, self._sides[stack.split], path), calipers
