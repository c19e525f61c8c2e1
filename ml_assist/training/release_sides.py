"""Which side of a training each split of a release plays. Nothing of torch: requests are checked by it too."""

from collections.abc import Sequence

from annotator.accounts.errors import InvalidError
from ml_assist.training.example import SIDES, Side


def sides_of(splits: Sequence[str]) -> dict[str, Side]:
    """Which side a release's splits play.

    Raises
    ------
    InvalidError : there is nothing to judge by.
    """
    if "train" in splits:
        missing = [side for side in SIDES if side not in splits]
        if missing:
            raise InvalidError(
                f"The release has no {' and no '.join(missing)}: freeze one with patients on all three sides.",
                "release",
            )
        return {side: side for side in SIDES}
    folds = sorted(splits, key=lambda name: (len(name), name))
    if len(folds) < len(SIDES):
        raise InvalidError("The release is not divided: freeze one with sides, or with three folds or more.", "release")
    found: dict[str, Side] = dict.fromkeys(folds[:-2], "train")
    return {**found, folds[-2]: "val", folds[-1]: "test"}
