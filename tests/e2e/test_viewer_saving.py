"""Nothing a reader makes is lost: offline, in two windows, and when the server refuses."""

from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.builders import ct_series
from tests.e2e.viewer_driver import Viewer, assigned_case, new_patient
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

BOX = [(20.0, 20.0), (40.0, 30.0), (60.0, 44.0)]
OTHER_BOX = [(70.0, 70.0), (80.0, 80.0), (90.0, 90.0)]


@pytest.fixture
def case_id(reading_room: ReadingRoom, tmp_path: Path) -> str:
    patient = new_patient()
    paths = ct_series(tmp_path, slices=3, rows=120, columns=128, study=patient, patient_id=patient)
    return assigned_case(reading_room, paths, patient)


@pytest.fixture
def viewer(signed_in_page: SignedInPage, case_id: str) -> Viewer:
    opened = Viewer(signed_in_page("radiologist")).open(case_id)
    opened.until(lambda: opened.pane()["loaded"] == 3, "all slices")
    return opened


def test_without_a_network_nothing_is_lost_and_it_is_saved_when_it_is_back(viewer: Viewer) -> None:
    page = viewer.page
    page.context.set_offline(True)
    page.keyboard.press("b")
    viewer.drag(BOX)
    viewer.until(lambda: viewer.save_state() == "unreachable", "the page to say that nothing is saved")
    expect(page.locator(".save-state")).to_have_text("Not saved: 2 changes wait (kept in this browser)")
    assert viewer.marks()[0]["revision"] == 0
    page.context.set_offline(False)
    viewer.wait_until_saved()
    drawn = viewer.marks()[0]
    assert drawn["revision"] == 1
    viewer.reload()
    assert viewer.marks()[0]["points"] == drawn["points"]


def test_a_page_that_dies_before_it_could_save_brings_the_marks_back(viewer: Viewer, case_id: str) -> None:
    """Mocked: saves fail on their way to the server, as they do when it is down."""
    page = viewer.page
    page.route("**/api/v1/annotations/**", lambda route: route.abort())
    page.route("**/api/v1/findings/**", lambda route: route.abort())
    page.keyboard.press("b")
    viewer.drag(BOX)
    drawn = viewer.marks()[0]
    viewer.until(lambda: viewer.save_state() == "unreachable", "the page to say that nothing is saved")
    viewer.until(lambda: page.evaluate("window.readingRoom.save.unkept") == 0, "the browser to keep the mark")
    context = page.context
    page.close(run_before_unload=False)
    again = Viewer(context.new_page()).open(case_id)
    again.until(again.marks, "the mark that was kept")
    again.wait_until_saved()
    assert [(mark["id"], mark["points"], mark["revision"]) for mark in again.marks()] == [
        (drawn["id"], drawn["points"], 1)
    ]


