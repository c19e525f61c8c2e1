"""Where the files of a stack go: the same names in every format. Pure."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache

from annotator.datasets.exporters.safe_names import safe_name
from annotator.datasets.released import ReleasedMark, ReleasedStack


def stack_name(stack: ReleasedStack) -> str:
    """A name such as "ct-3f9a1c2b7d40": it tells nothing of the patient and is the same in every export."""
    return _name(stack.modality, stack.series_uid, stack.frames[0].sop_instance_uid)


@lru_cache(maxsize=64)
def _name(modality: str, series_uid: str, first_instance: str) -> str:
    # Each of a stack's thousand pictures asks for it.
    digest = hashlib.sha256(f"{series_uid}\0{first_instance}".encode()).hexdigest()
    return safe_name(f"{modality.lower() or 'ot'}-{digest[:12]}")


def patient_folder(stack: ReleasedStack) -> str:
    """The folder of the stack's patient in its split, e.g. "train/patient-3f9a1c2b7d40"."""
    return f"{safe_name(stack.split)}/{safe_name(stack.patient)}"


def frame_name(stack: ReleasedStack, place: int) -> str:
    """A frame's name without ending, e.g. "ct-3f9a1c2b7d40-0007"; places count from 0 as readers scroll."""
    return f"{stack_name(stack)}-{place:04d}"


def chosen_places(stack: ReleasedStack, frames: str, kinds: Sequence[str] = ()) -> list[int]:
    """The frames that an export takes: every one for "all", else those that some mark holds for.

    Parameters
    ----------
    kinds : of the marks that count; empty: all.
    """
    if frames == "all":
        return list(range(len(stack.frames)))
    return sorted({place for mark in stack.marks if not kinds or mark.kind in kinds for place in places_of(mark)})


def places_of(mark: ReleasedMark) -> range:
    """The places that a mark holds for."""
    return range(mark.first_place, mark.last_place + 1)
