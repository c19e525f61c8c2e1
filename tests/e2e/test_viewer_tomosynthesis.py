"""Four tomosynthesis views, chest walls facing, each pane scrolled by itself."""

import pytest
from playwright.sync_api import expect

from tests.builders import tomosynthesis_four_views
from tests.e2e.viewer_driver import Viewer, assigned_case, new_patient
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def views(reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory) -> str:
    patient = new_patient()
    paths = tomosynthesis_four_views(tmp_path_factory.mktemp("views"), study=patient, patient_id=patient)
    return assigned_case(reading_room, paths, patient)


def test_four_views_hang_with_their_chest_walls_facing_and_scroll_one_by_one(
    signed_in_page: SignedInPage, views: str
) -> None:
    viewer = Viewer(signed_in_page("radiologist")).open(views)
    page = viewer.page
    assert [viewer.pane(i)["stack"] for i in range(4)] == ["RCC", "LCC", "RMLO", "LMLO"]
    viewer.until(lambda: all(viewer.pane(i)["slice"] >= 0 for i in range(4)), "all four pictures")
    right = page.locator(".pane").nth(0)
    left = page.locator(".pane").nth(1)
    expect(right.locator(".overlay-right")).to_have_text("P")
    expect(left.locator(".overlay-left")).to_have_text("P")

    before = [viewer.pane(i)["slice"] for i in range(4)]
    box = page.locator(".pane").nth(3).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, 100)
    viewer.wait_for_slice(before[3] + 1, pane=3)
    assert [viewer.pane(i)["slice"] for i in range(3)] == before[:3]
    expect(page.locator(".pane.active .overlay-tl")).to_contain_text("LMLO")

    small = viewer.pane(3)["zoom"]
    page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    viewer.until(lambda: viewer.pane(3)["zoom"] > 1.5 * small, "the pane to be large")
    page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    viewer.until(lambda: abs(viewer.pane(3)["zoom"] - small) < 0.1 * small, "the pane to be small again")


def test_the_assessment_is_saved_as_it_is_chosen_with_the_keyboard_too(
    signed_in_page: SignedInPage, views: str
) -> None:
    viewer = Viewer(signed_in_page("radiologist")).open(views)
    page = viewer.page
    right = page.locator("[data-target='breast R'] [data-question=assessment]")

    def answers() -> dict[str, dict]:
        return {f"{one['schema'].split('@')[0]} {one['breast']}": one["answers"] for one in viewer.answers()}

    right.locator("label", has=page.locator("input[value='4B']")).click()
    expect(right.locator(".meaning")).to_contain_text("4B")
    page.keyboard.press("ArrowDown")
    viewer.wait_until_saved()
    assert answers()["birads-breast R"] == {"assessment": "4B"}, "after a click the arrow keys scroll, not answer"
    page.locator("[data-question=density] input").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("c")
    viewer.wait_until_saved()
    assert answers()["birads-assessment "] == {"density": "c"}
    viewer.reload()
    expect(right.locator("input[value='4B']")).to_be_checked()
