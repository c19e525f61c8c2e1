"""How many keys, clicks and drags do a reader's standard tasks take, and how long does the reader wait?

    .venv/bin/python -m benchmarks.standard_tasks

Each task is done in Chromium, from the open case until everything is saved; keys and drags are counted as sent.
"hand, s" is what the acts take an average person by the keystroke-level model (Card, Moran and Newell 1980: a key
0.28 s, pointing 1.10 s, a button down or up 0.10 s, from keys to mouse or back 0.40 s), looking and thinking left out;
"waits, s" is how long the page then took to have it saved, measured. Prints a table.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

from annotator.demo import thyroid_ultrasound
from benchmarks.phantom_dicom import make_ct
from benchmarks.viewer_product import chromium, open_case, running_product, until
from tests.builders import tomosynthesis_four_views

KEY, POINT, BUTTON, HOMING = 0.28, 1.10, 0.10, 0.40
WINDOW: ViewportSize = {"width": 1366, "height": 768}
CT, US, MG = "BENCHMARK-TASK", thyroid_ultrasound.STUDY.patient_id, "BENCHMARK-TASK-MG"


@dataclass
class Hands:
    """A reader's hands on one page, counting."""

    page: Page
    keys: int = 0
    drags: int = 0
    homings: int = 0
    waits: float = 0
    on_mouse: bool = field(default=True)

    def press(self, *keys: str) -> None:
        for key in keys:
            self._move_to(mouse=False)
            self.page.keyboard.press(key)
            self.keys += 1

    def drag(self, start: tuple[float, float], end: tuple[float, float], *, pane: int = 0) -> None:
        self._move_to(mouse=True)
        mouse = self.page.mouse
        places = [
            self.page.evaluate("([p, c, r]) => window.readingRoom.pixelToScreen(p, c, r)", [pane, *at])
            for at in (start, ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), end)
        ]
        mouse.move(*places[0])
        mouse.down()
        for place in places[1:]:
            mouse.move(*place)
        mouse.up()
        self.drags += 1

    def wait(self, expression: str) -> None:
        began = time.monotonic()
        until(self.page, expression)
        self.waits += time.monotonic() - began

    @property
    def hand_seconds(self) -> float:
        return self.keys * KEY + self.drags * 2 * (POINT + BUTTON) + self.homings * HOMING

    def _move_to(self, *, mouse: bool) -> None:
        self.homings += mouse != self.on_mouse
        self.on_mouse = mouse


def box_with_label(hands: Hands) -> None:
    """CT: a box round a lesion, called suspicious."""
    hands.press("b")
    hands.drag((150, 150), (200, 210))
    hands.press("Enter", "4", "Escape")


def nodule_with_calipers(hands: Hands) -> None:
    """Ultrasound: one nodule measured on both pictures, five TI-RADS answers."""
    hands.press("Shift+T")
    for pane in (0, 1):
        hands.drag((250, 250), (400, 250), pane=pane)
        hands.drag((320, 200), (320, 310), pane=pane)
    hands.press("Enter", "3", "3", "2", "1", "1", "Escape")


def four_views(hands: Hands) -> None:
    """Tomosynthesis: a mass boxed in CC and MLO, both breasts assessed, density."""
    hands.press("b")
    hands.drag((20, 40), (50, 70), pane=0)
    hands.drag((20, 60), (50, 90), pane=2)
    hands.press("Shift+Enter", "4", "b", "2", "c", "Escape")


TASKS: dict[str, tuple[str, Callable[[Hands], None]]] = {
    CT: ("box on a CT with label", box_with_label),
    US: ("TI-RADS nodule with calipers", nodule_with_calipers),
    MG: ("four-view BI-RADS", four_views),
}


def make_thyroid(folder: Path) -> None:
    for spare in thyroid_ultrasound.write_thyroid_ultrasound(folder)[2:]:
        spare.unlink()


def main() -> None:
    make = {
        CT: lambda folder: make_ct(folder, 40, name="task"),
        US: make_thyroid,
        MG: lambda folder: tomosynthesis_four_views(folder, study=MG, patient_id=MG),
    }
    rows = []
    with running_product(make) as (address, cases), chromium() as browser:
        for patient, (title, task) in TASKS.items():
            page = open_case(browser, address, cases[patient], WINDOW)
            until(page, "window.readingRoom.panes.every((pane) => pane.slice >= 0)")
            hands = Hands(page)
            task(hands)
            hands.wait("window.readingRoom.save.state === 'saved'")
            made = page.evaluate("[window.readingRoom.marks.length, window.readingRoom.answers.length]")
            assert all(made), f"{title} left {made[0]} marks and {made[1]} answers"
            rows.append((title, hands, *made))
            page.context.close()
    load = os.getloadavg()[0]
    print(f"\nstandard tasks, from the open case to everything saved, load average {load:.1f}")
    print(f"{'':<30}{'keys':>6}{'drags':>7}{'marks':>7}{'hand, s':>9}{'waits, s':>10}")
    for title, hands, marks, _ in rows:
        print(f"{title:<30}{hands.keys:>6}{hands.drags:>7}{marks:>7}{hands.hand_seconds:>9.1f}{hands.waits:>10.1f}")


if __name__ == "__main__":
    main()
