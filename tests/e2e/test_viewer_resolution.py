"""Large frames are shown at the resolution of the pane while the reader moves, and whole once the reader rests."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, expect

from annotator.demo.dicom_files import MadeStudy, save
from annotator.demo.tomosynthesis_object import tomosynthesis_volume
from tests.e2e.viewer_driver import Point, Viewer, assigned_case, new_patient
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

# Odd, so that every halving rounds.
ROWS, COLUMNS, FRAMES = 1601, 1203, 5
# Centres of bright squares of 60 pixels, in stored pixels.
SQUARES: list[Point] = [(300.0, 300.0), (900.0, 300.0), (600.0, 1300.0)]
# The page's clock for resting is held, and runs out when the test says so; nothing else is changed.
HOLD_REST = """
(() => {
  const real = window.setTimeout.bind(window);
  let held = null;
  window.setTimeout = (run, ms, ...rest) => (ms === 350 ? ((held = run), 0) : real(run, ms, ...rest));
  window.rest = () => held?.();
})();
"""


def squares() -> NDArray[np.uint16]:
    values = np.full((ROWS, COLUMNS), 300, np.uint16)
    for column, row in SQUARES:
        values[int(row) - 30 : int(row) + 30, int(column) - 30 : int(column) + 30] = 3000
    return values


@pytest.fixture(scope="module")
def large_view(reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory) -> str:
    patient = new_patient()
    folder = tmp_path_factory.mktemp("large")
    made = tomosynthesis_volume(
        MadeStudy(patient, patient, "Test^Large", sex="F", description="Test tomosynthesis"),
        [squares() for _ in range(FRAMES)],
        view="LCC",
        spacing=0.1,
        window=(1600, 3200),
        syntax="1.2.840.10008.1.2.1",
    )
    return assigned_case(reading_room, [save(made, folder / "large.dcm")], patient)


@pytest.fixture
def viewer(signed_in_page: SignedInPage, large_view: str) -> Viewer:
    page = signed_in_page("radiologist")
    page.add_init_script(HOLD_REST)
    return Viewer(page).open(large_view)


def rest(viewer: Viewer) -> None:
    viewer.page.evaluate("window.rest()")
    viewer.until(lambda: viewer.pane()["level"] == 0, "every stored pixel")
    viewer.wait_until_painted()
    viewer.page.wait_for_timeout(100)


def seen_squares(page: Page, viewer: Viewer) -> list[Point]:
    """Where the squares' centres of brightness are on the screen."""
    page.mouse.move(5, 5)
    viewer.wait_until_painted()
    grey = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("L"), dtype=float)
    found = []
    for square in SQUARES:
        x, y = viewer.screen(square)
        reach = round(50 * viewer.pane()["zoom"])
        left, top = round(x) - reach, round(y) - reach
        part = grey[top : top + 2 * reach, left : left + 2 * reach]
        weight = np.clip(part - np.median(part[0]), 0, None)
        assert weight.sum() > 0, "nothing bright where a square should be"
        down, across = np.mgrid[: part.shape[0], : part.shape[1]] + 0.5
        found.append(
            (left + float((across * weight).sum() / weight.sum()), top + float((down * weight).sum() / weight.sum()))
        )
    return found


def test_the_picture_lies_where_it_lies_at_every_resolution_and_nothing_jumps(viewer: Viewer) -> None:
    page = viewer.page
    assert viewer.pane()["level"] >= 1, "the pane shows the frame at less than half its size"
    corners = [viewer.screen(point) for point in ((0, 0), (COLUMNS, 0), (0, ROWS), (COLUMNS, ROWS))]
    reduced = seen_squares(page, viewer)
    for seen, square in zip(reduced, SQUARES, strict=True):
        assert seen == pytest.approx(viewer.screen(square), abs=0.75), "the reduced picture is in its place"
    rest(viewer)
    assert [viewer.screen(point) for point in ((0, 0), (COLUMNS, 0), (0, ROWS), (COLUMNS, ROWS))] == [
        pytest.approx(corner, abs=0.01) for corner in corners
    ]
    for whole, before in zip(seen_squares(page, viewer), reduced, strict=True):
        assert whole == pytest.approx(before, abs=0.5), "nothing moves when the stored pixels come"


def test_a_box_lands_on_the_same_stored_pixels_at_every_resolution(viewer: Viewer) -> None:
    page = viewer.page
    page.keyboard.press("b")
    assert viewer.pane()["level"] >= 1
    around: list[Point] = [(270.0, 270.0), (330.0, 330.0)]
    reduced = viewer.drag(around)
    viewer.wait_until_saved()
    (first,) = viewer.marks()
    page.keyboard.press("Delete")
    rest(viewer)
    page.keyboard.press("b")
    whole = viewer.drag(around)
    viewer.wait_until_saved()
    (second,) = viewer.marks()
    assert np.asarray(first["points"]) == pytest.approx(np.asarray(reduced), abs=0.02)
    assert np.asarray(second["points"]) == pytest.approx(np.asarray(whole), abs=0.02)
    assert np.asarray(first["points"]) == pytest.approx(np.asarray(second["points"]), abs=0.05)


def test_zooming_in_brings_finer_pixels_and_scrolling_on_keeps_the_place(viewer: Viewer) -> None:
    page = viewer.page
    coarse = viewer.pane()["level"]
    # The mouse has whole positions.
    x, y = (float(round(value)) for value in viewer.screen(SQUARES[0]))
    under = viewer.pixel((x, y))
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    for _ in range(8):
        page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    viewer.until(lambda: viewer.pane()["level"] == 0 < coarse, "the stored resolution, zoomed in")
    assert viewer.screen(under) == pytest.approx((x, y), abs=0.5)
    page.keyboard.press("ArrowDown")
    viewer.wait_for_slice(FRAMES // 2 + 1)
    assert viewer.screen(under) == pytest.approx((x, y), abs=0.5)
    page.keyboard.press("f")
    page.keyboard.press("ArrowDown")
    viewer.wait_for_slice(FRAMES // 2 + 2)
    viewer.until(lambda: viewer.pane()["level"] == coarse, "the resolution of the pane again")


def test_a_picture_coarser_than_the_screen_says_so_when_the_rest_can_not_be_loaded(viewer: Viewer) -> None:
    page = viewer.page
    br = page.locator(".overlay-br")
    expect(br).not_to_contain_text("Coarse")
    page.route("**/frames/**", lambda route: route.abort())
    x, y = viewer.screen(SQUARES[0])
    page.mouse.move(round(x), round(y))
    page.keyboard.down("Control")
    for _ in range(8):
        page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    expect(br).to_contain_text("Coarse: the rest could not be loaded")
    assert viewer.pane()["failure"] is None, "what there is stays on the screen"
    assert viewer.pane()["level"] >= 1
