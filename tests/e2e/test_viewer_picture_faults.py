"""Pictures under faults: one slice fails and the rest go on; graphics memory and decoders are lost and come back.

Browsers in tests only emulate graphics, where the processor draws. Two of these tests tell the browser to use them all
the same, by the setting that readers have for it.
"""

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, Route, expect

from annotator.demo.ct_object import ct_slice
from annotator.demo.dicom_files import MadeStudy, save
from tests.e2e.viewer_driver import Viewer, assigned_case, new_patient
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

SIDE, SLICES, MIDDLE = 64, 9, 4
# The page's graphics contexts and decoders, for the test to take away; nothing else is changed.
KEEP_HANDLES = """
(() => {
  const contexts = [];
  const get = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    const context = get.call(this, kind, ...rest);
    if (context && kind === 'webgl2' && !contexts.includes(context)) contexts.push(context);
    return context;
  };
  window.loseGraphics = () => {
    const living = contexts.filter((context) => !context.isContextLost());
    for (const context of living) context.getExtension('WEBGL_lose_context').loseContext();
    return living.length;
  };
  const workers = [];
  const Real = window.Worker;
  window.Worker = class extends Real {
    constructor(...given) {
      super(...given);
      workers.push(this);
    }
  };
  window.endWorkers = () => workers.splice(0).map((worker) => worker.terminate()).length;
})();
"""
USE_GRAPHICS = "localStorage.setItem('reading-room/drawing', 'graphics')"


