"""How fast is the viewer? Time to the first picture of a 300-slice CT, and pictures dropped while scrolling.

    .venv/bin/python -m benchmarks.viewer [--slices 300] [--rounds 5]
    .venv/bin/python -m benchmarks.viewer --tomosynthesis [--frames 60] [--rounds 3]

The second opens four views of 2457 x 1890 in 2 x 2 panes: time to the first picture and to all four, then steps through
one view in a quarter of the screen and in a pane of 800 pixels, as fast as pictures come.

Needs the built front end (`make demo` builds it) and Chromium. Software WebGL, no GPU; the web server runs on
loopback on the same cores as the browser. Prints a table; asserts nothing.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from annotator.demo.tomosynthesis_object import ViewName
from benchmarks.phantom_dicom import make_ct, make_tomosynthesis
from tools.chromium import find_chromium
from tools.free_port import free_port
from tools.product import web_command
from tools.python_environment import ROOT

FLAGS = ["--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader"]
PASSWORD = "a-password-of-the-benchmark-7"
# Leaves a picture of 512 x 512 between the tools, the side panel and the bars.
WINDOW: ViewportSize = {"width": 76 + 512 + 16 + 344, "height": 42 + 36 + 512 + 2 + 22}
STEPS_A_SECOND = 25
PREPARE = f"""
from annotator.accounts.models import User
from annotator.cases.models import Case
from annotator.readerstudies.actions.assign_cases import assign_cases
admin = User.objects.create_user(username="admin", password="{PASSWORD}", role="admin")
reader = User.objects.create_user(username="reader", password="{PASSWORD}", role="radiologist")
case = Case.objects.get()
assign_cases(admin, case_ids=[case.pk], reader_ids=[reader.pk])
print("case", case.pk)
"""
SCROLL = """
async ([steps, every]) => {
  const room = window.readingRoom;
  const shown = new Map();
  const seen = () => {
    const at = room.panes[0].slice;
    if (!shown.has(at)) shown.set(at, performance.now());
  };
  const picture = document.querySelector('.pane-canvas');
  picture.addEventListener('CORNERSTONE_IMAGE_RENDERED', seen);
  const asked = new Map();
  const begun = performance.now();
  for (let step = 1; step <= steps; step++) {
    const due = begun + step * every;
    await new Promise((go) => setTimeout(go, Math.max(0, due - performance.now())));
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown' }));
    asked.set(room.panes[0].target, performance.now());
  }
  await new Promise((go) => setTimeout(go, 500));
  picture.removeEventListener('CORNERSTONE_IMAGE_RENDERED', seen);
  const times = [...asked].map(([slice, at]) => (shown.has(slice) ? shown.get(slice) - at : null));
  return { times, seconds: (performance.now() - begun - 500) / 1000 };
}
"""


# A view of 2457 rows in a pane 800 pixels high.
TALL_WINDOW: ViewportSize = {"width": 76 + 150 + 640 + 16 + 344, "height": 42 + 36 + 800 + 2 + 22}
QUARTERS_WINDOW: ViewportSize = {"width": 1366, "height": 768}
# One step after another: each is asked for when the one before is on the screen.
STEP_THROUGH = """
async (pane) => {
  const room = window.readingRoom;
  const last = room.panes[pane].slices - 1;
  const shown = () => new Promise((go) => {
    const look = () => (room.panes[pane].slice === room.panes[pane].target ? go() : requestAnimationFrame(look));
    look();
  });
  const delays = [];
  const begun = performance.now();
  for (let step = 0; step < last; step++) {
    const asked = performance.now();
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown' }));
    await shown();
    // Drawn is what the screen has: the frame after the one in which the picture was put there.
    await new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
    delays.push(performance.now() - asked);
  }
  return { delays, seconds: (performance.now() - begun) / 1000, level: room.panes[pane].level };
}
"""
VIEWS: tuple[ViewName, ...] = ("RCC", "LCC", "RMLO", "LMLO")


def make_views(folder: Path, frames: int) -> None:
    for view in VIEWS:
        make_tomosynthesis(folder, frames, view)


@contextmanager
def running_product(make: Callable[[Path], object]) -> Iterator[tuple[str, str]]:
    """The web server over one phantom case; gives its address and the case's identifier."""
    with tempfile.TemporaryDirectory(prefix="viewer-benchmark-") as folder:
        place = Path(folder)
        port = free_port()
        environment = {**os.environ, "DATA_DIR": str(place / "data"), "LOG_LEVEL": "WARNING"}
        environment["DJANGO_SETTINGS_MODULE"] = "annotator.config.settings"

        def manage(*arguments: str) -> str:
            command = [sys.executable, "manage.py", *arguments]
            return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout

        (place / "files").mkdir()
        make(place / "files")
        manage("migrate")
        manage("ingest", "--derive", str(place / "files"))
        shutil.rmtree(place / "files")
        case_id = next(
            line.split()[1] for line in manage("shell", "-c", PREPARE).splitlines() if line.startswith("case ")
        )
        web = subprocess.Popen(
            web_command(Path(sys.executable), host="127.0.0.1", port=port), cwd=ROOT, env=environment
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/sign-in/")
            yield f"http://127.0.0.1:{port}", case_id
        finally:
            web.terminate()
            web.wait(20)


def _wait_for(address: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(address, timeout=2)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"{address} does not answer")


def open_case(browser: Browser, address: str, case_id: str, window: ViewportSize = WINDOW) -> Page:
    """A fresh browser profile with the case open: nothing cached."""
    page = browser.new_context(base_url=address, viewport=window).new_page()
    page.goto("/sign-in/")
    page.fill("input[name=username]", "reader")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.goto(f"/cases/{case_id}/")
    until(page, "Boolean(window.readingRoom?.ready)")
    return page


def until(page: Page, expression: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        if time.monotonic() > end:
            raise TimeoutError(expression)
        page.wait_for_timeout(10)


def first_picture(browser: Browser, address: str, case_id: str) -> tuple[float, float, float]:
    """Milliseconds from the navigation to the first picture, cold and after a reload; and to the last slice."""
    page = open_case(browser, address, case_id)
    cold = float(page.evaluate("window.readingRoom.firstPictureMs"))
    until(page, "window.readingRoom.panes[0].loaded === window.readingRoom.panes[0].slices")
    everything = float(page.evaluate("performance.now()"))
    page.reload()
    until(page, "Boolean(window.readingRoom?.ready)")
    warm = float(page.evaluate("window.readingRoom.firstPictureMs"))
    page.context.close()
    return cold, warm, everything


def scroll(browser: Browser, address: str, case_id: str) -> tuple[int, list[float], int, str]:
    """Dropped pictures and the delays of the others while every slice is asked for at 25 a second, all cached."""
    page = open_case(browser, address, case_id)
    until(page, "window.readingRoom.panes[0].loaded === window.readingRoom.panes[0].slices")
    page.keyboard.press("Home")
    until(page, "window.readingRoom.panes[0].slice === 0")
    page.wait_for_timeout(500)
    box = page.locator(".pane-canvas").first.bounding_box() or {"width": 0, "height": 0}
    size = f"{box['width']:.0f} x {box['height']:.0f}"
    steps = int(page.evaluate("window.readingRoom.panes[0].slices")) - 1
    result = page.evaluate(SCROLL, [steps, 1000 / STEPS_A_SECOND])
    page.context.close()
    shown = [t for t in result["times"] if t is not None]
    return steps - len(shown), shown, steps, size


def four_views(browser: Browser, address: str, case_id: str) -> tuple[float, float]:
    """Milliseconds from the navigation to the first picture of four views, nothing cached, and to all four."""
    page = open_case(browser, address, case_id, QUARTERS_WINDOW)
    first = float(page.evaluate("window.readingRoom.firstPictureMs"))
    until(page, "window.readingRoom.panes.every((pane) => pane.slice >= 0)")
    every = float(page.evaluate("performance.now()"))
    page.context.close()
    return first, every


def step_through(
    browser: Browser, address: str, case_id: str, *, alone: bool, cached: bool
) -> tuple[float, list[float], int, str]:
    """Steps a second through one view, the delay of each, the level shown last and the size of the pane."""
    page = open_case(browser, address, case_id, TALL_WINDOW if alone else QUARTERS_WINDOW)
    if alone:
        page.locator(".picture-bar button", has_text="1×1").click()
        # The resolution that a larger pane needs is asked for once the page has come to rest.
        page.wait_for_timeout(1000)
    if cached:
        until(page, "window.readingRoom.panes[0].loaded === window.readingRoom.panes[0].slices")
    page.keyboard.press("Home")
    until(page, "window.readingRoom.panes[0].slice === 0")
    box = page.locator(".pane-canvas").first.bounding_box() or {"width": 0, "height": 0}
    result = page.evaluate(STEP_THROUGH, 0)
    page.context.close()
    delays = sorted(result["delays"])
    return len(delays) / result["seconds"], delays, result["level"], f"{box['width']:.0f} x {box['height']:.0f}"


def measure_tomosynthesis(browser: Browser, address: str, case_id: str, rounds: int) -> None:
    """Print the table of four views."""
    opened = [four_views(browser, address, case_id) for _ in range(rounds)]
    first, every = (sorted(column) for column in zip(*opened, strict=True))
    print(f"{'':52}{'median':>10}{'worst':>10}")
    print(f"{'first picture of four views, nothing cached, ms':52}{statistics.median(first):10.0f}{first[-1]:10.0f}")
    print(f"{'one picture in each of four panes, ms':52}{statistics.median(every):10.0f}{every[-1]:10.0f}")
    for alone, cached in ((False, False), (False, True), (True, False), (True, True)):
        runs = [step_through(browser, address, case_id, alone=alone, cached=cached) for _ in range(rounds)]
        speeds = sorted(run[0] for run in runs)
        delays = sorted(delay for run in runs for delay in run[1])
        what = f"steps a second, {'1x1' if alone else '2x2'}, {'fetched before' if cached else 'while it loads'}"
        print(f"{what:52}{statistics.median(speeds):10.1f}{speeds[0]:10.1f}   pane {runs[0][3]}, level {runs[0][2]}")
        print(
            f"{'  step to picture, ms (median, 95 %)':52}"
            f"{statistics.median(delays):10.0f}{delays[int(0.95 * len(delays))]:10.0f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slices", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tomosynthesis", action="store_true")
    parser.add_argument("--frames", type=int, default=60)
    arguments = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("Chromium is not installed.")
    make = (
        partial(make_views, frames=arguments.frames)
        if arguments.tomosynthesis
        else partial(make_ct, slices=arguments.slices)
    )
    with running_product(make) as (address, case_id), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        if arguments.tomosynthesis:
            load = os.getloadavg()[0]
            print(f"four views of {arguments.frames} frames, {arguments.rounds} rounds, load average {load:.1f}")
            measure_tomosynthesis(browser, address, case_id, arguments.rounds)
        else:
            measure_ct(browser, address, case_id, slices=arguments.slices, rounds=arguments.rounds)
        browser.close()


def measure_ct(browser: Browser, address: str, case_id: str, *, slices: int, rounds: int) -> None:
    """Print the table of one CT."""
    opened = [first_picture(browser, address, case_id) for _ in range(rounds)]
    runs = [scroll(browser, address, case_id) for _ in range(rounds)]
    cold, warm, everything = (sorted(column) for column in zip(*opened, strict=True))
    print(f"CT of {slices} slices, {rounds} rounds, load average {os.getloadavg()[0]:.1f}")
    print(f"{'':42}{'median':>10}{'worst':>10}")
    for name, values in (
        ("first picture, nothing cached, ms", cold),
        ("first picture, after a reload, ms", warm),
        ("all slices loaded, ms", everything),
    ):
        print(f"{name:42}{statistics.median(values):10.0f}{values[-1]:10.0f}")
    delays = sorted(delay for _, shown, _, _ in runs for delay in shown)
    print(f"scrolling at {STEPS_A_SECOND} steps a second, {runs[0][3]} pixels, cached:")
    print(f"{'  dropped of ' + str(runs[0][2]) + ', by round':42}{', '.join(str(run[0]) for run in runs):>20}")
    worst = delays[int(0.95 * len(delays))]
    print(f"{'  key to picture, ms (median, 95 %)':42}{statistics.median(delays):10.0f}{worst:10.0f}")


if __name__ == "__main__":
    main()
