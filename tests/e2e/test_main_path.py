"""The main job, as people do it: DICOM in through the page, marks by mouse, a training dataset out."""

import contextlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pycocotools.coco import COCO
from pydicom import dcmread

from tests.builders import ultrasound
from tests.fixtures.browser import SignedInPage
from tests.fixtures.product import ReadingRoom, StartReadingRoom

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def reading_room(start_reading_room: StartReadingRoom) -> Iterator[ReadingRoom]:
    """A product of its own: what comes in here must not be there already."""
    with start_reading_room() as room:
        yield room


SECONDS = 1000
PIXEL = 0.1


def patient_of(path: Path) -> str:
    return str(dcmread(path, stop_before_pixels=True).PatientID)


def bring_in(page: Page, folder: Path) -> dict[str, int]:
    """Bring a folder in through the page; how many files had which outcome."""
    page.goto("/intakes/")
    page.locator("[data-upload][data-ready]").wait_for(state="attached")
    box = page.locator("[data-zone]").bounding_box()
    assert box is not None
    desktop = page.context.new_cdp_session(page)
    what = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        where = {"x": box["x"] + 40, "y": box["y"] + 40}
        desktop.send("Input.dispatchDragEvent", {"type": kind, **where, "data": what})
    page.wait_for_url(re.compile(r"/intakes/[0-9a-f-]{36}/$"), timeout=120 * SECONDS)
    page.locator("[data-settled]").wait_for(state="attached", timeout=120 * SECONDS)
    outcomes = ("ingested", "already_there", "quarantined")
    return {name: int(page.locator(f"[data-count={name}]").inner_text()) for name in outcomes}


def assign(page: Page, *, find: str, reader: str) -> None:
    """Give every case that a search finds to a reader, through the page."""
    page.goto(f"/assignments/?q={find}")
    page.get_by_label("All listed cases").check()
    page.get_by_role("checkbox", name=re.compile(f"^{reader}")).check()
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("assigned")


def open_case(page: Page, title: str) -> None:
    page.goto("/worklist/")
    page.locator("tbody tr", has_text=title).last.get_by_role("link").first.click()
    page.wait_for_function("() => window.readingRoom?.ready", timeout=20 * SECONDS)
    page.wait_for_function(
        "() => window.readingRoom.panes.every((one) => !one.stack || one.slice >= 0)", timeout=20 * SECONDS
    )


def to_screen(page: Page, point: tuple[float, float], *, pane: int = 0) -> tuple[float, float]:
    place = page.evaluate("([p, c, r]) => window.readingRoom.pixelToScreen(p, c, r)", [pane, *point])
    return round(place[0]), round(place[1])


