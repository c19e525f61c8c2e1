"""First results of studies: small ones by hand, and a simulated one whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest

from annotator.readerstudies.analysis_plan import ANY_FINDING, AnalysisPlan
from annotator.readerstudies.lesion_results import lesion_results
from annotator.readerstudies.rating_units import rating_table
from annotator.readerstudies.results import consensus_truth, results_of
from annotator.readerstudies.study_reads import FrameOrder, said_by
from tests.annotator.readerstudies.made_reads import made_read

PLAN = AnalysisPlan(question="head.bleed", positive=("present",))


def bleed(reader: str, item: int, value: str, **more):
    return made_read(reader, item, answers={"bleed": value}, **more)


def test_a_small_study_by_hand() -> None:
    said = {"R01": ["present", "present", "absent", "absent"], "R02": ["present", "absent", "absent", "present"]}
    reads = [bleed(reader, at, value) for reader, row in said.items() for at, value in enumerate(row, 1)]
    truth = {(1, ""): "present", (2, ""): "present", (3, ""): "absent", (4, ""): "absent"}
    [found] = results_of(reads, PLAN, truth=truth)
    assert (found.arm, found.step, found.reads, found.cases, found.units) == ("unaided", "final", 8, 4, 4)
    assert found.agreement.value == 0.5
    assert found.accuracy.sensitivity.value == pytest.approx(3 / 4)
    one, other = found.readers
    assert (one.accuracy.sensitivity.value, other.accuracy.specificity.value) == (1.0, 0.5)
    assert one.counted.positives == 2
    [pair] = found.pairs
    assert (pair.readers, pair.kappa.value) == (("R01", "R02"), 0.0)
    assert found.times.median == 30
    assert any("4 cases only" in words for words in found.warnings)
    assert any("2 positive cases" in words for words in found.warnings)


def test_arms_and_steps_are_kept_apart_and_the_unaided_step_comes_first() -> None:
    reads = [
        bleed(reader, item, "present" if step == "final" else "absent", arm="second read", step=step)
        for reader in ("R01", "R02")
        for item in (1, 2)
        for step in ("final", "unaided")
    ]
    reads += [bleed("R01", item, "absent", arm="alone") for item in (1, 2)]
    found = results_of(reads, PLAN, truth={(1, ""): "present", (2, ""): "present"})
    in_order = results_of(reads, PLAN, truth={}, arms=["second read", "alone"])
    assert [one.arm for one in in_order] == ["second read", "second read", "alone"]
    assert [(one.arm, one.step) for one in found] == [
        ("alone", "final"),
        ("second read", "unaided"),
        ("second read", "final"),
    ]
    assert [one.accuracy.sensitivity.value for one in found] == [0.0, 0.0, 1.0]
    assert "One reader alone" in found[0].warnings[0]


def test_without_a_truth_or_a_positive_answer_there_is_agreement_and_no_accuracy() -> None:
    reads = [bleed(reader, 1, "present") for reader in ("R01", "R02")]
    assert results_of(reads, PLAN, truth={})[0].accuracy is None
    nothing_positive = AnalysisPlan(question="head.bleed")
    assert results_of(reads, nothing_positive, truth={(1, ""): "present"})[0].accuracy is None
    assert results_of([], PLAN, truth={}) == []


def test_the_first_of_two_readings_of_one_case_counts() -> None:
    reads = [bleed("R01", 1, "present", session=1), bleed("R01", 1, "absent", session=2), bleed("R02", 1, "present")]
    [found] = results_of(reads, PLAN, truth={})
    assert found.agreement.value == 1.0
    assert found.reads == 2


def test_findings_are_compared_on_the_lesions_that_two_marked() -> None:
    reads = [
        made_read("R01", 1, boxes=[(0, 0, 10), (50, 0, 10)], about_finding={"level": "high"}, schema="t@1"),
        made_read("R02", 1, boxes=[(1, 0, 10)], about_finding={"level": "low"}, schema="t@2"),
    ]
    table = rating_table(reads, "t.level", order=FrameOrder())
    assert table.units == ((1, "lesion 1"),)
    assert table.said == (("high", "low"),)
    assert said_by(reads[0], ANY_FINDING) == {"": True}


def test_a_score_that_the_reader_overrode_counts_as_they_said() -> None:
    one = bleed("R01", 1, "present")
    one.content["answers"][0]["score"] = {"category": "3"}
    assert said_by(one, "head.@category") == {"": "3"}
    one.content["answers"][0]["override"] = {"category": "4A", "reason": "it grew"}
    assert said_by(one, "head.@category") == {"": "4A"}


def test_the_consensus_as_truth_leaves_ties_and_single_readings_out() -> None:
    reads = [bleed("R01", 1, "present"), bleed("R02", 1, "present"), bleed("R03", 1, "absent")]
    reads += [bleed("R01", 2, "present"), bleed("R02", 2, "absent"), bleed("R01", 3, "absent")]
    assert consensus_truth(rating_table(reads, "head.bleed")) == {(1, ""): "present"}


def test_lesions_between_readers_are_matched_and_missed_ones_counted() -> None:
    reads = [
        made_read("R01", 1, boxes=[(0, 0, 10), (40, 0, 10)]),
        made_read("R02", 1, boxes=[(5, 0, 10)]),
        made_read("R03", 1, boxes=[]),
        made_read("R01", 2, boxes=[]),
        made_read("R02", 2, boxes=[]),
    ]
    [found] = lesion_results(reads)
    pairs = dict(found.pairs)
    assert (pairs["R01", "R02"].matched, pairs["R01", "R02"].only_first, pairs["R01", "R02"].mean_dice) == (1, 1, 0.5)
    assert pairs["R01", "R03"].only_first == 2
    assert found.mean_jaccard == pytest.approx(1 / 3)
    assert {one.reader: (one.marked, one.missed, one.of) for one in found.readers} == {
        "R01": (2, 0, 1),
        "R02": (1, 1, 2),
        "R03": (0, 3, 3),
    }


def simulated(readers: int, cases: int, *, sensitivity: float, specificity: float, seed: int):
    """Readers who err independently given the case: their kappa follows from the two rates and the prevalence."""
    random = np.random.default_rng(seed)
    positive = random.random(cases) < 0.4
    said = np.where(positive[:, None], random.random((cases, readers)) < sensitivity, 0).astype(bool)
    said |= ~positive[:, None] & (random.random((cases, readers)) >= specificity)
    seconds = random.lognormal(np.log(60), 0.5, (cases, readers))
    reads = [
        bleed(
            f"R{reader + 1:02}", case + 1, "present" if said[case, reader] else "absent", seconds=seconds[case, reader]
        )
        for case in range(cases)
        for reader in range(readers)
    ]
    truth = {(case + 1, ""): "present" if positive[case] else "absent" for case in range(cases)}
    return reads, truth, float(positive.mean())


def kappa_of(prevalence: float, sensitivity: float, specificity: float) -> float:
    """The kappa of two readers who err independently given the truth."""
    alike = prevalence * (sensitivity**2 + (1 - sensitivity) ** 2)
    alike += (1 - prevalence) * (specificity**2 + (1 - specificity) ** 2)
    yes = prevalence * sensitivity + (1 - prevalence) * (1 - specificity)
    chance = yes**2 + (1 - yes) ** 2
    return (alike - chance) / (1 - chance)


def test_the_results_of_a_simulated_study_of_30_readers_and_500_cases_cover_what_is_true() -> None:
    reads, truth, prevalence = simulated(30, 500, sensitivity=0.85, specificity=0.9, seed=20261121)
    [found] = results_of(reads, PLAN, truth=truth)
    wanted = kappa_of(prevalence, 0.85, 0.9)
    for estimate, true in (
        (found.accuracy.sensitivity, 0.85),
        (found.accuracy.specificity, 0.9),
        (found.fleiss, wanted),
        (found.alpha, wanted),
    ):
        assert estimate.low <= true <= estimate.high, estimate
        assert estimate.high - estimate.low < 0.12
    covered = [one.accuracy.sensitivity.low <= 0.85 <= one.accuracy.sensitivity.high for one in found.readers]
    # Each interval is to cover in 19 of 20 studies; that 5 and more of 30 don't has a chance below 2 %.
    assert sum(covered) > 25
    kappas = [pair.kappa for pair in found.pairs]
    assert len(kappas) == 435
    assert np.mean([kappa.low <= wanted <= kappa.high for kappa in kappas]) > 0.85
    assert found.times.median == pytest.approx(60, rel=0.03)
    assert found.reads == 15_000


def test_a_tables_truth_of_a_case_is_that_of_its_only_lesion() -> None:
    here, there = (10.0, 10.0, 20.0), (100.0, 100.0, 20.0)
    reads = [
        made_read(reader, item, boxes=boxes, about_finding={"kind": "bad"})
        for reader in ("R01", "R02")
        for item, boxes in ((1, [here]), (2, [here, there]))
    ]
    plan = AnalysisPlan(question="head.kind", positive=("bad",))
    (found,) = results_of(reads, plan, truth={(1, ""): "bad", (2, ""): "bad"})
    assert found.units == 3
    assert found.readers[0].counted is not None
    assert found.readers[0].counted.true_positives == 1, "of the case with two lesions nobody knows which is meant"
    assert any(words.startswith("1 case has several lesions: the table says") for words in found.warnings)


def test_of_slices_counts_what_was_said_of_any_range() -> None:
    def on_slices(reader: str, item: int, *said: bool):
        one = made_read(reader, item)
        for value in said:
            ranged = {
                "schema": "slices@1",
                "answers": {"bleed": value},
                "finding": None,
                "breast": "",
                "override": None,
            }
            one.content["answers"].append({**ranged, "first_frame": "k.1", "last_frame": "k.2", "score": {}})
        return replace(one, slices=frozenset({"slices"}))

    reads = [on_slices("R01", 1, True, False), on_slices("R01", 2), on_slices("R02", 1), on_slices("R02", 2, False)]
    plan = AnalysisPlan(question="slices.bleed", positive=(True,))
    (found,) = results_of(reads, plan, truth={(1, ""): True, (2, ""): False})
    counted = {one.reader: vars(one.counted) for one in found.readers if one.counted}
    assert counted["R01"] == {"true_positives": 1, "false_negatives": 0, "true_negatives": 1, "false_positives": 0}
    assert counted["R02"] == {"true_positives": 0, "false_negatives": 1, "true_negatives": 1, "false_positives": 0}
