"""Marks of every kind drawn with the mouse: what is stored is where the pointer was, however the picture lies."""

import math
from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import expect

from tests.builders import ct_at_all_angles, turned_breast
from tests.builders.orientations import ANISOTROPIC
from tests.e2e.viewer_driver import Point, Viewer, assigned_case, new_patient
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

# Screen pixels between the pointer and what is stored.
NEAR = 0.15
STACKS = ["axial", "coronal", "oblique", "rotated", "anisotropic", "no spacing"]
SPACINGS = {"anisotropic": ANISOTROPIC, "no spacing": (1.0, 1.0)}
# All within what is seen at the largest zoom.
BOX = [(55.0, 40.0), (60.0, 45.0), (70.0, 52.0)]
LINE = [(56.0, 55.0), (62.0, 50.0), (72.0, 43.0)]
SHORT = [(60.0, 45.0), (64.0, 50.0), (67.0, 53.0)]
CORNERS = [(56.0, 41.0), (70.0, 42.0), (73.0, 54.0), (64.0, 50.0), (57.0, 55.0)]
STROKE = [(64 + 8 * math.cos(turn / 6), 48 + 6 * math.sin(turn / 6)) for turn in range(38)]

Draw = Callable[[Viewer], list[Point]]


@pytest.fixture(scope="module")
def angles(reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory) -> str:
    patient = new_patient()
    paths = ct_at_all_angles(tmp_path_factory.mktemp("angles"), study=patient, patient_id=patient)
    return assigned_case(reading_room, paths, patient)


def near(stored: Sequence[float], hit: Sequence[float], zoom: float) -> bool:
    return math.dist(stored, hit) <= NEAR / zoom + 0.001


def draw(viewer: Viewer, key: str, gesture: Draw) -> tuple[dict[str, object], list[Point]]:
    """Choose a tool by its key, draw, and return the mark that came and the pixels that the pointer was on."""
    known = {mark["id"] for mark in viewer.marks()}
    viewer.page.keyboard.press(key)
    hit = gesture(viewer)
    made = viewer.until(lambda: [m for m in viewer.marks() if m["id"] not in known], f"a mark by {key}")
    assert len(made) == 1
    return made[0], hit


def dragged(points: Sequence[Point]) -> Draw:
    return lambda viewer: viewer.drag(points)


def clicked(points: Sequence[Point], then: str = "") -> Draw:
    def gesture(viewer: Viewer) -> list[Point]:
        hit = viewer.clicks(points)
        if then:
            viewer.page.keyboard.press(then)
        return hit

    return gesture


def check_plain_kinds(viewer: Viewer) -> None:
    """Kinds whose points are where the pointer was, one by one."""
    zoom = viewer.pane()["zoom"]
    for key, kind, gesture, ends in (
        ("b", "box", dragged(BOX), True),
        ("t", "length", dragged(LINE), True),
        ("g", "contour", clicked(CORNERS, "Enter"), False),
    ):
        mark, hit = draw(viewer, key, gesture)
        expected = [hit[0], hit[-1]] if ends else hit
        assert mark["kind"] == kind
        assert all(near(*pair, zoom) for pair in zip(mark["points"], expected, strict=True)), (kind, mark, expected)


