"""What a study's admins are told by themselves: cases that moved, readers who can't read; and who is reminded when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotator.accounts.errors import InvalidError
from annotator.accounts.models import AuditEntry, User
from annotator.cases.models import Case
from annotator.imaging.models import Patient, Study
from annotator.labels.models import LabelSchema
from annotator.readerstudies.actions.amend_study import change_protocol
from annotator.readerstudies.actions.remind_readers import remind_idle_readers
from annotator.readerstudies.completeness import AskedSchema, Given, GivenAnswer, what_is_missing
from annotator.readerstudies.design import Protocol
from annotator.readerstudies.models import Assignment, ReaderStudy, StudyReader
from annotator.readerstudies.watch_list import watch_list
from tests.annotator.readerstudies.studies import DEFINITION, make_cases, make_readers, read_one, running


@pytest.fixture
def cases(db: None) -> list[Case]:
    return make_cases(4)


@pytest.fixture
def readers(db: None) -> list[User]:
    return make_readers(2)


def test_a_case_that_moved_a_reader_who_left_and_a_superseded_schema_are_named(
    admin: User, cases: list[Case], readers: list[User], django_assert_num_queries
) -> None:
    study = running(admin, cases, readers)
    with django_assert_num_queries(4):
        assert watch_list(study) == []
    Study.objects.filter(pk=cases[1].study_id).update(patient=Patient.objects.create(patient_id="ANOTHER"))
    User.objects.filter(pk=readers[1].pk).update(is_active=False)
    LabelSchema.objects.create(key="bleed", version=2, title="Bleed, newer", definition=DEFINITION)
    moved, gone, superseded = watch_list(study)
    assert moved.startswith("Case 2 belongs to another patient")
    assert gone.startswith("R02")
    assert "superseded by bleed@2" in superseded


def test_who_reads_nothing_for_some_days_is_reminded_once_and_not_within_a_washout(
    admin: User, cases: list[Case], readers: list[User], settings, mailoutbox
) -> None:
    settings.EMAIL_HOST = "mail.example"
    User.objects.update(email="reader@example.org")
    study = running(admin, cases, readers)
    later = timezone.now() + timedelta(days=8)
    assert remind_idle_readers(now=later) == 0, "the protocol doesn't want it"
    change_protocol(admin, study.pk, {"remind_every_days": 7, "due_date": "2001-01-01"}, reason="Slow.")
    assert remind_idle_readers() == 0, "the study has only begun"
    for _ in range(4):
        read_one(study, readers[1])
    # The first reader dawdles; the second is through with the session and in the washout.
    ReaderStudy.objects.update(launched_at=timezone.now() - timedelta(days=8))
    Assignment.objects.filter(state="submitted").update(submitted_at=timezone.now() - timedelta(days=8))
    assert remind_idle_readers() == 1
    (letter,) = mailoutbox
    assert "8 cases are left" in letter.body
    assert "It was to be finished by 2001-01-01." in letter.body
    assert remind_idle_readers() == 0, "not twice within the week"
    assert AuditEntry.objects.filter(action="remind_readers", actor=None, detail__readers=["R01"]).count() == 1
    StudyReader.objects.update(reminded_at=timezone.now() - timedelta(days=8))
    assert remind_idle_readers() == 1


def test_breasts_and_slices_that_the_protocol_demands_are_missed_even_where_nobody_began() -> None:
    breast = AskedSchema("breast@1", "Assessment", "breast", demanded=("L", "R"))
    slices = AskedSchema("slices@1", "Bleeding", "slices", demanded=("",))
    left = GivenAnswer("breast@1", "L")
    assert what_is_missing([breast, slices], Given()) == [
        "Assessment is not answered for the left breast",
        "Assessment is not answered for the right breast",
        "Bleeding is not answered",
    ]
    assert what_is_missing([breast], Given(answers=[left])) == ["Assessment is not answered for the right breast"]
    assert what_is_missing([slices], Given(answers=[GivenAnswer("slices@1", "frame.1")])) == []
    free = AskedSchema("breast@1", "Assessment", "breast")
    assert what_is_missing([free], Given()) == []
    with pytest.raises(InvalidError, match="isn't asked"):
        Protocol.from_json({"schemas": ["breast@1"], "must_answer": ["slices@1"]})
