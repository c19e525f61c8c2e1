"""The questions beside the picture, answered by keyboard alone, and what they add up to."""

import json

import pytest
from playwright.sync_api import expect

from tests.builders import tomosynthesis_four_views
from tests.e2e.viewer_driver import Viewer, assigned_case, new_patient, thyroid_case
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser


class Keys:
    """The keyboard, counting."""

    def __init__(self, viewer: Viewer) -> None:
        self.keyboard = viewer.page.keyboard
        self.count = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.keyboard.press(key)
        self.count += len(keys)


@pytest.fixture(scope="module")
def thyroid(reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory) -> str:
    return thyroid_case(reading_room, tmp_path_factory.mktemp("thyroid-forms"), reader="second_radiologist")


@pytest.fixture(scope="module")
def views(reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory) -> str:
    patient = new_patient()
    paths = tomosynthesis_four_views(tmp_path_factory.mktemp("views-forms"), study=patient, patient_id=patient)
    return assigned_case(reading_room, paths, patient)


def focused_question(viewer: Viewer) -> str | None:
    found = viewer.page.evaluate("document.activeElement.closest('[data-question]')?.dataset.question ?? null")
    return None if found is None else str(found)


def test_a_nodule_is_scored_by_keyboard_alone_and_what_is_missing_is_a_key_away(
    signed_in_page: SignedInPage, thyroid: str
) -> None:
    viewer = Viewer(signed_in_page("second_radiologist")).open(thyroid)
    page = viewer.page
    keys = Keys(viewer)
    keys.press("Insert", "Enter")
    assert focused_question(viewer) == "composition"
    # Mixed, isoechoic, taller than wide, smooth; the foci are left open.
    keys.press("3", "3", "2", "1")
    assert focused_question(viewer) == "echogenic_foci"
    form = page.locator(".finding.selected .label-form[data-schema='acr-tirads']")
    expect(form.locator(".score")).to_contain_text("Still to answer: Echogenic foci", timeout=1500)
    assert viewer.pane()["window"] is None or viewer.pane()["window"]["name"] != "3", "digits meant nothing else"
    keys.press("Escape")
    assert focused_question(viewer) is None
    keys.press("Shift+Q")
    assert focused_question(viewer) == "echogenic_foci"
    keys.press("1", "Escape")
    expect(form.locator(".score")).to_contain_text("TR4", timeout=1500)
    expect(form.locator(".score")).to_contain_text("TR1")
    assert keys.count == 10, "with one way back to what was left open: ten keys"
    viewer.wait_until_saved()
    [answer] = viewer.answers()
    assert answer["answers"] == {
        "composition": "mixed",
        "echogenicity": "isoechoic",
        "shape": "taller_than_wide",
        "margin": "smooth",
        "echogenic_foci": ["none"],
    }

    keys.press("Insert", "Enter", "4")
    page.locator("[data-missing]").first.wait_for(state="attached")
    keys.press("<")
    assert focused_question(viewer) is not None, "stepping to another finding keeps the keys in its questions"
    expect(page.locator(".finding.selected .name")).to_contain_text("1")
    keys.press("Escape")
    page.locator(".finding-title").last.click()
    page.locator(".finding.selected [data-missing=echogenicity]").click()
    assert focused_question(viewer) == "echogenicity"
    keys.press("Escape", "Control+z", "Control+z")
    viewer.wait_until_saved()
    assert len(viewer.findings()) == 1


def test_letters_typed_into_a_form_never_submit_or_delete(signed_in_page: SignedInPage, thyroid: str) -> None:
    viewer = Viewer(signed_in_page("second_radiologist")).open(thyroid)
    page = viewer.page
    page.keyboard.press("b")
    viewer.drag([(300, 200), (350, 250), (420, 330)])
    marks, answers = len(viewer.marks()), json.dumps(viewer.answers())
    page.keyboard.press("Enter")
    for key in ("n", "x", "z", "k", "Delete", "9"):
        page.keyboard.press(key)
    assert page.url.endswith(f"/cases/{thyroid}/")
    assert len(viewer.marks()) == marks
    assert json.dumps(viewer.answers()) == answers
    assert focused_question(viewer) == "composition"
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    viewer.wait_until_saved()


def test_both_breasts_and_their_density_take_eight_keys(signed_in_page: SignedInPage, views: str) -> None:
    viewer = Viewer(signed_in_page("radiologist")).open(views)
    page = viewer.page
    keys = Keys(viewer)
    keys.press("Shift+Enter")
    assert focused_question(viewer) == "right"
    keys.press("4", "b")
    assert focused_question(viewer) == "left"
    keys.press("2", "c", "Escape")
    expect(page.locator(".label-form[data-schema='birads-assessment'] .score")).to_contain_text("4B", timeout=1500)
    viewer.wait_until_saved()
    assert viewer.answers()[0]["answers"] == {"right": "4B", "left": "2", "density": "c"}
    assert keys.count == 6