def check_other_kinds(viewer: Viewer, spacing: tuple[float, float]) -> None:
    zoom = viewer.pane()["zoom"]
    for key, kind, gesture in (
        ("Shift+C", "spline", clicked(CORNERS, "Enter")),
        ("Shift+A", "angle", clicked(CORNERS[:3])),
        ("Shift+P", "point", clicked(CORNERS[:1])),
    ):
        mark, hit = draw(viewer, key, gesture)
        assert mark["kind"] == kind
        assert all(near(*pair, zoom) for pair in zip(mark["points"], hit, strict=True)), (kind, mark, hit)

    arrow, hit = draw(viewer, "y", dragged(LINE))
    viewer.page.keyboard.type("cyst")
    viewer.page.keyboard.press("Enter")
    assert all(near(*pair, zoom) for pair in zip(arrow["points"], (hit[0], hit[-1]), strict=True))

    ellipse, hit = draw(viewer, "e", dragged(BOX))
    (left, top), (right, bottom) = hit[0], hit[-1]
    middle = ((left + right) / 2, (top + bottom) / 2)
    expected = [(left, middle[1]), (right, middle[1]), (middle[0], top), (middle[0], bottom)]
    assert all(any(near(point, end, zoom) for point in ellipse["points"]) for end in expected)

    contour, hit = draw(viewer, "c", dragged(STROKE))
    assert len(contour["points"]) >= 8
    assert all(min(math.dist(point, place) for place in hit) <= NEAR / zoom for point in contour["points"])

    axes, long_hit, short_hit = draw_axes(viewer)
    points = axes["points"]
    per_row, per_column = spacing
    along, across = (
        ((end[0] - start[0]) * per_column, (end[1] - start[1]) * per_row) for start, end in (points[:2], points[2:])
    )
    cosine = (along[0] * across[0] + along[1] * across[1]) / (math.hypot(*along) * math.hypot(*across))
    assert abs(cosine) < 0.001, "perpendicular in the patient, not in the pixels"
    ends = [long_hit[0], long_hit[-1], short_hit[0]]
    assert all(any(near(point, end, zoom) for point in points) for end in ends)


def draw_axes(viewer: Viewer) -> tuple[dict[str, object], list[Point], list[Point]]:
    hits: list[list[Point]] = []

    def gesture(viewer: Viewer) -> list[Point]:
        hits.extend((viewer.drag(LINE), viewer.drag(SHORT)))
        return []

    mark, _ = draw(viewer, "Shift+T", gesture)
    return mark, *hits


def test_every_kind_lies_where_the_pointer_was_however_the_picture_lies(
    signed_in_page: SignedInPage, angles: str
) -> None:
    viewer = Viewer(signed_in_page("radiologist")).open(angles)
    page = viewer.page
    stacks = page.locator(".stack-picker button")
    expect(stacks).to_have_count(len(STACKS))
    for index, name in enumerate(STACKS):
        stacks.nth(index).click()
        title = stacks.nth(index).locator("span").first.text_content()
        viewer.until(lambda title=title: viewer.pane()["stack"] == title and viewer.pane()["slice"] >= 0, "the stack")
        page.keyboard.press("f")
        check_plain_kinds(viewer)
        check_other_kinds(viewer, SPACINGS.get(name, (0.7, 0.7)))
        viewer.zoom(300, (64, 48))
        check_plain_kinds(viewer)
        viewer.zoom(-900, (64, 48))
        check_plain_kinds(viewer)

    viewer.wait_until_saved()
    before = {mark["id"]: (mark["frame"], mark["kind"], mark["points"], mark["label"]) for mark in viewer.marks()}
    assert len(before) == len(STACKS) * 16
    viewer.reload()
    assert {m["id"]: (m["frame"], m["kind"], m["points"], m["label"]) for m in viewer.marks()} == before


