"""The calculator: every combination of features against a table of its own, and what it refuses."""

from itertools import chain, combinations, product

import pytest

from annotator.labels.errors import AnswerError
from annotator.labels.tirads_calculator import calculate_tirads

# Typed from the publications (Tessler 2017, figure 1; Wildman-Tobriner 2019, figure 2): (ACR, AI).
COMPOSITION = {"cystic": (0, 0), "spongiform": (0, 0), "mixed": (1, 0), "solid": (2, 3), "cannot_classify": (2, 0)}
ECHOGENICITY = {
    "anechoic": (0, 0),
    "hyperechoic": (1, 0),
    "isoechoic": (1, 0),
    "hypoechoic": (2, 2),
    "very_hypoechoic": (3, 3),
    "cannot_classify": (1, 0),
}
SHAPE = {"wider_than_tall": (0, 0), "taller_than_wide": (3, 1)}
MARGIN = {
    "smooth": (0, 0),
    "ill_defined": (0, 0),
    "cannot_classify": (0, 0),
    "lobulated_or_irregular": (2, 2),
    "extrathyroidal_extension": (3, 3),
}
FOCI = {
    "large_comet_tail": (0, 0),
    "macrocalcifications": (1, 0),
    "peripheral_calcifications": (2, 2),
    "punctate_echogenic_foci": (3, 3),
}
LEVEL_OF_POINTS = ["TR1", "TR1", "TR2", "TR3", "TR4", "TR4", "TR4"]
# Centimetres as the publications have them: aspiration, follow-up.
THRESHOLDS = {"TR3": (2.5, 1.5), "TR4": (1.5, 1.0), "TR5": (1.0, 0.5)}
FOCI_SETS = [("none",), *chain.from_iterable(combinations(FOCI, count) for count in range(1, len(FOCI) + 1))]


def expected_points(system: int, features: tuple[str, str, str, str, tuple[str, ...]]) -> int:
    composition, echogenicity, shape, margin, foci = features
    if composition == "spongiform" or (system == 1 and composition == "cystic"):
        return 0
    return (
        COMPOSITION[composition][system]
        + ECHOGENICITY[echogenicity][system]
        + SHAPE[shape][system]
        + MARGIN[margin][system]
        + sum(FOCI[focus][system] for focus in foci if focus != "none")
    )


def expected_advice(level: str, size_cm: float) -> str:
    if level not in THRESHOLDS:
        return "nothing"
    aspirate, follow = THRESHOLDS[level]
    return "aspirate" if size_cm >= aspirate else "follow_up" if size_cm >= follow else "nothing"


@pytest.mark.parametrize("composition", COMPOSITION)
def test_every_combination_gives_what_the_published_tables_give(composition: str) -> None:
    sizes = (0.4, 0.5, 0.9, 1.0, 1.4, 1.5, 2.4, 2.5)
    for number, (echogenicity, shape, margin, foci) in enumerate(product(ECHOGENICITY, SHAPE, MARGIN, FOCI_SETS)):
        size_cm = sizes[number % len(sizes)]
        result = calculate_tirads(
            {
                "composition": composition,
                "echogenicity": echogenicity,
                "shape": shape,
                "margin": margin,
                "echogenic_foci": list(foci),
            },
            size_mm=size_cm * 10,
        )
        for system, name in enumerate(("acr", "ai")):
            points = expected_points(system, (composition, echogenicity, shape, margin, foci))
            level = LEVEL_OF_POINTS[points] if points < 7 else "TR5"
            got = result["systems"][name]
            assert (got["points"], got["level"]) == (points, level), (name, composition, echogenicity, shape, margin)
            assert got["advice"] == expected_advice(level, size_cm)


@pytest.mark.parametrize(
    ("features", "path"),
    [
        ({"composition": "marble"}, "answers.composition"),
        ({"composition": ["solid"]}, "answers.composition"),
        ({"echogenic_foci": ["none", "macrocalcifications"]}, "answers.echogenic_foci"),
        ({"echogenic_foci": []}, "answers.echogenic_foci"),
        ({"density": "a"}, "answers.density"),
    ],
)
def test_what_the_table_does_not_hold_is_refused_with_its_path(features: dict[str, object], path: str) -> None:
    with pytest.raises(AnswerError) as refused:
        calculate_tirads(features)
    assert refused.value.path == path


@pytest.mark.parametrize("size", [0.0, -3.0, float("nan"), float("inf"), 5000.0])
def test_an_absurd_size_is_refused(size: float) -> None:
    with pytest.raises(AnswerError) as refused:
        calculate_tirads({"composition": "solid"}, size_mm=size)
    assert refused.value.path == "answers.size_mm"


def test_a_missing_category_gives_no_level_and_is_named() -> None:
    result = calculate_tirads({"composition": "solid"})
    assert result["level"] is None
    assert result["missing_names"] == ["echogenicity", "shape", "margin", "echogenic_foci"]
