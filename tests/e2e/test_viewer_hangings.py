"""Hangings: what opens, what keys choose, what moves together, earlier studies. How they look: the pictures' test."""

import pytest
from playwright.sync_api import Page, expect

from tests.builders.marked import marked_breasts, marked_head, marked_ultrasound
from tests.e2e.viewer_driver import Viewer, assigned_case, new_patient
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser
MANY_STEPS = 8

SHOW_PRIORS = """
from annotator.accounts.models import User
from annotator.cases.actions.show_priors import show_priors
result = show_priors(User.objects.get(username="admin"), {case!r}, most=1)
"""


def slices(viewer: Viewer) -> list[int]:
    return [pane["slice"] for pane in viewer.page.evaluate("window.readingRoom.panes")]


def stacks(viewer: Viewer) -> list[str]:
    return [pane["stack"] for pane in viewer.page.evaluate("window.readingRoom.panes")]


def choose(viewer: Viewer, number: int, panes: int) -> None:
    viewer.page.keyboard.press(f"Shift+Digit{number}")
    viewer.until(
        lambda: len(slices(viewer)) == panes and all(at >= 0 for at in slices(viewer)), f"{panes} panes with pictures"
    )


def over(page: Page, pane: int) -> tuple[float, float]:
    box = page.locator(".pane").nth(pane).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def linked(page: Page, kind: str) -> bool:
    return page.locator(f"[data-link={kind}]").get_attribute("aria-pressed") == "true"


def test_a_head_hangs_in_three_windows_and_their_colours_in_step(
    signed_in_page: SignedInPage, reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory
) -> None:
    patient = new_patient()
    paths = marked_head(tmp_path_factory.mktemp("head"), study=patient, patient_id=patient)
    viewer = Viewer(signed_in_page("radiologist")).open(assigned_case(reading_room, paths, patient))
    page = viewer.page
    assert len(slices(viewer)) == 1, "a CT opens in one pane"
    choose(viewer, 2, 4)
    names = ["Brain", "Subdural", "Bone"]
    assert [viewer.pane(at)["window"]["name"] for at in range(3)] == names
    viewer.until(lambda: viewer.pane(3)["said"], "the three windows to be made")
    assert viewer.pane(3)["presentation"]["composition"] == "three-window"
    assert [linked(page, kind) for kind in ("scroll", "zoom", "window")] == [True, True, False]

    at = slices(viewer)[0]
    page.mouse.move(*over(page, 1))
    for _ in range(MANY_STEPS):
        page.mouse.wheel(0, -100)
    page.mouse.wheel(0, 100)
    wanted = max(0, at - MANY_STEPS) + 1
    viewer.until(lambda: slices(viewer) == [wanted] * 4, "all panes to follow a fast wheel")

    small = [viewer.pane(pane)["zoom"] for pane in range(4)]
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    viewer.until(lambda: viewer.pane(1)["zoom"] > 1.2 * small[1], "the pane to be zoomed")
    zooms = [viewer.pane(pane)["zoom"] for pane in range(4)]
    assert max(zooms) - min(zooms) < 1e-6, "all panes zoom alike"
    assert viewer.screen((20, 20), pane=0)[1] == pytest.approx(viewer.screen((20, 20), pane=1)[1], abs=0.01)

    page.keyboard.press("5")
    viewer.until(lambda: viewer.pane(1)["window"]["name"] == "Soft tissue", "the preset")
    assert [viewer.pane(pane)["window"]["name"] for pane in (0, 2)] == ["Brain", "Bone"]
    page.keyboard.press("r")
    viewer.until(lambda: viewer.pane(1)["window"]["name"] == "Subdural", "the pane as it was hung")

    page.keyboard.press("F2")
    viewer.until(lambda: not linked(page, "scroll"), "the button to say so")
    page.mouse.wheel(0, 100)
    viewer.until(lambda: slices(viewer) == [wanted, wanted + 1, wanted, wanted], "one pane alone to move")
    page.locator("[data-link=scroll]").click()
    viewer.until(lambda: linked(page, "scroll"), "the button to say so again")

    # Words so large that the bar has no room for all windows: the others go into a list, none is cut off.
    page.evaluate("document.documentElement.dataset.text = 'large'")
    more = page.get_by_label("More windows")
    expect(more).to_be_visible()

    def fits() -> bool:
        ends = page.eval_on_selector_all(
            ".presets > :not([hidden])", "all => all.map((one) => one.getBoundingClientRect().right)"
        )
        bar = page.locator(".presets").bounding_box()
        return bar is not None and max(ends) <= bar["x"] + bar["width"] + 1

    viewer.until(fits, "a bar with all its windows within it")
    page.mouse.click(*over(page, 1))
    more.select_option("Soft tissue")
    viewer.until(lambda: viewer.pane(1)["window"]["name"] == "Soft tissue", "a window from the list")

    viewer.reload()
    viewer.until(lambda: len(slices(viewer)) == 4, "the hanging that was used last")
    assert page.locator(".hanging-choice").input_value() == "ct-head-windows"


