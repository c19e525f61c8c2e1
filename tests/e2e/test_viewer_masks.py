"""Masks in the viewer: painted by mouse, compared pixel by pixel, filled between slices, from and to contours."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from annotator.annotations.masks import pixels_of
from tests.builders import ct_series
from tests.e2e.viewer_driver import Point, Viewer, assigned_case, new_patient
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

SLICES = 9
MIDDLE = SLICES // 2
ROWS, COLUMNS = 96, 120
# A warm disc of 60 HU, a quarter of the rows wide, lies in the middle of what the builder makes.
DISC: Point = (60.0, 48.0)
STROKE: list[Point] = [(40.0, 40.0), (52.0, 47.0), (70.0, 45.0)]


@pytest.fixture(scope="module")
def volume(reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory) -> str:
    patient = new_patient()
    made = ct_series(
        tmp_path_factory.mktemp("masks"), slices=SLICES, rows=ROWS, columns=COLUMNS, study=patient, patient_id=patient
    )
    return assigned_case(reading_room, made, patient)


@pytest.fixture
def viewer(signed_in_page: SignedInPage, volume: str) -> Viewer:
    viewer = Viewer(signed_in_page("radiologist")).open(volume)
    for _ in viewer.marks():
        viewer.page.keyboard.press("j")
        viewer.page.keyboard.press("Delete")
    for _ in viewer.findings():
        viewer.page.locator(".finding-title").first.click()
        viewer.page.locator(".finding.selected").get_by_role("button", name="Delete", exact=True).click()
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


def test_a_stroke_paints_the_pixels_under_the_brush_and_is_back_pixel_by_pixel_after_a_reload(viewer: Viewer) -> None:
    page = viewer.page
    page.keyboard.press("h")
    set_size(viewer, 13)
    hit = viewer.drag(STROKE)
    [mask] = viewer.marks()
    assert mask["kind"] == "mask"
    same_as_stroke(whole(mask), distances(hit), 6.5)
    viewer.wait_until_saved()
    viewer.reload()
    [saved] = viewer.marks()
    assert (saved["points"], saved["mask"]) == (mask["points"], mask["mask"])
