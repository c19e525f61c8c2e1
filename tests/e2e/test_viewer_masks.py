"""Masks in the viewer: painted by mouse, compared pixel by pixel, filled between slices, from and to contours."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import expect
from pydicom.uid import ExplicitVRLittleEndian

from annotator.annotations.mark_pixels import filled_polygon
from annotator.annotations.masks import pixels_of
from tests.builders import ct_series, multi_frame, tomosynthesis
from tests.e2e.viewer_driver import Point, Viewer, new_patient
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

SLICES = 9
MIDDLE = SLICES // 2
ROWS, COLUMNS = 96, 120
# A warm disc of 60 HU, a quarter of the rows wide, lies in the middle of what the builder makes.
DISC: Point = (60.0, 48.0)
STROKE: list[Point] = [(40.0, 40.0), (52.0, 47.0), (70.0, 45.0)]


CASES_OF = """
from annotator.accounts.models import User
from annotator.cases.models import Case
from annotator.readerstudies.actions.assign_cases import assign_cases
patients = {patients!r}
cases = [Case.objects.get(study__patient__patient_id=patient) for patient in patients]
admin = User.objects.get(username="admin")
reader = User.objects.get(username="radiologist")
assign_cases(admin, case_ids=[case.pk for case in cases], reader_ids=[reader.pk])
result = [str(case.pk) for case in cases]
"""


@dataclass(frozen=True)
class Cases:
    """A small CT, one whose pixels are not square, and a breast that hangs turned round."""

    volume: str
    oblong: str
    turned: str


def turn_round(path: Path) -> None:
    """Store every frame by half a turn, and say so: the same breast, to be hung as before."""
    made = pydicom.dcmread(path)
    pixels = np.frombuffer(made.PixelData, np.uint16).reshape(-1, made.Rows, made.Columns)
    made.PixelData = pixels[:, ::-1, ::-1].tobytes()
    plane = made.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence[0]
    plane.ImageOrientationPatient = [-float(value) for value in plane.ImageOrientationPatient]
    made.PatientOrientation = ["A", "R"]
    made.save_as(path)


@pytest.fixture(scope="module")
def cases(reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory) -> Cases:
    folder = tmp_path_factory.mktemp("masks")
    ct, oblong, turned = patients = [new_patient() for _ in range(3)]
    ct_series(folder, slices=SLICES, rows=ROWS, columns=COLUMNS, study=ct, patient_id=ct)
    multi_frame(folder, study=oblong, patient_id=oblong)
    turn_round(tomosynthesis(folder, view="RCC", study=turned, patient_id=turned, syntax=ExplicitVRLittleEndian))
    reading_room.manage("ingest", "--derive", str(folder))
    reading_room.wait_for_jobs()
    return Cases(*reading_room.python(CASES_OF.format(patients=patients)))


@pytest.fixture
def viewer(signed_in_page: SignedInPage, cases: Cases) -> Viewer:
    viewer = Viewer(signed_in_page("radiologist")).open(cases.volume)
    for _ in viewer.marks():
        viewer.page.keyboard.press("j")
        viewer.page.keyboard.press("Delete")
    # Nothing is selected any more.
    for _ in range(3):
        viewer.page.keyboard.press("Escape")
    return viewer


def whole(mark: dict[str, Any], *, rows: int = ROWS, columns: int = COLUMNS) -> NDArray[np.bool_]:
    """The pixels of a mask on its frame."""
    frame = np.zeros((rows, columns), bool)
    (left, top), (right, bottom) = mark["points"]
    frame[int(top) : int(bottom), int(left) : int(right)] = pixels_of(mark["mask"], mark["points"])
    return frame


def distances(
    points: Iterable[Point], *, rows: int = ROWS, columns: int = COLUMNS, aspect: float = 1
) -> NDArray[np.float64]:
    """From every pixel's centre to the line through the points, in pixels along a row."""
    down, across = np.mgrid[:rows, :columns] + 0.5
    line = [(column, row * aspect) for column, row in points]
    away = np.full((rows, columns), np.inf)
    for (ax, ay), (bx, by) in zip(line, [*line[1:], line[-1]], strict=True):
        length = (bx - ax) ** 2 + (by - ay) ** 2
        along = ((across - ax) * (bx - ax) + (down * aspect - ay) * (by - ay)) / length if length else 0 * across
        along = np.clip(along, 0, 1)
        away = np.minimum(away, np.hypot(across - ax - along * (bx - ax), down * aspect - ay - along * (by - ay)))
    return away


