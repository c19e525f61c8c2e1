"""What a reader drew is there afterwards, once: through a killed server or browser, a lost session, another person.

Each test has a small case of its own; they are brought in together.
"""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.builders import ct_series
from tests.e2e.viewer_driver import ASSIGN, Viewer, new_patient
from tests.fixtures.browser import CHROMIUM_FLAGS, LAPTOP, SignedInPage
from tests.fixtures.people import PASSWORD
from tests.fixtures.product import ReadingRoom
from tools.chromium import find_chromium

pytestmark = pytest.mark.browser

BOX = [(20.0, 20.0), (60.0, 44.0)]
STROKES = 200
CASES = 9

SAVED = """
from annotator.annotations.models import Annotation, Revision
marks = Annotation.objects.filter(case_id={case!r}, deleted_at__isnull=True)
revisions = Revision.objects.filter
result = [[str(m.pk), m.points, m.owner.username, revisions(target_id=m.pk).count()] for m in marks]
"""
SIGN_EVERYBODY_OUT = """
from django.contrib.sessions.models import Session
result = Session.objects.all().delete()[0]
"""
# What lies in the browser's database, as letters: nothing that was drawn may be read there.
ON_DISK = """async () => {
  const open = indexedDB.open('reading-room-unsent');
  const database = await new Promise((yes, no) => { open.onsuccess = () => yes(open.result); open.onerror = no; });
  const all = database.transaction('changes').objectStore('changes').getAll();
  const rows = await new Promise((yes, no) => { all.onsuccess = () => yes(all.result); all.onerror = no; });
  database.close();
  return rows.map((row) => JSON.stringify(row) + new TextDecoder('latin1').decode(row.bytes));
}"""


