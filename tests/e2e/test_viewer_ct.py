"""A real chest CT in the viewer: scrolling, windows, drawing, undo, and everything back after a reload."""

import math
from pathlib import Path

import pydicom
import pytest
from playwright.sync_api import expect

from tests.e2e.viewer_driver import Viewer, assigned_case
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = [pytest.mark.browser, pytest.mark.needs_data]

SLICES = 64
BOX = [(200.0, 180.0), (228.0, 205.0), (256.0, 230.0)]
NEAR = 0.1


@pytest.fixture(scope="module")
def chest(reading_room: ReadingRoom, data_dir: Path) -> str:
    folder = data_dir / "dicom" / "ct_lung_A0001_5mm"
    first = next(path for path in sorted(folder.rglob("*")) if path.is_file())
    return assigned_case(reading_room, [folder], str(pydicom.dcmread(first, stop_before_pixels=True).PatientID))


@pytest.fixture
def viewer(signed_in_page: SignedInPage, chest: str) -> Viewer:
    return Viewer(signed_in_page("radiologist")).open(chest)


def circle(column: float, row: float, radius: float, steps: int = 40) -> list[tuple[float, float]]:
    turns = (2 * math.pi * i / steps for i in range(steps + 1))
    return [(column + radius * math.cos(t), row + radius * math.sin(t)) for t in turns]


def same_points(ones: list[list[float]], others: list[list[float]]) -> bool:
    return len(ones) == len(others) and all(math.dist(a, b) <= NEAR for a, b in zip(ones, others, strict=True))