def drag(page: Page, path: list[tuple[float, float]], *, pane: int = 0) -> None:
    """Draw through points of the stored matrix, with the mouse, at whole screen pixels."""
    places = [to_screen(page, point, pane=pane) for point in path]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def marks(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate("window.readingRoom.marks")
    return sorted(found, key=lambda mark: str(mark["id"]))


def wait_until_saved(page: Page) -> None:
    expect(page.get_by_text("All changes saved")).to_be_visible()
    page.wait_for_function("() => window.readingRoom.marks.every((mark) => mark.revision > 0)", timeout=20 * SECONDS)


def draw(page: Page, key: str, path: list[tuple[float, float]], *, pane: int = 0) -> None:
    """Choose a tool by its key, draw, and wait until the server has it."""
    before = len(marks(page))
    page.keyboard.press(key)
    drag(page, path, pane=pane)
    page.wait_for_function(f"() => window.readingRoom.marks.length === {before + 1}", timeout=20 * SECONDS)
    wait_until_saved(page)


def reload_and_compare(page: Page) -> list[dict[str, Any]]:
    before = marks(page)
    page.reload()
    page.wait_for_function("() => window.readingRoom?.ready", timeout=20 * SECONDS)
    page.wait_for_function(f"() => window.readingRoom.marks.length === {len(before)}", timeout=20 * SECONDS)
    after = marks(page)
    for one, other in zip(before, after, strict=True):
        assert (one["id"], one["frame"], one["kind"]) == (other["id"], other["frame"], other["kind"])
        assert len(one["points"]) == len(other["points"])
        for drawn, back in zip(one["points"], other["points"], strict=True):
            assert abs(drawn[0] - back[0]) <= PIXEL
            assert abs(drawn[1] - back[1]) <= PIXEL
    return after


def export_all(page: Page, title: str, *, study_search: str, schema: str | None = None) -> Path:
    """Choose studies in the catalogue, ask for an export, wait for it, download it."""
    page.goto(f"/studies/?q={study_search}")
    page.get_by_label("All on this page").check()
    page.get_by_role("button", name="Export").click()
    page.get_by_label("Title").fill(title)
    if schema is not None:
        page.get_by_label("Label schema").select_option(schema)
    page.get_by_role("button", name="Make the export").click()
    download = page.locator("tr", has_text=title).get_by_role("link", name=re.compile("^Download"))
    expect(download).to_be_visible(timeout=60 * SECONDS)
    with page.expect_download() as arriving:
        download.click()
    return Path(arriving.value.path())


def exported_marks(archive: Path, folder: Path) -> dict[str, dict[str, Any]]:
    """Every annotation of the zip's COCO files by its mark, loaded by pycocotools; sizes checked against pictures."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    found = {}
    for document in sorted((folder / "annotations").glob("*.json")):
        with contextlib.redirect_stdout(io.StringIO()):
            coco = COCO(str(document))
        for row in coco.dataset["annotations"]:
            [picture] = coco.loadImgs([row["image_id"]])
            assert (folder / "images" / document.stem / picture["file_name"]).exists()
            [category] = coco.loadCats([row["category_id"]])
            found[row["attributes"]["mark"]] = {**row, "category": category["name"], "picture": picture}
    return found


def assert_exported_as_drawn(drawn: list[dict[str, Any]], exported: dict[str, dict[str, Any]]) -> None:
    assert set(exported) == {mark["id"] for mark in drawn}
    for mark in drawn:
        row = exported[mark["id"]]
        columns = [point[0] for point in mark["points"]]
        lines = [point[1] for point in mark["points"]]
        if mark["kind"] != "point":
            expected = [min(columns), min(lines), max(columns) - min(columns), max(lines) - min(lines)]
            assert row["bbox"] == pytest.approx(expected, abs=1e-6)
        if mark["kind"] == "contour":
            assert row["segmentation"] == [[value for point in mark["points"] for value in point]]


@pytest.mark.needs_data
def test_a_chest_ct_comes_in_is_marked_with_the_mouse_and_leaves_as_coco(
    signed_in_page: SignedInPage, reading_room: ReadingRoom, data_dir: Path, tmp_path: Path
) -> None:
    manager, admin, reader = (signed_in_page(name) for name in ("data_manager", "admin", "radiologist"))
    folder = data_dir / "dicom" / "ct_lung_A0001_5mm"
    assert bring_in(manager, folder) == {"ingested": 64, "already_there": 0, "quarantined": 0}
    assign(admin, find="64+slices", reader="radiologist")

    open_case(reader, "64 slices")
    pane = reader.evaluate("window.readingRoom.panes[0]")
    assert pane["slices"] == 64
    picture = reader.locator("canvas").first.bounding_box()
    assert picture is not None
    reader.mouse.move(picture["x"] + picture["width"] / 2, picture["y"] + picture["height"] / 2)
    reader.keyboard.press("4")
    reader.wait_for_function("() => window.readingRoom.panes[0].window.name === 'Lung'")
    reader.mouse.wheel(0, 100)
    reader.wait_for_function(f"() => window.readingRoom.panes[0].slice !== {pane['slice']}")
    reader.keyboard.press("ArrowDown")

    box_corners = [(150.0, 200.0), (205.0, 250.0)]
    draw(reader, "b", box_corners)
    [box] = marks(reader)
    zoom = reader.evaluate("window.readingRoom.panes[0].zoom")
    for wanted, got in zip(box_corners, sorted(box["points"]), strict=True):
        # Whole screen pixels: half of one is what rounding may cost.
        assert abs(wanted[0] - got[0]) <= 0.5 / zoom + PIXEL
        assert abs(wanted[1] - got[1]) <= 0.5 / zoom + PIXEL
    outline = [(300.0, 200.0), (340.0, 215.0), (350.0, 250.0), (320.0, 280.0), (290.0, 250.0), (300.0, 202.0)]
    draw(reader, "c", outline)
    reader.keyboard.press("ArrowDown")
    draw(reader, "b", [(100.0, 300.0), (140.0, 330.0)])
    drawn = reload_and_compare(reader)
    assert sorted(mark["kind"] for mark in drawn) == ["box", "box", "contour"]

    archive = export_all(manager, "Chest CT", study_search=patient_of(folder / "1-01.dcm"))
    exported = exported_marks(archive, tmp_path / "zip")
    assert_exported_as_drawn(drawn, exported)
    assert {(row["picture"]["width"], row["picture"]["height"]) for row in exported.values()} == {(512, 512)}


def test_one_nodule_is_marked_on_two_ultrasound_pictures_scored_submitted_and_exported(
    signed_in_page: SignedInPage, reading_room: ReadingRoom, tmp_path: Path
) -> None:
    folder = tmp_path / "ultrasound"
    folder.mkdir()
    for number, view in enumerate(("transverse", "longitudinal"), start=1):
        ultrasound(folder, study="thyroid", rows=300, columns=400, number=number, view=view, patient_id="PAT-THYROID")
    manager, admin, reader = (signed_in_page(name) for name in ("data_manager", "admin", "radiologist"))
    assert bring_in(manager, folder)["ingested"] == 2
    assign(admin, find="PAT-THYROID", reader="radiologist")

    open_case(reader, "Ultrasound · 2 stills")
    draw(reader, "c", [(200.0, 150.0), (260.0, 150.0), (270.0, 200.0), (210.0, 210.0), (200.0, 152.0)])
    draw(reader, "c", [(150.0, 120.0), (220.0, 120.0), (225.0, 180.0), (160.0, 190.0), (150.0, 122.0)], pane=1)
    first, second = marks(reader)
    assert first["frame"] != second["frame"]
    assert first["finding"] == second["finding"] is not None, "both marks show the one nodule"
    for choice in ("Mixed cystic and solid", "Isoechoic", "Taller than wide", "Smooth", "None"):
        # Before the words stands the key that means them.
        reader.locator("label", has_text=re.compile(f"^\\W*\\w?\\W*{choice}", re.IGNORECASE)).first.click()
    expect(reader.get_by_text("TR4").first).to_be_visible()
    drawn = reload_and_compare(reader)

    archive = export_all(manager, "Thyroid", study_search="PAT-THYROID", schema="acr-tirads")
    exported = exported_marks(archive, tmp_path / "zip")
    assert_exported_as_drawn(drawn, exported)
    assert {row["category"] for row in exported.values()} == {"nodule"}
    assert {row["attributes"]["score"]["points"] for row in exported.values()} == {5}
    manifest = json.loads((tmp_path / "zip" / "manifest.json").read_text())
    assert set(manifest["files"]) | {"manifest.json"} == {
        str(path.relative_to(tmp_path / "zip")) for path in (tmp_path / "zip").rglob("*") if path.is_file()
    }
