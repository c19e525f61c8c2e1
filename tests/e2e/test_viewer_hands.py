"""Keys and mouse as the reader likes them, kept for the person; and the time that a case was read."""

import itertools
import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Response, expect

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


def keeps(
    *, keys: list[str] | None = None, mouse: str | None = None, text: str | None = None
) -> Callable[[Response], bool]:
    """Of an answer of the server: it keeps these, and not what was changed a moment before. Keys: of which commands."""

    def is_it(response: Response) -> bool:
        if not response.url.endswith("/api/v1/me/preferences") or response.request.method != "PUT":
            return False
        told = response.request.post_data_json
        has_keys = keys is None or list(told["keys"]) == keys
        return has_keys and mouse in (None, told["mouse"]) and text in (None, told["text"])

    return is_it


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
    with page.expect_response(keeps(keys=["tools.contour"])):
        box.get_by_role("button", name="Back to the shipped key").click()
    expect(box.locator(".key")).to_have_text("B")
    with page.expect_response(keeps(mouse="right_zooms")) as kept:
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

    # Other tests read as this person.
    page.keyboard.press("?")
    with page.expect_response(keeps(keys=[])):
        panel.get_by_role("button", name="All keys as shipped").click()
    expect(box.locator(".key")).to_have_text("B")
    with page.expect_response(keeps(mouse="right_windows")) as kept:
        panel.get_by_label("Mouse").select_option("right_windows")
    assert kept.value.ok


# How large a letter is on the screen, whatever zooms it.
LETTER = "e => e.getBoundingClientRect().height"


def test_words_grow_with_the_screen_and_as_the_person_likes_and_marks_stay_under_the_mouse(
    signed_in_page: SignedInPage, thyroid: str
) -> None:
    viewer = Viewer(signed_in_page("radiologist")).open(thyroid)
    page = viewer.page
    title = page.locator(".top h1")
    small = title.evaluate(LETTER)
    page.set_viewport_size({"width": 3840, "height": 2160})
    viewer.until(lambda: title.evaluate(LETTER) == pytest.approx(1.7 * small, rel=0.05), "larger words")
    page.keyboard.press("?")
    with page.expect_response(keeps(text="large")) as kept:
        page.get_by_label("Text", exact=True).select_option("large")
    assert kept.value.ok
    page.keyboard.press("Escape")
    viewer.until(lambda: title.evaluate(LETTER) == pytest.approx(1.2 * 1.7 * small, rel=0.05), "still larger words")
    page.keyboard.press("b")
    hit = viewer.drag([(300, 200), (360, 250), (400, 300)])
    [mark] = viewer.marks()
    assert np.array(mark["points"]) == pytest.approx(np.array([hit[0], hit[-1]]), abs=0.05)
    lines = page.locator(f".pane [data-mark='{mark['id']}'] tspan")
    expect(lines.nth(1)).to_be_visible()
    viewer.wait_until_painted()
    boxes = [box for line in lines.all() if (box := line.bounding_box())]
    assert len(boxes) >= 2
    assert all(lower["y"] - upper["y"] > 0.8 * upper["height"] for upper, lower in itertools.pairwise(boxes))

    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto("/worklist/")
    chosen = page.get_by_label("Size of the text")
    expect(chosen).to_have_value("large")
    head = page.get_by_role("heading", name="Worklist")
    large = head.evaluate(LETTER)
    with page.expect_navigation():
        chosen.select_option("small")
    viewer.until(lambda: head.evaluate(LETTER) == pytest.approx(0.88 / 1.2 * large, rel=0.05), "smaller words")
    with page.expect_navigation():
        chosen.select_option("normal")


def test_the_clock_runs_while_somebody_reads_and_is_told_when_the_page_goes(
    reading_room: ReadingRoom, signed_in_page: SignedInPage, thyroid: str
) -> None:
    viewer = Viewer(signed_in_page("radiologist")).open(thyroid)
    page = viewer.page
    page.mouse.move(500, 400)
    before = reading_room.python(READ_FOR.format(case=thyroid))
    # Whoever looks late sees a later second.
    expect(page.locator(".clock")).to_have_text(re.compile(r"^\d+:(0[2-9]|[1-5]\d)$"))
    page.get_by_role("link", name="← Worklist").click()
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()
    viewer.until(lambda: reading_room.python(READ_FOR.format(case=thyroid)) >= before + 1.5, "the time to be kept")