def test_the_stack_scrolls_by_wheel_keys_and_bar_and_shows_what_is_loaded(viewer: Viewer) -> None:
    page = viewer.page
    start = viewer.pane()
    assert (start["slices"], start["slice"]) == (SLICES, SLICES // 2)
    page.mouse.move(*viewer.screen((256, 256)))
    page.mouse.wheel(0, 100)
    viewer.wait_for_slice(33)
    page.mouse.wheel(0, -100)
    viewer.wait_for_slice(32)
    for key, slice_ in (("ArrowDown", 33), ("PageDown", 43), ("Home", 0), ("ArrowUp", 0), ("End", 63), ("PageUp", 53)):
        page.keyboard.press(key)
        viewer.wait_for_slice(slice_)
    expect(page.locator(".overlay-tr").first).to_contain_text("Slice 54 / 64")
    viewer.until(lambda: viewer.pane()["loaded"] == SLICES, "all slices to be loaded")
    bar = page.locator(".scroll-bar").first.bounding_box()
    assert bar is not None
    page.mouse.click(bar["x"] + bar["width"] / 2, bar["y"] + 1)
    viewer.wait_for_slice(0)


def test_presets_lie_on_the_number_keys_and_a_drag_sets_the_window(viewer: Viewer) -> None:
    page = viewer.page
    for key, name, centre, width in (
        ("1", "Brain", 40, 80),
        ("4", "Lung", -600, 1500),
        ("5", "Soft tissue", 50, 400),
    ):
        page.keyboard.press(key)
        window = viewer.pane()["window"]
        assert (window["name"], window["centre"]) == (name, centre)
        assert window["width"] == width or name == "Lung"
    viewer.drag([(256, 256), (300, 256), (330, 256)], button="right")
    assert viewer.pane()["window"]["width"] > 400
    page.keyboard.press("r")
    assert viewer.pane()["window"]["name"] != "dragged"


def test_zoom_and_pan_move_the_picture_and_fit_brings_it_back(viewer: Viewer) -> None:
    page = viewer.page
    fitted = viewer.pane()["zoom"]
    at = viewer.screen((150, 200))
    page.mouse.move(*at)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    viewer.until(lambda: viewer.pane()["zoom"] > 1.3 * fitted, "the zoom")
    column, row = viewer.pixel(at)
    assert (column, row) == (pytest.approx(150, abs=0.5), pytest.approx(200, abs=0.5)), "what is pointed at stays"
    page.keyboard.press("p")
    viewer.drag([(150, 200), (170, 220), (190, 240)])
    assert viewer.pixel(at) != (pytest.approx(150, abs=5), pytest.approx(200, abs=5))
    page.keyboard.press("f")
    viewer.until(lambda: abs(viewer.pane()["zoom"] - fitted) < 0.01, "the picture to fit again")


def test_what_is_drawn_is_saved_by_itself_and_is_back_in_place_after_a_reload(viewer: Viewer) -> None:
    page = viewer.page
    page.keyboard.press("b")
    hit = viewer.drag(BOX)
    [box] = viewer.marks()
    for corner, mouse in zip(box["points"], (hit[0], hit[-1]), strict=True):
        assert math.dist(corner, mouse) <= 0.12, "a box lies where the mouse was"
    expect(page.locator(".save-state")).to_have_text("All changes saved")

    page.keyboard.press("ArrowDown")
    viewer.wait_for_slice(33)
    page.keyboard.press("c")
    viewer.drag(circle(300, 250, 30))
    contour = next(mark for mark in viewer.marks() if mark["kind"] == "contour")
    assert 8 <= len(contour["points"]) <= 40
    for column, row in contour["points"]:
        assert math.dist((column, row), (300, 250)) == pytest.approx(30, abs=1.2)
    viewer.wait_until_saved()
    assert len({mark["finding"] for mark in viewer.marks()}) == 1, "both marks show one finding"
    before = {mark["id"]: mark for mark in viewer.marks()}
    places = [viewer.screen(tuple(point)) for point in contour["points"]]

    viewer.reload()
    after = {mark["id"]: mark for mark in viewer.marks()}
    assert before.keys() == after.keys()
    for key, mark in before.items():
        assert same_points(mark["points"], after[key]["points"])
        assert mark["frame"] == after[key]["frame"]
    page.locator(".finding .mark-jump", has_text="Contour").click()
    viewer.wait_for_slice(33)
    for place, point in zip(places, contour["points"], strict=True):
        assert math.dist(place, viewer.screen(tuple(point))) < 0.2, "and on the same place of the screen"

    for _ in range(2):
        page.keyboard.press("Delete")
        page.keyboard.press("j")
    viewer.until(lambda: not viewer.marks(), "no mark to be left")
    viewer.wait_until_saved()
    viewer.reload()
    assert viewer.marks() == []


def test_marks_move_reshape_and_go_back_and_forth_through_undo(viewer: Viewer) -> None:
    page = viewer.page
    known = len(viewer.findings())
    page.keyboard.press("b")
    viewer.drag(BOX)
    drawn = viewer.marks()[0]["points"]
    page.keyboard.press("v")
    viewer.drag([(228, 205), (240, 215), (268, 225)])
    moved = viewer.marks()[0]["points"]
    assert moved[0][0] - drawn[0][0] == pytest.approx(40, abs=1)
    assert moved[0][1] - drawn[0][1] == pytest.approx(20, abs=1)
    assert moved[1][0] - moved[0][0] == pytest.approx(drawn[1][0] - drawn[0][0], abs=0.01)
    viewer.drag([tuple(moved[1]), (300, 260), (320, 280)])
    reshaped = viewer.marks()[0]["points"]
    assert sorted(round(c) for c, _ in reshaped) == [round(moved[0][0]), 320]
    page.keyboard.press("Delete")
    assert viewer.marks() == []

    for expected in (reshaped, moved, drawn):
        page.keyboard.press("Control+z")
        assert viewer.marks()[0]["points"] == expected
    page.keyboard.press("Control+z")
    assert (viewer.marks(), len(viewer.findings())) == ([], known)
    for expected in (drawn, moved, reshaped):
        page.keyboard.press("Control+Shift+Z")
        assert viewer.marks()[0]["points"] == expected
    viewer.wait_until_saved()
    viewer.reload()
    assert same_points(viewer.marks()[0]["points"], reshaped)
    page.locator(".finding .mark-row button[aria-label='Delete mark']").click()
    viewer.wait_until_saved()


def test_a_contour_is_corrected_by_drawing_over_a_part_of_it(viewer: Viewer) -> None:
    page = viewer.page
    page.keyboard.press("c")
    viewer.drag(circle(250, 250, 40))
    before = viewer.marks()[0]["points"]
    viewer.drag([(290, 250), (310, 255), (320, 270), (300, 285), (278, 278)])
    [after] = viewer.marks()
    assert max(c for c, _ in after["points"]) == pytest.approx(320, abs=1.5)
    assert min(c for c, _ in after["points"]) == pytest.approx(min(c for c, _ in before), abs=0.5)
    page.keyboard.press("Control+z")
    assert viewer.marks()[0]["points"] == before
    page.keyboard.press("Control+z")
    viewer.wait_until_saved()
