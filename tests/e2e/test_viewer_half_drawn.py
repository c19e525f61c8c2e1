"""What is drawn by several presses and not finished outlives a reload, another hanging, a lost screen and a session."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.builders.marked import marked_head
from tests.e2e.test_viewer_picture_faults import KEEP_HANDLES, USE_GRAPHICS
from tests.e2e.viewer_driver import Point, Viewer, assigned_case, new_patient
from tests.fixtures.browser import SignedInPage
from tests.fixtures.people import PASSWORD
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

# A press on a corner of the mark that is there would pull it.
ELSEWHERE: list[Point] = [(66.0, 66.0), (80.0, 66.0), (80.0, 80.0), (66.0, 80.0)]
CORNERS: list[Point] = [(30.0, 30.0), (60.0, 32.0), (58.0, 60.0), (34.0, 56.0)]
# What lies in the browser's database of half-drawn marks: as letters, and how many bytes are sealed.
ON_DISK = """async () => {
  const open = indexedDB.open('reading-room-half-drawn');
  const database = await new Promise((yes, no) => { open.onsuccess = () => yes(open.result); open.onerror = no; });
  const all = database.transaction('changes').objectStore('changes').getAll();
  const rows = await new Promise((yes, no) => { all.onsuccess = () => yes(all.result); all.onerror = no; });
  database.close();
  const words = (row) => JSON.stringify(row) + new TextDecoder('latin1').decode(row.bytes);
  return rows.map((row) => [words(row), row.bytes.byteLength]);
}"""


def drafts(page: Page) -> int:
    """In how many panes something half drawn is seen."""
    shown = "all => all.filter((one) => one.getAttribute('d')).length"
    return int(page.eval_on_selector_all(".pane .marks > g:nth-of-type(2) > path:first-child", shown))


def wait_until_kept(viewer: Viewer) -> None:
    viewer.until(lambda: viewer.page.evaluate("window.readingRoom.begunIsKept"), "what is begun to be on the disk")


def set_points(viewer: Viewer, points: list[Point]) -> list[Point]:
    """Click on each point and wait until the browser keeps it; returns the pixels really hit."""
    hit: list[Point] = []
    for point in points:
        hit += viewer.clicks([point])
        wait_until_kept(viewer)
        assert len(viewer.page.evaluate(ON_DISK)) == 1
    return hit


def nothing_is_kept(viewer: Viewer) -> None:
    viewer.until(lambda: viewer.page.evaluate(ON_DISK) == [], "nothing to be kept")


def sign_in_again(page: Page) -> None:
    again = page.get_by_role("region", name="Sign in again")
    again.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(again).to_be_hidden()


def test_a_half_drawn_mark_is_lost_by_nothing_but_escape(
    signed_in_page: SignedInPage, reading_room: ReadingRoom, tmp_path: Path
) -> None:
    patient = new_patient()
    paths = marked_head(tmp_path, study=patient, patient_id=patient, slices=5)
    page = signed_in_page("radiologist")
    page.add_init_script(USE_GRAPHICS)
    page.add_init_script(KEEP_HANDLES)
    viewer = Viewer(page).open(assigned_case(reading_room, paths, patient))
    page.keyboard.press("ArrowDown")
    viewer.wait_for_slice(3)
    page.keyboard.press("g")
    hit = set_points(viewer, CORNERS[:2])
    [(row, _)] = page.evaluate(ON_DISK)
    assert not any(word in row for word in ("points", "polygon", "radiologist"))

    viewer.reload()
    viewer.wait_for_slice(3)
    viewer.until(lambda: drafts(page) == 1, "what was half drawn")
    expect(page.locator(".notice")).to_contain_text("here again (polygon)")
    hit += viewer.clicks(CORNERS[2:3])
    # Another hanging: the series is in other panes.
    page.locator(".hanging-choice").select_option("ct-twice")
    viewer.until(lambda: drafts(page) == 1 and viewer.pane(1)["slice"] >= 0, "the draft in its new pane")
    # The graphics card takes its memory away.
    viewer.wait_until_painted()
    drawn = page.evaluate("window.readingRoom.rendered[0]")
    viewer.until(lambda: page.evaluate("window.loseGraphics()") > 0, "a screen to lose")
    viewer.until(lambda: page.evaluate("window.readingRoom.rendered[0]") > drawn, "the picture to be drawn again")
    viewer.until(lambda: drafts(page) == 1 and viewer.pane()["slice"] == 3, "the pictures to come back")
    # The session ends; Escape in the panel that says so is the panel's.
    page.context.clear_cookies()
    page.keyboard.press("b")
    viewer.until(lambda: len(viewer.marks()) == 1, "three corners to be enough for a mark")
    assert np.array(viewer.marks()[0]["points"]) == pytest.approx(np.array(hit), abs=0.02)
    page.keyboard.press("g")
    viewer.clicks(ELSEWHERE[:2])
    page.get_by_role("region", name="Sign in again").get_by_label("Password").focus()
    page.keyboard.press("Escape")
    sign_in_again(page)
    viewer.clicks(ELSEWHERE[2:])
    page.keyboard.press("Enter")
    viewer.until(lambda: len(viewer.marks()) == 2, "the second mark")
    assert len(viewer.marks()[1]["points"]) == 4
    viewer.wait_until_saved()
    nothing_is_kept(viewer)

    # An axis and a line along edges; both go on where they were.
    page.keyboard.press("Shift+T")
    viewer.drag([(30.0, 48.0), (50.0, 48.0), (66.0, 48.0)])
    wait_until_kept(viewer)
    viewer.reload()
    viewer.until(lambda: drafts(page) == 1, "the long axis")
    viewer.drag([(48.0, 48.0), (48.0, 44.0), (48.0, 40.0)])
    viewer.until(lambda: viewer.marks()[-1]["kind"] == "bidirectional", "both axes")
    page.keyboard.press("Shift+W")
    set_points(viewer, [(20.0, 20.0), (76.0, 22.0), (74.0, 70.0)])
    viewer.reload()
    viewer.until(lambda: drafts(page) == 1, "the line along edges")
    page.keyboard.press("Enter")
    viewer.until(lambda: len(viewer.marks()) == 4, "the closed line")

    page.keyboard.press("Shift+A")
    set_points(viewer, CORNERS[:2])
    page.keyboard.press("Escape")
    assert drafts(page) == 0
    nothing_is_kept(viewer)
    viewer.reload()
    assert drafts(page) == 0
    assert len(viewer.marks()) == 4

    # A label of slices that is begun, the words for it, and an arrow's words.
    page.keyboard.press("Home")
    viewer.wait_for_slice(0)
    page.keyboard.press("Shift+R")
    wait_until_kept(viewer)
    viewer.reload()
    expect(page.locator(".slice-labels")).to_contain_text("From slice 1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+R")
    own = page.locator(".word-choice input")
    page.keyboard.type("odd wor")
    wait_until_kept(viewer)
    viewer.reload()
    expect(own).to_be_focused()
    expect(own).to_have_value("odd wor")
    page.keyboard.type("ds")
    page.keyboard.press("Enter")
    expect(page.locator(".slice-label")).to_contain_text("odd words")
    nothing_is_kept(viewer)
    page.keyboard.press("y")
    viewer.drag(ELSEWHERE[:2])
    typed = page.locator(".mark-text")
    expect(typed).to_be_focused()
    page.keyboard.type("hal")
    wait_until_kept(viewer)
    viewer.reload()
    expect(typed).to_be_focused()
    page.keyboard.type("f")
    expect(typed).to_have_value("half")
    # Escape takes back all that was typed, on either page.
    page.keyboard.press("Escape")
    viewer.until(lambda: viewer.marks()[-1].get("label") == "", "the words to be taken back")
    viewer.wait_until_saved()
    nothing_is_kept(viewer)
