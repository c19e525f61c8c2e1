"""How long does a picture take while a mask is painted? CT of 512 x 512 and a tomosynthesis frame of 2457 x 1890.

    .venv/bin/python -m benchmarks.viewer_brush [--rounds 3]

A stroke of 120 places of the mouse with three brushes; the time between two pictures of the page is taken by the page
itself, the mouse is the browser's. "at rest" moves the mouse without painting: what the page takes anyway. "let go" is
the longest picture around the end of the stroke, when the mask is made into runs and shown as a mark.

Needs the built front end (`make demo` builds it) and Chromium. Software rendering, no GPU; the web server runs on
loopback on the same cores as the browser. Prints a table; asserts nothing.
"""

import argparse
import itertools
import math
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

from benchmarks.phantom_dicom import make_ct, make_tomosynthesis
from benchmarks.viewer_product import chromium, open_case, running_product, until

# Leaves a pane of about 1,200 x 900 pixels.
WINDOW: ViewportSize = {"width": 1680, "height": 1050}
STEPS = 120
REACH = 180
DIAMETERS = (10, 60, 200)
CASES: dict[str, Callable[[Path], object]] = {
    "BENCHMARK-CT": partial(make_ct, slices=8),
    "BENCHMARK-DBT": partial(make_tomosynthesis, frames=3),
}
BEGIN = """() => {
  window.pictures = [];
  const note = (at) => { window.pictures.push(at); window.noting = requestAnimationFrame(note); };
  window.noting = requestAnimationFrame(note);
}"""
END = "() => { cancelAnimationFrame(window.noting); return window.pictures; }"


def gaps(times: list[float]) -> list[float]:
    return sorted(after - before for before, after in itertools.pairwise(times))


def stroke(page: Page, *, pressed: bool) -> tuple[list[float], float]:
    """Milliseconds from picture to picture while the mouse goes round, and the longest as it is let go."""
    box = page.locator(".pane-canvas").first.bounding_box()
    if box is None:
        raise RuntimeError("there is no pane")
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    # In and out as it goes round, so that no place is passed twice.
    turns = [(2 * math.pi * i / STEPS, REACH * (0.6 + 0.4 * math.sin(i / 3))) for i in range(STEPS)]
    places = [(middle[0] + r * math.cos(turn), middle[1] + r * math.sin(turn)) for turn, r in turns]
    page.mouse.move(*places[0])
    if pressed:
        page.mouse.down()
    page.evaluate(BEGIN)
    for place in places[1:]:
        page.mouse.move(*place)
    during = gaps(page.evaluate(END))
    page.evaluate(BEGIN)
    if pressed:
        page.mouse.up()
    page.wait_for_timeout(300)
    return during, gaps(page.evaluate(END))[-1]


def measure(page: Page, what: str, rounds: int) -> None:
    """Print the lines of one kind of picture."""
    until(page, "window.readingRoom.panes[0].loaded === window.readingRoom.panes[0].slices")
    # The stored resolution comes once the page rests.
    page.wait_for_timeout(1500)
    page.keyboard.press("h")
    for diameter in (0, *DIAMETERS):
        during: list[float] = []
        ends: list[float] = []
        for _ in range(rounds):
            if diameter:
                field = page.get_by_label("Size of the brush in pixels")
                field.fill(str(diameter))
                field.press("Enter")
            between, end = stroke(page, pressed=diameter > 0)
            during += between
            ends.append(end)
            if diameter:
                page.keyboard.press("Control+z")
        during.sort()
        name = f"{what}, {f'brush of {diameter} px' if diameter else 'at rest'}"
        median, high = during[len(during) // 2], during[int(0.95 * len(during))]
        print(f"{name:48}{median:9.1f}{high:9.1f}{during[-1]:9.1f}{max(ends):9.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with running_product(CASES) as (address, cases), chromium() as browser:
        print(f"pane of a window of {WINDOW['width']} x {WINDOW['height']}, load average {os.getloadavg()[0]:.1f}")
        print(f"{'milliseconds from picture to picture':48}{'median':>9}{'95 %':>9}{'worst':>9}{'let go':>9}")
        for what, case_id in zip(("CT 512 x 512", "tomosynthesis 2457 x 1890"), cases.values(), strict=True):
            page = open_case(browser, address, case_id, WINDOW)
            measure(page, what, rounds)
            page.context.close()


if __name__ == "__main__":
    main()
