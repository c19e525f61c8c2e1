"""A second window on another screen: both move together, marks are made in the first, and the second says so."""

import uuid
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from annotator.demo.ct_object import ct_slice
from annotator.demo.dicom_files import MadeStudy, save
from tests.e2e.viewer_driver import Viewer, assigned_case
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

SLICES = 7


def test_two_windows_move_together_and_marks_are_made_in_the_first(
    reading_room: ReadingRoom, signed_in_page: SignedInPage, tmp_path: Path
) -> None:
    patient = f"P-{uuid.uuid4().hex[:10]}"
    owner = MadeStudy(patient, patient)
    paths = []
    for index in range(SLICES):
        values = np.full((64, 64), -1000.0)
        values[16:48, 16:48] = 20
        position = (0.0, 0.0, float(index))
        made = ct_slice(owner, values, number=index + 1, position=position, spacing=1.0, slice_thickness=1.0)
        save(made, path := tmp_path / f"{index}.dcm")
        paths.append(path)
    case = assigned_case(reading_room, paths, patient)
    viewer = Viewer(signed_in_page("radiologist")).open(case)
    with viewer.page.expect_popup() as opened:
        viewer.page.keyboard.press("Alt+s")
    second = Viewer(opened.value)
    second.until(lambda: second.page.evaluate("Boolean(window.readingRoom?.ready)"), "the second window")
    expect(second.page.locator(".banner")).to_contain_text("Marks are drawn and answers given there")
    expect(second.page.locator(".side")).to_be_hidden()
    pictures = second.page.locator(".pane-grid").evaluate("e => e.clientWidth / window.innerWidth")
    assert pictures > 0.98, "the pictures have the whole of the second screen"

    viewer.page.keyboard.press("ArrowDown")
    second.wait_for_slice(SLICES // 2 + 1)
    viewer.page.keyboard.press("End")
    second.wait_for_slice(SLICES - 1)
    viewer.page.keyboard.press("b")
    viewer.drag([(20.0, 20.0), (30.0, 30.0), (40.0, 40.0)])
    second.until(lambda: len(second.marks()) == 1, "the mark in the second window")
    assert second.marks()[0]["points"] == viewer.marks()[0]["points"]
    viewer.page.keyboard.press("Delete")
    second.until(lambda: second.marks() == [], "the mark to go")

    second.page.keyboard.press("b")
    expect(second.page.locator(".notice")).to_have_text("Marks are drawn in the first window; this one shows them.")
    second.drag([(20.0, 20.0), (30.0, 30.0), (40.0, 40.0)])
    assert second.marks() == viewer.marks() == [], "the second window only shows"

    # The wheel, the zoom and the window of the second one move the first.
    second.page.keyboard.press("Home")
    viewer.wait_for_slice(0)
    second.page.mouse.move(*second.screen((32, 32)))
    for _ in range(4):
        second.page.mouse.wheel(0, 100)
    viewer.wait_for_slice(4)
    second.wait_for_slice(4)
    before = viewer.pane()["zoom"], second.pane()["zoom"]
    second.zoom(400, (40, 24))
    viewer.until(lambda: viewer.pane()["zoom"] > before[0], "the first window to zoom")
    ratios = viewer.pane()["zoom"] / before[0], second.pane()["zoom"] / before[1]
    assert ratios[0] == pytest.approx(ratios[1], rel=1e-6)
    second.page.keyboard.press("3")
    viewer.until(lambda: viewer.pane()["window"]["name"] == "Bone", "the first window's window")
    viewer.page.keyboard.press("1")
    second.until(lambda: second.pane()["window"]["name"] == "Brain", "the second window's window")

    second.page.keyboard.press("Alt+l")
    second.page.keyboard.press("End")
    second.wait_for_slice(SLICES - 1)
    second.page.keyboard.press("2")
    second.until(lambda: second.pane()["window"]["name"] == "Subdural", "its own window")
    viewer.page.keyboard.press("Home")
    viewer.wait_for_slice(0)
    assert second.pane()["slice"] == SLICES - 1, "the second window moves alone now"
    assert viewer.pane()["window"]["name"] == "Brain"
