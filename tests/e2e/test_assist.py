"""A worker process runs the networks: suggestions are there when the case is opened, and clicks become outlines."""

import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ml_assist.shipped_models import shipped_models
from tests.e2e.viewer_driver import Viewer, thyroid_case
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom, StartReadingRoom

pytestmark = pytest.mark.browser

# The phantom's header names no anatomy that a shipped network learned from; what it does with it is not the question.
AS_BREAST = """
from annotator.imaging.models import Series
Series.objects.update(body_part="BREAST")
result = None
"""
DECISIONS = """
from annotator.assist.models import SuggestionDecision
rows = SuggestionDecision.objects.select_related("suggestion").order_by("decided_at")
result = [[one.suggestion.kind, one.decision, one.outcome, one.dice, one.moved_points, one.seconds] for one in rows]
"""


@pytest.fixture(scope="module")
def reading_room(
    start_reading_room: StartReadingRoom, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ReadingRoom]:
    """A product with the worker that runs networks."""
    with start_reading_room(assist=True) as room:
        yield room


def promoted(room: ReadingRoom, folder: Path) -> None:
    """The networks that come with the product answer already; one that draws everything, where none comes."""
    if not any(one.card["task"] == "segmentation" for one in shipped_models()):
        from tests.ml_assist.tiny_models import tiny_model

        card, weights = tiny_model()
        place = folder / card["name"] / "1"
        place.mkdir(parents=True)
        (place / "card.json").write_text(json.dumps(card))
        (place / "weights.safetensors").write_bytes(weights)
        room.manage("load_models", "--from", str(folder))


def breast_case(room: ReadingRoom, folder: Path) -> str:
    """Two stills of which the networks think that they know the anatomy."""
    promoted(room, folder / "models")
    case = thyroid_case(room, folder)
    room.python(AS_BREAST)
    return case


def test_calipers_and_contours_wait_for_the_reader_and_clicks_become_an_outline_that_is_edited_and_submitted(
    reading_room: ReadingRoom, signed_in_page: SignedInPage, tmp_path: Path
) -> None:
    case = breast_case(reading_room, tmp_path)
    reading_room.python(
        "from annotator.assist.actions.queue_ahead import queue_ahead\n"
        f"from uuid import UUID\nqueue_ahead([UUID({case!r})])\nresult = None"
    )
    assert {state for kind, state, _ in reading_room.wait_for_jobs() if kind == "assist.pre_segment"} == {"done"}

    viewer = Viewer(signed_in_page("radiologist")).open(case)
    page = viewer.page
    rows = page.locator(".suggestion")
    expect(rows.first).to_be_visible()
    number = rows.count()
    assert rows.filter(has_text="caliper").count() >= 6, "of eight on the two pictures"
    assert rows.filter(has_text="lesion").count() == 2, "an outline a picture"
    # The phantom prints what lies between its calipers, and its region says how large a pixel is.
    # One of eight calipers may not be found: its picture has one axis fewer, and nothing is told to differ.
    agreeing = page.locator(".measured li.agrees")
    expect(agreeing.first).to_have_text(re.compile(r"^\d+\.\d mm measured, \d+\.\d mm printed✓$"))
    # Of a picture once it is shown.
    expect(agreeing.nth(1)).to_be_visible()
    expect(page.locator(".measured li.differs")).to_have_count(0)
    # Accept the first picture's outline, and move one of its points.
    rows.filter(has_text="lesion").first.locator(".mark-jump").click()
    page.keyboard.press("a")
    expect(rows).to_have_count(number - 1)
    viewer.wait_until_saved()
    [mark] = viewer.marks()
    assert (mark["kind"], mark["provenance"]) == ("contour", "suggestion")

    # Click two ends on the other picture: the worker outlines what lies between.
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+o")
    viewer.clicks([(300, 250), (430, 340)], pane=1)
    page.keyboard.press("Enter")
    expect(rows).to_have_count(number, timeout=60_000)
    page.keyboard.press("a")
    expect(rows).to_have_count(number - 1)
    viewer.wait_until_saved()
    assert sorted(one["provenance"] for one in viewer.marks()) == ["suggestion", "suggestion"]

    # One of them is moved; then the reading is handed in.
    before = [one["points"] for one in viewer.marks()]
    page.keyboard.press("Escape")
    page.keyboard.press("v")
    page.locator(".mark-row").first.locator(".mark-jump").click()
    expect(page.locator(".mark-row.selected")).to_have_count(1)
    page.keyboard.press("Alt+Shift+ArrowDown")
    viewer.until(lambda: [one["points"] for one in viewer.marks()] != before, "the mark to move")
    viewer.wait_until_saved()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Submit anyway").click()
    page.wait_for_url("**/worklist/")
    as_it_was, edited = sorted(reading_room.python(DECISIONS), key=lambda one: one[2])
    assert edited[:3] == ["contour", "accepted", "edited"]
    assert 0.5 < edited[3] < 1
    assert edited[4] >= 1
    assert as_it_was[:5] == ["contour", "accepted", "as_it_was", 1.0, 0]
    assert min(edited[5], as_it_was[5]) > 0, "seconds from when it was shown"

    admin = signed_in_page("admin")
    admin.goto("/models/proposals/")
    line = admin.locator("tbody tr").first
    expect(line).to_contain_text("radiologist")
    expect(line.locator("td.number").nth(2)).to_have_text("1")


def test_clicks_whose_worker_dies_are_answered_by_the_next_and_the_reader_goes_on_meanwhile(
    reading_room: ReadingRoom, signed_in_page: SignedInPage, tmp_path: Path
) -> None:
    case = breast_case(reading_room, tmp_path)
    reading_room.wait_for_jobs()
    viewer = Viewer(signed_in_page("radiologist")).open(case)
    page = viewer.page
    rows = page.locator(".suggestion")
    expect(rows.first).to_be_visible()
    number = rows.count()
    worker = reading_room.pid_of("assist")
    os.killpg(worker, signal.SIGSTOP)
    page.keyboard.press("Alt+o")
    viewer.clicks([(300, 250), (430, 340)])
    page.keyboard.press("Enter")
    strip = page.locator(".outline-strip")
    expect(strip).to_contain_text("Outlining…")
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=str(Path(folder) / "outline_waits.png"))
    # What waits keeps nobody from marking by hand.
    page.keyboard.press("b")
    viewer.drag([(250, 200), (330, 280)], pane=1)
    viewer.wait_until_saved()
    assert [mark["kind"] for mark in viewer.marks()] == ["box"]
    page.keyboard.press("Alt+o")
    os.killpg(worker, signal.SIGKILL)
    expect(rows).to_have_count(number + 1, timeout=90_000)
    assert reading_room.pid_of("assist") != worker
    page.keyboard.press("a")
    expect(rows).to_have_count(number)
    viewer.wait_until_saved()
    kinds = {mark["kind"]: mark["provenance"] for mark in viewer.marks()}
    assert kinds == {"box": "drawn", "contour": "suggestion"}
