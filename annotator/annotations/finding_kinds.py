"""Which kinds of finding a reader chooses from, the likely ones for the modality first. Pure."""

from annotator.annotations.models import FindingKind

_LIKELY = {
    "US": (FindingKind.NODULE, FindingKind.MASS, FindingKind.LESION, FindingKind.OTHER),
    "MG": (
        FindingKind.MASS,
        FindingKind.CALCIFICATIONS,
        FindingKind.DISTORTION,
        FindingKind.LESION,
        FindingKind.OTHER,
    ),
    "CT": (
        FindingKind.HAEMORRHAGE,
        FindingKind.FRACTURE,
        FindingKind.NODULE,
        FindingKind.MASS,
        FindingKind.LESION,
        FindingKind.OTHER,
    ),
}


def finding_kinds_for(modality: str) -> tuple[FindingKind, ...]:
    """The kinds offered for a modality; all of them for one that we have no list for."""
    return _LIKELY.get(modality, tuple(FindingKind))
