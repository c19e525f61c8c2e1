"""Driving the viewer as a reader does, and reading what it shows through window.readingRoom."""

import json
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from pydicom import dcmread
from pydicom.uid import generate_uid

from annotator.demo import thyroid_ultrasound
from tests.fixtures.browser import PATIENCE_MS
from tests.fixtures.product import ReadingRoom

Point = tuple[float, float]

PATIENCE = PATIENCE_MS / 1000

ASSIGN = """
from annotator.accounts.models import User
from annotator.cases.models import Case
from annotator.readerstudies.actions.assign_cases import assign_cases
cases = Case.objects.filter(study__patient__patient_id={patient_id!r})
admin = User.objects.get(username="admin")
reader = User.objects.get(username={reader!r})
assign_cases(admin, case_ids=[case.pk for case in cases], reader_ids=[reader.pk])
result = [str(case.pk) for case in cases]
"""


def assigned_case(
    reading_room: ReadingRoom, paths: Iterable[Path], patient_id: str, *, reader: str = "radiologist"
) -> str:
    """Bring files in, assign the patient's one case to the reader, and return its identifier."""
    return assigned_cases(reading_room, paths, [patient_id], reader=reader)[0]


def assigned_cases(
    reading_room: ReadingRoom, paths: Iterable[Path], patient_ids: Iterable[str], *, reader: str = "radiologist"
) -> list[str]:
    """The same for several patients, whose files are brought in at one go."""
    reading_room.manage("ingest", "--derive", *[str(path) for path in paths])
    reading_room.wait_for_jobs()
    found: list[str] = []
    for patient_id in patient_ids:
        cases: list[str] = reading_room.python(ASSIGN.format(patient_id=patient_id, reader=reader))
        assert len(cases) == 1, f"Expected one case of {patient_id}, found {cases}."
        found += cases
    return found


def thyroid_case(reading_room: ReadingRoom, folder: Path, *, reader: str = "radiologist") -> str:
    """The demo's thyroid nodule on two pictures as a case of a patient whom no other test has."""
    patient = new_patient()
    study, series = generate_uid(), generate_uid()
    pair = thyroid_ultrasound.write_thyroid_ultrasound(folder)[:2]
    for path in pair:
        made = dcmread(path)
        made.PatientID, made.PatientName = patient, patient
        made.StudyInstanceUID, made.SeriesInstanceUID, made.SOPInstanceUID = study, series, generate_uid()
        made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
        made.save_as(path)
    return assigned_case(reading_room, pair, patient, reader=reader)


def new_patient() -> str:
    """A patient identifier that no other test uses."""
    return f"P-{uuid.uuid4().hex[:10]}"