def test_an_earlier_study_hangs_beside_scrolls_along_and_takes_no_marks(
    signed_in_page: SignedInPage, reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory
) -> None:
    patient, folder = new_patient(), tmp_path_factory.mktemp("breasts")
    case = assigned_case(
        reading_room, marked_breasts(folder, study=patient, patient_id=patient, date="20260102"), patient
    )
    earlier = marked_breasts(
        folder, study=f"{patient}-earlier", patient_id=patient, date="20250102", is_earlier=True, frames=11
    )
    reading_room.manage("ingest", "--derive", *[str(path) for path in earlier])
    reading_room.wait_for_jobs()
    assert reading_room.python(SHOW_PRIORS.format(case=case)) == 1

    viewer = Viewer(signed_in_page("radiologist")).open(case)
    page = viewer.page
    views = ["RCC", "LCC", "RMLO", "LMLO"]
    assert stacks(viewer) == ["RCC", "LCC", "RCC", "LCC", "RMLO", "LMLO", "RMLO", "LMLO"]
    badges = page.locator(".prior-badge:visible")
    expect(badges).to_have_count(4)
    expect(badges.first).to_have_text("Earlier study, 12 months before")
    assert "2025" not in page.inner_text("body")
    viewer.until(lambda: all(at >= 0 for at in slices(viewer)), "all eight pictures")

    before = slices(viewer)
    page.mouse.move(*over(page, 0))
    page.mouse.wheel(0, 100)
    viewer.until(lambda: slices(viewer)[0] == before[0] + 1, "the view to scroll")
    viewer.until(lambda: slices(viewer)[2] == 8, "the earlier study to follow by its share of the stack")
    moved = [at for at, (was, now) in enumerate(zip(before, slices(viewer), strict=True)) if was != now]
    assert moved == [0, 2], "other views stay"

    page.keyboard.press("b")
    x, y = over(page, 2)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y + 20)
    page.mouse.up()
    expect(page.locator(".notice")).to_contain_text("earlier study")
    assert viewer.marks() == []
    page.keyboard.press("v")

    page.locator(".hanging-choice").select_option("breast-four-views")
    viewer.until(lambda: stacks(viewer) == views, "four views")
    viewer.until(lambda: all(at >= 0 for at in slices(viewer)), "all four pictures")
    page.locator(".hanging-choice").select_option("breast-right")
    viewer.until(lambda: stacks(viewer) == ["RCC", "RMLO"], "the right breast")

    page.locator(".stack-picker button", has_text="LMLO").first.drag_to(page.locator(".pane").nth(1))
    viewer.until(lambda: stacks(viewer) == ["RCC", "LMLO"], "the dragged series")
    page.mouse.dblclick(*over(page, 1))
    expect(page.locator(".pane").nth(1)).to_have_class("pane active maximised")


def test_ultrasound_hangs_transverse_beside_longitudinal_and_films_in_a_grid(
    signed_in_page: SignedInPage, reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory
) -> None:
    patient = new_patient()
    paths = marked_ultrasound(tmp_path_factory.mktemp("us"), study=patient, patient_id=patient, films=4)
    viewer = Viewer(signed_in_page("radiologist")).open(assigned_case(reading_room, paths, patient))
    assert stacks(viewer) == ["transverse", "longitudinal"]
    viewer.until(lambda: all(at >= 0 for at in slices(viewer)), "both pictures")
    viewer.page.locator(".hanging-choice").select_option("cine-grid-2x2")
    viewer.until(lambda: len(slices(viewer)) == 4 and all(at >= 0 for at in slices(viewer)), "four films")
