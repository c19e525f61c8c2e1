"""A draft tried on the answers that there are: what is found, in a job where there are many; nothing is changed."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError
from annotator.accounts.models import User
from annotator.annotations.actions import try_schema as module
from annotator.annotations.actions.try_schema import dry_run_of_job, try_schema, with_titles
from annotator.annotations.models import Answer, Finding
from annotator.cases.models import Case
from annotator.jobs.models import JobState
from annotator.labels.actions.edit_draft import DraftContent, begin_draft, make_draft, save_draft
from annotator.labels.actions.publish_draft import publish_draft
from annotator.labels.schema import score_answers
from tests.annotator.case_rows import make_case, make_stack, make_study
from tests.annotator.labels.test_diff import bleed


@pytest.fixture
def answered(admin: User, radiologist: User) -> Case:
    """A case with four findings graded under version 1; the draft of version 2 asks more for the second level."""
    make_draft(admin, "bleeds", title="Bleeds", definition=bleed())
    schema = publish_draft(admin, "bleeds", revision=1, reason="First.")
    study = make_study()
    case = make_case(study, make_stack(study))
    for number, answers in enumerate(
        ({}, {"bleed": True, "grade": "small"}, {"bleed": True, "grade": "large"}, {"signs": ["oedema"], "width": 80}),
        start=1,
    ):
        finding = Finding.objects.create(case=case, owner=radiologist, kind="haemorrhage", number=number, revision=1)
        Answer.objects.create(
            id=uuid4(),
            case=case,
            owner=radiologist,
            finding=finding,
            schema=schema,
            answers=answers,
            score=score_answers(bleed(), answers),
            revision=1,
        )
    changed = bleed()
    changed["scoring"]["levels"][1]["from"] = 4
    changed["form"]["questions"][3]["maximum"] = changed["answers"]["properties"]["width"]["maximum"] = 50
    begin_draft(admin, "bleeds")
    save_draft(admin, "bleeds", DraftContent("Bleeds", changed), revision=1)
    return case


def test_valid_and_invalid_answers_and_moved_levels_are_told_with_examples(admin: User, answered: Case) -> None:
    before = list(Answer.objects.order_by("pk").values())
    found = try_schema(admin, "bleeds", revision=2).found
    assert found is not None
    assert (found["schema"], found["answers"], found["valid"], found["invalid"]) == ("bleeds@1", 4, 3, 1)
    (fault,) = with_titles(admin, found)["faults"]
    assert (fault["path"], fault["count"]) == ("answers.width", 1)
    (example,) = fault["examples"]
    assert (example["title"], example["finding"]) == (answered.title, "Haemorrhage 4")
    assert ("G2", "G1", 1) in [(row["before"], row["after"], row["count"]) for row in found["levels"]]
    assert list(Answer.objects.order_by("pk").values()) == before


def test_whoever_may_not_open_the_case_gets_no_title(admin: User, answered: Case, second_radiologist: User) -> None:
    found = try_schema(admin, "bleeds", revision=2).found
    assert found is not None
    assert with_titles(second_radiologist, found)["faults"][0]["examples"][0]["title"] == ""
    with pytest.raises(NotAllowedError):
        try_schema(second_radiologist, "bleeds", revision=2)


def test_many_answers_are_tried_in_a_job_that_finds_the_same(
    admin: User,
    answered: Case,
    run_queued_jobs: Callable[..., object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_once = try_schema(admin, "bleeds", revision=2).found
    monkeypatch.setattr(module, "MOST_AT_ONCE", 3)
    run = try_schema(admin, "bleeds", revision=2)
    assert run.found is None
    assert run.job is not None
    run_queued_jobs()
    done = dry_run_of_job(admin, "bleeds", run.job.pk)
    assert done.job is not None
    assert (done.job.state, done.found) == (JobState.DONE, at_once)
    with pytest.raises(InvalidError):
        dry_run_of_job(admin, "other", run.job.pk)

    late = try_schema(admin, "bleeds", revision=2).job
    assert late is not None
    save_draft(admin, "bleeds", DraftContent("Bleeds!", bleed()), revision=2)
    run_queued_jobs(may_fail=True)
    gone = dry_run_of_job(admin, "bleeds", late.pk)
    assert gone.job is not None
    assert (gone.job.state, gone.found) == (JobState.FAILED, None)
    assert "changed meanwhile" in gone.job.error
    with pytest.raises(ConflictError):
        try_schema(admin, "bleeds", revision=2)
