"""Results are counted once: again when a read or a truth came, by a job where there are many."""

import pytest
from django.utils import timezone

from annotator.accounts.models import User
from annotator.jobs.actions.run_job import run_job
from annotator.jobs.models import Job
from annotator.readerstudies import kept_results
from annotator.readerstudies.kept_results import request_count, shown_result
from annotator.readerstudies.lesion_results import LesionResult, lesion_results
from annotator.readerstudies.models import Read
from annotator.readerstudies.result_records import result_as_dict, result_from_dict
from tests.annotator.readerstudies.made_reads import made_read
from tests.annotator.readerstudies.studied import finished_study

BLEED = "head-ct.haemorrhage"
CHOSEN = {"question": BLEED, "positive": ["present"]}


def bleeds(reader: str, item: int, arm: str, step: str):
    said = {"haemorrhage": "present" if item % 2 else "absent"}
    return made_read(reader, item, arm=arm, step=step, answers=said, schema="head-ct@1", boxes=[(5.0, 5.0, 12.0)])


def test_results_are_counted_once_and_again_when_a_read_is_set_aside_or_a_truth_comes(
    admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = finished_study(admin, content=bleeds, truth={1: {BLEED: "present"}, 2: {BLEED: "absent"}})
    counts: list[int] = []
    whole = kept_results.results_of

    def counting(*given, **more):
        counts.append(1)
        return whole(*given, **more)

    monkeypatch.setattr(kept_results, "results_of", counting)
    first, again = (shown_result(admin, study.pk, CHOSEN) for _ in range(2))
    assert first == again, "what was kept is what was computed"
    assert (len(counts), first.is_current, first.reads, first.truths) == (1, True, 12, 2)
    assert first.conditions is not None
    assert first.conditions[0].readers[0].accuracy.sensitivity.value == 1.0
    shown_result(admin, study.pk, {**CHOSEN, "truth": "consensus"})
    assert len(counts) == 2, "another plan is counted by itself"
    Read.objects.filter(pk=Read.objects.first().pk).update(set_aside_at=timezone.now(), set_aside_why="Wrong case.")
    assert shown_result(admin, study.pk, CHOSEN).reads == 11
    item = study.items.get(number=1)
    item.truth = {"source": "table", "answers": {BLEED: "absent"}}
    item.save()
    changed = shown_result(admin, study.pk, CHOSEN)
    assert len(counts) == 4
    assert changed.conditions[0].readers[0].accuracy.sensitivity.value is None, "no case is positive any more"


def test_a_large_study_is_counted_by_a_job_and_shows_the_last_figures_until_it_is_through(
    admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = finished_study(admin, content=bleeds)
    monkeypatch.setitem(kept_results.MOST_AT_ONCE, "figures", 5)
    monkeypatch.setitem(kept_results.MOST_AT_ONCE, "lesions", 5)
    nothing = shown_result(admin, study.pk, CHOSEN)
    assert (nothing.conditions, nothing.job, nothing.reads_now) == (None, None, 12)
    for part in ("figures", "lesions", "figures"):
        assert request_count(admin, study.pk, CHOSEN, part=part).job is not None
    assert Job.objects.count() == 2, "asking again changes nothing"
    for job in Job.objects.all():
        assert run_job(job.pk) == "done"
    found = shown_result(admin, study.pk, CHOSEN)
    assert (found.is_current, found.reads, len(found.conditions)) == (True, 12, 1)
    assert shown_result(admin, study.pk, CHOSEN, part="lesions").conditions[0].all_pairs.matched == 12
    Read.objects.filter(pk=Read.objects.first().pk).update(set_aside_at=timezone.now(), set_aside_why="Wrong case.")
    old = shown_result(admin, study.pk, CHOSEN)
    assert (old.is_current, old.reads, old.reads_now, old.conditions) == (False, 12, 11, found.conditions)


def test_lesion_results_survive_being_kept() -> None:
    found = lesion_results([made_read(name, 1, boxes=[(5.0, 5.0, 12.0)]) for name in ("R01", "R02")])
    assert [result_from_dict(LesionResult, result_as_dict(one)) for one in found] == found
    with pytest.raises(TypeError, match="has no colour"):
        result_from_dict(LesionResult, {**result_as_dict(found[0]), "colour": 1})
