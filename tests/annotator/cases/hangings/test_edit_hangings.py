"""Hangings in the table: installed, changed, copied, turned off; who may, and that it is written down."""

from typing import Any

import pytest
from django.core.management import call_command

from annotator.accounts.errors import ConflictError, NotAllowedError, NotFoundError
from annotator.accounts.models import AuditEntry, User
from annotator.cases.actions.edit_hangings import (
    arrange_hanging,
    change_hanging,
    copy_hanging,
    delete_hanging,
    make_hanging,
)
from annotator.cases.actions.install_hangings import install_hangings, install_shipped_hangings
from annotator.cases.actions.make_cases import make_cases
from annotator.cases.hangings.contents import content_of
from annotator.cases.hangings.definition import HangingError
from annotator.cases.hangings.queries import enabled_protocols, hanging_for, hangings_for
from annotator.cases.hangings.shipped import shipped_contents, shipped_protocols
from annotator.cases.models import HangingProtocol
from tests.annotator.case_rows import make_stack, make_study

pytestmark = pytest.mark.django_db


def content(key: str = "side-by-side", **facts: Any) -> dict[str, Any]:
    pane = {"image_set": {"number": 1}}
    return {
        "key": key,
        "name": "Side by side",
        "modality": "CT",
        "body_parts": [],
        "priority": 500,
        "rows": 1,
        "columns": 2,
        "panes": [pane, {"same_stack_as": 1}],
        **facts,
    }


def test_installing_twice_changes_nothing_and_is_audited_once() -> None:
    first = install_shipped_hangings()
    second = install_shipped_hangings()
    assert len(first.installed) == len(shipped_contents()) == len(second.unchanged)
    assert AuditEntry.objects.filter(action="install_hanging").count() == len(first.installed)
    call_command("load_hangings", verbosity=0)
    assert [content_of(row) for row in HangingProtocol.objects.order_by("key")] == shipped_contents()


def test_where_none_was_installed_the_shipped_ones_hold() -> None:
    assert enabled_protocols() == list(shipped_protocols())


def test_a_renewed_file_leaves_what_an_admin_turned_off_and_put_first(admin: User) -> None:
    install_shipped_hangings()
    arrange_hanging(admin, "ct-head-windows", enabled=False, priority=400)
    renewed = next(one for one in shipped_contents() if one["key"] == "ct-head-windows") | {"name": "Other words"}
    assert install_hangings([renewed]).updated == ("ct-head-windows",)
    row = HangingProtocol.objects.get(key="ct-head-windows")
    assert (row.name, row.enabled, row.priority) == ("Other words", False, 400)


def test_a_shipped_hanging_is_copied_not_changed(admin: User) -> None:
    install_shipped_hangings()
    with pytest.raises(ConflictError, match="copy"):
        change_hanging(admin, "ct-head-windows", content("ct-head-windows"))
    with pytest.raises(ConflictError, match="copy"):
        delete_hanging(admin, "ct-head-windows")
    copied = copy_hanging(admin, "ct-head-windows")
    again = copy_hanging(admin, "ct-head-windows")
    assert (copied.key, copied.enabled, again.key) == ("ct-head-windows-copy", False, "ct-head-windows-copy-2")
    change_hanging(admin, copied.key, content_of(copied) | {"name": "Ours"})
    assert hanging_for(admin, copied.key).name == "Ours"


def test_making_changing_and_deleting_is_written_down_with_what_was_there(admin: User) -> None:
    make_hanging(admin, content())
    change_hanging(admin, "side-by-side", content(priority=7))
    delete_hanging(admin, "side-by-side")
    trail = AuditEntry.objects.filter(target_kind="hanging").order_by("pk")
    assert [entry.action for entry in trail] == ["make_hanging", "change_hanging", "delete_hanging"]
    assert [entry.detail.get("before", {}).get("priority") for entry in trail] == [None, 500, None]
    assert all(entry.actor == admin for entry in trail)


def test_saving_what_is_there_already_writes_nothing_down(admin: User) -> None:
    make_hanging(admin, content())
    change_hanging(admin, "side-by-side", content())
    arrange_hanging(admin, "side-by-side", enabled=True, priority=500)
    assert AuditEntry.objects.filter(target_kind="hanging").count() == 1


def test_faults_are_refused_with_their_place(admin: User) -> None:
    with pytest.raises(HangingError) as raised:
        make_hanging(admin, content(panes=[]))
    assert raised.value.path == "panes"
    make_hanging(admin, content())
    with pytest.raises(ConflictError, match="already"):
        make_hanging(admin, content())
    with pytest.raises(HangingError, match="key"):
        change_hanging(admin, "side-by-side", content("other"))
    with pytest.raises(HangingError):
        arrange_hanging(admin, "side-by-side", priority=1001)
    with pytest.raises(NotFoundError):
        delete_hanging(admin, "nothing")


@pytest.mark.parametrize("who", ["radiologist", "data_manager"])
def test_only_admins_change_hangings(who: str, request: pytest.FixtureRequest, admin: User) -> None:
    person = request.getfixturevalue(who)
    make_hanging(admin, content())
    for act in (
        lambda: make_hanging(person, content("another")),
        lambda: change_hanging(person, "side-by-side", content(priority=1)),
        lambda: arrange_hanging(person, "side-by-side", enabled=False),
        lambda: copy_hanging(person, "side-by-side"),
        lambda: delete_hanging(person, "side-by-side"),
    ):
        with pytest.raises(NotAllowedError):
            act()
    assert not hangings_for(person).exists()
    assert hanging_for(admin, "side-by-side").enabled


def test_a_hanging_that_an_admin_made_first_is_how_new_cases_hang(admin: User) -> None:
    install_shipped_hangings()
    make_hanging(admin, content())
    study = make_study()
    make_stack(study)
    (case,) = make_cases(None, [study.pk])
    assert case.layout == "1x2"
    arrange_hanging(admin, "side-by-side", enabled=False)
    other = make_study()
    make_stack(other)
    assert make_cases(None, [other.pk])[0].layout == "1x1"
