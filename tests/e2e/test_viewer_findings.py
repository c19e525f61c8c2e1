"""Findings, spans and labels of slices in the viewer: what belongs together, and for which slices it holds."""

import math

import pytest
from playwright.sync_api import expect

from tests.builders import ct_series
from tests.e2e.viewer_driver import Viewer, assigned_case, new_patient
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

SLICES = 21
MIDDLE = SLICES // 2


@pytest.fixture(scope="module")
def chest(reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory) -> str:
    """21 slices, 5 mm apart, of pixels of 1 mm."""
    patient = new_patient()
    made = ct_series(
        tmp_path_factory.mktemp("spans"),
        slices=SLICES,
        rows=80,
        columns=80,
        spacing=1.0,
        slice_thickness=5.0,
        study=patient,
        patient_id=patient,
    )
    return assigned_case(reading_room, made, patient)


@pytest.fixture
def viewer(signed_in_page: SignedInPage, chest: str) -> Viewer:
    return Viewer(signed_in_page("radiologist")).open(chest)


def span_of(viewer: Viewer, mark: dict[str, object]) -> tuple[int, int]:
    frames = viewer.page.evaluate("window.readingRoom.panes[0].frames")
    return frames.index(mark["first_frame"]), frames.index(mark["last_frame"])


def test_a_box_over_slices_starts_with_its_size_in_millimetres_and_its_ends_drag(viewer: Viewer) -> None:
    page = viewer.page
    page.keyboard.press("Shift+B")
    hit = viewer.drag([(20, 20), (30, 30), (42, 42)])
    [box] = viewer.marks()
    assert math.dist(box["points"][1], hit[-1]) < 0.2
    # 22 mm is 11 mm either way: two slices of 5 mm.
    assert span_of(viewer, box) == (MIDDLE - 2, MIDDLE + 2)
    expect(page.locator(".notice")).to_contain_text("5 slices")
    shape = page.locator(f".marks path[data-mark='{box['id']}']").first
    expect(shape).to_have_css("opacity", "1")
    page.keyboard.press("ArrowDown")
    viewer.wait_for_slice(MIDDLE + 1)
    expect(shape).to_have_count(1)
    weaker = float(shape.evaluate("e => getComputedStyle(e).opacity"))
    assert 0.3 < weaker < 0.9
    page.keyboard.press("PageDown")
    viewer.wait_for_slice(SLICES - 1)
    expect(shape).to_have_count(0)

    grip = page.locator(".span-grip.last").bounding_box()
    bar = page.locator(".scroll-bar").first.bounding_box()
    assert grip is not None
    assert bar is not None
    at = (grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    page.mouse.move(*at)
    page.mouse.down()
    page.mouse.move(at[0], bar["y"] + bar["height"] * (MIDDLE + 6.5) / SLICES, steps=4)
    viewer.wait_for_slice(MIDDLE + 6)
    expect(shape).to_have_count(1)
    assert span_of(viewer, viewer.marks()[0]) == (MIDDLE - 2, MIDDLE + 2), "nothing is saved before the end is let go"
    page.mouse.up()
    assert span_of(viewer, viewer.marks()[0]) == (MIDDLE - 2, MIDDLE + 6)
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Control+ArrowUp")
    assert span_of(viewer, viewer.marks()[0]) == (MIDDLE - 3, MIDDLE + 5)
    viewer.wait_until_saved()
    viewer.reload()
    assert span_of(viewer, viewer.marks()[0]) == (MIDDLE - 3, MIDDLE + 5)


def test_dragging_an_end_is_one_step_of_undo(viewer: Viewer) -> None:
    page = viewer.page
    page.keyboard.press("Shift+B")
    viewer.drag([(10, 50), (20, 60), (40, 70)])
    box = viewer.marks()[-1]
    before = span_of(viewer, box)
    for key in ("Control+ArrowUp", "Control+ArrowUp", "Control+ArrowUp", "Control+ArrowUp"):
        page.keyboard.press(key)
    assert span_of(viewer, viewer.marks()[-1]) == (before[0], MIDDLE), "its own slice stays in it"
    for _ in range(before[1] - MIDDLE + 1):
        page.keyboard.press("Control+z")
    assert [mark["id"] for mark in viewer.marks()].count(box["id"]) == 0
    viewer.wait_until_saved()
