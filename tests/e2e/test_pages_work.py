"""A data manager's and an admin's day on the pages, and a reader's list, in Chromium with the product running."""

import re
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.builders import ct_series
from tests.e2e.test_accessibility import faults
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

SECONDS = 1000
QUEUE_A_LONG_JOB = """
from django.utils import timezone
from datetime import timedelta
from annotator.jobs.models import Job
job = Job.objects.create(kind="test.nothing", title="A long piece of work {mark}", state="running", percent=10,
    doing="Step 1 of 10", lease_owner="a test", lease_expires_at=timezone.now() + timedelta(hours=1),
    started_at=timezone.now())
result = str(job.pk)
"""
MOVE_IT_ON = """
from annotator.jobs.models import Job
result = Job.objects.filter(pk="{pk}").update(percent=60, doing="Step 6 of 10")
"""
END_IT = """
from annotator.jobs.models import Job
from django.utils import timezone
result = Job.objects.filter(pk="{pk}").update(state="failed", error="The tape ran out.", lease_expires_at=None,
    finished_at=timezone.now())
"""


def bring_in(reading_room: ReadingRoom, folder: Path, number: int) -> str:
    """Take in `number` studies of a mark of their own; returns the mark."""
    mark = uuid.uuid4().hex[:8]
    for one in range(number):
        ct_series(folder / str(one), slices=1, study=f"{mark}-{one}", patient_id=f"{mark}-{one}")
    reading_room.manage("ingest", str(folder))
    reading_room.wait_for_jobs()
    return mark


def test_the_jobs_page_follows_a_job_without_being_reloaded(
    signed_in_page: SignedInPage, reading_room: ReadingRoom
) -> None:
    """Mocked: the job, whose row is written here step by step as a worker would, so that each step can be seen."""
    mark = uuid.uuid4().hex[:8]
    job = reading_room.python(QUEUE_A_LONG_JOB.format(mark=mark))
    page = signed_in_page("data_manager")
    page.goto("/jobs/")
    row = page.locator("tr", has_text=mark)
    expect(row).to_contain_text("Step 1 of 10")
    element = row.element_handle()
    reading_room.python(MOVE_IT_ON.format(pk=job))
    expect(row).to_contain_text("60 %")
    expect(row).to_contain_text("Step 6 of 10")
    reading_room.python(END_IT.format(pk=job))
    expect(row).to_contain_text("The tape ran out.")
    expect(row.get_by_role("button", name="Run again")).to_be_visible()
    assert element is not None
    assert element.evaluate("(row) => row.isConnected"), "the row was replaced instead of changed in place"


def test_studies_stay_ticked_over_pages_and_filters_and_go_to_the_export(
    signed_in_page: SignedInPage, reading_room: ReadingRoom, tmp_path: Path
) -> None:
    mark = bring_in(reading_room, tmp_path, 3)
    page = signed_in_page("data_manager")
    page.goto(f"/studies/?q={mark}-0")
    page.locator("input[name=study]").check()
    page.goto(f"/studies/?q={mark}")
    expect(page.locator("[data-count]")).to_have_text("1 study chosen")
    page.locator("tr", has_text=f"{mark}-2").locator("input").check()
    page.goto(f"/studies/?q={mark}-1")
    page.get_by_role("button", name="Export").click()
    page.wait_for_url("**/exports/")
    expect(page.locator("select[name=studies]")).to_contain_text("The 2 chosen in the catalogue")


def test_an_export_is_asked_for_and_ends_with_a_download_or_a_reason(
    signed_in_page: SignedInPage, reading_room: ReadingRoom, tmp_path: Path
) -> None:
    mark = bring_in(reading_room, tmp_path, 1)
    page = signed_in_page("data_manager")
    page.goto(f"/studies/?q={mark}")
    page.get_by_label("All on this page").check()
    page.get_by_role("button", name="Export").click()
    page.get_by_label("Title").fill(f"Everything of {mark}")
    page.get_by_label("Pictures", exact=True).select_option("all")
    page.get_by_role("button", name="Make the export").click()
    row = page.locator("tr", has_text=mark)
    download = row.get_by_role("link", name=re.compile("^Download"))
    expect(download).to_be_visible(timeout=60 * SECONDS)
    with page.expect_download() as arriving:
        download.click()
    assert arriving.value.suggested_filename == f"Everything of {mark}.zip"
    assert Path(arriving.value.path()).read_bytes()[:2] == b"PK"


