"""Every thyroid nodule that can be described, and the published points of its features, typed in by hand."""

from collections.abc import Iterator
from itertools import chain, combinations, product
from typing import Any

Nodule = dict[str, tuple[str, ...]]

# (ACR, AI); Tessler 2017, figure 1, and Wildman-Tobriner 2019, figure 2.
POINTS = {
    "composition": {
        "cystic": (0, 0),
        "spongiform": (0, 0),
        "mixed": (1, 0),
        "solid": (2, 3),
        "cannot_classify": (2, 0),
    },
    "echogenicity": {
        "anechoic": (0, 0),
        "hyperechoic": (1, 0),
        "isoechoic": (1, 0),
        "hypoechoic": (2, 2),
        "very_hypoechoic": (3, 3),
        "cannot_classify": (1, 0),
    },
    "shape": {"wider_than_tall": (0, 0), "taller_than_wide": (3, 1)},
    "margin": {
        "smooth": (0, 0),
        "ill_defined": (0, 0),
        "cannot_classify": (0, 0),
        "lobulated_or_irregular": (2, 2),
        "extrathyroidal_extension": (3, 3),
    },
    "echogenic_foci": {
        "none": (0, 0),
        "large_comet_tail": (0, 0),
        "macrocalcifications": (1, 0),
        "peripheral_calcifications": (2, 2),
        "punctate_echogenic_foci": (3, 3),
    },
}


def foci_sets() -> list[tuple[str, ...]]:
    foci = [focus for focus in POINTS["echogenic_foci"] if focus != "none"]
    return [("none",), *chain.from_iterable(combinations(foci, count) for count in range(1, len(foci) + 1))]


def every_nodule(*, open_too: bool) -> Iterator[Nodule]:
    choices = [[(feature,) for feature in POINTS[category]] for category in list(POINTS)[:4]] + [foci_sets()]
    for chosen in product(*([*some, None] if open_too else some for some in choices)):
        yield {category: some for category, some in zip(POINTS, chosen, strict=True) if some is not None}


def as_answers(nodule: Nodule) -> dict[str, Any]:
    """The nodule as a reader answers: a list where several may be chosen."""
    return {category: list(some) if category == "echogenic_foci" else some[0] for category, some in nodule.items()}