def test_two_windows_that_change_the_same_mark_ask_the_reader(viewer: Viewer, case_id: str) -> None:
    page = viewer.page
    page.keyboard.press("b")
    viewer.drag(BOX)
    viewer.wait_until_saved()
    other = Viewer(page.context.new_page()).open(case_id)
    other.page.keyboard.press("v")
    other.drag([(40, 30), (50, 40), (60, 50)])
    other.wait_until_saved()
    theirs = other.marks()[0]["points"]

    page.keyboard.press("v")
    viewer.drag([(40, 30), (35, 28), (30, 25)])
    panel = page.get_by_role("region", name="Changed elsewhere")
    expect(panel).to_contain_text("Another window of yours saved a different state of this box")
    expect(page.locator(".save-state")).to_have_text("Conflict: changed elsewhere")
    mine = viewer.marks()[0]["points"]
    assert mine != theirs
    # Both are drawn, each strong on its own side, and told in words where they differ.
    expect(panel.locator("svg .strong")).to_have_count(2)
    expect(panel.locator("svg .faint")).to_have_count(2)
    expect(panel.locator("dt")).to_have_text(["Shape"])
    # Another mark is saved meanwhile.
    page.keyboard.press("b")
    viewer.drag(OTHER_BOX)
    viewer.until(lambda: viewer.marks()[1]["revision"] == 1, "the other mark to be saved")
    expect(panel).to_be_visible()
    # By keyboard alone: go there, choose the first.
    page.keyboard.press("Shift+S")
    expect(panel.get_by_role("button", name="Show it")).to_be_focused()
    page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Keep what is here")).to_be_focused()
    page.keyboard.press("Enter")
    viewer.wait_until_saved()
    expect(panel).to_be_hidden()
    other.reload()
    assert other.marks()[0]["points"] == mine

    page.keyboard.press("v")
    viewer.drag([(30, 25), (34, 30), (38, 33)])
    viewer.wait_until_saved()
    latest = viewer.marks()[0]["points"]
    other.page.keyboard.press("v")
    for choice, left in (("Keep both", 3), ("Take the other one", 3)):
        other.drag([(30, 25), (40, 40), (60, 60)])
        theirs_too = other.marks()[0]["points"]
        other.page.get_by_role("button", name=choice).click()
        other.wait_until_saved()
        assert other.marks()[0]["points"] == latest
        assert len(other.marks()) == left
        if choice == "Keep both":
            assert other.marks()[2]["points"] == theirs_too
            viewer.drag([(34, 30), (36, 32), (37, 33)])
            viewer.wait_until_saved()
            latest = viewer.marks()[0]["points"]


def test_a_mark_that_the_server_refuses_stays_and_is_shown_with_its_words(viewer: Viewer) -> None:
    """Mocked: the body of the save, bent on its way so that the real server finds NaN-like nonsense in it."""

    def bend(route: Route) -> None:
        if route.request.method != "PUT":
            route.continue_()
            return
        body = route.request.post_data_json
        body["points"] = [[5000, 5000], [6000, 6000]]
        route.continue_(post_data=body)

    page = viewer.page
    page.route("**/api/v1/annotations/**", bend)
    page.keyboard.press("b")
    viewer.drag(BOX)
    viewer.until(lambda: viewer.save_state() == "refused", "the refusal")
    expect(page.locator(".mark-row.refused .trouble")).not_to_be_empty()
    assert len(viewer.marks()) == 1
    page.unroute("**/api/v1/annotations/**")
    page.keyboard.press("v")
    viewer.drag([(40, 30), (44, 33), (48, 36)])
    viewer.wait_until_saved()
    expect(page.locator(".mark-row.refused")).to_have_count(0)


def test_a_picture_that_cannot_be_fetched_is_told_in_words_and_can_be_tried_again(
    signed_in_page: SignedInPage, case_id: str
) -> None:
    """Mocked: the frames' answers, which fail as those of a server with a broken disk would."""
    page = signed_in_page("radiologist")
    page.route("**/frames/**", lambda route: route.fulfill(status=404, body=""))
    page.goto(f"/cases/{case_id}/")
    failure = page.locator(".pane-failure").first
    expect(failure).to_contain_text("This picture could not be shown")
    expect(failure).to_contain_text("404")
    page.unroute("**/frames/**")
    failure.get_by_role("button", name="Try again").click()
    viewer = Viewer(page)
    viewer.until(lambda: page.evaluate("Boolean(window.readingRoom?.ready)"), "the picture")
    expect(failure).to_be_hidden()


def test_submitting_names_what_is_missing_locks_the_reading_and_goes_on(viewer: Viewer, case_id: str) -> None:
    page = viewer.page
    page.keyboard.press("b")
    viewer.drag(BOX)
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    dialog = page.locator(".missing-panel")
    expect(dialog).to_contain_text("no answers")
    dialog.get_by_role("button", name="Submit anyway").click()
    page.wait_for_url(lambda url: case_id not in url)
    Viewer(page).open(case_id)
    expect(page.locator(".banner")).to_contain_text("Submitted")
    page.keyboard.press("b")
    Viewer(page).drag(OTHER_BOX)
    assert len(Viewer(page).marks()) == 1
