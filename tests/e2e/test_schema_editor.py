"""A label schema from nothing to a reader's answer, by keyboard alone."""

import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pydicom import dcmread

from tests.builders import ct_series
from tests.e2e.viewer_driver import Viewer, assigned_case, new_patient
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser


def tab_to(page: Page, ending: str) -> None:
    """Press Tab until the field has the keys whose place or name ends so."""
    for _ in range(80):
        here = page.evaluate("((e) => e.dataset.path ?? e.id ?? '')(document.activeElement)")
        if str(here).endswith(ending):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {ending}.")


def pet_case(reading_room: ReadingRoom, folder: Path) -> str:
    """A case of a modality that no other test has, so that no other test is asked this schema's questions."""
    patient = new_patient()
    paths = ct_series(folder, slices=1, study=patient, patient_id=patient)
    for path in paths:
        made = dcmread(path)
        made.Modality = "PT"
        made.save_as(path)
    return assigned_case(reading_room, paths, patient)


def test_a_schema_with_a_condition_and_points_is_written_tried_published_and_answered(
    reading_room: ReadingRoom, signed_in_page: SignedInPage, tmp_path: Path
) -> None:
    key = f"focus-{uuid.uuid4().hex[:8]}"
    page = signed_in_page("admin")
    keys = page.keyboard
    page.goto("/label-schemas/")
    tab_to(page, "new-title")
    keys.type("Focus")
    keys.press("Tab")
    keys.type(key)
    keys.press("Enter")
    expect(page.locator(".ed-columns")).to_be_visible()
    expect(page.locator(".fault-count")).to_contain_text("fault")
    tab_to(page, "applies_to")
    keys.press("ArrowDown")
    tab_to(page, "modalities.CT")
    keys.press("Space")
    tab_to(page, "modalities.PT")
    keys.press("Space")

    keys.press("Alt+n")
    keys.type("Focus seen")
    tab_to(page, ".kind")
    keys.type("yes or no")
    keys.press("Alt+n")
    keys.type("Grade")
    tab_to(page, "options.add")
    keys.press("Enter")
    keys.type("Faint")
    keys.press("Enter")
    keys.type("Hot")
    tab_to(page, "show_when.add")
    keys.press("Enter")
    keys.press("Shift+Tab")
    tab_to(page, "list.scoring")
    keys.press("Enter")
    tab_to(page, "scoring.kind")
    keys.press("ArrowDown")
    tab_to(page, "levels.add")
    keys.press("Enter")
    keys.type("G2")
    keys.press("Tab")
    keys.type("2")
    # Back to the second question, for its points; undone and done again on the way.
    keys.press("Control+z")
    keys.press("Control+Shift+z")
    tab_to(page, "list.1")
    keys.press("Enter")
    tab_to(page, "options[1].points.points")
    keys.type("3")
    keys.press("Control+s")
    expect(page.locator(".ed-state")).to_contain_text("Saved")
    expect(page.locator(".fault-count")).to_be_hidden()

    # What is not saved is there again after the page was closed.
    tab_to(page, "options[1].help")
    keys.type("As hot as the bladder.")
    page.reload()
    expect(page.locator(".ed-notes")).to_contain_text("did not save is back")

    preview = page.locator(".preview")
    for _ in range(80):
        keys.press("Tab")
        if page.evaluate("document.activeElement.closest('[data-question=focus_seen]') !== null"):
            break
    keys.press("1")
    expect(preview.locator("[data-question=grade]")).to_be_visible()
    keys.press("2")
    expect(preview).to_contain_text("G2 · 3 points")

    tab_to(page, "list.publish")
    keys.press("Enter")
    expect(page.locator(".told")).to_contain_text("first version")
    tab_to(page, "reason")
    keys.type("For the trial.")
    keys.press("Tab")
    keys.press("Enter")
    page.wait_for_url(f"**/label-schemas/{key}/")
    expect(page.locator("main")).to_contain_text("For the trial.")
    expect(page.locator(".asked")).to_contain_text("only when Focus seen is yes")

    case = pet_case(reading_room, tmp_path)
    viewer = Viewer(signed_in_page("radiologist")).open(case)
    form = viewer.page.locator(f".label-form[data-schema={key}]")
    expect(form).to_be_visible()
    viewer.page.keyboard.press("Shift+Q")
    viewer.until(
        lambda: viewer.page.evaluate("document.activeElement.closest('[data-question=focus_seen]') !== null"),
        "the keys in the form",
    )
    viewer.page.keyboard.press("1")
    viewer.page.keyboard.press("2")
    expect(form).to_contain_text("G2 · 3 points")
    viewer.wait_until_saved()
    (answer,) = [one for one in viewer.answers() if one["schema"] == f"{key}@1"]
    assert answer["answers"] == {"focus_seen": True, "grade": "hot"}
    assert answer["score"]["level"] == "G2"
