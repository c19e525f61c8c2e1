"""Keys and mouse as the reader likes them, kept for the person; and the time that a case was read."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.viewer_driver import Viewer, thyroid_case
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

READ_FOR = """
from annotator.readerstudies.models import ReadingTime
result = sum(one.active_seconds for one in ReadingTime.objects.filter(assignment__case_id={case!r}))
"""


@pytest.fixture(scope="module")
def thyroid(reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory) -> str:
    return thyroid_case(reading_room, tmp_path_factory.mktemp("hands"))


def test_keys_and_mouse_are_changed_in_place_and_follow_the_person(signed_in_page: SignedInPage, thyroid: str) -> None:
    viewer = Viewer(signed_in_page("radiologist")).open(thyroid)
    page = viewer.page
    page.keyboard.press("?")
    panel = page.locator(".keys-panel")
    expect(panel).to_be_visible()
    box = panel.locator("li[data-command='tools.box']")
    box.get_by_role("button").click()
    page.keyboard.press("g")
    expect(box.locator(".key")).to_have_text("G")
    contour = panel.locator("li[data-command='tools.contour']")
    contour.locator(".key").click()
    page.keyboard.press("Escape")
    expect(contour.locator(".key")).to_have_text("C")
    contour.locator(".key").click()
    page.keyboard.press("g")
    expect(panel.get_by_role("status")).to_contain_text("It was Box’s, which has none now")
    expect(box.locator(".key")).to_have_text("none")
    box.get_by_role("button", name="Back to the shipped key").click()
    expect(box.locator(".key")).to_have_text("B")
    with page.expect_response("**/api/v1/me/preferences") as kept:
        panel.get_by_label("Mouse").select_option("right_zooms")
    assert kept.value.ok
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=str(Path(folder) / "keys.png"))
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()

    viewer.reload()
    page.keyboard.press("g")
    expect(page.get_by_role("button", name="Contour (G)")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Box (B)")).to_have_attribute("aria-pressed", "true")
    before = viewer.pane()
    viewer.drag([(300, 300), (300, 200)], button="right")
    after = viewer.pane()
    assert after["zoom"] > before["zoom"] * 1.2
    assert after["window"] == before["window"]

    other = Viewer(signed_in_page("admin")).open(thyroid)
    other.page.keyboard.press("?")
    expect(other.page.locator("li[data-command='tools.contour'] .key")).to_have_text("C")


def test_the_clock_runs_while_somebody_reads_and_is_told_when_the_page_goes(
    reading_room: ReadingRoom, signed_in_page: SignedInPage, thyroid: str
) -> None:
    viewer = Viewer(signed_in_page("radiologist")).open(thyroid)
    page = viewer.page
    page.mouse.move(500, 400)
    before = reading_room.python(READ_FOR.format(case=thyroid))
    expect(page.locator(".clock")).to_have_text("0:02")
    page.get_by_role("link", name="← Worklist").click()
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()
    viewer.until(lambda: reading_room.python(READ_FOR.format(case=thyroid)) >= before + 1.5, "the time to be kept")