def test_an_admin_assigns_cases_and_the_reader_finds_them_in_order_and_opens_the_next_with_one_key(
    signed_in_page: SignedInPage, reading_room: ReadingRoom, tmp_path: Path
) -> None:
    mark = bring_in(reading_room, tmp_path, 3)
    admin = signed_in_page("admin")
    admin.goto(f"/assignments/?q={mark}")
    assign = admin.get_by_role("button", name="Assign", exact=True)
    expect(assign).to_be_disabled()
    admin.get_by_label("All listed cases").check()
    admin.get_by_role("checkbox", name=re.compile("^second_radiologist")).check()
    admin.get_by_label("Due").fill("2020-01-31")
    expect(admin.locator("[data-preview]")).to_have_text("3 cases for 1 reader: 3 readings")
    assign.click()
    expect(admin.locator(".messages")).to_contain_text("3 readings assigned")

    reader = signed_in_page("second_radiologist")
    reader.goto("/worklist/")
    rows = reader.locator("tbody tr")
    overdue = reader.locator("tbody tr", has_text="overdue")
    assert overdue.count() >= 3
    assert mark not in reader.content(), "a reader must not learn whose case it is"
    first = rows.locator("a", has_text="").first.get_attribute("href")
    asked: list[str] = []
    reader.on("request", lambda request: asked.append(request.url) if request.is_navigation_request() else None)
    reader.keyboard.press("n")
    reader.wait_for_url(re.compile(r"/cases/"), wait_until="commit")
    assert asked[0].endswith("/worklist/next/")
    assert first is not None
    assert reader.url.endswith(first)


def test_a_question_stands_before_what_takes_something_away(
    signed_in_page: SignedInPage, reading_room: ReadingRoom
) -> None:
    admin = signed_in_page("admin")
    admin.goto("/people/")
    questions: list[str] = []

    def say_no(dialog: object) -> None:
        questions.append(dialog.message)  # type: ignore[attr-defined]
        dialog.dismiss()  # type: ignore[attr-defined]

    admin.on("dialog", say_no)
    admin.locator("tr", has_text="second_radiologist").get_by_role("button", name="Deactivate").click()
    assert questions == ["Deactivate second_radiologist? Their sessions end; what they made stays."]
    expect(admin.locator("tr", has_text="second_radiologist")).to_contain_text("May sign in")


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_no_page_is_wider_than_the_window(
    size: tuple[int, int], signed_in_page: SignedInPage, reading_room: ReadingRoom, tmp_path: Path
) -> None:
    bring_in(reading_room, tmp_path, 2)
    viewport = {"width": size[0], "height": size[1]}

    def excess(page: Page) -> int:
        return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    admin = signed_in_page("admin", viewport=viewport)
    pages = ["studies", "cases", "intakes", "quarantine", "jobs", "exports", "assignments", "people", "audit"]
    too_wide = []
    for name in pages:
        admin.goto(f"/{name}/")
        if excess(admin) > 0:
            too_wide.append(name)
    assert too_wide == []


def test_the_catalogue_is_searched_walked_ticked_and_opened_with_the_keyboard(
    signed_in_page: SignedInPage, reading_room: ReadingRoom, tmp_path: Path
) -> None:
    mark = bring_in(reading_room, tmp_path, 3)
    page = signed_in_page("data_manager")
    page.goto("/studies/")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type(f"{mark} test")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/studies/\?q=[0-9a-f]{8}\+test$"))  # what is not asked stays out of the address
    links = page.locator("a[data-open]")
    expect(links).to_have_count(3)
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("[data-count]")).to_have_text("1 study chosen")
    expect(page.locator("tbody tr").nth(1).locator("input")).to_be_checked()
    picture = page.locator("tbody img.picture").first
    picture.wait_for()
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/studies/\d+/$"))


def test_ticked_studies_are_tagged_and_stay_ticked_for_the_next_step(
    signed_in_page: SignedInPage, reading_room: ReadingRoom, tmp_path: Path
) -> None:
    mark = bring_in(reading_room, tmp_path, 2)
    page = signed_in_page("data_manager")
    page.goto(f"/studies/?q={mark}")
    page.get_by_label("All on this page").check()
    page.get_by_placeholder("Tag", exact=True).fill(f"tag {mark}")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".messages")).to_contain_text(f"2 studies tagged “tag {mark}”")
    expect(page.locator("[data-count]")).to_have_text("2 studies chosen")
    page.locator("a.label", has_text=mark).first.click()
    page.wait_for_url(re.compile(r"/studies/\?tag="))
    expect(page.locator("a[data-open]")).to_have_count(2)


def test_a_menu_of_the_top_bar_opens_by_key_and_closes_when_one_looks_elsewhere(signed_in_page: SignedInPage) -> None:
    page = signed_in_page("admin")
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto("/studies/")
    bar = page.get_by_role("navigation", name="Main")
    box = bar.bounding_box()
    assert box is not None
    assert box["height"] < 60, "the entries stand on one line"
    system, incoming = (bar.locator(f"summary:has-text('{name}')") for name in ("System", "Incoming"))
    system.focus()
    page.keyboard.press("Enter")
    expect(bar.get_by_role("link", name="Audit")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(bar.get_by_role("link", name="Audit")).to_be_hidden()
    expect(system).to_be_focused()
    incoming.click()
    expect(bar.get_by_role("link", name="Quarantine")).to_be_visible()
    page.get_by_role("heading", name="Studies").click()
    expect(bar.get_by_role("link", name="Quarantine")).to_be_hidden()
    incoming.click()
    bar.get_by_role("link", name="Quarantine").click()
    expect(page.get_by_role("heading", name="Quarantine")).to_be_visible()
    expect(incoming.locator("xpath=..")).to_have_attribute("data-here", "")
