"""More than one slice in one window: three windows, slabs, planes through a volume; what can't be shown says why."""

import io
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Route, expect

from annotator.imaging.pixels.three_window import three_window
from tests.builders.landmarks import BALL_HU, Place, landmark_ct
from tests.e2e.viewer_driver import Viewer, assigned_cases, new_patient
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

# Left of the patient, in front, high; and right, behind, low: no two axes can be mixed up.
BALLS: tuple[Place, Place] = ((20.0, -15.0, 10.0), (-25.0, 22.0, -12.0))
WHITE, GREY = 230, 128
PLANE = "Shift+G"
SLAB = "Shift+Z"


@dataclass(frozen=True)
class Cases:
    upright: str
    tilted: str
    gap: str
    two_slices: str


@pytest.fixture(scope="module")
def cases(reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory) -> Cases:
    folder = tmp_path_factory.mktemp("landmarks")
    upright, tilted, gap, two = (new_patient() for _ in range(4))
    paths = [
        *landmark_ct(folder, BALLS, patient_id=upright),
        *landmark_ct(folder, BALLS, patient_id=tilted, tilt_degrees=12.0),
        *landmark_ct(folder, BALLS, patient_id=gap, slices=14, left_out=(10,)),
        *landmark_ct(folder, BALLS, patient_id=two, slices=2),
    ]
    return Cases(*assigned_cases(reading_room, paths, [upright, tilted, gap, two]))


@pytest.fixture
def viewer(signed_in_page: SignedInPage) -> Viewer:
    return Viewer(signed_in_page("radiologist"))


def all_loaded(viewer: Viewer) -> None:
    viewer.until(lambda: viewer.pane()["loaded"] == len(viewer.pane()["frames"]), "all slices to be loaded")


def show_plane(viewer: Viewer, plane: str, *, pane: int = 0) -> None:
    """Press the key until the plane is there, whole."""
    for _ in range(4):
        viewer.page.keyboard.press(PLANE)
        if viewer.pane(pane)["presentation"]["plane"] == plane:
            break
    viewer.until(
        lambda: viewer.pane(pane)["slice"] >= 0 and not any("so far" in said for said in viewer.pane(pane)["said"]),
        f"the {plane} plane",
    )


