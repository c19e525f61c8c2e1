"""From case to case on one page: the next one is ready before it is asked for, and nothing of the last one stays."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from annotator.demo.ct_object import ct_slice
from annotator.demo.dicom_files import MadeStudy, save
from tests.e2e.viewer_driver import Viewer, new_patient
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

READER = "second_radiologist"
SIDE, SLICES, CASES = 128, 9, 3
ASSIGN_IN_ORDER = """
from annotator.accounts.models import User
from annotator.cases.models import Case
from annotator.readerstudies.actions.assign_cases import assign_cases
admin, reader = User.objects.get(username="admin"), User.objects.get(username={reader!r})
cases = [Case.objects.get(study__patient__patient_id=patient).pk for patient in {patients!r}]
assign_cases(admin, case_ids=cases, reader_ids=[reader.pk])
result = [str(pk) for pk in cases]
"""
STATES = """
from annotator.readerstudies.models import Assignment
rows = Assignment.objects.filter(case_id__in={cases!r}).order_by("place")
result = [row.state for row in rows]
"""
# What hangs on the window and the document, listeners that were taken off again left out.
COUNT_LISTENERS = """
(() => {
  const live = new Set();
  window.listenersLeft = () => live.size;
  window.listenerNames = () => [...live].map((one) => one.type).sort().join();
  const [add, remove] = [EventTarget.prototype.addEventListener, EventTarget.prototype.removeEventListener];
  EventTarget.prototype.addEventListener = function (type, run, options) {
    const target = this ?? window;
    if (target === window || target === document) {
      const entry = { type, run };
      if (![...live].some((one) => one.type === type && one.run === run)) live.add(entry);
      options?.signal?.addEventListener?.('abort', () => live.delete(entry));
    }
    return add.call(target, type, run, options);
  };
  EventTarget.prototype.removeEventListener = function (type, run, options) {
    for (const one of live) if (one.type === type && one.run === run) live.delete(one);
    return remove.call(this ?? window, type, run, options);
  };
})();
"""
# Weakly, so that looking at them keeps none of them.
REMEMBER_ELEMENTS = "window.left = [...document.querySelectorAll('#viewer *')].map((one) => new WeakRef(one))"
FETCHED = "performance.getEntriesByType('resource').map((one) => one.name)"
FRAMES_FETCHED = f"new Set({FETCHED}.filter((name) => name.includes('/frames/'))).size"
STILL_THERE = "window.left.flatMap((one) => one.deref() ?? []).map((one) => `${one.tagName} ${one.className}`)"


def following_cases(reading_room: ReadingRoom, folder: Path) -> list[str]:
    """Three CTs that follow each other in the reader's worklist, none of them opened."""
    patients = [new_patient() for _ in range(CASES)]
    for number, patient in enumerate(patients):
        owner = MadeStudy(patient, patient, description=f"Following {number + 1}")
        for index in range(SLICES):
            values = np.full((SIDE, SIDE), -1000.0)
            values[16:48, 16:48] = 20 + 5 * index
            position = (0.0, 0.0, float(index))
            made = ct_slice(owner, values, number=index + 1, position=position, spacing=1.0, slice_thickness=1.0)
            save(made, folder / f"{number}-{index}.dcm")
    reading_room.manage("ingest", "--derive", str(folder))
    reading_room.wait_for_jobs()
    found: list[str] = reading_room.python(ASSIGN_IN_ORDER.format(reader=READER, patients=patients))
    return found


