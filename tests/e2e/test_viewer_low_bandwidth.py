"""Slow lines: a windowed JPEG at the size of the pane first, every stored pixel once the reader stops."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Request, Route, expect

from annotator.demo.ct_object import ct_slice
from annotator.demo.dicom_files import MadeStudy, save
from tests.e2e.viewer_driver import Viewer, assigned_case, new_patient
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

ROWS, COLUMNS, SLICES = 96, 64, 3
# As frontend/viewer/src/pixels/preview.ts has it.
PREVIEW = 9
LOW = "localStorage.setItem('reading-room/low-bandwidth', 'yes')"


@pytest.fixture(scope="module")
def bright_ct(reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Air, and a square of 40 HU off the middle."""
    patient, folder = new_patient(), tmp_path_factory.mktemp("slow")
    for index in range(SLICES):
        values = np.full((ROWS, COLUMNS), -1000.0)
        values[24:48, 8:32] = 40
        values[60:80, 8:32] = 300
        owner = MadeStudy(patient, patient, description="Slow")
        position = (0.0, 0.0, float(index))
        made = ct_slice(owner, values, number=index + 1, position=position, spacing=1.0, slice_thickness=1.0)
        save(made, folder / f"{index}.dcm")
    return assigned_case(reading_room, [Path(folder)], patient)


def greys(viewer: Viewer) -> list[int]:
    """Of the two squares and of the air beside them, inside and just within an edge."""
    viewer.page.mouse.move(5, 5)
    viewer.wait_until_painted()
    whole = np.asarray(Image.open(io.BytesIO(viewer.page.screenshot())).convert("L"), dtype=float)
    found = []
    for column, row in ((20, 36), (10, 26), (30, 46), (20, 70), (40, 36)):
        x, y = viewer.screen((column, row))
        found.append(round(float(whole[round(y) - 1 : round(y) + 2, round(x) - 1 : round(x) + 2].mean())))
    return found


def test_a_preview_is_shown_until_the_stored_pixels_come_and_nothing_moves(
    signed_in_page: SignedInPage, bright_ct: str
) -> None:
    page = signed_in_page("radiologist")
    page.add_init_script(LOW)
    previews: list[Request] = []
    held: list[Route] = []
    page.on("request", lambda request: "/rendered?" in request.url and previews.append(request))
    may_come: list[bool] = []

    def hold(route: Route) -> None:
        if may_come:
            route.continue_()
        else:
            held.append(route)

    page.route(lambda url: "/frames/" in url and "/rendered" not in url, hold)
    viewer = Viewer(page).open(bright_ct)
    expect(page.locator(".line-button")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("3")
    page.keyboard.press("5")
    viewer.until(lambda: viewer.pane()["level"] == PREVIEW, "a preview")
    br = page.locator(".overlay-br").first
    expect(br).to_contain_text("Preview, loading…")
    viewer.until(lambda: previews[-1].url.find("window=49.5,399") > 0, "a preview in the window that was chosen")
    viewer.until(lambda: "cut to" not in br.inner_text(), "the preview of that window")
    corners = [viewer.screen(point) for point in ((0, 0), (COLUMNS, ROWS))]
    seen = greys(viewer)
    assert seen[0] > seen[4] + 50

    viewer.until(lambda: held, "the stored pixels to be asked for")
    may_come.append(True)
    for route in held:
        route.continue_()
    viewer.until(lambda: viewer.pane()["level"] == 0, "the stored pixels")
    expect(br).not_to_contain_text("Preview")
    assert [viewer.screen(point) for point in ((0, 0), (COLUMNS, ROWS))] == [
        pytest.approx(corner, abs=0.01) for corner in corners
    ]
    viewer.until(lambda: all(abs(a - b) <= 8 for a, b in zip(greys(viewer), seen, strict=True)), "the same greys")


def test_the_reader_turns_it_on_and_off_and_it_is_remembered(signed_in_page: SignedInPage, bright_ct: str) -> None:
    page = signed_in_page("radiologist")
    viewer = Viewer(page).open(bright_ct)
    button = page.locator(".line-button")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    viewer.reload()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("F6")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".notice")).to_contain_text("Every stored pixel at once")
