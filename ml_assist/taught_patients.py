"""Whether patients who are held out now taught the network that a training goes on from."""

from typing import NamedTuple

from annotator.assist.models import ModelVersion
from annotator.datasets.models import Release, ReleaseStack
from ml_assist.models import TrainingRun
from ml_assist.training.example import Side
from ml_assist.training.release_sides import sides_of

_TAUGHT: tuple[Side, ...] = ("train", "val")


class Taught(NamedTuple):
    """`known`: how many patients of `of` held out now taught it; not `all_known`: others may have, too."""

    known: int
    of: int
    all_known: bool

    @property
    def words(self) -> str:
        if not self.known:
            if not self.all_known:
                return "whether patients held out here were among them is not known"
            return f"none of the {self.of} patients held out here was among them"
        least, were = ("" if self.all_known else "at least "), ("was" if self.known == 1 else "were")
        return (
            f"{least}{self.known} of the {self.of} patients held out here {were} among them, so these figures flatter"
        )


def taught_of(version: ModelVersion, release: Release) -> Taught:
    """How many of the patients whom a release holds out taught a version, or those that it went on from."""
    held_out = _patients(release, ("test",))
    taught: set[str] = set()
    before: ModelVersion | None = version
    while before is not None:
        runs = TrainingRun.objects.select_related("release", "begun_with")
        run = runs.filter(card__weights__sha256=before.content_hash).first()
        if run is None:
            # Shipped, or trained elsewhere: who its patients were stays there.
            break
        taught |= _patients(run.release, _TAUGHT)
        before = run.begun_with
    return Taught(len(held_out & taught), len(held_out), all_known=before is None)


def _patients(release: Release, sides: tuple[Side, ...]) -> set[str]:
    """Their pseudonyms, which are the same in all releases of this installation."""
    splits = [split for split, side in sides_of(list(release.header["splits"])).items() if side in sides]
    found = ReleaseStack.objects.filter(release=release, split__in=splits).order_by()
    return set(found.values_list("patient", flat=True).distinct())
