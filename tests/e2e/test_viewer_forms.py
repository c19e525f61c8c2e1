"""The questions beside the picture, answered by keyboard alone, and what they add up to."""

import json

import pytest
from playwright.sync_api import Route, expect

from tests.builders import ct_series, tomosynthesis_four_views
from tests.e2e.viewer_driver import Viewer, assigned_cases, new_patient, thyroid_case
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
def cases(reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Four views of both breasts, and a CT."""
    breasts, head = new_patient(), new_patient()
    paths = [
        *tomosynthesis_four_views(tmp_path_factory.mktemp("views-forms"), study=breasts, patient_id=breasts),
        *ct_series(tmp_path_factory.mktemp("ct-forms"), study=head, patient_id=head, slices=8),
    ]
    views, ct = assigned_cases(reading_room, paths, [breasts, head])
    return views, ct


def focused_question(viewer: Viewer) -> str | None:
    found = viewer.page.evaluate("document.activeElement.closest('[data-question]')?.dataset.question ?? null")
    return None if found is None else str(found)


def answer_to(viewer: Viewer, schema: str, *, breast: str = "") -> dict:
    [found] = [a for a in viewer.answers() if a["schema"].startswith(f"{schema}@") and a["breast"] == breast]
    return found


def test_a_nodule_is_measured_scored_by_both_tables_and_its_level_chosen_by_hand(
    signed_in_page: SignedInPage, thyroid: str
) -> None:
    viewer = Viewer(signed_in_page("second_radiologist")).open(thyroid)
    page = viewer.page
    keys = Keys(viewer)
    keys.press("Shift+T")
    viewer.drag([(250, 250), (325, 250), (400, 250)])
    viewer.drag([(320, 200), (320, 250), (320, 310)])
    keys.press("Enter")
    assert focused_question(viewer) == "composition"
    # Mixed, isoechoic, taller than wide, smooth, by place and by letter; the foci are left open.
    keys.press("3", "i", "t", "1")
    assert focused_question(viewer) == "echogenic_foci"
    form = page.locator(".finding.selected .label-form[data-schema='acr-tirads']")
    score = form.locator(".score")
    expect(score).to_contain_text("Still to answer: Echogenic foci")
    assert viewer.pane()["window"] is None or viewer.pane()["window"]["name"] != "3", "digits meant nothing else"
    keys.press("Escape")
    assert focused_question(viewer) is None
    keys.press("Shift+Q")
    assert focused_question(viewer) == "echogenic_foci"
    keys.press("n")
    expect(score.locator("[data-system=acr]")).to_contain_text("TR4 · 5 points")
    expect(score.locator("[data-system=ai]")).to_contain_text("TR1 · 1 point")
    expect(score).to_contain_text("from the caliper")
    assert keys.count == 9
    # "None" gives way to a kind of focus; what is shown agrees with what is saved.
    keys.press("p")
    expect(score.locator("[data-system=acr]")).to_contain_text("TR5 · 8 points")
    viewer.wait_until_saved()
    assert answer_to(viewer, "acr-tirads")["score"]["systems"]["acr"]["points"] == 8
    keys.press("n")
    keys.press("*", "5")
    page.keyboard.type("Larger than last year")
    keys.press("Enter")
    assert focused_question(viewer) == "echogenic_foci"
    expect(score).to_contain_text("TR5 by hand: Larger than last year")
    expect(score.locator("[data-system=acr]")).to_contain_text("TR4 · 5 points")
    viewer.wait_until_saved()
    answer = answer_to(viewer, "acr-tirads")
    assert answer["override"] == {"level": "TR5", "reason": "Larger than last year"}
    assert answer["score"]["level"] == "TR4", "what was computed stays beside it"
    assert answer["answers"] == {
        "composition": "mixed",
        "echogenicity": "isoechoic",
        "shape": "taller_than_wide",
        "margin": "smooth",
        "echogenic_foci": ["none"],
    }
    keys.press("*")
    expect(score).not_to_contain_text("by hand")
    keys.press("Control+z")
    expect(score).to_contain_text("TR5 by hand")
    # A size out of range is refused where it stands.
    keys.press("Tab")
    assert focused_question(viewer) == "size_mm"
    keys.press("*")
    expect(score).not_to_contain_text("by hand")
    page.keyboard.type("400")
    expect(form.locator("[data-question=size_mm] .trouble")).to_have_text("400 is greater than the maximum of 300")
    expect(score).to_contain_text("from the caliper")
    keys.press("Backspace")
    expect(form.locator("[data-question=size_mm] .trouble")).to_be_hidden()
    expect(score).to_contain_text("40 mm, typed")

    held: list[Route] = []
    page.route("**/answers/*", lambda route: held.append(route))
    keys.press("Escape", "Insert", "Enter", "4")
    missing = page.locator(".finding.selected [data-missing]").first
    missing.wait_for(state="attached")
    # The server's score takes the place of the page's own, and leaves the keys on what they are on.
    missing.focus()
    viewer.until(lambda: held, "the answer to be sent")
    while held:
        held.pop().continue_()
        page.wait_for_timeout(50)
    page.unroute("**/answers/*")
    viewer.wait_until_saved()
    viewer.wait_until_painted()
    expect(missing).to_be_focused()
    keys.press("Enter", "<")
    assert focused_question(viewer) is not None, "stepping to another finding keeps the keys in its questions"
    expect(page.locator(".finding.selected .name")).to_contain_text("1")
    keys.press("Escape")
    page.locator(".finding-title").last.click()
    viewer.wait_until_saved()
    viewer.wait_until_painted()
    page.locator(".finding.selected [data-missing=echogenicity]").click()
    assert focused_question(viewer) == "echogenicity"
    # Letters typed into a form never submit or delete.
    marks, answers = len(viewer.marks()), json.dumps(viewer.answers()[0]["answers"])
    keys.press("n", "z", "k", "Delete", "9")
    assert page.url.endswith(f"/cases/{thyroid}/")
    assert (len(viewer.marks()), json.dumps(viewer.answers()[0]["answers"])) == (marks, answers)
    keys.press("Escape", "Control+z", "Control+z")
    viewer.wait_until_saved()
    assert len(viewer.findings()) == 1


def test_four_views_are_described_assessed_breast_by_breast_and_checked_against_each_other(
    signed_in_page: SignedInPage, cases: tuple[str, str]
) -> None:
    viewer = Viewer(signed_in_page("radiologist")).open(cases[0])
    page = viewer.page
    keys = Keys(viewer)
    viewer.until(lambda: all(viewer.pane(i)["slice"] >= 0 for i in range(4)), "all four views")
    keys.press("b")
    viewer.drag([(20, 40), (35, 55), (50, 70)])
    keys.press("Enter")
    # A mass: round, then no mass after all: what was asked of a mass is gone, and one undo brings it back.
    keys.press("m", "r")
    assert focused_question(viewer) == "mass_margin"
    keys.press("ArrowUp", "ArrowUp", "c")
    assert answer_to(viewer, "birads-mammography")["answers"] == {"finding_type": "calcifications"}
    expect(page.locator("[data-question=mass_shape]")).to_be_hidden()
    keys.press("Control+z")
    assert answer_to(viewer, "birads-mammography")["answers"] == {"finding_type": "mass", "mass_shape": "round"}
    keys.press("Escape", "Enter", "s", "h", "n", "Tab", "l")
    warning = page.locator(".finding.selected .warning button")
    expect(warning).to_contain_text("Laterality is left")
    page.keyboard.press("Escape")
    # The server's score takes the place of the page's own, button and all.
    viewer.wait_until_saved()
    viewer.wait_until_painted()
    warning.focus()
    keys.press("Enter")
    assert focused_question(viewer) == "laterality", "a warning leads to what it is about"
    keys.press("r", "Escape")
    expect(warning).to_have_count(0)

    keys.count = 0
    keys.press("Shift+Enter")
    assert focused_question(viewer) == "assessment"
    keys.press("1", "2", "c", "Escape")
    assert keys.count == 5, "both breasts and their density"
    right = page.locator("[data-target='breast R'] .score")
    expect(right).to_contain_text("Category 1 is negative, yet a finding is marked")
    keys.press("Alt+b", "4", "b")
    expect(right).to_contain_text("BI-RADS 4B")
    expect(right).to_contain_text("> 10 to ≤ 50 %")
    examination = page.locator(".label-form[data-schema='birads-assessment'] .score")
    expect(examination).to_contain_text("BI-RADS 4B")
    keys.press("Alt+b")
    assert page.evaluate("document.activeElement.closest('[data-target]').dataset.target") == "breast L"
    keys.press("Escape")
    viewer.wait_until_saved()
    assert answer_to(viewer, "birads-breast", breast="R")["answers"] == {"assessment": "4B"}
    assert answer_to(viewer, "birads-breast", breast="L")["answers"] == {"assessment": "2"}
    assert answer_to(viewer, "birads-assessment")["answers"] == {"density": "c"}
    assert answer_to(viewer, "birads-assessment")["score"]["category"] == "4B"


def test_a_range_of_slices_makes_the_scan_present_and_changes_no_answer_of_the_reader(
    signed_in_page: SignedInPage, cases: tuple[str, str]
) -> None:
    viewer = Viewer(signed_in_page("radiologist")).open(cases[1])
    page = viewer.page
    keys = Keys(viewer)
    keys.press("Shift+Enter", "u", "Escape", "Home")
    viewer.wait_for_slice(0)
    keys.press("ArrowDown", "Alt+q", "ArrowDown", "ArrowDown", "Alt+q")
    assert focused_question(viewer) == "haemorrhage"
    keys.press("p")
    [row] = page.locator(".range").all()
    expect(row).to_contain_text("slices 2 – 4")
    expect(row).to_contain_text("Intracranial haemorrhage")
    expect(page.locator(".span-bar.answered.present").first).to_be_visible()
    case = page.locator(".label-form[data-schema='head-ct']")
    bleed = case.locator("[data-question=haemorrhage]")
    expect(bleed.locator(".derived-note")).to_contain_text("Derived: present")
    assert bleed.locator("input:checked").input_value() == "uncertain", "the reader's own answer stays"
    assert answer_to(viewer, "head-ct")["answers"] == {"haemorrhage": "uncertain"}
    # The range's ends move by the keys of spans; Delete takes the answer back, and with it what followed.
    keys.press("Escape", "Shift+ArrowDown")
    expect(row).to_contain_text("slices 2 – 5")
    keys.press("Enter", "ArrowUp", "Delete")
    expect(bleed.locator(".derived-note")).to_be_hidden()
    keys.press("Control+z")
    expect(bleed.locator(".derived-note")).to_be_visible()
    # What is left is listed when the reader submits, and a digit leads there.
    keys.press("Escape", "s")
    left = page.locator(".missing-panel")
    # What the form requires stands first, and nothing is submitted with it.
    expect(left).to_contain_text("this must be answered first")
    expect(left.locator("li").first).to_contain_text("Head CT: ")
    expect(left.locator("li").nth(1)).to_contain_text("Head CT: Intraparenchymal")
    expect(left.get_by_role("button", name="Submit anyway")).to_be_hidden()
    keys.press("2")
    expect(left).to_be_hidden()
    assert focused_question(viewer) == "intraparenchymal"
    viewer.wait_until_saved()
