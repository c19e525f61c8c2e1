"""Every combination of TI-RADS answers, open ones included, against tables written down here by hand."""

from collections.abc import Iterator
from itertools import chain, combinations, product

from annotator.labels.shipped import newest_shipped
from annotator.labels.tirads import Advice, score_nodule, systems_of

ACR, AI = systems_of(newest_shipped("acr-tirads").definition)
OPEN = None
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
ENDS = {0: {"spongiform"}, 1: {"spongiform", "cystic"}}
LEVELS = ["TR1", "TR1", "TR2", "TR3", "TR4", "TR4", "TR4"]
# Centimetres, as the publications have them: aspiration, follow-up.
THRESHOLDS = {"TR3": (2.5, 1.5), "TR4": (1.5, 1.0), "TR5": (1.0, 0.5)}
# From harmless to suspicious, as a radiologist would put them; what can't be classified has no place.
SUSPICION = {
    "composition": [{"cystic", "spongiform"}, {"mixed"}, {"solid"}],
    "echogenicity": [{"anechoic"}, {"hyperechoic", "isoechoic"}, {"hypoechoic"}, {"very_hypoechoic"}],
    "shape": [{"wider_than_tall"}, {"taller_than_wide"}],
    "margin": [{"smooth", "ill_defined"}, {"lobulated_or_irregular"}, {"extrathyroidal_extension"}],
}
SEVERITY = [Advice.NOTHING, Advice.FOLLOW_UP, Advice.ASPIRATE]

Nodule = dict[str, tuple[str, ...]]


def foci_sets() -> list[tuple[str, ...]]:
    foci = [focus for focus in POINTS["echogenic_foci"] if focus != "none"]
    return [("none",), *chain.from_iterable(combinations(foci, count) for count in range(1, len(foci) + 1))]


def every_nodule(*, open_too: bool) -> Iterator[Nodule]:
    choices = [[(feature,) for feature in POINTS[category]] for category in list(POINTS)[:4]] + [foci_sets()]
    for chosen in product(*([*some, OPEN] if open_too else some for some in choices)):
        yield {category: some for category, some in zip(POINTS, chosen, strict=True) if some is not OPEN}


def expected(system: int, nodule: Nodule) -> tuple[int | None, str | None, tuple[str, ...]]:
    """Points, level and what is missing."""
    if set(nodule.get("composition", ())) & ENDS[system]:
        return 0, "TR1", ()
    if missing := tuple(category for category in POINTS if category not in nodule):
        return None, None, missing
    points = sum(POINTS[category][feature][system] for category, some in nodule.items() for feature in some)
    return points, LEVELS[points] if points < 7 else "TR5", ()


def expected_advice(level: str, size_cm: float) -> Advice:
    if level not in THRESHOLDS:
        return Advice.NOTHING
    aspirate, follow = THRESHOLDS[level]
    return Advice.ASPIRATE if size_cm >= aspirate else Advice.FOLLOW_UP if size_cm >= follow else Advice.NOTHING


def test_every_combination_gives_the_points_and_level_of_the_published_tables_or_says_what_is_missing() -> None:
    seen = 0
    for nodule in every_nodule(open_too=True):
        for number, system in enumerate((ACR, AI)):
            score = score_nodule(system, nodule)
            level = score.level.level if score.level else None
            assert (score.points, level, score.missing) == expected(number, nodule), (system.title, nodule)
            seen += 1
    assert seen == 2 * (6 * 7 * 3 * 6 * 17)


def test_every_level_advises_by_the_published_diameters_to_a_tenth_of_a_millimetre() -> None:
    nodules = {score_nodule(ACR, nodule).level: nodule for nodule in every_nodule(open_too=False)}
    assert {level.level for level in nodules if level} == {"TR1", "TR2", "TR3", "TR4", "TR5"}
    for system in (ACR, AI):
        for nodule in nodules.values():
            advised = -1
            for tenths in range(1, 400):
                score = score_nodule(system, nodule, size_mm=tenths / 10)
                assert score.level is not None
                assert score.advice is not None
                assert score.advice is expected_advice(score.level.level, tenths / 100), (score.level.level, tenths)
                assert SEVERITY.index(score.advice) >= advised, "a larger nodule is never advised less"
                advised = SEVERITY.index(score.advice)


def test_a_more_suspicious_feature_never_lowers_a_level_in_either_system() -> None:
    compared = 0
    for nodule in every_nodule(open_too=False):
        before = {system.name: score_nodule(system, nodule) for system in (ACR, AI)}
        for changed in more_suspicious(nodule):
            for system in (ACR, AI):
                after = score_nodule(system, changed)
                assert after.level is not None
                was = before[system.name].level
                assert was is not None
                assert after.level.from_points >= was.from_points, (system.title, nodule, changed)
                compared += 1
    assert compared > 10_000


def more_suspicious(nodule: Nodule) -> Iterator[Nodule]:
    """One step up in a category, or one more focus; steps within a rank (cystic to spongiform) are none."""
    for category, ranks in SUSPICION.items():
        rank = next((place for place, some in enumerate(ranks) if nodule[category][0] in some), len(ranks))
        for feature in sorted(ranks[rank + 1]) if rank + 1 < len(ranks) else ():
            yield {**nodule, category: (feature,)}
    foci = set(nodule["echogenic_foci"]) - {"none"}
    for focus in POINTS["echogenic_foci"]:
        if focus != "none" and focus not in foci:
            yield {**nodule, "echogenic_foci": tuple(sorted({*foci, focus}))}