def go_to_plane(viewer: Viewer, millimetres: float, first: float, step: float) -> None:
    """Scroll to the plane nearest to a place along the axis that planes move on."""
    wanted = round((millimetres - first) / step)
    page = viewer.page
    page.keyboard.press("Home")
    for _ in range(wanted // 10):
        page.keyboard.press("PageDown")
    for _ in range(wanted % 10):
        page.keyboard.press("ArrowDown")
    viewer.wait_for_slice(wanted)


def on_screen(viewer: Viewer, place: Place, *, pane: int = 0) -> tuple[float, float]:
    x, y = viewer.page.evaluate("([p, x, y, z]) => window.readingRoom.placeToScreen(p, x, y, z)", [pane, *place])
    return float(x), float(y)


def picture(viewer: Viewer) -> NDArray[np.uint8]:
    """What the browser shows, (rows, columns, red green blue)."""
    viewer.wait_until_painted()
    viewer.page.wait_for_timeout(60)
    return np.asarray(Image.open(io.BytesIO(viewer.page.screenshot())).convert("RGB"))


def shades(viewer: Viewer, *places: Place) -> list[int]:
    """How light the picture is at places of the patient."""
    at = [on_screen(viewer, place) for place in places]
    shown = picture(viewer)
    return [int(shown[round(y), round(x), 0]) for x, y in at]


def shade(viewer: Viewer, place: Place) -> int:
    return shades(viewer, place)[0]


def letters(viewer: Viewer) -> dict[str, str]:
    edges = ("left", "right", "top", "bottom")
    return {edge: viewer.page.locator(f".overlay-{edge}").first.inner_text() for edge in edges}


def said(viewer: Viewer) -> Locator:
    return viewer.page.locator(".overlay-view").first


def wide_window(viewer: Viewer) -> None:
    """The window that the files bring: water is grey, balls are white, air is black."""
    viewer.page.keyboard.press("r")
    viewer.until(lambda: viewer.pane()["window"]["width"] == 2000, "the files' window")


def check_landmarks(viewer: Viewer, plane: str, *, first: float, step: float) -> None:
    """Each ball is white where it lies in the patient, and not where it would lie with an axis turned round."""
    axis = {"coronal": 1, "sagittal": 0}[plane]
    for ball in BALLS:
        go_to_plane(viewer, ball[axis], first, step)
        x, y, z = ball
        turned: list[Place] = [place for at, place in enumerate(((-x, y, z), (x, -y, z), (x, y, -z))) if at != axis]
        # Most of its radius away it is still there, a radius and a half away no more: the size is right.
        near: list[Place] = [(x, y, z), (x, y + 3.5, z) if axis == 0 else (x + 3.5, y, z), (x, y, z + 3.5)]
        far: list[Place] = [(x, y + 7.5, z) if axis == 0 else (x + 7.5, y, z), (x, y, z + 7.5)]
        found = shades(viewer, *near, *far, *turned)
        assert all(found[at] > (GREY + 255) // 2 for at in range(3)), f"{ball} on {plane}: {found}"
        assert all(abs(shade - GREY) < 30 for shade in found[3:]), f"beside or opposite {ball} on {plane}: {found}"


def test_landmarks_lie_where_they_lie_in_the_patient_in_coronal_and_sagittal_planes(
    viewer: Viewer, cases: Cases
) -> None:
    viewer.open(cases.upright)
    all_loaded(viewer)
    wide_window(viewer)
    show_plane(viewer, "coronal")
    pane = viewer.pane()
    # 64 pixels of 1.5 mm across, 78 mm of slices; nothing can be drawn on: no frame.
    assert (pane["slices"], pane["frame"], pane["refusal"]) == (64, None, "")
    assert letters(viewer) == {"left": "R", "right": "L", "top": "H", "bottom": "F"}
    check_landmarks(viewer, "coronal", first=-47.25, step=1.5)
    left, right = on_screen(viewer, (-40, 0, 0)), on_screen(viewer, (40, 0, 0))
    high, low = on_screen(viewer, (0, 0, 30)), on_screen(viewer, (0, 0, -30))
    assert right[0] > left[0]
    assert low[1] > high[1]
    assert (low[1] - high[1]) / 60 == pytest.approx((right[0] - left[0]) / 80, rel=0.01), "a millimetre is a millimetre"

    show_plane(viewer, "sagittal")
    assert letters(viewer) == {"left": "A", "right": "P", "top": "H", "bottom": "F"}
    check_landmarks(viewer, "sagittal", first=-47.25, step=1.5)

    viewer.page.keyboard.press("b")
    viewer.page.mouse.move(600, 300)
    viewer.page.mouse.down()
    viewer.page.mouse.move(650, 350)
    viewer.page.mouse.up()
    expect(viewer.page.locator(".notice")).to_contain_text("Marks are made on acquired slices")
    assert viewer.marks() == []
    viewer.page.keyboard.press("r")
    viewer.until(lambda: viewer.pane()["frame"] is not None, "the slices, after R")
    assert viewer.pane()["presentation"]["plane"] == "acquired"


def test_a_tilted_volume_is_straightened_and_says_so(viewer: Viewer, cases: Cases) -> None:
    viewer.open(cases.tilted)
    all_loaded(viewer)
    wide_window(viewer)
    viewer.page.keyboard.press(PLANE)
    viewer.until(lambda: viewer.pane()["presentation"]["plane"] == "axial", "the straight axial plane")
    expect(said(viewer)).to_contain_text("Straightened, 12.0 degrees")
    show_plane(viewer, "coronal")
    expect(said(viewer)).to_contain_text("Straightened, 12.0 degrees")
    step = 1.5 * float(np.cos(np.radians(12.0)))
    first = -31.5 * step
    check_landmarks(viewer, "coronal", first=first, step=step)
    show_plane(viewer, "sagittal")
    check_landmarks(viewer, "sagittal", first=-47.25, step=1.5)


def test_a_volume_with_a_missing_slice_is_not_reformatted_and_says_which(viewer: Viewer, cases: Cases) -> None:
    viewer.open(cases.gap)
    viewer.page.keyboard.press(PLANE)
    expect(viewer.page.locator(".pane-refusal").first).to_contain_text(
        "Slices 10 and 11 lie 4.0 mm apart, the others 2.0 mm: one is missing"
    )
    assert viewer.pane()["presentation"]["plane"] == "acquired"
    assert viewer.pane()["frame"] is not None
    viewer.page.keyboard.press("r")
    expect(viewer.page.locator(".pane-refusal").first).to_be_hidden()


def test_a_slab_shows_what_its_slices_hold_and_marks_go_to_the_middle_one(viewer: Viewer, cases: Cases) -> None:
    page = viewer.open(cases.upright).page
    all_loaded(viewer)
    wide_window(viewer)
    # Slices lie at -39, -37, ...: the upper ball reaches from 5 to 15 mm, the slice at 3 mm shows none of it.
    for key in ("Home", "PageDown", "PageDown", "ArrowDown"):
        page.keyboard.press(key)
    viewer.wait_for_slice(21)
    place = (20.0, -15.0, 3.0)
    assert abs(shade(viewer, place) - GREY) < 20
    page.keyboard.press(SLAB)
    expect(said(viewer)).to_contain_text("MIP 5 slices, 10.0 mm")
    expect(said(viewer)).to_contain_text("Marks go to slice 22")
    viewer.until(lambda: shade(viewer, place) >= WHITE, "the ball, in the slab from -1 to 7 mm")
    page.keyboard.press("-")
    expect(said(viewer)).to_contain_text("MIP 3 slices, 6.0 mm")
    viewer.until(lambda: abs(shade(viewer, place) - GREY) < 20, "the thinner slab without it")
    page.keyboard.press("+")
    page.keyboard.press(SLAB)
    expect(said(viewer)).to_contain_text("Average 5 slices")
    one_in_five = GREY + BALL_HU / 5 / 2000 * 255
    viewer.until(lambda: abs(shade(viewer, place) - one_in_five) < 8, "the mean of five slices")
    page.get_by_label("Slab", exact=True).select_option("minimum")
    expect(said(viewer)).to_contain_text("MinIP 5 slices")

    page.keyboard.press("b")
    viewer.drag([(40, 30), (45, 34), (50, 38)])
    [mark] = viewer.marks()
    assert mark["frame"] == viewer.pane()["frames"][21]
    page.keyboard.press("Control+z")
    page.keyboard.press("v")
    page.keyboard.press("r")
    expect(said(viewer)).to_have_text("")
    viewer.wait_until_saved()


def test_a_slab_tells_how_much_of_it_is_there_and_completes_as_slices_come(viewer: Viewer, cases: Cases) -> None:
    page = viewer.page
    held: list[Route] = []
    again: list[Route] = []

    def hold(route: Route) -> None:
        if len(held) < 3:
            held.append(route)
        elif route.request.url == held[1].request.url:
            again.append(route)
        else:
            route.continue_()

    page.route("**/frames/**", hold)
    page.goto(f"/cases/{cases.upright}/")
    viewer.until(lambda: len(held) == 3, "three slices to be asked for")
    # The one that the reader waits for comes; its neighbours do not yet.
    held[0].continue_()
    viewer.until(lambda: page.evaluate("Boolean(window.readingRoom?.ready)"), "the first picture")
    page.keyboard.press(SLAB)
    expect(said(viewer)).to_contain_text("Slab of 3 of 5")
    held[1].abort()
    held[2].continue_()
    expect(said(viewer)).to_contain_text("Slab of 4 of 5")
    expect(said(viewer)).not_to_contain_text("of 5:")
    # It is asked for once more.
    viewer.until(lambda: again, "the slice that was cut off")
    again[0].continue_()
    expect(said(viewer)).not_to_contain_text("Slab of")


def test_a_slice_that_fails_is_named_and_the_rest_goes_on(viewer: Viewer, cases: Cases) -> None:
    page = viewer.open(cases.upright).page
    # The middle slice is number 21; this one lies at 3 mm.
    lost = viewer.pane()["frames"][21]
    page.route(f"**/frames/{lost}*", lambda route: route.fulfill(status=404))
    page.goto("about:blank")
    viewer.open(cases.upright)
    viewer.until(lambda: viewer.pane()["loaded"] == len(viewer.pane()["frames"]) - 1, "all slices but one")
    wide_window(viewer)
    page.keyboard.press(SLAB)
    expect(said(viewer)).to_contain_text("Slab of 4 of 5: slice 22: The server answered 404 for this picture.")
    page.keyboard.press("r")
    show_plane(viewer, "coronal")
    expect(said(viewer)).to_contain_text("Without slice 22: could not be loaded")
    # Black where it is missing, water above and below: nothing is made up.
    missing, *there = shades(viewer, (0.0, 0.75, 3.0), (0.0, 0.75, 7.0), (0.0, 0.75, -1.0))
    assert missing < 20
    assert all(abs(shade - GREY) < 20 for shade in there)


def test_three_windows_are_the_servers_colours_and_scroll_in_step(viewer: Viewer, cases: Cases) -> None:
    page = viewer.open(cases.upright).page
    all_loaded(viewer)
    page.keyboard.press("0")
    expect(said(viewer)).to_have_text("Three windows: brain red, subdural green, bone blue")
    for wanted, hounsfield in (((20.0, -15.0, 11.0), BALL_HU), ((0.0, 0.0, 11.0), 0.0)):
        while viewer.pane()["slice"] != 25:
            page.keyboard.press("ArrowDown")
            viewer.wait_for_slice(viewer.pane()["target"])
        x, y = on_screen(viewer, wanted)
        colour = picture(viewer)[round(y), round(x)].astype(int)
        expected = three_window(np.array([[hounsfield]], np.float32))[0, 0].astype(int)
        assert np.abs(colour - expected).max() <= 1, f"{hounsfield} HU is {expected}, not {colour}"
    page.keyboard.press("1")
    viewer.until(lambda: viewer.pane()["presentation"]["composition"] == "window", "one window again")
    assert viewer.pane()["window"]["name"] == "Brain"


def test_a_place_pointed_at_is_shown_in_every_pane_of_the_volume(viewer: Viewer, cases: Cases) -> None:
    page = viewer.open(cases.upright).page
    all_loaded(viewer)
    page.get_by_label("Hanging").select_option("ct-planes")
    viewer.until(lambda: all(viewer.pane(i)["slice"] >= 0 for i in range(3)), "three planes")

    def pointed_at() -> bool:
        """Point; the panes may still be finding their places on the page."""
        x, y = viewer.screen((45.0, 20.0))
        page.keyboard.down("Alt")
        page.mouse.click(x, y)
        page.keyboard.up("Alt")
        page.wait_for_timeout(200)
        return bool(viewer.pane(1)["slice"] == 20)

    # Column 45 is 19.5 mm to the left of the middle, row 20 is 18 mm in front of it.
    viewer.until(pointed_at, "the coronal plane through row 20")
    viewer.until(lambda: viewer.pane(2)["slice"] in (44, 45), "the sagittal plane through column 45")
    expect(page.locator(".plane-lines .cross")).to_have_count(6)
    # Each picture is cut by the two others.
    expect(page.locator(".plane-lines .reference")).to_have_count(6)


def test_two_slices_are_no_volume(viewer: Viewer, cases: Cases) -> None:
    viewer.open(cases.two_slices)
    viewer.page.keyboard.press(PLANE)
    expect(viewer.page.locator(".pane-refusal").first).to_contain_text("2 slices are too few to reformat")