def same_as_stroke(painted: NDArray[np.bool_], away: NDArray[np.float64], radius: float) -> None:
    """The pixels within the radius, but for those on the very edge: the mouse's place is known to a hundredth."""
    clear = np.abs(away - radius) > 0.05
    assert np.array_equal(painted[clear], away[clear] < radius)
    assert painted.any()


def set_size(viewer: Viewer, diameter: float) -> None:
    field = viewer.page.get_by_label("Size of the brush in pixels")
    field.fill(str(diameter))
    field.press("Enter")


def only_mask(viewer: Viewer) -> NDArray[np.bool_]:
    [mark] = viewer.marks()
    return whole(mark)


def go_to(viewer: Viewer, slice_: int) -> None:
    step = slice_ - viewer.pane()["slice"]
    for _ in range(abs(step)):
        viewer.page.keyboard.press("ArrowDown" if step > 0 else "ArrowUp")
    viewer.wait_for_slice(slice_)


def test_a_stroke_paints_the_pixels_under_the_brush_and_is_back_pixel_by_pixel_after_a_reload(viewer: Viewer) -> None:
    page = viewer.page
    page.keyboard.press("h")
    set_size(viewer, 13)
    hit = viewer.drag(STROKE)
    [mask] = viewer.marks()
    assert mask["kind"] == "mask"
    same_as_stroke(whole(mask), distances(hit), 6.5)
    expect(page.locator(".mark-row.selected")).to_contain_text("Mask")
    area = whole(mask).sum() * 0.25
    expect(page.locator(".mark-row.selected .measures").first).to_contain_text(f"area {area:.1f} mm²")

    again = viewer.drag([(60, 60), (80, 70)])
    [mask] = viewer.marks()
    same_as_stroke(whole(mask), np.minimum(distances(hit), distances(again)), 6.5)
    slice_ = viewer.pane()["slice"]
    page.keyboard.press("d")
    viewer.wait_for_slice(slice_ + 1)
    assert [mark["mask"] for mark in viewer.marks()] == [mask["mask"]] * 2, "copied to the next slice"
    page.keyboard.press("Control+z")
    viewer.wait_until_saved()
    viewer.reload()
    [saved] = viewer.marks()
    assert (saved["points"], saved["mask"]) == (mask["points"], mask["mask"])


def test_each_stroke_is_one_step_and_an_emptied_mask_is_deleted_and_comes_back(viewer: Viewer) -> None:
    page = viewer.page
    page.keyboard.press("h")
    set_size(viewer, 13)
    viewer.drag(STROKE)
    painted = only_mask(viewer)
    page.keyboard.down("Alt")
    hit = viewer.drag([(55, 20), (55, 70)])
    page.keyboard.up("Alt")
    erased = only_mask(viewer)
    away = distances(hit)
    clear = np.abs(away - 6.5) > 0.05
    assert np.array_equal(erased[clear], (painted & (away > 6.5))[clear])
    page.keyboard.press("Shift+E")
    set_size(viewer, 80)
    viewer.drag([(40, 45), (70, 45)])
    assert viewer.marks() == []
    page.keyboard.press("Control+z")
    assert np.array_equal(only_mask(viewer), erased)
    page.keyboard.press("Control+z")
    assert np.array_equal(only_mask(viewer), painted)
    page.keyboard.press("Control+z")
    assert viewer.marks() == []
    for expected in (painted, erased):
        page.keyboard.press("Control+Shift+Z")
        assert np.array_equal(only_mask(viewer), expected)
    page.keyboard.press("v")
    viewer.click((5, 5))
    viewer.click((55, 45))
    viewer.wait_until_painted()
    assert page.locator(".mark-row.selected").count() == 0, "the box of a mask is not the mask"
    viewer.click((41, 41))
    expect(page.locator(".mark-row.selected")).to_have_count(1)
    viewer.drag([(41, 41), (45, 44), (51, 46)])
    assert np.array_equal(only_mask(viewer), np.roll(erased, (5, 10), (0, 1))), "it moves by whole pixels"
    viewer.wait_until_saved()


