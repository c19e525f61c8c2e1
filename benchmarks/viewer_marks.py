"""How long is a frame while one of 500 marks on a slice is dragged?

    .venv/bin/python -m benchmarks.viewer_marks [--marks 500] [--moves 150]

Boxes, ellipses, splines and contours of 60 points, in 20 findings, on one slice of a CT in a pane of 512 pixels. The
mouse drags one of them step by step; a frame is the time from one animation frame in which the mouse had moved to the
next, so that whatever the page does between counts. Needs the built front end (`make demo` builds it) and Chromium;
software WebGL, the web server on the same cores. Prints a table; asserts nothing.
"""

import argparse
import math
import os
import statistics
import uuid
from functools import partial

from playwright.sync_api import Browser, Page

from benchmarks.phantom_dicom import make_ct
from benchmarks.viewer_measures import fit_picture, percentile
from benchmarks.viewer_product import chromium, open_case, running_product, until

Points = list[list[float]]

PATIENT = "BENCHMARK-MARKS"
PANE = 512
FINDINGS = 20
STORE = """
async (records) => {
  const csrf = document.cookie.match(/csrftoken=([^;]+)/)[1];
  const put = async ({ path, body }) => {
    const headers = { 'Content-Type': 'application/json', 'X-CSRFToken': csrf, 'If-None-Match': '*' };
    const answer = await fetch(`/api/v1/${path}`, { method: 'PUT', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  for (const record of records) await put(record);
}
"""
WATCH = """
() => {
  const seen = { moved: false, last: 0, frames: [], stop: false };
  window.__frames = seen;
  document.querySelector('.marks').addEventListener('pointermove', () => { seen.moved = true; });
  const look = (now) => {
    if (seen.moved && seen.last) seen.frames.push(now - seen.last);
    seen.moved = false;
    seen.last = now;
    if (!seen.stop) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""


def shape(number: int) -> tuple[str, Points]:
    """A small mark at its own place of a grid; every kind in turn."""
    column, row = 70.0 + (number % 25) * 15, 90.0 + (number // 25) * 16
    size = 5.0
    kind = ("box", "ellipse", "spline", "contour")[number % 4]
    if kind == "box":
        return kind, [[column - size, row - size], [column + size, row + size]]
    if kind == "ellipse":
        return kind, [[column - size, row], [column + size, row], [column, row - 4], [column, row + 4]]
    count = 8 if kind == "spline" else 60
    turns = [2 * math.pi * step / count for step in range(count)]
    return kind, [[column + size * math.cos(turn), row + size * math.sin(turn)] for turn in turns]


def store_marks(page: Page, case_id: str, marks: int) -> None:
    """Save findings and marks on the slice that is shown, as the viewer would."""
    frame = page.evaluate("window.readingRoom.panes[0].frame")
    findings = [str(uuid.uuid4()) for _ in range(FINDINGS)]
    records: list[dict[str, object]] = [
        {"path": f"findings/{finding}", "body": {"case": case_id, "kind": "lesion", "name": ""}} for finding in findings
    ]
    for number in range(marks):
        kind, points = shape(number)
        body = {"case": case_id, "frame": frame, "kind": kind, "points": points, "finding": findings[number % FINDINGS]}
        records.append({"path": f"annotations/{uuid.uuid4()}", "body": body})
    page.evaluate(STORE, records)


def drag(page: Page, start: tuple[float, float], moves: int) -> list[float]:
    """Milliseconds of each frame while the mouse drags from a stored pixel round and round."""
    x, y = page.evaluate("([c, r]) => window.readingRoom.pixelToScreen(0, c, r)", list(start))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 4, y + 4)
    page.evaluate(WATCH)
    for move in range(moves):
        turn = move / 8
        page.mouse.move(x + 40 * math.sin(turn), y + 40 * (1 - math.cos(turn)))
    frames = page.evaluate("() => { window.__frames.stop = true; return window.__frames.frames; }")
    page.mouse.up()
    return [float(frame) for frame in frames]


def measure(browser: Browser, address: str, case_id: str, *, marks: int, moves: int) -> list[tuple[str, list[float]]]:
    page = open_case(browser, address, case_id)
    fit_picture(page, PANE)
    store_marks(page, case_id, marks)
    page.reload()
    until(page, f"Boolean(window.readingRoom?.ready) && window.readingRoom.marks.length === {marks}")
    page.keyboard.press("v")
    rows = []
    middle = marks // 2 - (marks // 2) % 4
    for name, number in (("a box", middle), ("a contour of 60 points", middle + 3)):
        kind, points = shape(number)
        before = page.evaluate("window.readingRoom.marks.map((m) => m.points)")
        # The upper edge of a box, the first vertex of a contour: once selected, a press there pulls the handle.
        edge = (points[0][0] + 3, points[0][1]) if kind == "box" else (points[30][0], points[30][1])
        rows.append((f"moving {name}", drag(page, edge, moves)))
        if page.evaluate("window.readingRoom.marks.map((m) => m.points)") == before:
            raise SystemExit(f"Nothing was dragged: {name}.")
        page.keyboard.press("Control+z")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--marks", type=int, default=500)
    parser.add_argument("--moves", type=int, default=150)
    options = parser.parse_args()
    make = {PATIENT: partial(make_ct, slices=3, name=PATIENT.removeprefix("BENCHMARK-").lower())}
    with running_product(make) as (address, cases), chromium() as browser:
        rows = measure(browser, address, cases[PATIENT], marks=options.marks, moves=options.moves)
    print(f"{options.marks} marks on one slice, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end")
    print("| | frames | median | 95 % | worst | target |\n|---|---|---|---|---|---|")
    for name, frames in rows:
        values = [statistics.median(frames), percentile(frames, 0.95), max(frames)]
        print(f"| {name} | {len(frames)} | {' | '.join(f'{value:.0f} ms' for value in values)} | < 50 ms |")


if __name__ == "__main__":
    main()
