"""Three readers in three browsers disagree, an adjudicator settles it, and the results take what they said."""

import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.builders import ct_series
from tests.e2e.viewer_driver import Viewer
from tests.fixtures.browser import SignedInPage
from tests.fixtures.people import PASSWORD
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

# Retired as soon as it is published: no other test's cases are asked it.
LAUNCHED = """
from annotator.accounts.models import User
from annotator.cases.models import Case
from annotator.labels.actions.edit_draft import make_draft
from annotator.labels.actions.publish_draft import publish_draft
from annotator.labels.actions.retire_schema import retire_schema
from annotator.readerstudies.actions.allocate_study import allocate_study
from annotator.readerstudies.actions.edit_study import WantedCase, choose_cases, choose_readers
from annotator.readerstudies.actions.launch_study import launch_study
from annotator.readerstudies.actions.make_study import make_study
admin = User.objects.get(username="admin")
people = [User.objects.get(username="radiologist"), User.objects.get(username="second_radiologist")]
for name in ("third", "judge"):
    people.append(User.objects.create_user(username="{mark}-" + name, password={password!r}, role="radiologist"))
form = {{"questions": [{{"name": "bleed", "title": "Bleed", "kind": "boolean", "required": True}}]}}
definition = {{"applies_to": "case", "modalities": ["CT"], "form": form, "scoring": {{"kind": "none"}}}}
make_draft(admin, "{mark}", title="Night", definition=definition)
publish_draft(admin, "{mark}", revision=1, reason="To be asked.")
retire_schema(admin, "{mark}", reason="For one study.")
study = make_study(admin, "{mark}", {{"schemas": ["{mark}@1"], "question": "Does it bleed?", "results": "any time"}})
choose_readers(admin, study.pk, [(one.pk, False) for one in people[:3]], revision=study.revision)
study.refresh_from_db()
case = Case.objects.get(study__patient__patient_id="{mark}", copied_from=None)
choose_cases(admin, study.pk, [WantedCase(case.pk)], revision=study.revision)
study.refresh_from_db()
study = allocate_study(admin, study.pk, revision=study.revision)
study = launch_study(admin, study.pk, revision=study.revision)
result = str(study.pk)
"""
FROZEN = """
from annotator.readerstudies.models import Read
rows = Read.objects.filter(assignment__study={study!r}).order_by("handed_in_at")
result = [[one.assignment.stage, one.content_sha256, one.content] for one in rows]
"""


def begin(page: Page, mark: str) -> Viewer:
    """Open the study's case from the worklist."""
    page.goto("/worklist/")
    own = page.locator(".own-study", has_text=mark)
    own.get_by_role("link", name="Start reading").click()
    viewer = Viewer(page)
    viewer.until(lambda: page.evaluate("Boolean(window.readingRoom?.ready)"), "the first picture")
    return viewer


def box(viewer: Viewer) -> None:
    viewer.page.keyboard.press("b")
    viewer.drag([(10.0, 10.0), (20.0, 20.0), (30.0, 30.0)])
    viewer.until(lambda: any(mark["owner"] != "Reader A" for mark in viewer.marks()), "the box")


def answer_and_submit(viewer: Viewer, words: str) -> None:
    page = viewer.page
    page.locator(".label-form").first.get_by_text(words, exact=True).click()
    viewer.wait_until_saved()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/worklist/")


def test_readers_disagree_and_an_adjudicator_who_sees_no_names_settles_it(
    reading_room: ReadingRoom, signed_in_page: SignedInPage, tmp_path: Path
) -> None:
    mark = f"judged-{uuid.uuid4().hex[:8]}"
    ct_series(tmp_path, slices=1, study=mark, patient_id=mark)
    reading_room.manage("ingest", "--derive", str(tmp_path))
    reading_room.wait_for_jobs()
    study = reading_room.python(LAUNCHED.format(mark=mark, password=PASSWORD))

    readers = {"radiologist": "Yes", "second_radiologist": "Yes", f"{mark}-third": "No"}
    for name, words in readers.items():
        viewer = begin(signed_in_page(name), mark)
        assert "Reader" not in viewer.page.locator("aside, .side").first.inner_text()
        if name == "radiologist":
            box(viewer)
        answer_and_submit(viewer, words)
    before = reading_room.python(FROZEN.format(study=study))
    assert len(before) == 3

    admin = signed_in_page("admin")
    admin.goto(f"/reader-studies/{study}/results/?truth=consensus")
    expect(admin.get_by_role("table").first).to_contain_text("0.67")
    admin.get_by_role("link", name="Adjudication").click()
    row = admin.locator("tbody tr")
    expect(row).to_contain_text("marked by R0")
    expect(row).to_contain_text("Night · Bleed. R0")
    row.get_by_role("checkbox").check()
    admin.get_by_label("Adjudicator").select_option(label=f"{mark}-judge")
    admin.get_by_role("button", name="Give the ticked cases").click()
    expect(row).to_contain_text("not begun")

    page = signed_in_page(f"{mark}-judge")
    page.goto("/worklist/")
    page.get_by_role("link", name="Settle").click()
    viewer = Viewer(page)
    viewer.until(lambda: page.evaluate("Boolean(window.readingRoom?.ready)"), "the first picture")
    panel = page.locator(".panel.review")
    expect(panel).to_contain_text("To be settled")
    expect(panel.locator(".reader")).to_have_count(3)
    said = panel.inner_text()
    assert not any(name in said for name in (*readers, "R01", "R02", "R03"))
    assert {one["owner"] for one in viewer.marks()} <= {"Reader A", "Reader B", "Reader C"}
    expect(panel.get_by_role("button", name="Approve")).to_have_count(0)
    page.keyboard.press("Alt+w")
    expect(page.locator(".notice")).to_contain_text("Shown: Reader A")
    page.keyboard.press("Alt+w")
    page.keyboard.press("Alt+w")
    page.keyboard.press("Alt+w")
    expect(page.locator(".notice")).to_contain_text("Shown: All readers")
    page.keyboard.press("v")
    viewer.click((10.0, 20.0))
    page.keyboard.press("Alt+t")
    viewer.until(lambda: len(viewer.marks()) == 2, "the copy")
    viewer.wait_until_saved()
    [theirs, own] = sorted(viewer.marks(), key=lambda one: not one["owner"].startswith("Reader"))
    assert (own["provenance"], own["revision"], own["points"]) == ("taken_over", 1, theirs["points"])
    assert own["finding"] != theirs["finding"]
    page.keyboard.press("Control+z")
    viewer.wait_until_saved()
    assert viewer.marks() == [theirs]
    answer_and_submit(viewer, "No")

    after = reading_room.python(FROZEN.format(study=study))
    assert after[:3] == before, "every original stays as it was"
    assert after[3][0] == "adjudication"
    assert [one["answers"] for one in after[3][2]["answers"]] == [{"bleed": False}]
    admin.reload()
    expect(row).to_contain_text("settled")
    admin.goto(
        f"/reader-studies/{study}/results/?question={mark}.bleed&of={mark}.bleed&positive=True&truth=adjudication"
    )
    expect(admin.get_by_role("table").first).to_contain_text("0.33")
