"""Ultrasound in the viewer: one nodule on two pictures with its TI-RADS, suggestions, and a cine."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.builders import ultrasound
from tests.e2e.viewer_driver import Viewer, assigned_case, new_patient, thyroid_case
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

# A mixed, isoechoic nodule that is taller than wide: ACR 5 points TR4, AI 1 point TR1 (the thesis' first example).
CHOICES = {
    "composition": "mixed",
    "echogenicity": "isoechoic",
    "shape": "taller_than_wide",
    "margin": "smooth",
    "echogenic_foci": "none",
}


@pytest.fixture(scope="module")
def thyroid(reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory) -> str:
    return thyroid_case(reading_room, tmp_path_factory.mktemp("thyroid"))


@pytest.fixture
def viewer(signed_in_page: SignedInPage, thyroid: str) -> Viewer:
    return Viewer(signed_in_page("radiologist")).open(thyroid)


def test_one_nodule_has_marks_on_both_pictures_and_one_ti_rads(viewer: Viewer) -> None:
    page = viewer.page
    assert [viewer.pane(i)["stack"] for i in range(2)] == ["transverse", "longitudinal"]
    viewer.until(lambda: viewer.pane(1)["slice"] == 0, "the second picture")
    page.keyboard.press("b")
    viewer.drag([(300, 200), (350, 250), (420, 330)], pane=0)
    viewer.drag([(260, 210), (350, 250), (450, 320)], pane=1)
    [nodule] = viewer.findings()
    assert (nodule["kind"], {mark["finding"] for mark in viewer.marks()}) == ("nodule", {nodule["id"]})
    assert len({mark["frame"] for mark in viewer.marks()}) == 2
    expect(page.locator(".mark-row.selected .measures")).to_contain_text("mm")
    expect(page.locator(".mark-row.selected .measures")).to_contain_text("ultrasound region")

    form = page.locator(".label-form[data-schema='acr-tirads']")
    for question, value in CHOICES.items():
        form.locator(f"[data-question={question}] label", has=page.locator(f"input[value={value}]")).click()
    expect(form.locator(".score")).to_contain_text("TR4")
    expect(form.locator(".score")).to_contain_text("5 points")
    expect(form.locator(".score")).to_contain_text("TR1")
    viewer.wait_until_saved()
    [answer] = viewer.answers()
    assert answer["answers"] == CHOICES | {"echogenic_foci": ["none"]}
    assert answer["score"]["size_source"] == "measured"

    viewer.reload()
    assert len(viewer.marks()) == 2
    assert viewer.answers()[0]["answers"] == answer["answers"]
    page.locator(".finding-title").click()
    expect(form.locator("input[value=taller_than_wide]")).to_be_checked()
    expect(form.locator(".score")).to_contain_text("TR4")


def test_what_is_computed_never_moves_an_option_under_the_mouse(viewer: Viewer) -> None:
    page = viewer.page
    page.get_by_role("button", name="Add finding").click()
    form = page.locator(".label-form[data-schema='acr-tirads']").last
    asked = form.locator("[data-question=composition] label")
    places = [asked.nth(i).bounding_box() for i in range(3)]
    asked.nth(1).click()
    expect(form.locator(".score")).to_contain_text("TR1")
    assert [asked.nth(i).bounding_box() for i in range(3)] == places


def test_suggestions_are_accepted_taken_back_and_rejected(viewer: Viewer) -> None:
    page = viewer.page
    rows = page.locator(".suggestion")
    expect(rows.first).to_be_visible()
    number, marks = rows.count(), len(viewer.marks())
    rows.first.locator(".mark-jump").click()
    page.keyboard.press("a")
    expect(rows).to_have_count(number - 1)
    viewer.wait_until_saved()
    accepted = [mark for mark in viewer.marks() if mark["provenance"] == "suggestion"]
    assert (len(accepted), len(viewer.marks())) == (1, marks + 1)
    page.keyboard.press("Control+z")
    expect(rows).to_have_count(number)
    viewer.wait_until_saved()
    rows.first.get_by_role("button", name="Reject").click()
    page.keyboard.press("2")
    expect(rows).to_have_count(number - 1)
    viewer.wait_until_saved()
    viewer.reload()
    assert len(viewer.marks()) == marks
    expect(rows).to_have_count(number - 1)


def test_a_cine_plays_and_stops(signed_in_page: SignedInPage, reading_room: ReadingRoom, tmp_path: Path) -> None:
    patient = new_patient()
    made = ultrasound(tmp_path, frames=6, study=patient, patient_id=patient)
    case = assigned_case(reading_room, made if isinstance(made, list) else [made], patient)
    viewer = Viewer(signed_in_page("radiologist")).open(case)
    viewer.until(lambda: viewer.pane()["loaded"] == 6, "all frames")
    viewer.page.keyboard.press(" ")
    seen = set()
    viewer.until(lambda: seen.add(viewer.pane()["slice"]) or len(seen) == 6, "every frame to be shown")
    viewer.page.keyboard.press(" ")
    stopped = viewer.pane()["target"]
    viewer.wait_for_slice(stopped)
    viewer.page.wait_for_timeout(150)
    assert viewer.pane()["slice"] == stopped
