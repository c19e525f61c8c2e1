"""A second window on another screen: it follows slices, marks and the case, and makes nothing itself."""

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


def test_the_second_window_follows_the_first(
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
    expect(second.page.locator(".banner")).to_contain_text("it follows the first one")
    expect(second.page.locator(".side")).to_be_hidden()

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
    second.drag([(20.0, 20.0), (30.0, 30.0), (40.0, 40.0)])
    assert second.marks() == viewer.marks() == [], "the second window only shows"
    second.page.keyboard.press("Home")
    second.wait_for_slice(0)
    assert viewer.pane()["slice"] == SLICES - 1, "the first window leads"
