"""The look at burned-in text in Chromium: boxes to click and drag, keys, and what is left of the text afterwards."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.builders import written_ultrasound
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

BRING_IN = """
from django.conf import settings
settings.DEIDENTIFY, settings.DEIDENTIFICATION_KEY = True, "a key for tests that nobody uses elsewhere, 50 letters"
from annotator.imaging.actions.ingest_paths import ingest_paths
ingest_paths(None, [{folder!r}])
from annotator.imaging.models import TextReview
result = list(TextReview.objects.filter(verdict="").order_by("instance__instance_number").values_list("pk", flat=True))
"""
WHAT_BECAME = """
from annotator.imaging.models import TextReview
result = [[one.verdict, one.blanked] for one in TextReview.objects.filter(pk__in={keys}).order_by("pk")]
"""


@pytest.fixture
def waiting(reading_room: ReadingRoom, tmp_path: Path) -> list[int]:
    """Three waiting pictures, the last one a cine of three frames, each of a machine of its own."""
    for number, frames in ((1, 1), (2, 1), (3, 3)):
        machine = (f"Maker {number}", f"Model {tmp_path.name}")
        written_ultrasound(
            tmp_path / str(number),
            study=f"{tmp_path.name}-{number}",
            number=number,
            frames=frames,
            machine=machine,
        )
    return reading_room.python(BRING_IN.format(folder=str(tmp_path)), changes_settings=True)


def marked(page: Page) -> int:
    return page.locator("rect.marked").count()


def drag_over_the_name(page: Page) -> None:
    """A box from column 10, row 5 to column 200, row 38 of a picture of 320 x 120 that fills the stage's width."""
    stage = page.locator("[data-boxes]").bounding_box()
    assert stage is not None
    scale = min(stage["width"] / 320, stage["height"] / 120)
    left = stage["x"] + (stage["width"] - 320 * scale) / 2
    top = stage["y"] + (stage["height"] - 120 * scale) / 2
    page.mouse.move(left + 10 * scale, top + 5 * scale)
    page.mouse.down()
    page.mouse.move(left + 100 * scale, top + 20 * scale, steps=3)
    page.mouse.move(left + 200 * scale, top + 38 * scale, steps=3)
    page.mouse.up()


def test_boxes_are_clicked_and_dragged_and_one_key_decides(
    waiting: list[int], reading_room: ReadingRoom, signed_in_page: SignedInPage
) -> None:
    page = signed_in_page("data_manager")
    first, second, cine = waiting

    page.goto(f"/text-reviews/?review={first}")
    blank = page.get_by_role("button", name="Blank and release")
    expect(blank).to_be_disabled()
    page.keyboard.press("Enter")  # nothing is marked: nothing happens
    page.locator("rect.suspected").first.click()
    assert marked(page) == 1
    page.locator("rect.marked").first.click()
    assert marked(page) == 0
    page.keyboard.press("u")
    assert marked(page) == 1
    page.keyboard.press("u")
    assert marked(page) == 0
    drag_over_the_name(page)
    assert marked(page) == 1
    expect(page.locator("[data-marked-words]")).to_contain_text("1 region marked")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("Blanked in the stored pixels and released.")

    page.goto(f"/text-reviews/?review={cine}")
    with page.expect_response(f"**/text-reviews/{cine}/frames/2"):
        page.locator("[data-frame]").fill("2")
    with page.expect_response(f"**/text-reviews/{cine}/frames/3"):
        page.keyboard.press("ArrowRight")
    expect(page.locator("[data-frame-number]")).to_have_text("3")
    with page.expect_navigation():
        page.keyboard.press("w")
    expect(page.locator(".notice")).to_contain_text("Withheld")

    page.goto(f"/text-reviews/?review={second}")
    with page.expect_navigation():
        page.keyboard.press("n")
    became = reading_room.python(WHAT_BECAME.format(keys=waiting))
    assert [verdict for verdict, _ in became] == ["blanked", "clean", "withheld"]
    (region,) = became[0][1]
    assert abs(region["column"] - 10) <= 1
    assert abs(region["row"] - 5) <= 1
    assert abs(region["columns"] - 190) <= 2
    assert abs(region["rows"] - 33) <= 2
    reading_room.wait_for_jobs()