@pytest.fixture(scope="module")
def cases(reading_room: ReadingRoom, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return following_cases(reading_room, tmp_path_factory.mktemp("following"))


@pytest.fixture
def waiting(reading_room: ReadingRoom, tmp_path: Path) -> list[str]:
    return following_cases(reading_room, tmp_path)


@pytest.fixture
def viewer(signed_in_page: SignedInPage, cases: list[str]) -> Viewer:
    page = signed_in_page(READER)
    page.add_init_script(COUNT_LISTENERS)
    return Viewer(page).open(cases[0])


def go_next(viewer: Viewer, case: str) -> None:
    viewer.page.keyboard.press("n")
    viewer.wait_for_case(case)


def test_next_goes_on_in_place_and_nothing_of_the_last_case_is_left(
    viewer: Viewer, cases: list[str], reading_room: ReadingRoom
) -> None:
    page = viewer.page
    page.evaluate("window.samePage = true")
    page.keyboard.press("b")
    viewer.drag([(20.0, 20.0), (30.0, 30.0), (40.0, 40.0)])
    listeners = page.evaluate("window.listenerNames()")

    go_next(viewer, cases[1])
    assert page.url.endswith(f"/cases/{cases[1]}/")
    assert page.evaluate("window.samePage") is True, "the page was not loaded again"
    assert page.title().startswith(page.locator("header.top h1").inner_text())
    assert (viewer.marks(), viewer.pane()["slices"]) == ([], SLICES)
    assert page.locator(".pane").count() == 1
    assert reading_room.python(STATES.format(cases=cases)) == ["opened", "opened", "assigned"]

    go_next(viewer, cases[2])
    assert page.evaluate("window.listenerNames()") == listeners, "a case leaves no listener behind"
    page.keyboard.press("ArrowDown")
    viewer.wait_for_slice(SLICES // 2 + 1)

    page.go_back()
    viewer.wait_for_case(cases[1])
    page.go_back()
    viewer.wait_for_case(cases[0])
    assert len(viewer.marks()) == 1, "what was drawn was saved before the case was left"

    go_next(viewer, cases[1])
    page.keyboard.press("Shift+N")
    viewer.wait_for_case(cases[0])


def test_a_case_that_was_left_gives_all_its_memory_back(viewer: Viewer, cases: list[str]) -> None:
    page = viewer.page
    browser = page.context.new_cdp_session(page)

    def kept_mb() -> float:
        """What the page's scripts keep in buffers, of pictures above all."""
        for _ in range(2):
            browser.send("HeapProfiler.collectGarbage")
        return float(browser.send("Runtime.getHeapUsage")["backingStorageSize"]) / 1e6

    def loaded_ahead(opened: int) -> None:
        viewer.until(lambda: viewer.pane()["loaded"] == SLICES, "all slices")
        # Between the question which case comes next and its answer nothing is under way.
        viewer.until(lambda: page.evaluate(FRAMES_FETCHED) == (opened + 1) * SLICES, "what comes next")
        viewer.until(lambda: page.evaluate("window.readingRoom.pictureRequests") == 0, "all that was asked for")

    page.keyboard.press("b")
    viewer.drag([(20.0, 20.0), (30.0, 30.0), (40.0, 40.0)])
    loaded_ahead(1)
    before = kept_mb()
    page.evaluate(REMEMBER_ELEMENTS)
    go_next(viewer, cases[1])
    loaded_ahead(2)
    elements = page.evaluate("window.left.length")
    assert elements > 300, "there was a page to forget"
    one_case_mb = SLICES * SIDE * SIDE * 2 / 1e6
    most = before + one_case_mb / 2
    viewer.until(lambda: kept_mb() < most, "pictures of one case and of the next one to be there, and no others")
    viewer.until(lambda: kept_mb() and page.evaluate(STILL_THERE) == [], "nobody to hold an element of the case")


def test_a_case_that_can_not_be_opened_leaves_the_reader_where_they_are(viewer: Viewer, cases: list[str]) -> None:
    page = viewer.page
    page.route(f"**/api/v1/cases/{cases[1]}/open", lambda route: route.abort())
    page.keyboard.press("n")
    expect(page.locator(".notice")).to_contain_text("could not be opened: The server could not be reached.")
    assert page.url.endswith(f"/cases/{cases[0]}/")
    page.keyboard.press("ArrowDown")
    viewer.wait_for_slice(SLICES // 2 + 1)


def test_the_next_case_is_there_before_it_is_asked_for_and_counts_as_opened_only_then(
    signed_in_page: SignedInPage, waiting: list[str], reading_room: ReadingRoom
) -> None:
    page = signed_in_page(READER)
    asked: list[str] = []
    frames: list[str] = []
    manifests: list[str] = []
    page.on("request", lambda request: "/frames/" in request.url and asked.append(request.url))
    page.on("requestfinished", lambda request: "/frames/" in request.url and frames.append(request.url))
    page.on("requestfinished", lambda request: request.url.endswith("/manifest") and manifests.append(request.url))
    viewer = Viewer(page).open(waiting[0])
    viewer.until(lambda: len(frames) == 2 * SLICES, "the pictures of this case and of the next one")
    (stack,) = page.request.get(f"/api/v1/cases/{waiting[1]}/manifest").json()["stacks"]
    keys = [frame["key"] for frame in stack["frames"]]
    order = [url.rpartition("/")[2] for url in asked]
    assert set(order[SLICES:]) == set(keys), "this case comes first"
    middle = set(keys[SLICES // 2 - 1 : SLICES // 2 + 2])
    assert set(order[SLICES : SLICES + 3]) == middle, "from the middle outwards"
    assert reading_room.python(STATES.format(cases=waiting)) == ["opened", "assigned", "assigned"]

    go_next(viewer, waiting[1])
    viewer.until(lambda: viewer.pane()["loaded"] == SLICES, "all slices")
    assert sum(waiting[1] in url for url in manifests) == 1
    again = [url for url in frames[2 * SLICES :] if url.rpartition("/")[2] in keys]
    assert again == [], "nothing is fetched that was loaded ahead"
    assert reading_room.python(STATES.format(cases=waiting)) == ["opened", "opened", "assigned"]
