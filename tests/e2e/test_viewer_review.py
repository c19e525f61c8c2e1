"""A data manager reviews: readers' marks in colours of their own, comments on the picture, a return and its end."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.viewer_driver import Viewer, thyroid_case
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

DECISIONS = "**/api/v1/assignments/*/review"

TWO_READINGS = """
from uuid import uuid4
from annotator.accounts.models import Role, User
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.actions.save_finding import SaveFinding, save_finding
from annotator.cases.models import Case
from annotator.imaging.models import Frame
from annotator.readerstudies.actions.assign_cases import assign_cases
from annotator.readerstudies.actions.submit_assignment import submit_assignment
case = Case.objects.get(pk={case!r})
admin = User.objects.get(username="admin")
second, _ = User.objects.get_or_create(username="second_reader", defaults={{"role": Role.RADIOLOGIST}})
assign_cases(admin, case_ids=[case.pk], reader_ids=[second.pk])
frame = Frame.objects.get(key={frame!r})
for reader, left in (("radiologist", 300), ("second_reader", 320)):
    person = User.objects.get(username=reader)
    finding = save_finding(person, SaveFinding(id=uuid4(), case_id=case.pk, kind="nodule"))
    save_annotation(person, SaveAnnotation(id=uuid4(), case_id=case.pk, frame_key=frame.key, kind="box",
        points=[[left, 200], [left + 100, 300]], finding_id=finding.pk))
    submit_assignment(person, case.assignments.get(reader=person).pk)
result = None
"""


def test_a_reading_is_compared_remarked_on_returned_and_seen_by_its_reader(
    reading_room: ReadingRoom, signed_in_page: SignedInPage, tmp_path: Path
) -> None:
    case = thyroid_case(reading_room, tmp_path)
    reader = Viewer(signed_in_page("radiologist")).open(case)
    frame = reader.pane(0)["frame"]
    reading_room.python(TWO_READINGS.format(case=case, frame=frame))

    viewer = Viewer(signed_in_page("data_manager")).open(case)
    page = viewer.page
    review = page.locator(".panel.review")
    expect(review.locator(".reader")).to_have_count(2)
    expect(review.locator(".agreement")).to_contain_text("1 finding in common, mean Dice 0.80")
    names = page.locator(".mark-label").filter(has_text="reader").or_(page.locator(".mark-label", has_text="radiol"))
    expect(names).to_have_count(2)
    assert len({name.get_attribute("fill") for name in names.all()}) == 2
    page.keyboard.press("Alt+w")
    expect(page.locator(".notice")).to_contain_text("Shown: radiologist")
    expect(names).to_have_text(["radiologist"])

    page.keyboard.press("Alt+c")
    viewer.click((360, 260))
    page.keyboard.type("Is this the whole nodule?")
    page.keyboard.press("Enter")
    expect(page.locator(".pin")).to_have_text("1")
    x, y = viewer.screen((360, 260))

    def lies_on_its_place() -> bool:
        # Null for a moment in which the pin is drawn anew.
        box = page.locator(".pin").bounding_box()
        return (
            box is not None and abs(box["x"] + box["width"] / 2 - x) < 1.5 and abs(box["y"] + box["height"] - y) < 1.5
        )

    viewer.until(lies_on_its_place, "the pin to stand on its place")
    review.get_by_label("Whose reading the next comment is about").select_option("radiologist")
    page.keyboard.press("Alt+c")
    viewer.click((420, 330))
    page.keyboard.type("For you.")
    page.keyboard.press("Enter")
    expect(review.locator(".comment")).to_have_count(2)
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=str(Path(folder) / "review.png"))

    page.keyboard.press("Alt+r")
    expect(review.get_by_label("Why it is returned")).to_be_focused()
    review.get_by_role("button", name="Return it").click()
    expect(review.locator(".reason")).to_contain_text("Say why first")
    page.keyboard.type("The lower edge is missing.")
    page.route(DECISIONS, lambda route: route.abort())
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice")).to_contain_text("Not decided")
    expect(review.get_by_label("Why it is returned")).to_have_value("The lower edge is missing.")
    page.unroute(DECISIONS)
    review.get_by_role("button", name="Return it").click()
    expect(review.locator(".reader[data-reader=radiologist]")).to_contain_text("Returned by data_manager")
    page.keyboard.press("Alt+w")
    page.keyboard.press("Alt+a")
    expect(review.locator(".reader[data-reader=second_reader]")).to_contain_text("Approved by data_manager")

    reader.reload()
    expect(reader.page.locator(".banner")).to_have_text("Given back to you: The lower edge is missing.")
    expect(reader.page.locator(".comment")).to_have_count(1)
    expect(reader.page.locator(".comment")).to_contain_text("For you.")
    assert {mark["owner"] for mark in reader.marks()} == {"radiologist"}
    expect(reader.page.get_by_role("button", name="Submit")).to_be_visible()