def test_the_threshold_brush_paints_only_values_in_its_range(viewer: Viewer) -> None:
    page = viewer.page
    page.keyboard.press("Shift+H")
    set_size(viewer, 60)
    low, high = page.get_by_label("Lowest value painted"), page.get_by_label("Highest value painted")
    window = viewer.pane()["window"]
    assert float(low.input_value()) == pytest.approx(window["centre"] - window["width"] / 2, abs=1)
    low.fill("30")
    high.fill("200")
    high.press("Enter")
    hit = viewer.drag([DISC, (DISC[0] + 2, DISC[1])])
    by_number = only_mask(viewer)
    warm = distances([DISC]) + 0.5
    # The phantom's disc is round its middle pixel's corner; its noise of 4 HU stays far from 30.
    assert by_number[(warm < 22) & (distances(hit) < 29)].all()
    assert not by_number[warm > 26].any()
    page.keyboard.press("Control+z")

    page.locator(".tool-options").get_by_role("button", name="Pick").click()
    set_size(viewer, 20)
    viewer.drag([DISC, (DISC[0] + 1, DISC[1])])
    viewer.until(lambda: float(low.input_value()) != 30, "the range that was picked")
    picked = (float(low.input_value()), float(high.input_value()))
    assert picked[0] == pytest.approx(60 - 8, abs=4)
    assert picked[1] == pytest.approx(60 + 8, abs=4)
    inside = only_mask(viewer)[distances([DISC]) < 9]
    assert 0.85 < inside.mean() < 1, "two standard deviations hold most of them, not all"
    page.keyboard.press("Control+z")
    page.locator(".tool-options").get_by_role("button", name="Window").click()
    viewer.until(lambda: float(low.input_value()) < 30, "the range of the window")


def test_slices_between_two_masks_of_a_finding_are_filled_in_one_step(viewer: Viewer) -> None:
    page = viewer.page
    page.keyboard.press("h")
    set_size(viewer, 21)
    page.keyboard.press("Shift+F")
    expect(page.locator(".notice")).to_contain_text("Select the finding")
    go_to(viewer, 2)
    first = viewer.drag([(30, 40), (30, 40)])
    page.keyboard.press("Shift+F")
    expect(page.locator(".notice")).to_contain_text("on two slices")
    go_to(viewer, 6)
    last = viewer.drag([(70, 60), (70, 60)])
    assert len({mark["finding"] for mark in viewer.marks()}) == 1
    page.keyboard.press("Shift+F")
    expect(page.locator(".notice")).to_contain_text("3 slices filled")
    frames = viewer.pane()["frames"]
    masks = {frames.index(mark["frame"]): mark for mark in viewer.marks()}
    assert sorted(masks) == [2, 3, 4, 5, 6]
    for slice_ in (3, 4, 5):
        share = (slice_ - 2) / 4
        centre = [a + share * (b - a) for a, b in zip(first[0], last[0], strict=True)]
        off = np.abs(distances([(centre[0], centre[1])]) - 10.5)
        painted = whole(masks[slice_])
        assert np.array_equal(painted[off > 1], distances([(centre[0], centre[1])])[off > 1] < 10.5)
    page.keyboard.press("Control+z")
    assert len(viewer.marks()) == 2
    page.keyboard.press("Control+Shift+Z")
    viewer.wait_until_saved()
    viewer.reload()
    assert {mark["frame"]: mark["mask"] for mark in viewer.marks()} == {
        mark["frame"]: mark["mask"] for mark in masks.values()
    }


def test_contours_become_masks_and_masks_contours_and_nothing_is_lost(viewer: Viewer) -> None:
    page = viewer.page
    page.keyboard.press("c")
    viewer.drag([(30, 30), (60, 26), (84, 40), (70, 66), (44, 70), (28, 50), (30, 31)])
    [contour] = viewer.marks()
    page.keyboard.press("Shift+M")
    [mask] = viewer.marks()
    filled = filled_polygon(contour["points"], rows=ROWS, columns=COLUMNS)
    assert filled is not None
    assert (mask["points"], mask["mask"]) == filled.as_mask(), "the server encloses the same pixels"
    assert mask["finding"] == contour["finding"]
    page.keyboard.press("Shift+O")
    [back] = viewer.marks()
    assert back["kind"] == "contour"
    assert len(back["points"]) < 100
    page.keyboard.press("Shift+M")
    [again] = viewer.marks()
    assert (again["points"], again["mask"]) == (mask["points"], mask["mask"])
    for kind in ("contour", "mask", "contour"):
        page.keyboard.press("Control+z")
        assert [mark["kind"] for mark in viewer.marks()] == [kind]
    viewer.wait_until_saved()


