"""What the viewer says of a stack that is not what it seems, and the overlays that came with a picture."""

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import expect
from pydicom import dcmread
from pydicom.uid import ExplicitVRLittleEndian

from tests.builders import ct_series, tomosynthesis
from tests.e2e.viewer_driver import Point, Viewer, assigned_case, new_patient
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

# Of the overlay: a block of ten pixels whose top-left corner is here in the frame.
BLOCK: Point = (300.0, 120.0)


def drawn_over(path: Path) -> None:
    """Write an overlay plane into a slice of 512 x 512: a block of ten pixels in a plane of 40 x 60."""
    made = dcmread(path)
    plane = np.zeros((40, 60), np.uint8)
    plane[20:30, 40:50] = 1
    block = 0x6000
    for element, kind, value in (
        (0x0010, "US", 40),
        (0x0011, "US", 60),
        (0x0022, "LO", "Caliper"),
        (0x0040, "CS", "G"),
        # Origin row\\column counts from 1.
        (0x0050, "SS", [int(BLOCK[1]) - 20 + 1, int(BLOCK[0]) - 40 + 1]),
        (0x0100, "US", 1),
        (0x0102, "US", 0),
    ):
        made.add_new((block, element), kind, value)
    made.add_new((block, 0x3000), "OW", np.packbits(plane.ravel(), bitorder="little").tobytes())
    made.save_as(path)


@pytest.fixture(scope="module")
def gapped_ct(reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Eight slices without the fourth; an overlay over the fifth that is left."""
    patient = new_patient()
    paths = ct_series(
        tmp_path_factory.mktemp("gap"), slices=8, rows=512, columns=512, study=patient, patient_id=patient
    )
    del paths[3]
    drawn_over(paths[4])
    return assigned_case(reading_room, paths, patient)


def test_a_gap_is_told_in_words_at_its_slice_and_in_the_scroll_bar(
    signed_in_page: SignedInPage, gapped_ct: str
) -> None:
    viewer = Viewer(signed_in_page("radiologist")).open(gapped_ct)
    page = viewer.page
    notes = page.locator(".pane-notes")
    expect(notes).to_have_text("Gap between slices 3 and 4 (10.0 mm), usually 5.0 mm: 1 slice is missing.")
    expect(page.locator(".scroll-bar")).to_have_attribute("title", "Slices; longer steps after slice 3 (10.0 mm)")
    page.keyboard.press("Home")
    viewer.wait_for_slice(0)
    expect(page.locator(".overlay-tr")).not_to_contain_text("to the next slice")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    viewer.wait_for_slice(2)
    expect(page.locator(".overlay-tr")).to_contain_text("10.0 mm to the next slice")
    notes.click()
    expect(notes).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    viewer.wait_for_slice(3)


def bright(viewer: Viewer) -> NDArray[np.float64]:
    viewer.page.mouse.move(5, 5)
    viewer.wait_until_painted()
    return np.asarray(Image.open(io.BytesIO(viewer.page.screenshot())).convert("L"), dtype=float)


def lies_on_the_block(viewer: Viewer, drawn: NDArray[np.float64]) -> bool:
    """Whether brightness was added inside the block of the frame and not around it."""
    left, top = viewer.screen(BLOCK)
    right, bottom = viewer.screen((BLOCK[0] + 10, BLOCK[1] + 10))
    (left, right), (top, bottom) = sorted((left, right)), sorted((top, bottom))
    inside = drawn[round(top) + 1 : round(bottom) - 1, round(left) + 1 : round(right) - 1]
    ring = [
        drawn[round(top) - 8 : round(top) - 2, round(left) : round(right)],
        drawn[round(bottom) + 3 : round(bottom) + 9, round(left) : round(right)],
        drawn[round(top) : round(bottom), round(left) - 8 : round(left) - 2],
        drawn[round(top) : round(bottom), round(right) + 3 : round(right) + 9],
    ]
    return bool(inside.min() > 60) and all(bool(part.max() < 40) for part in ring)


def test_overlays_are_hidden_until_asked_for_and_lie_where_the_object_puts_them(
    signed_in_page: SignedInPage, gapped_ct: str
) -> None:
    viewer = Viewer(signed_in_page("radiologist")).open(gapped_ct)
    page = viewer.page
    page.keyboard.press("Home")
    viewer.wait_for_slice(0)
    expect(page.locator(".overlay-br")).not_to_contain_text("Overlay")
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    viewer.wait_for_slice(4)
    expect(page.locator(".overlay-br")).to_contain_text("Overlay hidden (O)")
    without = bright(viewer)
    page.keyboard.press("o")
    expect(page.locator(".overlay-pictures canvas")).to_have_count(1)
    expect(page.locator(".overlay-br")).to_contain_text("Overlay shown (O)")
    viewer.until(lambda: page.locator(".notice").is_hidden(), "the notice to go")
    assert lies_on_the_block(viewer, bright(viewer) - without)
    # Zoomed, and the other way round.
    x, y = (float(round(value)) for value in viewer.screen(BLOCK))
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -500)
    page.keyboard.up("Control")
    viewer.until(lambda: viewer.pane()["zoom"] > 1.5, "the zoom")
    shown = bright(viewer)
    page.keyboard.press("o")
    viewer.until(lambda: page.locator(".notice").is_hidden(), "the notice to go")
    assert page.locator(".overlay-pictures canvas").count() == 0
    assert lies_on_the_block(viewer, shown - bright(viewer))


def test_a_side_in_doubt_is_a_banner_and_turns_no_picture(
    signed_in_page: SignedInPage, reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory
) -> None:
    patient = new_patient()
    folder = tmp_path_factory.mktemp("sides")
    right = tomosynthesis(
        folder, view="RCC", rows=96, columns=72, study=patient, patient_id=patient, syntax=ExplicitVRLittleEndian
    )
    made = dcmread(right)
    made.PixelData = np.ascontiguousarray(made.pixel_array[:, :, ::-1]).tobytes()
    made.save_as(right)
    viewer = Viewer(signed_in_page("radiologist")).open(assigned_case(reading_room, [right], patient))
    warning = viewer.page.locator(".pane-warning")
    expect(warning).to_be_visible()
    expect(warning).to_contain_text("Side in doubt: the header says right")
    # The first stored column is at the left of the screen, the first row at the top.
    left, top = viewer.screen((0, 0))
    assert left < viewer.screen((72, 0))[0]
    assert top < viewer.screen((0, 96))[1]