@pytest.fixture(scope="module")
def cases(reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("faults")
    patients = [new_patient() for _ in range(CASES)]
    paths = [
        path
        for patient in patients
        for path in ct_series(folder / patient, slices=1, rows=120, columns=128, study=patient, patient_id=patient)
    ]
    reading_room.manage("ingest", "--derive", *[str(path) for path in paths])
    reading_room.wait_for_jobs()
    assign = "ids = []\n" + "\n".join(
        ASSIGN.format(patient_id=p, reader="radiologist") + "ids += result" for p in patients
    )
    return iter(reading_room.python(assign + "\nresult = ids"))


@pytest.fixture
def case_id(cases: Iterator[str]) -> str:
    return next(cases)


def saved(reading_room: ReadingRoom, case_id: str) -> list[tuple[str, list[list[float]], str, int]]:
    """Identifier, points, owner and number of revisions of each mark that the server has of a case."""
    return [tuple(row) for row in reading_room.python(SAVED.format(case=case_id))]


def boxes(count: int) -> list[list[tuple[float, float]]]:
    """Small boxes all over the picture; one that is near another in place is far from it in time."""
    places = [(6.0 + 6 * (i % 19), 6.0 + 6 * (i // 19)) for i in range(count)]
    return [[(c, r), (c + 3, r + 3)] for i in range(count) for c, r in [places[i * 73 % count]]]


def draw(viewer: Viewer, strokes: list[list[tuple[float, float]]]) -> None:
    """Draw as fast as the mouse goes, which is much faster than a hand."""
    for stroke in strokes:
        viewer.drag_to(stroke)


def as_on_server(viewer: Viewer) -> list[tuple[str, Any, str, int]]:
    return sorted((mark["id"], mark["points"], mark["owner"], 1) for mark in viewer.marks())


def test_a_server_that_is_killed_in_the_middle_of_200_strokes_has_each_of_them_once(
    reading_room: ReadingRoom, signed_in_page: SignedInPage, case_id: str
) -> None:
    viewer = Viewer(signed_in_page("radiologist")).open(case_id)
    viewer.page.keyboard.press("b")
    strokes = boxes(STROKES)
    draw(viewer, strokes[: STROKES // 2])
    os.killpg(reading_room.pid_of("web"), signal.SIGKILL)
    draw(viewer, strokes[STROKES // 2 :])
    assert len(viewer.marks()) == STROKES
    viewer.wait_until_saved(seconds=90)
    assert sorted(saved(reading_room, case_id)) == as_on_server(viewer)
    assert len(saved(reading_room, case_id)) == STROKES


@contextlib.contextmanager
def browser_with_a_disk(browser: Browser, reading_room: ReadingRoom, profile: Path) -> Iterator[BrowserContext]:
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=find_chromium(), args=CHROMIUM_FLAGS, base_url=reading_room.base_url, viewport=LAPTOP
    )
    yield context
    with contextlib.suppress(Exception):  # it may have been killed
        context.close()


def kill_browser_of(profile: Path) -> None:
    """SIGKILL for every process of the browser with this profile: nobody is told, nothing is flushed."""
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if f"--user-data-dir={profile}".encode() in (folder / "cmdline").read_bytes():
                os.kill(int(folder.name), signal.SIGKILL)


def sign_in(page: Page, name: str = "radiologist") -> None:
    page.goto("/sign-in/")
    if "/sign-in/" not in page.url:
        return
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button.primary")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/")


def test_a_browser_that_is_killed_without_a_network_has_everything_that_it_said_it_kept(
    browser: Browser, reading_room: ReadingRoom, case_id: str, tmp_path: Path
) -> None:
    with browser_with_a_disk(browser, reading_room, tmp_path) as context:
        page = context.new_page()
        sign_in(page)
        viewer = Viewer(page).open(case_id)
        context.set_offline(True)
        page.keyboard.press("b")
        draw(viewer, boxes(30))
        viewer.until(lambda: page.evaluate("window.readingRoom.save.unkept") == 0, "the browser to keep all of it")
        expect(page.locator(".save-state")).to_have_text("Not saved: 31 changes wait (kept in this browser)")
        drawn = as_on_server(viewer)
        kill_browser_of(tmp_path)
    assert saved(reading_room, case_id) == []
    with browser_with_a_disk(browser, reading_room, tmp_path) as context:
        page = context.new_page()
        sign_in(page)
        viewer = Viewer(page).open(case_id)
        viewer.until(lambda: len(viewer.marks()) == 30, "the marks to come back")
        viewer.wait_until_saved(seconds=60)
        assert sorted(saved(reading_room, case_id)) == drawn


def test_a_session_that_ends_while_drawing_is_begun_again_in_place(
    reading_room: ReadingRoom, signed_in_page: SignedInPage, case_id: str
) -> None:
    page = signed_in_page("radiologist")
    viewer = Viewer(page).open(case_id)
    reading_room.python(SIGN_EVERYBODY_OUT)
    page.context.clear_cookies()
    page.keyboard.press("b")
    viewer.drag(BOX)
    again = page.get_by_role("region", name="Sign in again")
    expect(again).to_contain_text("2 changes wait, kept in this browser")
    draw(viewer, boxes(3))
    expect(again).to_contain_text("5 changes wait")
    again.get_by_label("Password").fill("not-the-password")
    page.keyboard.press("Enter")
    expect(again.get_by_role("alert")).to_contain_text("don't belong together")
    again.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    viewer.wait_until_saved()
    expect(again).to_be_hidden()
    assert sorted(saved(reading_room, case_id)) == as_on_server(viewer)


def test_another_person_at_the_same_workstation_gets_and_sees_nothing_of_the_first_ones_changes(
    reading_room: ReadingRoom, signed_in_page: SignedInPage, case_id: str
) -> None:
    page = signed_in_page("radiologist")
    viewer = Viewer(page).open(case_id)
    reading_room.python(
        "from annotator.accounts.models import User\n"
        "from annotator.readerstudies.actions.assign_cases import assign_cases\n"
        "people = {user.username: user for user in User.objects.all()}\n"
        f"assign_cases(people['admin'], case_ids=[{case_id!r}], reader_ids=[people['second_radiologist'].pk])\n"
        "result = None"
    )
    other = page.context.new_page()
    other.goto("/")
    sign_out(other)
    sign_in(other, "second_radiologist")
    page.keyboard.press("b")
    viewer.drag(BOX)
    again = page.get_by_role("region", name="Sign in again")
    expect(again).to_contain_text("Somebody else is signed in")
    theirs = Viewer(other).open(case_id)
    kept = other.evaluate(ON_DISK)
    assert len(kept) == 2
    assert not [row for row in kept if any(word in row for word in ("points", "box", "radiologist", "lesion"))]
    # The page of the first one closes: the second one's must not take over what it leaves.
    drawn = as_on_server(viewer)
    page.close(run_before_unload=False)
    theirs.page.keyboard.press("b")
    theirs.drag(boxes(1)[0])
    theirs.wait_until_saved()
    assert len(theirs.marks()) == 1
    assert [row[2] for row in saved(reading_room, case_id)] == ["second_radiologist"]
    theirs.until(lambda: len(other.evaluate(ON_DISK)) == 2, "their own change to be taken from the disk, no other")
    other.goto("/")
    sign_out(other)
    sign_in(other)
    back = Viewer(other).open(case_id)
    back.until(lambda: len(back.marks()) == 1, "the first one's mark")
    back.wait_until_saved()
    assert [row for row in saved(reading_room, case_id) if row[2] == "radiologist"] == drawn


def test_a_full_disk_there_or_here_is_said_and_what_waits_is_sent_later_or_by_a_click(
    reading_room: ReadingRoom, signed_in_page: SignedInPage, case_id: str
) -> None:
    """Mocked: the server's answer while its disk is full, as api/problems.py words it."""
    words = "The server's disk is full. Tell an administrator, then send this again."

    def full(route: Route) -> None:
        route.fulfill(status=507, json={"title": "No space is left", "detail": words}, content_type="application/json")

    page = signed_in_page("radiologist")
    viewer = Viewer(page).open(case_id)
    page.route("**/api/v1/findings/**", full)
    # The browser's own share of the disk has run out as well.
    quota = {"origin": reading_room.base_url, "quotaSize": 1}
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", quota)
    page.keyboard.press("b")
    viewer.drag(BOX)
    expect(page.locator(".save-state")).to_have_text("Server full: 2 changes wait (do not close this page)")
    waiting = page.get_by_role("region", name="Not saved yet")
    expect(waiting).to_contain_text("Tell an administrator")
    expect(waiting).to_contain_text("this browser has no room left for them: leave it open")
    page.unroute("**/api/v1/findings/**")
    waiting.get_by_role("button", name="Try now").click()
    viewer.wait_until_saved()
    expect(waiting).to_be_hidden()


def test_changes_of_another_case_are_sent_by_whatever_page_is_open_next(
    reading_room: ReadingRoom, new_context: Callable[..., BrowserContext], cases: Iterator[str], case_id: str
) -> None:
    """Mocked: saves fail on their way to the server, as they do when it is down."""
    context = new_context()
    page = context.new_page()
    sign_in(page)
    page.route("**/api/v1/findings/**", lambda route: route.abort())
    viewer = Viewer(page).open(case_id)
    page.keyboard.press("b")
    viewer.drag(BOX)
    viewer.until(lambda: page.evaluate("window.readingRoom.save.unkept") == 0, "the browser to keep it")
    drawn = as_on_server(viewer)
    # It is kept: the page closes without a word.
    page.on("dialog", lambda dialog: pytest.fail(f"{dialog.type}: {dialog.message}"))
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    elsewhere = context.new_page()
    elsewhere.goto("/worklist/")
    Viewer(elsewhere).until(lambda: saved(reading_room, case_id), "the change to be sent")
    assert saved(reading_room, case_id) == drawn


def test_signing_out_while_changes_wait_is_asked_about_and_can_wait_for_them(
    reading_room: ReadingRoom, new_context: Callable[..., BrowserContext], case_id: str
) -> None:
    """Mocked: saves fail on their way to the server, as they do when it is down."""
    context = new_context()
    page = context.new_page()
    sign_in(page)
    context.route("**/api/v1/findings/**", lambda route: route.abort())
    viewer = Viewer(page).open(case_id)
    page.keyboard.press("b")
    viewer.drag(BOX)
    viewer.until(lambda: page.evaluate("window.readingRoom.save.unkept") == 0, "the browser to keep it")
    drawn = as_on_server(viewer)
    page.goto("/worklist/")
    question = page.get_by_role("region", name="Not sent yet")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(question).to_contain_text(
        "2 changes wait; they stay on this computer, encrypted, until you sign in here again."
    )
    question.get_by_role("button", name="Stay signed in").click()
    expect(question).to_be_hidden()
    page.get_by_role("button", name="Sign out", exact=True).click()
    question.get_by_role("button", name="Wait and send").click()
    expect(question).to_contain_text("Sending: 2 changes wait. You are signed out when everything is sent.")
    context.unroute("**/api/v1/findings/**")
    page.wait_for_url("**/sign-in/")
    assert saved(reading_room, case_id) == drawn
    sign_in(page)
    sign_out(page)  # nothing waits: nothing is asked


def test_a_browser_that_can_encrypt_nothing_says_so_and_warns_before_the_page_closes(
    signed_in_page: SignedInPage, case_id: str
) -> None:
    """Mocked: the address counts as insecure, as plain http under a host's name does; then the way to the server."""
    page = signed_in_page("radiologist")
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    viewer = Viewer(page).open(case_id)
    page.context.set_offline(True)
    page.keyboard.press("b")
    viewer.drag(BOX)
    expect(page.locator(".save-state")).to_have_text("Not saved: 2 changes wait (do not close this page)")
    expect(page.get_by_role("region", name="Not saved yet")).to_contain_text("this address is not secure (http)")
    page.close(run_before_unload=True)
    viewer.until(lambda: asked, "the question")
    assert asked == ["beforeunload"]
    page.context.set_offline(False)
    viewer.wait_until_saved()
    # With everything saved the page closes without a word.
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    assert asked == ["beforeunload"]


def test_a_reading_that_was_submitted_elsewhere_is_locked_here_and_one_that_is_given_back_says_why(
    reading_room: ReadingRoom, signed_in_page: SignedInPage, case_id: str
) -> None:
    page = signed_in_page("radiologist")
    viewer = Viewer(page).open(case_id)
    reading_room.python(
        "from annotator.accounts.models import User\n"
        "from annotator.readerstudies.models import Assignment\n"
        "from annotator.readerstudies.actions.submit_assignment import submit_assignment\n"
        f"row = Assignment.objects.get(case_id={case_id!r})\n"
        "submit_assignment(row.reader, row.pk)\n"
        "result = None"
    )
    page.keyboard.press("b")
    viewer.drag(BOX)
    expect(page.locator(".banner")).to_contain_text("Submitted")
    waiting = page.get_by_role("region", name="Not saved yet")
    expect(waiting).to_contain_text("An admin can reopen it")
    reading_room.python(
        "from annotator.accounts.models import User\n"
        "from annotator.readerstudies.models import Assignment\n"
        "from annotator.readerstudies.actions.reopen_assignment import reopen_assignment\n"
        f"row = Assignment.objects.get(case_id={case_id!r})\n"
        "reopen_assignment(User.objects.get(username='admin'), row.pk, reason='The vertex was not read.')\n"
        "result = None"
    )
    # What was not taken then is taken now.
    viewer.reload()
    expect(page.locator(".banner")).to_have_text("Given back to you: The vertex was not read.")
    viewer.until(lambda: len(viewer.marks()) == 1, "the mark")
    viewer.wait_until_saved()
    assert sorted(saved(reading_room, case_id)) == as_on_server(viewer)
