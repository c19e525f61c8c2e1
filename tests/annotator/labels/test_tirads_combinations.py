"""Every combination of TI-RADS answers, open ones included, against tables written down here by hand."""

from collections.abc import Iterator

from annotator.labels.shipped import newest_shipped
from annotator.labels.tirads import Advice, score_nodule, systems_of
from tests.annotator.labels.nodules import POINTS, Nodule, every_nodule

ACR, AI = systems_of(newest_shipped("acr-tirads").definition)
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