def test_the_brush_is_as_large_as_its_circle_and_keeps_its_size(viewer: Viewer) -> None:
    page = viewer.page
    page.keyboard.press("h")
    set_size(viewer, 20)
    circle = page.locator(".brush-cursor .over").first
    viewer.wait_until_painted()
    page.mouse.move(*viewer.screen((60, 50)))

    def radius_on_screen() -> float:
        box = circle.bounding_box()
        return box["width"] / 2 if box else 0.0

    size = page.get_by_label("Size of the brush in pixels")
    viewer.until(lambda: radius_on_screen() == pytest.approx(10 * viewer.pane()["zoom"], abs=1.5), "the circle")
    page.keyboard.press("]")
    expect(size).to_have_value("24")
    page.keyboard.press("[")
    page.keyboard.press("[")
    expect(size).to_have_value("16")
    page.keyboard.down("Shift")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Shift")
    expect(size).to_have_value("20")
    slice_ = viewer.pane()["slice"]
    page.mouse.wheel(0, 100)
    viewer.wait_for_slice(slice_ + 1)
    assert size.input_value() == "20"
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    viewer.until(lambda: radius_on_screen() == pytest.approx(10 * viewer.pane()["zoom"], abs=1.5), "the larger circle")


def is_tinted(viewer: Viewer, mask: dict[str, Any], painted: NDArray[np.bool_]) -> bool:
    """Whether the pixels of a mask, and no others of its box, are coloured on the screen; the pictures are grey."""
    colours = np.asarray(Image.open(io.BytesIO(viewer.page.screenshot())).convert("RGB"), dtype=int)
    rows, columns = painted.shape
    corner, right, down = (np.array(viewer.screen(point)) for point in ((0, 0), (columns, 0), (0, rows)))
    row, column = np.mgrid[:rows, :columns] + 0.5
    places = corner + column[..., None] / columns * (right - corner) + row[..., None] / rows * (down - corner)
    x, y = places[..., 0].astype(int), places[..., 1].astype(int)
    # Beside the box there are words in the mask's colour.
    (left, top), (end, bottom) = (map(int, corner_of_box) for corner_of_box in mask["points"])
    box = np.s_[top:bottom, left:end]
    return np.array_equal((np.ptp(colours[y, x], axis=-1) > 12)[box], painted[box])


def test_a_mask_lies_where_it_was_painted_on_pixels_that_are_not_square(
    signed_in_page: SignedInPage, cases: Cases
) -> None:
    viewer = Viewer(signed_in_page("radiologist")).open(cases.oblong)
    viewer.page.keyboard.press("h")
    set_size(viewer, 7)
    hit = viewer.drag([(8, 9), (14, 11), (22, 9)])
    [mask] = viewer.marks()
    painted = whole(mask, rows=24, columns=32)
    # Round in the patient: a pixel is 0.7 mm high and 0.6 mm wide.
    away = distances(hit, rows=24, columns=32, aspect=0.7 / 0.6)
    same_as_stroke(painted, away, 3.5)
    viewer.page.mouse.move(5, 5)
    viewer.until(lambda: is_tinted(viewer, mask, painted), "the mask in its place")


def test_a_mask_lies_where_it_was_painted_in_a_breast_that_hangs_turned_round(
    signed_in_page: SignedInPage, cases: Cases
) -> None:
    viewer = Viewer(signed_in_page("radiologist")).open(cases.turned)
    (left, top), (right, bottom) = viewer.screen((0, 0)), viewer.screen((36, 48))
    assert right < left, "the picture is turned"
    assert bottom < top
    viewer.page.keyboard.press("h")
    set_size(viewer, 9)
    hit = viewer.drag([(20, 14), (27, 20), (30, 34)])
    [mask] = viewer.marks()
    painted = whole(mask, rows=48, columns=36)
    same_as_stroke(painted, distances(hit, rows=48, columns=36), 4.5)
    viewer.page.mouse.move(5, 5)
    viewer.until(lambda: is_tinted(viewer, mask, painted), "the mask in its place")
