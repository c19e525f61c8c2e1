"""What stands before the camera: a radiologist reads, a data manager brings in and exports, an admin assigns."""

import math
import re
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from annotator.accounts.models import Role
from annotator.demo.actions.make_people import ADMIN, DATA_MANAGER, RADIOLOGIST, DemoPerson
from annotator.demo.ct_object import ct_slice
from annotator.demo.dicom_files import MadeStudy, save
from annotator.demo.head_ct import LOWEST_MM, SLICE_MM, SPACING_MM, HeadSlice, make_slice
from annotator.demo.thyroid_ultrasound import LEFT, MM_PER_PIXEL, NODULES, TOP, Plane
from annotator.demo.tomosynthesis import ViewName, lesion_centre
from tools.camera import SIZE, Camera, OpenCase, Point, wait_until

BLEED_SLICE = 20
FOLLOW_UP = MadeStudy(
    "follow-up head ct",
    "DEMO-CT-002",
    "Demo^FollowUp",
    sex="M",
    birth_date="19540317",
    description="CT head, follow-up",
    date="20260112",
    time="091000",
)
FOLLOW_UP_SLICES = range(14, 26)
HEAD_CT = (
    ("haemorrhage", "Present"),
    ("intraparenchymal", "Present"),
    ("intraventricular", "Absent"),
    ("subdural", "Present"),
    ("extradural", "Absent"),
    ("subarachnoid", "Absent"),
    ("bleed_side", "Left"),
    ("chronic_bleed", "Absent"),
    ("calvarial_fracture", "Present"),
    ("other_fracture", "Absent"),
    ("midline_shift", "Present"),
    ("mass_effect", "Present"),
)
TI_RADS = (
    ("composition", "Solid"),
    ("echogenicity", "Hypoechoic"),
    ("shape", "Wider"),
    ("margin", "Smooth"),
    ("echogenic_foci", "Punctate"),
)
# Of the painted bleed: brain and the swelling round it stay out.
BLOOD_HU = {"Lowest value painted": 50, "Highest value painted": 100}
SUBMIT_ANYWAY = "Submit anyway"
SECOND_READER = DemoPerson("second_reader", "another-quiet-lamp-3", Role.RADIOLOGIST, "Sam", "Second")


