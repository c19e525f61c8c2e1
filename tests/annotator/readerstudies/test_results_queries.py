"""Results of a study from its rows: who may look and when, what counts, where the truth is from, how many queries."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from annotator.accounts.errors import InvalidError, NotAllowedError, NotFoundError
from annotator.accounts.models import AuditEntry, User
from annotator.readerstudies.actions.export_reads import export_reads
from annotator.readerstudies.models import Assignment, Read, ReaderStudy
from annotator.readerstudies.results_queries import (
    CountedStudy,
    counted_reads,
    counted_study,
    frame_order,
    item_facts,
    truth_of,
)
from tests.annotator.case_rows import frames_of, make_case, make_stack, make_study
from tests.annotator.readerstudies.made_reads import made_read
from tests.annotator.readerstudies.studied import finished_study

BLEED = "head-ct.haemorrhage"


def says(value: str) -> dict[str, Any]:
    return {"answers": {"haemorrhage": value}, "schema": "head-ct@1"}


def bleeds(reader: str, item: int, arm: str, step: str):
    """The first two cases bleed; the third reader sees nothing."""
    return made_read(reader, item, arm=arm, step=step, **says("present" if item < 3 and reader != "R03" else "absent"))


@pytest.fixture
def study(admin: User) -> ReaderStudy:
    truth = {1: {BLEED: "present"}, 2: {BLEED: "present"}, 3: {BLEED: "absent"}, 4: {BLEED: "absent"}}
    return finished_study(admin, content=bleeds, truth=truth)


def truth_by(counted: CountedStudy) -> dict[int, Any]:
    found = truth_of(counted, counted_reads(counted.study), item_facts(counted.study))
    return {item: value for (item, _), value in found.items()}


def test_the_question_that_is_asked_is_counted_and_present_is_positive(admin: User, study: ReaderStudy) -> None:
    counted = counted_study(admin, study.pk, {"question": BLEED})
    assert counted.plan.positive == ("present",)
    typed = counted_study(admin, study.pk, {"question": BLEED, "positive": ["Uncertain", "PRESENT"]})
    assert typed.plan.positive == ("uncertain", "present")
    marked = counted_study(admin, study.pk, {"question": "findings.any", "positive": ["No"]})
    assert marked.plan.positive == (False,)
    assert counted.values == ["present", "absent", "uncertain"]
    assert "findings.any" in [one.reference for one in counted.questions]
    assert truth_by(counted) == {1: "present", 2: "present", 3: "absent", 4: "absent"}
    with pytest.raises(InvalidError, match="isn't asked"):
        counted_study(admin, study.pk, {"question": "head-ct.nothing"})


def test_results_are_for_admins_once_the_protocol_opens_them(
    admin: User, data_manager: User, radiologist: User, study: ReaderStudy
) -> None:
    for person in (data_manager, radiologist):
        with pytest.raises(NotAllowedError):
            counted_study(person, study.pk)
    ReaderStudy.objects.filter(pk=study.pk).update(state="running", closed_at=None)
    with pytest.raises(NotAllowedError, match="early"):
        counted_study(admin, study.pk)
    study.protocol["results"] = "any time"
    ReaderStudy.objects.filter(pk=study.pk).update(protocol=study.protocol)
    assert counted_study(admin, study.pk).study == study
    with pytest.raises(NotFoundError):
        counted_study(admin, "00000000-0000-0000-0000-000000000000")


def test_what_was_set_aside_given_up_or_read_in_training_does_not_count(study: ReaderStudy) -> None:
    first, second, third, *_ = Read.objects.filter(assignment__study=study).order_by("assignment__place", "pk")
    Read.objects.filter(pk=first.pk).update(set_aside_at=timezone.now(), set_aside_why="read twice")
    Assignment.objects.filter(pk=second.assignment_id).update(given_up_at=timezone.now())
    Assignment.objects.filter(pk=third.assignment_id).update(stage="training")
    assert len(counted_reads(study)) == 12 - 3


def test_the_consensus_is_a_truth_and_an_adjudication_takes_its_place(admin: User, study: ReaderStudy) -> None:
    by_consensus = counted_study(admin, study.pk, {"question": BLEED, "truth": "consensus"})
    assert truth_by(by_consensus) == {1: "present", 2: "present", 3: "absent", 4: "absent"}
    item = study.items.get(number=2)
    judged = Assignment.objects.create(
        case=item.case, reader=admin, place=1, study=study, item=item, stage="adjudication", state="assigned"
    )
    content = dict(made_read("", 2, **says("absent")).content)
    Read.objects.create(
        assignment=judged, case=item.case, step="final", content=content, content_sha256="0" * 64, active_seconds=1
    )
    by_adjudication = counted_study(admin, study.pk, {"question": BLEED, "truth": "adjudication"})
    assert truth_by(by_adjudication) == {1: "present", 2: "absent", 3: "absent", 4: "absent"}
    assert len(counted_reads(study)) == 12, "an adjudication is no read of the study's readers"


def test_frames_of_stacks_with_spans_come_in_reading_order(study: ReaderStudy) -> None:
    case = make_case(make_study(patient_id="S"), make_stack(make_study(patient_id="S"), frames=4))
    keys = [frame.key for frame in frames_of(case)]
    spanned = made_read("R01", 1, boxes=[(0, 0, 9)], frame=keys[1], span=(keys[0], keys[2]))
    assert list(frame_order([spanned]).between(keys[0], keys[2])) == keys[:3]
    assert frame_order([made_read("R01", 1, boxes=[(0, 0, 9)])]).stacks == {}


def test_queries_do_not_grow_with_the_study(
    admin: User, study: ReaderStudy, django_assert_num_queries: Callable[..., Any]
) -> None:
    larger = finished_study(admin, readers=6, cases=30, content=bleeds, name="Larger")
    for one in (study, larger):
        with django_assert_num_queries(6):
            counted = counted_study(admin, one.pk, {"question": BLEED, "truth": "adjudication"})
            reads = counted_reads(one)
            item_facts(one)
            assert len(reads) == 12 if one == study else 180
            assert frame_order(reads).stacks == {}
            assert counted.question.reference == BLEED


def test_reads_leave_as_every_format_without_a_name_and_the_trail_says_who_took_them(
    admin: User, study: ReaderStudy
) -> None:
    plan = {"question": BLEED}
    table = json.loads(export_reads(admin, study.pk, "json", plan).content)
    assert len(table) == 12
    assert {(row["case"], row["truth"]) for row in table} == {
        (1, "present"),
        (2, "present"),
        (3, "absent"),
        (4, "absent"),
    }
    csv = export_reads(admin, study.pk, "csv", plan)
    assert (csv.name, csv.content.count(b"\n")) == ("bleeds-reads.csv", 13)
    imrmc = export_reads(admin, study.pk, "imrmc", plan).content.decode()
    assert "N0: 2\nN1: 2\nNR: 3\nNM: 1\nBEGIN DATA:" in imrmc
    assert export_reads(admin, study.pk, "rjafroc", plan).content.startswith(b"PK")
    for text in (csv.content.decode(), imrmc, json.dumps(table)):
        assert "Reader Number" not in text
        assert not any(person in text for person in Assignment.objects.values_list("reader__username", flat=True))
    joined = json.loads(export_reads(admin, study.pk, "consensus", plan).content)["cases"]
    assert [one["answers"][0]["value"] for one in joined.values()] == ["present", "present", "absent", "absent"]
    assert (joined["1"]["answers"][0]["votes"], joined["1"]["answers"][0]["of"]) == (2, 3)
    taken = AuditEntry.objects.filter(action="export_reads", actor=admin)
    assert {entry.detail["format"] for entry in taken} == {"csv", "json", "consensus", "imrmc", "rjafroc"}
    with pytest.raises(InvalidError, match="csv"):
        export_reads(admin, study.pk, "sav", plan)
