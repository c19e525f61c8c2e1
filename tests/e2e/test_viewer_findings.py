"""Findings, spans and labels of slices in the viewer: what belongs together, and for which slices it holds."""

import math
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.builders import ct_series, tomosynthesis_four_views
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


def test_slices_are_labelled_from_key_to_key_and_by_a_drag_on_the_bar(viewer: Viewer) -> None:
    page = viewer.page
    page.keyboard.press("Shift+R")
    expect(page.locator(".slice-labels")).to_contain_text(f"From slice {MIDDLE + 1}")
    page.keyboard.press("PageUp")
    viewer.wait_for_slice(0)
    page.keyboard.press("Shift+R")
    page.keyboard.press("2")
    [label] = [mark for mark in viewer.marks() if mark["kind"] == "slices"]
    assert (span_of(viewer, label), label["finding"], label["points"]) == ((0, MIDDLE), None, [])
    words = page.locator(".slice-words li")
    expect(words).to_have_text([label["label"]])
    page.keyboard.press("End")
    viewer.wait_for_slice(SLICES - 1)
    expect(words).to_have_count(0)

    bar = page.locator(".scroll-bar").first.bounding_box()
    assert bar is not None
    x, height = bar["x"] + bar["width"] / 2, bar["height"]
    page.keyboard.down("Shift")
    page.mouse.move(x, bar["y"] + height * 15.5 / SLICES)
    page.mouse.down()
    page.mouse.move(x, bar["y"] + height * 18.5 / SLICES, steps=3)
    page.mouse.up()
    page.keyboard.up("Shift")
    page.keyboard.type("breathing")
    page.keyboard.press("Enter")
    dragged = next(mark for mark in viewer.marks() if mark["label"] == "breathing")
    assert span_of(viewer, dragged) == (15, 18)
    page.keyboard.press("Shift+ArrowDown")
    assert span_of(viewer, next(mark for mark in viewer.marks() if mark["label"] == "breathing")) == (15, 19)
    viewer.wait_until_saved()
    viewer.reload()
    assert {mark["label"] for mark in viewer.marks() if mark["kind"] == "slices"} == {label["label"], "breathing"}
    for _ in range(2):
        page.locator(".slice-label").first.get_by_label("Delete label").click()
    page.keyboard.press("Control+z")
    assert len([mark for mark in viewer.marks() if mark["kind"] == "slices"]) == 1, "taking a label away is undone"
    page.keyboard.press("Control+Shift+z")
    viewer.wait_until_saved()


PROPOSE = """
from annotator.assist.actions.record_suggestions import record_suggestions
from annotator.assist.proposals import ModelIdentity, Proposal
from annotator.cases.models import Case, CaseGrant
from annotator.imaging.models import Frame
case = Case.objects.get(pk={case!r})
frames = Frame.objects.filter(instance__stack__case_stacks__case=case).order_by("position_along_normal")
made_up = ModelIdentity("made-up-masses", "1", "mass detection", "a producer for tests", "0" * 64)
record_suggestions(case.pk, made_up, [
    Proposal(frames[at].pk, "box", [[10, 10], [30, 30 + at]], "mass", score)
    for at, score in ((8, 0.91), (9, 0.9), (10, 0.55), (11, 0.4))
])
result = None
"""
WATCH_THE_PANEL = """() => {
  window.madeAnew = 0;
  const count = (changes) => { window.madeAnew += changes.length; };
  new MutationObserver(count).observe(document.querySelector(".panel.findings"), { childList: true, subtree: true });
}"""
HIDE = """
from annotator.cases.models import CaseGrant
result = CaseGrant.objects.filter(case_id={case!r}).update(shows_suggestions={shown})
"""