@pytest.fixture(scope="module")
def bright_ct(reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A square in the middle that is brighter from slice to slice."""
    patient, folder = new_patient(), tmp_path_factory.mktemp("faults")
    for index in range(SLICES):
        values = np.full((SIDE, SIDE), -1000.0)
        values[16:48, 16:48] = 10 + 8 * index
        made = ct_slice(
            MadeStudy(patient, patient, description="Faults"),
            values,
            number=index + 1,
            position=(0.0, 0.0, float(index)),
            spacing=1.0,
            slice_thickness=1.0,
        )
        save(made, folder / f"{index}.dcm")
    return assigned_case(reading_room, [Path(folder)], patient)


def frame_addresses(page: Page, case: str) -> list[str]:
    (stack,) = page.request.get(f"/api/v1/cases/{case}/manifest").json()["stacks"]
    return [f"**/frames/{frame['key']}" for frame in stack["frames"]]


def grey_at(viewer: Viewer, column: float, row: float) -> int:
    x, y = viewer.screen((column, row))
    part = viewer.page.screenshot(clip={"x": x - 1, "y": y - 1, "width": 3, "height": 3})
    return round(float(np.asarray(Image.open(io.BytesIO(part)).convert("L")).mean()))


def test_a_slice_that_fails_says_why_in_its_place_and_the_rest_go_on(
    signed_in_page: SignedInPage, bright_ct: str
) -> None:
    page = signed_in_page("radiologist")
    bad = frame_addresses(page, bright_ct)[MIDDLE + 1]

    def refuse(route: Route) -> None:
        route.fulfill(status=410)

    page.route(bad, refuse)
    viewer = Viewer(page).open(bright_ct)
    viewer.until(lambda: viewer.pane()["loaded"] == SLICES - 1, "all slices but one")
    page.keyboard.press("ArrowDown")
    failure = page.locator(".pane-failure").first
    expect(failure).to_be_visible()
    expect(failure).to_contain_text("The server answered 410 for this picture.")
    page.keyboard.press("ArrowDown")
    viewer.wait_for_slice(MIDDLE + 2)
    expect(failure).to_be_hidden()
    page.keyboard.press("ArrowUp")
    expect(failure).to_be_visible()
    page.unroute(bad, refuse)
    failure.get_by_role("button", name="Try again").click()
    viewer.wait_for_slice(MIDDLE + 1)
    expect(failure).to_be_hidden()


def test_a_lost_graphics_context_comes_back_with_slice_window_and_zoom(
    signed_in_page: SignedInPage, bright_ct: str
) -> None:
    page = signed_in_page("radiologist")
    page.add_init_script(USE_GRAPHICS)
    page.add_init_script(KEEP_HANDLES)
    viewer = Viewer(page).open(bright_ct)
    page.keyboard.press("ArrowDown")
    viewer.wait_for_slice(MIDDLE + 1)
    # What a pane says of itself counts the slices that are there.
    viewer.until(lambda: viewer.pane()["loaded"] == SLICES, "all slices")
    page.keyboard.press("2")
    fitted = viewer.pane()["zoom"]
    x, y = viewer.screen((20, 40))
    page.mouse.move(round(x), round(y))
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    viewer.until(lambda: viewer.pane()["zoom"] > 1.2 * fitted, "the zoom")
    viewer.wait_until_painted()
    corners = [viewer.screen(point) for point in ((0, 0), (SIDE, 0), (0, SIDE))]
    before, grey = viewer.pane(), grey_at(viewer, 30, 40)
    drawn = page.evaluate("window.readingRoom.rendered[0]")

    assert page.evaluate("window.loseGraphics()") >= 1
    viewer.until(lambda: page.evaluate("window.readingRoom.rendered[0]") > drawn, "the picture to be drawn again")
    viewer.until(lambda: viewer.pane()["slice"] == MIDDLE + 1, "the slice")
    viewer.until(lambda: viewer.pane() == before, "slice, window and zoom as they were")
    assert [viewer.screen(point) for point in ((0, 0), (SIDE, 0), (0, SIDE))] == [
        pytest.approx(corner, abs=0.1) for corner in corners
    ]
    viewer.until(lambda: abs(grey_at(viewer, 30, 40) - grey) <= 1, "the same greys")
    page.keyboard.press("ArrowUp")
    viewer.wait_for_slice(MIDDLE)
    viewer.until(lambda: grey_at(viewer, 30, 40) != grey, "the next picture on the new screen")


def test_the_processor_draws_what_graphics_draw(signed_in_page: SignedInPage, bright_ct: str) -> None:
    page = signed_in_page("radiologist")
    page.add_init_script(KEEP_HANDLES)

    def seen(viewer: Viewer) -> NDArray[np.int16]:
        """The picture zoomed by an odd factor, in a narrow window that its edges run through."""
        page.keyboard.press("2")
        drawn = page.evaluate("window.readingRoom.rendered[0]")
        viewer.zoom(170, (21, 37))
        viewer.zoom(170, (21, 37))
        viewer.until(lambda: page.evaluate("window.readingRoom.rendered[0]") > drawn, "the picture")
        viewer.wait_until_painted()
        page.wait_for_timeout(100)
        part = page.locator(".pane-canvas canvas").first.screenshot()
        return np.asarray(Image.open(io.BytesIO(part)).convert("L")).astype(np.int16)

    by_processor = seen(Viewer(page).open(bright_ct))
    assert page.evaluate("window.loseGraphics()") == 0, "nothing was left to graphics"
    page.evaluate(USE_GRAPHICS)
    by_graphics = seen(Viewer(page).open(bright_ct))
    assert page.evaluate("window.loseGraphics()") >= 1
    apart = np.abs(by_processor - by_graphics)
    assert by_processor.std() > 20, "there is something to see"
    assert (apart > 2).mean() < 0.002, "but for rounding where an edge falls between two pixels of the screen"


def test_decoders_that_die_are_replaced(signed_in_page: SignedInPage, bright_ct: str) -> None:
    page = signed_in_page("radiologist")
    page.add_init_script(KEEP_HANDLES)
    held: list[Route] = []
    late = frame_addresses(page, bright_ct)[0]
    page.route(late, lambda route: held.append(route))
    viewer = Viewer(page).open(bright_ct)
    viewer.until(lambda: viewer.pane()["loaded"] == SLICES - 1, "all slices but the held one")
    assert page.evaluate("window.endWorkers()") >= 1
    viewer.until(lambda: len(held) > 0, "the held slice to be asked for")
    for route in held:
        route.continue_()
    page.keyboard.press("Home")
    viewer.wait_for_slice(0)
    assert viewer.pane()["failure"] is None
