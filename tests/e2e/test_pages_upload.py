"""Bringing files in through the page, in Chromium, with the product running."""

import re
import shutil
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.builders import ct_series, not_dicom
from tests.e2e.viewer_driver import Viewer
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom

pytestmark = pytest.mark.browser

SECONDS = 1000
A_WHOLE_INTAKE = 60 * SECONDS
# Bytes a second: the 24 slices of a folder take ten seconds, of which a test needs a few at whatever pace it runs.
SLOW = 300_000


def open_intakes(signed_in_page: SignedInPage) -> Page:
    page = signed_in_page("data_manager")
    page.goto("/intakes/")
    wait_until_it_listens(page)
    return page


def wait_until_it_listens(page: Page) -> None:
    page.locator("[data-upload][data-ready]").wait_for(state="attached")


def drop(page: Page, *paths: Path) -> None:
    """Drop files and folders on the zone as the desktop does, which a script in the page could not."""
    box = page.locator("[data-zone]").bounding_box()
    assert box is not None
    desktop = page.context.new_cdp_session(page)
    what = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        where = {"x": box["x"] + 40, "y": box["y"] + 40}
        desktop.send("Input.dispatchDragEvent", {"type": kind, **where, "data": what})
    desktop.detach()


def network(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    return session


def slow_down(session: CDPSession, bytes_a_second: int, *, offline: bool = False) -> None:
    limits = {"offline": offline, "latency": 20, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
    session.send("Network.emulateNetworkConditions", limits)


def wait_until_settled(page: Page) -> None:
    page.wait_for_url(re.compile(r"/intakes/[0-9a-f-]{36}/$"), timeout=A_WHOLE_INTAKE)
    page.locator("[data-settled]").wait_for(state="attached", timeout=A_WHOLE_INTAKE)


def count(page: Page, outcome: str) -> int:
    return int(page.locator(f"[data-count={outcome}]").inner_text())


def folder_of_slices(folder: Path, slices: int = 24) -> Path:
    """About 130 kB a slice, so that a slow network takes seconds; every call makes another study."""
    ct_series(folder / "series", slices=slices, rows=256, columns=256, study=uuid.uuid4().hex)
    return folder


def some_have_arrived(page: Page) -> None:
    expect(page.locator("[data-files]")).to_have_text(re.compile(r"^([3-9]|1\d) of 24 files"), timeout=20 * SECONDS)


def test_a_dropped_folder_is_sent_sorted_in_and_made_ready_and_what_is_no_dicom_is_named_with_the_reason(
    signed_in_page: SignedInPage, tmp_path: Path
) -> None:
    folder = folder_of_slices(tmp_path / "from-the-scanner")
    not_dicom(folder, "letter.dcm")
    (folder / ".DS_Store").write_bytes(b"litter")
    page = open_intakes(signed_in_page)
    drop(page, folder)
    wait_until_settled(page)
    assert count(page, "ingested") == 24
    assert count(page, "quarantined") == 1
    row = page.locator("tr", has_text="from-the-scanner/letter.dcm")
    expect(row).to_contain_text("Not DICOM")
    expect(page.locator("tr", has_text="PAT-CT").locator(".state.ready")).to_be_visible()


def test_a_reload_in_the_middle_goes_on_by_itself_and_sends_nothing_twice(
    signed_in_page: SignedInPage, tmp_path: Path
) -> None:
    page = open_intakes(signed_in_page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
    session = network(page)
    slow_down(session, SLOW)
    drop(page, folder_of_slices(tmp_path / "folder"))
    expect(page.locator("[data-hint]")).to_contain_text("You may reload", timeout=20 * SECONDS)
    some_have_arrived(page)
    page.reload()
    wait_until_it_listens(page)
    expect(page.locator("[data-note]")).to_contain_text("Going on with an upload that was interrupted")
    slow_down(session, -1)
    wait_until_settled(page)
    assert count(page, "ingested") == 24
    # At most the three that were under way when the page was reloaded went out a second time.
    assert 24 <= len(sent) <= 24 + 3
    kept = page.evaluate(
        """() => new Promise((resolve) => {
            const opening = indexedDB.open("reading-room-uploads", 1);
            opening.onsuccess = () => {
                const asking = opening.result.transaction("files").objectStore("files").count();
                asking.onsuccess = () => resolve(asking.result);
            };
        })"""
    )
    assert kept == 0


def test_when_the_browser_kept_nothing_the_same_folder_is_dropped_again_and_only_the_rest_is_sent(
    signed_in_page: SignedInPage, tmp_path: Path
) -> None:
    folder = folder_of_slices(tmp_path / "folder")
    page = open_intakes(signed_in_page)
    session = network(page)
    slow_down(session, SLOW)
    drop(page, folder)
    some_have_arrived(page)
    page.evaluate(
        """() => new Promise((resolve) => {
            const opening = indexedDB.open("reading-room-uploads", 1);
            opening.onsuccess = () => {
                const change = opening.result.transaction("files", "readwrite");
                change.objectStore("files").clear();
                change.oncomplete = resolve;
            };
        })"""
    )
    page.reload()
    wait_until_it_listens(page)
    expect(page.locator("[data-error-head]")).to_contain_text("Drop the same folder again")
    arrived = int(page.locator("[data-files]").inner_text().split()[0])
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
    slow_down(session, -1)
    drop(page, folder)
    wait_until_settled(page)
    assert count(page, "ingested") == 24
    assert len(sent) == 24 - arrived


def test_a_lost_connection_is_said_and_the_upload_goes_on_when_it_is_back(
    signed_in_page: SignedInPage, tmp_path: Path
) -> None:
    page = open_intakes(signed_in_page)
    session = network(page)
    slow_down(session, SLOW)
    drop(page, folder_of_slices(tmp_path / "folder"))
    some_have_arrived(page)
    slow_down(session, SLOW, offline=True)
    # The first pauses are over before anybody could press: then the page goes on by itself.
    lost = re.compile(r"The connection was lost\. Trying again in ([4-9]|\d\d) s")
    expect(page.locator("[data-trouble-words]")).to_contain_text(lost, timeout=30 * SECONDS)
    slow_down(session, -1)
    page.locator("[data-try-now]").click()
    wait_until_settled(page)
    assert count(page, "ingested") == 24


def test_a_file_that_the_server_refuses_is_listed_and_the_rest_can_be_started(
    signed_in_page: SignedInPage, tmp_path: Path
) -> None:
    """Mocked: the server's answer for one file, because it refuses none of a browser's names by itself."""
    folder = folder_of_slices(tmp_path / "folder", slices=3)
    unlucky = sorted(path.name for path in folder.rglob("*.dcm"))[1]
    page = open_intakes(signed_in_page)
    problem = '{"type": "about:blank", "title": "Not valid", "status": 400, "detail": "The name is too long."}'
    page.route(
        re.compile(rf"/files\?name=.*{re.escape(unlucky)}"),
        lambda route: route.fulfill(status=400, content_type="application/problem+json", body=problem),
    )
    drop(page, folder)
    expect(page.locator("[data-error-head]")).to_have_text("1 file could not be sent.")
    expect(page.locator("[data-error-list]")).to_contain_text(f"{unlucky}: The name is too long.")
    page.locator("[data-seal]").click()
    wait_until_settled(page)
    assert count(page, "ingested") == 2


def test_two_files_of_one_name_from_two_folders_both_arrive(signed_in_page: SignedInPage, tmp_path: Path) -> None:
    """A file dialog gives names without folders: the second IM0001 must not be taken for the first."""
    first, second = (
        ct_series(tmp_path / name, slices=1, study=uuid.uuid4().hex)[0].rename(tmp_path / name / "IM0001")
        for name in ("one", "other")
    )
    page = open_intakes(signed_in_page)
    session = network(page)
    # The first one, of 4 kB, is still on its way when the second one is chosen.
    slow_down(session, 1_000)
    picker = page.locator("input[data-pick-files]")
    picker.set_input_files(str(first))
    picker.set_input_files(str(second))
    slow_down(session, -1)
    wait_until_settled(page)
    assert count(page, "ingested") == 2


def test_two_folders_dropped_in_a_hurry_become_one_intake(signed_in_page: SignedInPage, tmp_path: Path) -> None:
    folders = [folder_of_slices(tmp_path / name, slices=4) for name in ("first", "second")]
    page = open_intakes(signed_in_page)
    session = network(page)
    slow_down(session, 100_000)
    for folder in folders:
        drop(page, folder)
    slow_down(session, -1)
    wait_until_settled(page)
    assert count(page, "ingested") == 8


def test_a_zip_file_is_unpacked_by_the_server(signed_in_page: SignedInPage, tmp_path: Path) -> None:
    folder = folder_of_slices(tmp_path / "folder", slices=3)
    archive = shutil.make_archive(str(tmp_path / "series"), "zip", folder)
    page = open_intakes(signed_in_page)
    drop(page, Path(archive))
    wait_until_settled(page)
    assert count(page, "ingested") == 3


def test_a_chosen_folder_is_sent_with_its_paths(signed_in_page: SignedInPage, tmp_path: Path) -> None:
    folder = folder_of_slices(tmp_path / "chosen", slices=2)
    not_dicom(folder, "letter.dcm")
    page = open_intakes(signed_in_page)
    page.locator("input[data-pick-folder]").set_input_files(str(folder))
    wait_until_settled(page)
    assert count(page, "ingested") == 2
    expect(page.locator("tr", has_text="chosen/letter.dcm")).to_be_visible()


def test_signing_out_forgets_the_files_that_wait_in_the_browser(signed_in_page: SignedInPage, tmp_path: Path) -> None:
    page = open_intakes(signed_in_page)
    slow_down(network(page), 100_000)
    drop(page, folder_of_slices(tmp_path / "folder"))
    expect(page.locator("[data-hint]")).to_contain_text("You may reload", timeout=20 * SECONDS)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/")
    names = "async () => (await indexedDB.databases()).map((database) => database.name)"
    # The browser takes it away once the page that had it open is gone.
    Viewer(page).until(lambda: "reading-room-uploads" not in page.evaluate(names), "the files to be forgotten")


@pytest.mark.needs_data
def test_a_real_ct_is_brought_in_through_the_page(
    signed_in_page: SignedInPage, reading_room: ReadingRoom, data_dir: Path
) -> None:
    page = open_intakes(signed_in_page)
    drop(page, data_dir / "dicom" / "ct_lung_A0001_5mm")
    wait_until_settled(page)
    assert count(page, "ingested") + count(page, "already_there") >= 64
    page.get_by_role("link", name="Lung_Dx-A0001").first.click()
    picture = page.locator("img.picture").first
    expect(picture).to_be_visible()
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 256