@pytest.fixture(scope="module")
def proposed(reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A CT on which a made-up model proposes four masses; the reader is the second one."""
    patient = new_patient()
    made = ct_series(
        tmp_path_factory.mktemp("proposed"), slices=SLICES, rows=80, columns=80, study=patient, patient_id=patient
    )
    case = assigned_case(reading_room, made, patient, reader="second_radiologist")
    reading_room.python(PROPOSE.format(case=case))
    return case


def test_suggestions_are_worked_off_by_keyboard_and_hidden_where_the_protocol_says_so(
    signed_in_page: SignedInPage, proposed: str, reading_room: ReadingRoom
) -> None:
    viewer = Viewer(signed_in_page("second_radiologist")).open(proposed)
    page = viewer.page
    rows = page.locator(".suggestion")
    expect(rows).to_have_count(4)
    assert [text.split("%")[0].strip() for text in rows.all_inner_texts()] == [f"mass {s}" for s in (91, 90, 55, 40)]

    page.keyboard.press(":")
    viewer.wait_for_slice(11)
    expect(page.locator(".marks path[data-mark][stroke-dasharray='6 4']")).to_have_count(1)
    expect(page.locator(".mark-label", has_text="mass 40 %")).to_have_count(1)
    page.keyboard.press("x")
    page.keyboard.press("2")
    expect(rows).to_have_count(3)
    page.keyboard.press(":")
    page.keyboard.press("Control+x")
    expect(rows).to_have_count(2)

    threshold = page.get_by_label("Accept all from this score on")
    threshold.fill("91")
    expect(page.locator(".accept-many button")).to_have_text("Accept 1")
    threshold.fill("90")
    expect(page.locator(".accept-many button")).to_have_text("Accept 2")
    threshold.press("Enter")
    expect(rows).to_have_count(0)
    assert len({mark["finding"] for mark in viewer.marks()}) == 2, "two masses are two findings"
    page.keyboard.press("Control+z")
    expect(rows).to_have_count(2)
    assert (viewer.marks(), viewer.findings()) == ([], [])
    viewer.wait_until_saved()

    page.keyboard.press("Escape")
    page.keyboard.press(";")
    # By Tab to its button: the keys must not stay in the list.
    page.keyboard.press("Tab")
    rows.first.get_by_role("button", name="Edit").focus()
    page.keyboard.press("Enter")
    [mark] = viewer.marks()
    assert mark["provenance"] == "suggestion"
    [finding] = viewer.findings()
    assert (finding["kind"], mark["finding"]) == ("mass", finding["id"])
    viewer.wait_for_slice(8)
    assert page.evaluate("document.activeElement === document.body")
    expect(page.locator(".handle").first).to_be_visible()
    corner = tuple(mark["points"][1])
    viewer.drag([corner, (corner[0] + 3, corner[1] + 4), (corner[0] + 5, corner[1] + 6)])
    assert viewer.marks()[0]["points"][1][0] == pytest.approx(corner[0] + 5, abs=0.5), "its handles can be taken"
    page.keyboard.press(";")
    expect(page.locator(".suggestion.selected")).to_contain_text("90 %")
    viewer.wait_until_saved()
    told = page.evaluate("case_ => fetch(`/api/v1/cases/${case_}/reading`).then(r => r.json())", proposed)
    decided = sorted((s["score"], s["decision"], s["reason"]) for s in told["suggestions"] if s["decision"])
    assert decided == [(0.4, "rejected", "Artefact"), (0.55, "rejected", "Artefact"), (0.91, "accepted", "")]

    reading_room.python(HIDE.format(case=proposed, shown=False))
    viewer.reload()
    expect(page.locator(".suggestions")).to_be_hidden()
    page.keyboard.press(";")
    assert "made-up-masses" not in page.content()
    assert viewer.marks(), "what was accepted is the reader's own mark"


def test_marks_are_joined_by_one_key_and_a_finding_is_shown_whole(
    signed_in_page: SignedInPage, reading_room: ReadingRoom, tmp_path: Path
) -> None:
    patient = new_patient()
    paths = tomosynthesis_four_views(tmp_path, study=patient, patient_id=patient)
    viewer = Viewer(signed_in_page("radiologist")).open(assigned_case(reading_room, paths, patient))
    page = viewer.page
    viewer.until(lambda: all(viewer.pane(i)["slice"] >= 0 for i in range(4)), "all four pictures")
    page.keyboard.press("b")
    viewer.drag([(22, 15), (26, 19), (30, 23)], pane=0)
    page.keyboard.press("Insert")
    viewer.drag([(22, 20), (26, 24), (30, 28)], pane=2)
    viewer.wait_until_saved()
    [first, second] = viewer.findings()
    assert [mark["finding"] for mark in viewer.marks()] == [first["id"], second["id"]]

    page.keyboard.press("l")
    assert {mark["finding"] for mark in viewer.marks()} == {first["id"]}, "joined to the finding before"
    page.keyboard.press("'")
    page.keyboard.press("2")
    assert [mark["finding"] for mark in viewer.marks()] == [first["id"], second["id"]]
    assert viewer.pane(0)["window"] is not None
    page.keyboard.press("l")
    viewer.wait_until_saved()

    at = [viewer.pane(i)["slice"] for i in (0, 2)]
    for pane in (0, 2):
        page.mouse.move(*viewer.screen((26, 24), pane=pane))
        page.mouse.wheel(0, 100)
        viewer.wait_for_slice(at[0 if pane == 0 else 1] + 1, pane=pane)
    for _ in ("the mark", "the tool", "the finding"):
        page.keyboard.press("Escape")
    card = page.locator(f"[data-finding='{first['id']}']")
    expect(card).to_have_class("finding")
    card.locator(".finding-title").click()
    viewer.wait_for_slice(at[0], pane=0)
    viewer.wait_for_slice(at[1], pane=2)
    expect(page.locator(".marks path[data-mark]")).to_have_count(2)

    [column, row] = viewer.marks()[0]["points"][0]
    corner = viewer.screen((column, row), pane=0)
    page.mouse.click(*corner)
    expect(page.locator(f".mark-row.selected[data-mark='{viewer.marks()[0]['id']}']")).to_be_visible()
    page.evaluate(WATCH_THE_PANEL)
    page.mouse.move(*corner)
    page.mouse.down()
    for step in range(6):
        page.mouse.move(corner[0] + step, corner[1] + step)
    assert page.evaluate("window.madeAnew") == 0, "nothing in the panel is made anew while a mark follows the mouse"
    page.mouse.up()
    viewer.until(lambda: page.evaluate("window.madeAnew") > 0, "the mark's line to say its new size")
    page.keyboard.press("Control+z")

    page.keyboard.press(">")
    expect(page.locator(f"[data-finding='{second['id']}']")).to_have_class("finding selected")
    expect(page.locator(".pane").nth(0).locator(".marks path[data-mark]").first).to_have_css("opacity", "0.4")
    viewer.click((22, 19), pane=0)
    expect(page.locator(f"[data-finding='{first['id']}']")).to_have_class("finding selected")
    for mark in viewer.marks():
        assert page.locator(f".mark-row[data-mark='{mark['id']}']").is_visible()
