"""A study from the designer to its last read, in Chromium: an admin designs and launches it, a reader reads it."""

import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.builders import ct_series
from tests.e2e.viewer_driver import Viewer
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

# Retired as soon as it is published: no other test's cases are asked it, a study that has chosen it asks it still.
A_STUDY = """
from annotator.accounts.models import User
from annotator.cases.models import Case
from annotator.labels.actions.edit_draft import make_draft
from annotator.labels.actions.publish_draft import publish_draft
from annotator.labels.actions.retire_schema import retire_schema
from annotator.readerstudies.actions.make_study import make_study
admin = User.objects.get(username="admin")
asked = {{"name": "bleed", "title": "Bleed", "kind": "boolean", "required": True}}
form = {{"questions": [asked]}}
definition = {{"applies_to": "case", "modalities": ["CT"], "form": form, "scoring": {{"kind": "none"}}}}
make_draft(admin, "{mark}", title="Night", definition=definition)
publish_draft(admin, "{mark}", revision=1, reason="To be asked.")
retire_schema(admin, "{mark}", reason="For one study.")
study = make_study(admin, "{mark}", {{"schemas": ["{mark}@1"], "instructions": "Read as at night."}})
cases = Case.objects.filter(study__patient__patient_id__startswith="{mark}")
result = [str(study.pk), [str(case.pk) for case in cases], User.objects.get(username="radiologist").pk]
"""


def answer_and_submit(page: Page, yes: bool) -> None:
    form = page.locator(".label-form").first
    form.get_by_text("Yes" if yes else "No", exact=True).click()
    Viewer(page).wait_until_saved()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")


def test_a_study_is_designed_launched_read_and_watched(
    reading_room: ReadingRoom, signed_in_page: SignedInPage, tmp_path: Path
) -> None:
    mark = f"night-{uuid.uuid4().hex[:8]}"
    for one in range(2):
        ct_series(tmp_path / str(one), slices=1, study=f"{mark}-{one}", patient_id=f"{mark}-{one}")
    reading_room.manage("ingest", "--derive", str(tmp_path))
    reading_room.wait_for_jobs()
    study, cases, reader_number = reading_room.python(A_STUDY.format(mark=mark))

    admin = signed_in_page("admin")
    admin.goto(f"/reader-studies/{study}/")
    expect(admin.locator("#launch")).to_contain_text("The question that the study asks is not written down.")
    admin.get_by_label("Question", exact=True).fill("Are bleeds found?")
    admin.get_by_role("button", name="Save the protocol").click()
    expect(admin.locator("#launch")).not_to_contain_text("The question that")
    admin.locator(f"input[name=readers][value='{reader_number}']").check()
    admin.get_by_role("button", name="Save the readers").click()
    rows = "\n".join(["case,batch", *(f"{case},{batch}" for case, batch in zip(cases, "ab", strict=True))])
    admin.get_by_label("List", exact=True).set_input_files(
        {"name": "cases.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    )
    admin.get_by_role("button", name="Choose these cases").click()
    expect(admin.locator("#cases")).to_contain_text("2 cases of 2 patients")
    admin.get_by_role("button", name="Compute the allocation").click()
    admin.get_by_role("link", name="Look at who reads what").click()
    expect(admin.locator("tbody tr").filter(has_text="unaided")).to_have_count(3)
    admin.go_back()
    admin.get_by_role("button", name="Launch the study").click()
    expect(admin.locator(".page-head")).to_contain_text("0 of 2 read")

    page = signed_in_page("radiologist")
    page.goto("/worklist/")
    own = page.locator(".own-study", has_text=mark)
    expect(own).to_contain_text("Read as at night.")
    expect(own).to_contain_text("0 of 2 read")
    own.get_by_role("link", name="Start reading").click()
    viewer = Viewer(page)
    viewer.until(lambda: page.evaluate("Boolean(window.readingRoom?.ready)"), "the first picture")
    first = page.evaluate("window.readingRoom.case")
    assert first not in cases, "a copy is read"
    expect(page.locator("header.top")).to_contain_text("1 of 2")
    page.keyboard.press("n")
    expect(page.locator("body")).to_contain_text("The cases of this study are read in their order")
    answer_and_submit(page, yes=True)
    viewer.until(lambda: page.evaluate("window.readingRoom?.case") not in (None, first), "the next case")
    viewer.until(lambda: page.evaluate("Boolean(window.readingRoom?.ready)"), "its first picture")
    expect(page.locator("header.top")).to_contain_text("2 of 2")
    assert page.goto(f"/cases/{first}/").status == 404, "no way back"  # type: ignore[union-attr]
    page.goto("/worklist/")
    page.locator(".own-study", has_text=mark).get_by_role("link", name="Continue").click()
    viewer.until(lambda: page.evaluate("Boolean(window.readingRoom?.ready)"), "the second case")
    answer_and_submit(page, yes=False)
    page.wait_for_url("**/worklist/")
    expect(page.locator(".own-study", has_text=mark)).to_contain_text("Everything is read")

    admin.reload()
    expect(admin.locator(".page-head")).to_contain_text("2 of 2 read")
    assert reading_room.python(
        "from annotator.readerstudies.models import Read\n"
        f"rows = Read.objects.filter(assignment__study={study!r}).order_by('handed_in_at')\n"
        "result = [[a['answers'] for a in one.content['answers']] for one in rows]"
    ) == [[{"bleed": True}], [{"bleed": False}]]