class Viewer:
    """One page with a case open. Points are column, row of the stored matrix."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, case_id: str) -> "Viewer":
        self.page.goto(f"/cases/{case_id}/")
        self.until(lambda: self.page.evaluate("Boolean(window.readingRoom?.ready)"), "the first picture")
        return self

    def wait_for_case(self, case_id: str) -> None:
        """Until this case's first picture is on the screen."""
        self.until(
            lambda: self.page.evaluate("id => window.readingRoom?.case === id && window.readingRoom.ready", case_id),
            f"the first picture of case {case_id}",
        )

    def reload(self) -> None:
        self.page.reload()
        self.until(lambda: self.page.evaluate("Boolean(window.readingRoom?.ready)"), "the first picture")

    def until(self, holds: Callable[[], Any], what: str, *, seconds: float = PATIENCE) -> Any:
        """Wait for an event of the page. (wait_for_function needs eval, which the security policy forbids.)"""
        end = time.monotonic() + seconds
        while not (value := holds()):
            assert time.monotonic() < end, f"Waited in vain for {what}; the page says: {self.words()}"
            self.page.wait_for_timeout(20)
        return value

    def words(self) -> str:
        said = "[...document.querySelectorAll('.notice')].map((notice) => notice.textContent)"
        return json.dumps(
            self.page.evaluate(f"({{said: {said}, save: window.readingRoom?.save, panes: window.readingRoom?.panes}})")
        )

    def pane(self, index: int = 0) -> dict[str, Any]:
        return dict(self.page.evaluate("i => window.readingRoom.panes[i]", index))

    def marks(self) -> list[dict[str, Any]]:
        return list(self.page.evaluate("window.readingRoom.marks"))

    def findings(self) -> list[dict[str, Any]]:
        return list(self.page.evaluate("window.readingRoom.findings"))

    def answers(self) -> list[dict[str, Any]]:
        return list(self.page.evaluate("window.readingRoom.answers"))

    def save_state(self) -> str:
        return str(self.page.evaluate("window.readingRoom.save.state"))

    def wait_until_saved(self, *, seconds: float = PATIENCE) -> None:
        self.until(lambda: self.save_state() == "saved", "everything to be saved", seconds=seconds)

    def wait_for_slice(self, index: int, *, pane: int = 0) -> None:
        self.until(lambda: self.pane(pane)["slice"] == index, f"slice {index}")

    def screen(self, point: Point, *, pane: int = 0) -> Point:
        """Where a pixel lies on the page, once its pane shows a picture: `open` waits for one pane's only."""
        at = [pane, *point]
        to_screen = "([p, c, r]) => window.readingRoom.pixelToScreen(p, c, r)"
        x, y = self.until(lambda: self.page.evaluate(to_screen, at), f"a picture in pane {pane + 1}")
        return float(x), float(y)

    def pixel(self, screen: Point, *, pane: int = 0) -> Point:
        """The pixel under a place of the page: the map that screen() samples, turned round."""
        origin, right, down = (self.screen(p, pane=pane) for p in ((0, 0), (100, 0), (0, 100)))
        a, b = (right[0] - origin[0]) / 100, (right[1] - origin[1]) / 100
        c, d = (down[0] - origin[0]) / 100, (down[1] - origin[1]) / 100
        x, y = screen[0] - origin[0], screen[1] - origin[1]
        return (d * x - c * y) / (a * d - b * c), (a * y - b * x) / (a * d - b * c)

    def drag(self, points: Iterable[Point], *, pane: int = 0, button: str = "left") -> list[Point]:
        """Press on the first point, move over the others, let go on the last; returns the pixels really hit.

        The mouse has whole positions: where a pixel lies between two of them the nearest one is taken.
        """
        self.wait_until_painted()
        places = [tuple(float(round(v)) for v in self.screen(point, pane=pane)) for point in points]
        mouse = self.page.mouse
        mouse.move(*places[0])
        mouse.down(button=button)
        for x, y in places[1:]:
            mouse.move(x, y)
        mouse.up(button=button)
        return [self.pixel((x, y), pane=pane) for x, y in places]

    def drag_to(self, points: Iterable[Point], *, pane: int = 0) -> None:
        """As drag(), without asking afterwards what was hit: for many strokes one after the other."""
        places = self.page.evaluate(
            "([p, points]) => points.map(([c, r]) => window.readingRoom.pixelToScreen(p, c, r))", [pane, list(points)]
        )
        mouse = self.page.mouse
        mouse.move(*places[0])
        mouse.down()
        for x, y in places[1:]:
            mouse.move(x, y)
        mouse.up()

    def click(self, point: Point, *, pane: int = 0) -> None:
        self.wait_until_painted()
        self.page.mouse.click(*self.screen(point, pane=pane))

    def wait_until_painted(self) -> None:
        """Until the page shows what it was told before: nobody presses on a mark that they don't see yet."""
        self.page.evaluate("new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")

    def clicks(self, points: Iterable[Point], *, pane: int = 0) -> list[Point]:
        """Click on the whole positions nearest to some pixels; returns the pixels really hit."""
        self.wait_until_painted()
        places = [tuple(float(round(v)) for v in self.screen(point, pane=pane)) for point in points]
        for x, y in places:
            self.page.mouse.click(x, y)
        return [self.pixel((x, y), pane=pane) for x, y in places]

    def zoom(self, turns: float, at: Point, *, pane: int = 0) -> None:
        """Turn the wheel with Ctrl over a pixel, inwards for more than 0, and wait until the picture has followed."""
        before = self.pane(pane)["zoom"]
        self.page.mouse.move(*self.screen(at, pane=pane))
        self.page.keyboard.down("Control")
        self.page.mouse.wheel(0, -turns)
        self.page.keyboard.up("Control")
        self.until(lambda: self.pane(pane)["zoom"] != before, "the zoom")
