"""WCAG 2.1 A and AA, as far as a machine can tell (axe-core), on every page for the roles that see it.

The pictures themselves are left out: a radiograph has no contrast to keep.
"""

import uuid
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern
from playwright.sync_api import Page, expect

from frontend.pages.urls import urlpatterns
from tests.builders import ct_series
from tests.e2e.viewer_driver import Viewer, thyroid_case
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
A_STUDY_AND_AN_INTAKE = """
from annotator.accounts.models import User
from annotator.labels.actions.edit_draft import begin_draft, make_draft
from annotator.labels.actions.publish_draft import publish_draft
from annotator.imaging.actions.start_intake import start_intake
from annotator.imaging.models import Study
from annotator.readerstudies.actions.make_study import make_study
from tests.annotator.readerstudies.made_reads import made_read
from tests.annotator.readerstudies.studied import finished_study
admin = User.objects.get(username="admin")
# Offered with a modality that no test has, so that none is asked it.
asked = {"name": "sure", "title": "Sure", "kind": "choice", "options": [{"value": "yes", "title": "Yes"}]}
definition = {"applies_to": "case", "modalities": ["XA"], "form": {"questions": [asked]}, "scoring": {"kind": "none"}}
make_draft(admin, "wcag", title="Accessible", definition=definition)
publish_draft(admin, "wcag", revision=1, reason="To look at.")
begin_draft(admin, "wcag")
intake = start_intake(User.objects.get(username="admin"))
def read(reader, item, arm, step):
    said = {"haemorrhage": "present" if reader == "R01" else "absent"}
    return made_read(reader, item, answers=said, schema="head-ct@1", boxes=[(5.0, 5.0, 12.0)])
finished = finished_study(admin, cases=3, content=read, truth={1: {"head-ct.haemorrhage": "present"}})
result = [Study.objects.first().pk, str(intake.pk), str(make_study(admin, "Accessible").pk), str(finished.pk)]
"""
# Addresses by page; "" where a page is seen elsewhere here, or is no page but an act or a picture.
ADMIN_PAGES = {
    "worklist": "",
    "cases": "/cases/",
    "case-priors": "",
    "hangings": "/hangings/",
    "hanging": "/hangings/breast-cc/",
    "hanging-export": "",
    "label-schemas": "/label-schemas/",
    "label-schema": "/label-schemas/wcag/",
    "label-schema-editor": "/label-schemas/wcag/edit/",
    "label-schema-export": "",
    "case": "",
    "studies": "/studies/",
    "study": "/studies/{study}/",
    "collections": "/collections/",
    "intakes": "/intakes/",
    "intake": "/intakes/{intake}/",
    "quarantine": "/quarantine/",
    "text-reviews": "/text-reviews/",
    "jobs": "/jobs/",
    "exports": "/exports/",
    "cohorts": "/cohorts/",
    "trainings": "/trainings/",
    "models": "/models/",
    "model-proposals": "/models/proposals/",
    "training": "",
    "cohort": "",
    "release": "",
    "mark-imports": "/mark-imports/",
    "mark-import": "",
    "withdrawals": "/withdrawals/",
    "assignments": "/assignments/",
    "reader-studies": "/reader-studies/",
    "reader-study": "/reader-studies/{reader_study}/",
    "reader-study-allocation": "/reader-studies/{reader_study}/allocation/",
    "reader-study-protocol": "/reader-studies/{reader_study}/protocol/",
    "reader-study-results": "/reader-studies/{finished}/results/?question=head-ct.haemorrhage",
    "reader-study-adjudication": "/reader-studies/{finished}/adjudication/",
    "people": "/people/",
    "key-map": "/key-map/",
    "audit": "/audit/",
    "calculator-tirads": "/calculators/ti-rads/",
    "sign-in": "",
}


def faults(page: Page, *, leaving_out: tuple[str, ...] = ()) -> list[str]:
    """What axe finds against the standard: rule, what it says, and where."""
    context = {"exclude": [[selector] for selector in leaving_out]} if leaving_out else None
    found = Axe().run(page, context=context, options=STANDARD).response["violations"]
    return [
        f"{page.url} {rule['id']}: {rule['help']}: {[node['target'] for node in rule['nodes']][:4]}" for rule in found
    ]


def test_every_page_is_listed_here_or_is_no_page_to_look_at() -> None:
    acts = {
        "home", "sign-out", "next-case", "thumbnail", "collection", "text-review-frame", "text-review-decide",
        "text-review-layout", "text-review-put-back", "job-cancel", "job-retry", "export-download", "key-map-reveal",
        "text-size", "release-leak", "release-discard", "release-datasheet", "release-fits", "tirads-fit-offer",
        "training-file", "training-register", "model-promote", "model-anatomy", "models-look", "model-proposals-file",
        "health", "training-feedback", "reader-study-reads",
    }  # fmt: skip
    names = {str(one.name) for one in urlpatterns if isinstance(one, URLPattern)}
    assert names - acts == set(ADMIN_PAGES)


def test_the_pages_keep_wcag_2_1_aa(reading_room: ReadingRoom, signed_in_page: SignedInPage, tmp_path: Path) -> None:
    mark = uuid.uuid4().hex[:8]
    ct_series(tmp_path / "ct", slices=2, study=mark, patient_id=mark)
    (tmp_path / "ct" / "note.dcm").write_text("not a picture")
    reading_room.manage("ingest", str(tmp_path / "ct"))
    reading_room.wait_for_jobs()
    study, intake, reader_study, finished = reading_room.python(A_STUDY_AND_AN_INTAKE)
    page = signed_in_page("admin")
    found: list[str] = []
    for address in filter(None, ADMIN_PAGES.values()):
        page.goto(address.format(study=study, intake=intake, reader_study=reader_study, finished=finished))
        found += faults(page)
    # A study that is read, beside the designer of one that isn't.
    page.goto(f"/reader-studies/{finished}/")
    found += faults(page)
    assert found == []


def test_the_reading_page_keeps_wcag_2_1_aa_but_for_the_pictures(
    reading_room: ReadingRoom, signed_in_page: SignedInPage, tmp_path: Path
) -> None:
    case = thyroid_case(reading_room, tmp_path)
    page = signed_in_page("radiologist")
    page.goto("/worklist/")
    found = faults(page)
    viewer = Viewer(page).open(case)
    page.keyboard.press("b")
    viewer.drag([(300, 200), (350, 250), (420, 330)])
    expect(page.locator(".label-form").first).to_be_visible()
    viewer.wait_until_saved()
    found += faults(page, leaving_out=(".pane-grid",))
    page.keyboard.press("?")
    expect(page.locator(".keys-panel")).to_be_visible()
    found += faults(page, leaving_out=(".pane-grid",))
    assert found == []


def test_the_sign_in_page_keeps_wcag_2_1_aa_and_a_fault_would_be_found(page: Page) -> None:
    page.goto("/sign-in/")
    assert faults(page) == []
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/x.png\">')")
    page.evaluate("document.querySelector('main h1').style.color = '#333'")
    assert [one.split(" ")[1] for one in faults(page)] == ["color-contrast:", "image-alt:"]