class Scenes:
    """Everything that is photographed, in the order in which the work is done."""

    def __init__(self, browser: Browser, address: str, *, pictures: Path, scratch: Path) -> None:
        self.browser, self.address, self.pictures, self.scratch = browser, address, pictures, scratch

    def take_all(self) -> None:
        """Take every picture of docs/pictures."""
        self._photograph_sign_in()
        reader = self._sign_in(RADIOLOGIST)
        head = make_slice(BLEED_SLICE)
        self._photograph_head_ct(reader, head)
        self._photograph_tomosynthesis(reader)
        self._photograph_thyroid(reader)
        self._photograph_worklist(reader)
        self._photograph_data_managing(self._sign_in(DATA_MANAGER))
        admin = self._sign_in(ADMIN)
        self._photograph_administration(admin)
        self._read_as_second(self._sign_in(SECOND_READER), head)
        self._photograph_review(admin, head)

    def _page(self) -> Page:
        return self.browser.new_context(base_url=self.address, viewport=SIZE, locale="en-GB").new_page()  # type: ignore[arg-type]

    def _sign_in(self, person: DemoPerson) -> Page:
        page = self._page()
        page.goto("/sign-in/")
        page.fill("input[name=username]", person.username)
        page.fill("input[name=password]", person.password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        return page

    def _take(self, page: Page, name: str, path: str = "") -> None:
        if path:
            page.goto(path)
        Camera(page, self.pictures).take(name)

    def _photograph_sign_in(self) -> None:
        self._take(self._page(), "sign-in", "/sign-in/")

    def _open(self, page: Page, title: str) -> OpenCase:
        page.goto("/worklist/")
        page.locator("tbody tr", has_text=title).first.get_by_role("link").first.click()
        return OpenCase(page)

    def _photograph_head_ct(self, page: Page, head: HeadSlice) -> None:
        case = self._open(page, "40 slices")
        self._photograph_hanging(page, case)
        case.go_to(BLEED_SLICE)
        page.keyboard.press("1")
        self._photograph_mask(page, case, head)
        case.add_finding("Haemorrhage", "left frontal")
        case.draw("c", outline(head.parenchymal_bleed))
        case.add_finding("Haemorrhage", "left subdural")
        case.draw("c", outline(head.subdural_bleed))
        case.answer("head-ct", HEAD_CT)
        # The mark, whose many handles hide the picture, then the finding, which dims the other one.
        for _ in range(3):
            page.keyboard.press("Escape")
        case.rest()
        self._take(page, "viewer-ct")
        page.keyboard.press("?")
        self._take(page, "viewer-keys")
        page.keyboard.press("Escape")
        self._submit(page)

    def _photograph_hanging(self, page: Page, case: OpenCase) -> None:
        """The head in three windows and their colours."""
        choice = page.get_by_label("Hanging", exact=True)
        choice.select_option("ct-head-windows")
        wait_until(lambda: bool(case.pane(3)["said"]), "the three windows")
        case.go_to(BLEED_SLICE)
        wait_until(lambda: case.pane(3)["slice"] == BLEED_SLICE, "all panes to follow")
        case.rest()
        self._take(page, "viewer-hanging")
        choice.select_option("one")

    def _photograph_mask(self, page: Page, case: OpenCase, head: HeadSlice) -> None:
        """A bleed painted by its Hounsfield units; taken back afterwards."""
        across = stroke_within(head.parenchymal_bleed)
        page.keyboard.press("Shift+H")
        for words, value in BLOOD_HU.items():
            page.get_by_label(words).fill(str(value))
            page.keyboard.press("Enter")
        case.draw("Shift+H", across)
        page.mouse.move(2, 2)
        self._take(page, "viewer-mask")
        page.keyboard.press("Control+Z")
        wait_until(lambda: not page.evaluate("window.readingRoom.marks.length"), "the mask to be taken back")
        case.wait_until_saved()
        page.keyboard.press("v")

    def _submit(self, page: Page) -> None:
        before = page.url
        page.keyboard.press("s")
        anyway = page.get_by_role("button", name=SUBMIT_ANYWAY)
        wait_until(lambda: anyway.is_visible() or page.url != before, "the reading to be submitted")
        if anyway.is_visible():
            anyway.click()
        page.wait_for_url(lambda url: url != before)

    def _photograph_tomosynthesis(self, page: Page) -> None:
        case = self._open(page, "4 views")
        views: tuple[ViewName, ...] = ("LCC", "LMLO")
        for view in views:
            pane = case.pane_named(view)
            column, row, frame = lesion_centre(view)
            case.go_to(case.slice_of_frame(pane, frame), pane=pane)
            case.draw("b", [(column - 55, row - 50), (column + 55, row + 50)], pane=pane)
        case.answer("birads-breast", (("assessment", "4C"),), of="breast L")
        case.answer("birads-breast", (("assessment", "1"),), of="breast R")
        case.answer("birads-assessment", (("density", "b"),))
        case.rest()
        self._take(page, "viewer-tomosynthesis")

    def _photograph_thyroid(self, page: Page) -> None:
        case = self._open(page, "2 stills")
        planes: tuple[Plane, ...] = ("transverse", "longitudinal")
        for pane, plane in enumerate(planes):
            case.draw("c", nodule_outline(plane), pane=pane)
        case.answer("acr-tirads", TI_RADS)
        # What the networks found waits beside the marks.
        page.locator("[data-suggestion]").first.wait_for(state="attached")
        case.wait_until_saved()
        case.rest()
        self._take(page, "viewer-thyroid")
        self._photograph_conflict(page, case)

    def _photograph_conflict(self, page: Page, case: OpenCase) -> None:
        """The same contour moved in two windows of one person."""
        edge = nodule_outline("transverse")[0]
        other = page.context.new_page()
        other.goto(page.url)
        OpenCase(other).choose_and_move(edge, (8, 14))
        other.close()
        case.choose_and_move(edge, (-14, 4), saved=False)
        page.get_by_role("region", name="Changed elsewhere").wait_for()
        page.mouse.move(2, 2)
        self._take(page, "viewer-conflict")
        page.get_by_role("button", name="Take the other one").click()
        case.wait_until_saved()

    def _photograph_worklist(self, page: Page) -> None:
        self._take(page, "worklist", "/worklist/")

    def _photograph_data_managing(self, page: Page) -> None:
        self._arrange(page)
        self._take(page, "studies", "/studies/")
        page.locator("tbody tr", has_text="CT head").locator("a[data-open]").first.click()
        self._take(page, "study")
        page.goto("/intakes/")
        page.locator("[data-upload][data-ready]").wait_for(state="attached")
        self._take(page, "intakes")
        page.locator("[data-pick-folder]").set_input_files(self._write_follow_up())
        page.wait_for_url(re.compile(r"/intakes/[0-9a-f-]{36}/$"))
        page.locator("[data-settled]").wait_for(state="attached")
        self._take(page, "intake")
        self._take(page, "quarantine", "/quarantine/")
        self._export(page)
        self._take(page, "exports")
        self._take(page, "jobs", "/jobs/")

    def _arrange(self, page: Page) -> None:
        """A collection and two tags, as they are after some weeks of work."""
        page.goto("/collections/")
        page.get_by_label("Name", exact=True).fill("Monday conference")
        page.get_by_label("Description", exact=True).fill("Cases for the residents.")
        page.get_by_role("button", name="Make it").click()
        for words, tag in (("CT head", "second look"), ("DEMO", "teaching")):
            page.goto(f"/studies/?q={words}")
            page.get_by_label("All on this page").check()
            page.get_by_label("Tag, several").fill(tag)
            page.get_by_role("button", name="Add", exact=True).click()
            page.locator(".messages").wait_for()
        page.get_by_label("Collection", exact=True).last.select_option(label="Monday conference")
        page.get_by_role("button", name="Put in").click()
        page.locator(".messages").wait_for()
        page.get_by_role("button", name="Choose none").click()

    def _export(self, page: Page) -> None:
        page.goto("/studies/?q=DEMO")
        page.get_by_label("All on this page").check()
        page.get_by_role("button", name="Export").click()
        page.get_by_label("Title").fill("Demo patients, first reading")
        page.get_by_label("Label schema").select_option("acr-tirads")
        page.get_by_role("button", name="Make the export").click()
        download = page.get_by_role("link", name=re.compile("^Download")).first
        download.wait_for()

    def _write_follow_up(self) -> Path:
        """A folder as it comes from a disc: slices, a note, a slice that was cut off."""
        folder = self.scratch / "follow-up"
        folder.mkdir()
        corner = -(512 - 1) / 2 * SPACING_MM
        for index in FOLLOW_UP_SLICES:
            made = ct_slice(
                FOLLOW_UP,
                make_slice(index, seed=12).hounsfield,
                number=index,
                position=(corner, corner, LOWEST_MM + index * SLICE_MM),
                spacing=SPACING_MM,
                slice_thickness=SLICE_MM,
                series_description="Head 4.0 mm",
            )
            path = save(made, folder / f"IM{index:04d}.dcm")
        cut = path.read_bytes()
        path.write_bytes(cut[: len(cut) // 2])
        (folder / "README.txt").write_text("Exported from the archive on 12 January.\n" * 8)
        return folder

    def _photograph_schema_editor(self, page: Page) -> None:
        page.goto("/label-schemas/acr-tirads/")
        page.get_by_label("Title of the copy").fill("Nodules, our words")
        page.get_by_label("Its key").fill("our-nodules")
        page.get_by_role("button", name="Copy and edit").click()
        page.locator(".ed-list").get_by_text("Composition").click()
        for question, option in TI_RADS:
            page.locator(f".preview [data-question={question}]").get_by_text(re.compile(f"^{option}")).first.click()
        page.get_by_label("As if measured, mm").fill("12")
        page.locator(".preview .score").get_by_text("TR5").first.wait_for()
        self._take(page, "schema-editor")

    def _photograph_administration(self, page: Page) -> None:
        page.goto("/people/")
        page.get_by_label("Sign-in name").fill(SECOND_READER.username)
        page.get_by_label("First name").fill(SECOND_READER.first_name)
        page.get_by_label("Last name").fill(SECOND_READER.last_name)
        page.get_by_label("First password").fill(SECOND_READER.password)
        page.get_by_role("button", name="Add", exact=True).click()
        page.locator("tbody tr", has_text="second_reader").wait_for()
        self._take(page, "people")
        page.goto("/assignments/?q=head")
        page.get_by_label("All listed cases").check()
        page.get_by_role("checkbox", name=re.compile("^Sam Second")).check()
        page.get_by_role("button", name="Assign", exact=True).click()
        page.locator(".messages").wait_for()
        self._take(page, "assignments", "/assignments/")
        self._take(page, "audit", "/audit/")
        self._photograph_schema_editor(page)

    def _read_as_second(self, page: Page, head: HeadSlice) -> None:
        """The head again, by somebody who draws the one bleed wider and doesn't see the other."""
        case = self._open(page, "40 slices")
        case.go_to(BLEED_SLICE)
        case.add_finding("Haemorrhage", "left frontal")
        grown = cv2.dilate(head.parenchymal_bleed.astype(np.uint8), np.ones((15, 15), np.uint8))
        case.draw("c", outline(grown.astype(bool)))
        self._submit(page)

    def _photograph_review(self, page: Page, head: HeadSlice) -> None:
        """Both readers' marks over each other, and a remark on what one of them left out."""
        page.goto("/cases/?q=40")
        page.locator("tbody tr", has_text="40 slices").first.get_by_role("link").first.click()
        case = OpenCase(page)
        case.go_to(BLEED_SLICE)
        page.keyboard.press("Alt+c")
        case.press_at(outline(head.subdural_bleed)[0])
        page.keyboard.type("Subdural too?")
        page.keyboard.press("Enter")
        page.locator(".pin").wait_for()
        case.rest()
        self._take(page, "viewer-review")


def outline(mask: NDArray[np.bool_]) -> list[Point]:
    """The largest part's outline as a stroke of the mouse through pixel centres, begun and ended at one place."""
    found: Any = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]
    largest = max(found, key=cv2.contourArea)[:, 0, :]
    stroke = [(float(column) + 0.5, float(row) + 0.5) for column, row in largest[::2]]
    return [*stroke, stroke[0]]


def stroke_within(mask: NDArray[np.bool_]) -> list[Point]:
    """To and fro over a shape, as a hand paints it."""
    rows, columns = np.nonzero(mask)
    lines = np.linspace(rows.min() + 6, rows.max() - 6, 9).astype(int)
    stroke: list[Point] = []
    for number, row in enumerate(lines):
        ends = (float(columns[rows == row].min()), float(columns[rows == row].max()))
        stroke += [(column, float(row)) for column in (ends if number % 2 else ends[::-1])]
    return stroke


def nodule_outline(plane: Plane) -> list[Point]:
    """The phantom's nodule, outlined a little unsteadily."""
    nodule = NODULES[plane]
    turn = math.radians(nodule.turn)
    points = []
    for step in range(61):
        angle = 2 * math.pi * step / 60
        reach = 1 + 0.02 * math.sin(5 * angle)
        along, across = nodule.half_length * reach * math.cos(angle), nodule.half_height * reach * math.sin(angle)
        u = nodule.u + along * math.cos(turn) - across * math.sin(turn)
        d = nodule.d + along * math.sin(turn) + across * math.cos(turn)
        points.append((LEFT + u / MM_PER_PIXEL, TOP + d / MM_PER_PIXEL))
    return points