def test_a_picture_that_the_hanging_turns_keeps_the_stored_coordinates(
    signed_in_page: SignedInPage,
    reading_room: ReadingRoom,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    patient = new_patient()
    path = turned_breast(tmp_path_factory.mktemp("turned"), study=patient, patient_id=patient)
    viewer = Viewer(signed_in_page("radiologist")).open(assigned_case(reading_room, [path], patient))
    origin, right, down = (viewer.screen(point) for point in ((0, 0), (1, 0), (0, 1)))
    assert (right[0] < origin[0], down[1] < origin[1]) == (True, True), "turned left to right and upside down"
    zoom = viewer.pane()["zoom"]
    shift = 10.0
    for key, points in (("b", [(40.0, 30.0), (48.0, 40.0), (60.0, 55.0)]), ("t", [(50.0, 60.0), (55.0, 65.0)])):
        mark, hit = draw(viewer, key, dragged(points))
        assert all(near(*pair, zoom) for pair in zip(mark["points"], (hit[0], hit[-1]), strict=True))
    mark = viewer.marks()[-1]
    viewer.page.keyboard.press("Alt+Shift+ArrowRight")
    moved = viewer.marks()[-1]["points"]
    assert [p[0] for p in moved] == pytest.approx([p[0] - shift for p in mark["points"]]), "right on the screen"


def test_marks_are_reshaped_locked_cut_joined_and_all_of_it_undone(signed_in_page: SignedInPage, angles: str) -> None:
    viewer = Viewer(signed_in_page("radiologist")).open(angles)
    page = viewer.page
    page.keyboard.press("End")
    viewer.wait_for_slice(2)
    others = {mark["id"] for mark in viewer.marks()}

    def here() -> list[dict[str, object]]:
        return [mark for mark in viewer.marks() if mark["id"] not in others]

    box, _ = draw(viewer, "b", dragged([(30.0, 30.0), (50.0, 40.0), (70.0, 60.0)]))
    page.keyboard.press("Shift+L")
    page.keyboard.press("Delete")
    page.keyboard.press("Alt+ArrowLeft")
    page.keyboard.press("v")
    viewer.drag([(70.0, 60.0), (60.0, 55.0), (50.0, 50.0)])
    assert [mark["points"] for mark in here()] == [box["points"]], "locked: neither deleted nor moved nor reshaped"
    page.keyboard.press("Shift+L")
    viewer.drag([tuple(box["points"][1]), (75.0, 62.0), (80.0, 64.0)])
    assert here()[0]["points"][1] == pytest.approx([80, 64], abs=0.15)
    page.keyboard.press("Control+z")

    page.keyboard.press("/")
    viewer.drag([(50.0, 25.0), (50.0, 40.0), (50.0, 70.0)])
    halves = here()
    assert sorted(mark["kind"] for mark in halves) == ["contour", "contour"]
    page.keyboard.press("v")
    viewer.click((40.0, 45.0))
    page.keyboard.down("Shift")
    viewer.click((60.0, 45.0))
    page.keyboard.up("Shift")
    page.keyboard.press("Shift+J")
    [whole] = here()
    corners = ((30, 30), (70, 30), (70, 60), (30, 60))
    assert all(min(math.dist(corner, point) for point in whole["points"]) < 0.2 for corner in corners)
    for left in (2, 1):
        page.keyboard.press("Control+z")
        assert len(here()) == left
    assert (here()[0]["kind"], here()[0]["points"]) == ("box", box["points"])

    draw(viewer, "b", dragged([(90.0, 70.0), (95.0, 75.0), (100.0, 80.0)]))
    page.keyboard.press("v")
    viewer.click((50.0, 45.0))
    page.keyboard.down("Shift")
    viewer.click((95.0, 75.0))
    page.keyboard.up("Shift")
    page.keyboard.press("Shift+J")
    expect(page.locator(".notice")).to_contain_text("do not touch")
    assert len(here()) == 2

    spline, _ = draw(viewer, "Shift+C", clicked([(20.0, 20.0), (28.0, 18.0), (27.0, 26.0)], "Enter"))
    viewer.drag([tuple(spline["points"][1]), (33.0, 15.0), (36.0, 12.0)])
    reshaped = next(mark for mark in here() if mark["id"] == spline["id"])["points"]
    assert (reshaped[0], reshaped[2]) == (spline["points"][0], spline["points"][2]), "the others stay"
    assert reshaped[1] == pytest.approx([36, 12], abs=0.15)

    page.keyboard.press("Shift+W")
    rim = [(64 + 32 * math.cos(turn), 48 + 32 * math.sin(turn)) for turn in (0.4, 2.4, 4.4)]
    viewer.clicks(rim)
    page.keyboard.press("Enter")
    lines = viewer.until(lambda: [m for m in here() if len(m["points"]) > 12], "the line along the edge")
    assert all(abs(math.dist(point, (64, 48)) - 32) < 0.8 for point in lines[0]["points"])
    expect(page.locator(".mark-label", has_text="mean 100")).to_have_count(1)

    viewer.wait_until_saved()
    before = {mark["id"]: mark["points"] for mark in here()}
    viewer.reload()
    assert {mark["id"]: mark["points"] for mark in here()} == before
