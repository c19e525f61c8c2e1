"""Loading the demo through the real ingest.

The phantoms are replaced by small builders' files of the same studies, since making the full ones takes the
machine ten seconds; test_phantoms.py makes those.
"""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from annotator.accounts.models import AuditEntry, User
from annotator.assist.models import Suggestion
from annotator.cases.models import Case
from annotator.demo import head_ct, thyroid_ultrasound, tomosynthesis
from annotator.demo.actions import load_demo as loading
from annotator.demo.actions.load_demo import DemoNotLoadedError, demo_study_uids, load_demo
from annotator.demo.actions.make_people import PEOPLE, make_people
from annotator.demo.pydicom_files import CHOSEN, copy_pydicom_files
from annotator.imaging.models import Instance, Intake
from annotator.labels.models import LabelSchema
from annotator.readerstudies.actions.withdraw_assignment import withdraw_assignment
from annotator.readerstudies.models import Assignment
from tests import builders

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def small_phantoms(monkeypatch: pytest.MonkeyPatch) -> None:
    def write(folder: Path) -> None:
        copy_pydicom_files(folder / "pydicom")
        builders.ct_series(folder, slices=2, study=head_ct.STUDY.name)
        builders.tomosynthesis_four_views(folder, study=tomosynthesis.STUDY.name)
        builders.ultrasound_pair(folder, study=thyroid_ultrasound.STUDY.name)
        builders.ultrasound(folder, frames=3, study=thyroid_ultrasound.CINE_STUDY.name)

    monkeypatch.setattr(loading, "_write_files", write)


@pytest.mark.usefixtures("small_phantoms")
def test_the_demo_is_a_worklist_in_order_with_a_due_date_and_a_second_run_changes_nothing() -> None:
    today = timezone.localdate()
    summary = load_demo()
    assert not summary.already_there
    assert summary.quarantined == 0
    radiologist = User.objects.get(username="radiologist")
    read = list(Assignment.objects.filter(reader=radiologist).order_by("place").select_related("case__study"))
    assert [one.case.study.study_instance_uid for one in read] == demo_study_uids()
    # At midnight it may have been loaded on either day.
    assert {one.due_date for one in read} in [{day + timedelta(days=14)} for day in (today, timezone.localdate())]
    assert summary.assigned == len(read) == 4 + len(CHOSEN)
    assert [one.case.layout for one in read[:4]] == ["1x1", "2x2", "1x2", "1x1"]
    assert set(Instance.objects.values_list("state", flat=True)) == {"ready"}
    assert Suggestion.objects.filter(label="caliper").exists()
    assert LabelSchema.objects.filter(key="acr-tirads").exists()
    intake = Intake.objects.get()
    assert intake.source == "demo content"
    assert all(name.startswith("demo content/") for name in intake.files.values_list("name", flat=True))

    before = (AuditEntry.objects.count(), Intake.objects.count(), Case.objects.count(), Instance.objects.count())
    assert load_demo().already_there
    assert before == (
        AuditEntry.objects.count(),
        Intake.objects.count(),
        Case.objects.count(),
        Instance.objects.count(),
    )


@pytest.mark.usefixtures("small_phantoms")
def test_what_an_admin_took_away_is_not_assigned_again() -> None:
    load_demo()
    admin = User.objects.get(username="admin")
    withdraw_assignment(admin, Assignment.objects.order_by("place")[0].pk)
    left = Assignment.objects.count()
    assert load_demo().already_there
    assert Assignment.objects.count() == left


@pytest.mark.usefixtures("small_phantoms")
def test_a_load_that_broke_off_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr(loading, "assign_cases", broken)
        with pytest.raises(RuntimeError):
            load_demo()
    assert not Assignment.objects.exists()
    assert load_demo().assigned == len(demo_study_uids())


@pytest.mark.usefixtures("small_phantoms")
def test_without_a_worker_it_says_what_to_do_instead_of_waiting_for_ever() -> None:
    with pytest.raises(DemoNotLoadedError, match="--now"):
        load_demo(in_this_process=False, wait_seconds=0)


def test_the_three_people_can_sign_in_and_keep_a_changed_password() -> None:
    make_people()
    for person in PEOPLE:
        user = User.objects.get(username=person.username)
        assert user.role == person.role
        assert user.check_password(person.password)
    changed = User.objects.get(username="admin")
    changed.set_password("another-long-one-3")
    changed.save()
    make_people()
    changed.refresh_from_db()
    assert changed.check_password("another-long-one-3")
    assert User.objects.count() == 3


@pytest.mark.usefixtures("small_phantoms")
def test_the_command_prints_how_to_sign_in() -> None:
    out = StringIO()
    call_command("load_demo", "--now", stdout=out, stderr=StringIO())
    for person in PEOPLE:
        assert person.username in out.getvalue()
        assert person.password in out.getvalue()
    again = StringIO()
    call_command("load_demo", stdout=again, stderr=StringIO())
    assert "there already" in again.getvalue()


@pytest.mark.usefixtures("small_phantoms")
def test_the_command_fails_in_words_when_no_worker_runs() -> None:
    with pytest.raises(CommandError, match="worker"):
        call_command("load_demo", "--wait", "0", stdout=StringIO(), stderr=StringIO())
