"""Stacks for tests of hangings, made of nothing but what the rules look at."""

from itertools import count

from annotator.cases.hangings.hangable import HangableStack

_pks = count(1)


def stack(kind: str = "still", modality: str = "US", **facts: object) -> HangableStack:
    described: dict[str, object] = {
        "series_number": 1,
        "instance_number": 1,
        "laterality": "",
        "view": "",
        "frame_count": 1,
        **facts,
    }
    return HangableStack(pk=next(_pks), kind=kind, modality=modality, **described)  # type: ignore[arg-type]


def breast(name: str, *, frames: int = 24, prior: int = 0) -> HangableStack:
    kind = "volume" if frames > 1 else "still"
    return stack(kind, "MG", laterality=name[0], view=name[1:], frame_count=frames, prior=prior)


def volume(modality: str = "CT", *, frames: int = 30, **facts: object) -> HangableStack:
    return stack("volume", modality, frame_count=frames, plane="axial", **facts)
