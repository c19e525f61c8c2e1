"""Designer and dashboard as an admin uses them: enriched cases, the analysis, truth from elsewhere, amendments."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from annotator.accounts.models import User
from annotator.datasets.actions.import_diagnoses import import_diagnoses
from annotator.datasets.models import Cohort
from annotator.readerstudies.actions.launch_study import launch_study
from annotator.readerstudies.models import ClockJump, ReaderStudy
from frontend.pages import reader_studies
from tests.annotator.readerstudies.made_reads import made_read
from tests.annotator.readerstudies.studied import finished_study
from tests.annotator.readerstudies.studies import draft, make_cases, make_readers, wanted
from tests.frontend.conftest import ClientFor


def answered_yes(reader: str, item: int, arm: str, step: str):
    return made_read(reader, item, answers={"bleed": item != 2}, schema="bleed@1")


def test_a_draft_is_enriched_analysed_and_given_its_truth_and_amended_once_it_runs(
    client_for: ClientFor, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases, readers = make_cases(8), make_readers(2)
    study = draft(admin, cases, readers)
    client, address = client_for(admin), reverse("reader-study", args=[study.pk])

    def post(then: str, **data: object):
        study.refresh_from_db()
        return client.post(address, {"then": then, "revision": study.revision, **data}, follow=True)

    cohort = Cohort.objects.create(name="Heads", query={}, created_by=admin)
    groups = [(one.case_id, one.batch) for one in wanted(cases)]
    monkeypatch.setattr(reader_studies, "cases_of_cohort", lambda _person, _pk: groups)
    chosen = {"source": f"cohort:{cohort.pk}", "stage": "main", "draw_positive": "batch-secret-a"}
    page = post("cases", **chosen, draw_total="4", draw_percent="25 %").content.decode()
    assert "The study has 4 cases." in page
    assert study.items.filter(batch="batch-secret-a").count() == 1
    page = post("cases", **chosen, draw_total="8", draw_percent="75").content.decode()
    assert "75 % of 8 takes 6 positives; there are 4." in page
    assert 'name="draw_percent" value="75"' in page, "what was refused is still there"
    assert re.search(rf'value="cohort:{cohort.pk}" selected', page)
    wrong = post("cases", **chosen, draw_total="8", draw_percent="many").content.decode()
    assert re.search(r'name="draw_percent" value="many" aria-invalid="true"', wrong)

    aim = {"sensitivity": "0.7", "half_width": "0.1", "kappa": "0.6", "kappa_half_width": "0.15"}
    for percent, scans, told in (("30", 270, "30 % (300 in 1,000)"), ("0.3", 27_000, "0.3 % (3 in 1,000)")):
        page = post("size", **aim, prevalence_percent=percent).content.decode()
        assert f"Scans at a prevalence of {told}</dt><dd>{scans}</dd>" in page
    assert "aria-invalid" in post("size", **aim, prevalence="0.3").content.decode(), "a share under its old name"

    fields = client.get(address).context["form"].initial
    typed = {name: value for name, value in fields.items() if value not in (None, False)}
    typed |= {"rating": "bleed.bleed", "truth": "consensus", "ordered": "on", "remind_every_days": 7, "all_marks": "on"}
    typed |= {"arm-0-name": "alone", "arm-0-kind": "unaided", "analysis_question": "bleed.bleed"}
    page = post("protocol", **typed).content.decode()
    assert "The protocol is saved." in page
    study.refresh_from_db()
    assert (
        study.protocol["analysis"] | {"rating": "bleed.bleed", "truth": "consensus", "ordered": True}
        == (study.protocol["analysis"])
    )
    assert study.protocol["remind_every_days"] == 7

    items = list(study.items.order_by("number"))
    rows = "".join(
        f"{one.case.study.study_instance_uid},{'malignant' if at == 0 else 'benign'}\n"
        for at, one in enumerate(items[:2])
    )
    table = import_diagnoses(admin, "Surgery", source="Histology", content=f"study,diagnosis\n{rows}".encode())
    other = finished_study(admin, cases=4, name="Earlier", content=answered_yes, schemas=["bleed@1"])
    for old, new in zip(other.items.order_by("number"), items, strict=True):
        old.case = new.case
        old.save()
    asked = {"truth-question": "bleed.bleed", "truth-malignant": "yes", "truth-benign": "no"}
    page = post("truth", **asked, **{"truth-source": f"table:{table.pk}"}).content.decode()
    assert "2 cases have a truth from there." in page
    page = post("truth", **asked, **{"truth-source": f"study:{other.pk}"}).content.decode()
    assert "3 cases have a truth from there" in page or "4 cases have a truth from there" in page
    told = {one.number: (one.truth["source"], one.truth["answers"]["bleed.bleed"]) for one in study.items.all()}
    first, second, third, fourth = (told[one.number] for one in items)
    assert (first, second) == (("pathology", True), ("pathology", False)), "what is known already stays"
    assert (third, fourth) == (("consensus", True), ("consensus", True))

    post("allocate")
    assert "is launched" in post("launch").content.decode()
    amended = client.get(address).context["amend"]
    words = {f"amend-{name}": value for name, value in amended.initial.items() if value not in (None, False)}
    same = post("amend", **words, reason="Nothing.").content.decode()
    assert "Nothing of this is different." in same
    words |= {"amend-washout_days": 3, "amend-instructions": "Read\r\nslowly."}
    assert "Amendment 1: protocol changed." in post("amend", **words, reason="The board.").content.decode()
    assert set(ReaderStudy.objects.get(pk=study.pk).amendments.get().change) == {"washout_days", "instructions"}


def test_a_large_launch_shows_how_far_it_is_and_is_stopped_and_taken_back(client_for: ClientFor, admin: User) -> None:
    study = draft(admin, make_cases(2), make_readers(1))
    study = launch_study(admin, study.pk, revision=study.revision, most_at_once=1)
    client, address = client_for(admin), reverse("reader-study", args=[study.pk])
    page = client.get(address).content.decode()
    assert "The launch" in page
    assert "Waiting for a worker" in page
    assert "Take the launch back" not in page
    part = client.get(address, {"part": "making"}).content.decode()
    assert "Stop" in part
    assert "<html" not in part
    client.post(reverse("job-cancel", args=[study.job.pk]), {"back": address})
    page = client.get(address).content.decode()
    assert "Go on" in page
    assert "the study is a draft again" in client.post(address, {"then": "take-back"}, follow=True).content.decode()
    ClockJump.objects.create(seen_until=study.created_at, seen_from=study.created_at + timedelta(days=9))
    launch_study(admin, study.pk, revision=study.revision)
    assert "The clock went ahead" in client.get(address).content.decode()
    jump = ClockJump.objects.get().pk
    told = client.post(address, {"then": "count-jump", "jump": jump, "reason": "It was off."}, follow=True)
    assert "That time counts" in told.content.decode()
