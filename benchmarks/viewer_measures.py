"""What benchmarks/viewer.py measures: one function a question, each with a page of its own."""

import time
from collections.abc import Sequence

from playwright.sync_api import Browser, Page, Request, ViewportSize

from benchmarks.bare_chromium import bare_page, resident_mb
from benchmarks.viewer_product import ALL_LOADED, WINDOW, open_case, signed_in, until

PRESS = "window.dispatchEvent(new KeyboardEvent('keydown', { key: '%s' }))"
QUARTERS_WINDOW: ViewportSize = {"width": 1366, "height": 768}
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
  return [...asked].map(([slice, at]) => (shown.has(slice) ? shown.get(slice) - at : null));
}
"""
# One step after another: each is asked for when the one before is on the screen.
STEP_THROUGH = """
async (most) => {
  const room = window.readingRoom;
  const last = Math.min(most, room.panes[0].slices - 1);
  const shown = () => new Promise((go) => {
    const look = () => (room.panes[0].slice === room.panes[0].target ? go() : requestAnimationFrame(look));
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
  return { delays, seconds: (performance.now() - begun) / 1000, level: room.panes[0].level };
}
"""
# From the key to the picture: the first one that is drawn of another case, in every pane.
NEXT_CASE = """
() => new Promise((go) => {
  const before = window.readingRoom.case;
  const asked = performance.now();
  const look = () => {
    const room = window.readingRoom;
    const drawn = room.case !== before && room.panes.every((pane, i) => pane.slice >= 0 && room.rendered[i] > 0);
    if (drawn) requestAnimationFrame(() => go(performance.now() - asked));
    else requestAnimationFrame(look);
  };
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'n' }));
  look();
})
"""


def first_picture(browser: Browser, address: str, case_id: str) -> tuple[float, float, float]:
    """Milliseconds from the navigation to the first picture, cold and after a reload; and to the last slice."""
    page = open_case(browser, address, case_id)
    cold = float(page.evaluate("window.readingRoom.firstPictureMs"))
    until(page, ALL_LOADED)
    everything = float(page.evaluate("performance.now()"))
    page.reload()
    until(page, "Boolean(window.readingRoom?.ready)")
    warm = float(page.evaluate("window.readingRoom.firstPictureMs"))
    page.context.close()
    return cold, warm, everything


def every_pane(browser: Browser, address: str, case_id: str) -> tuple[float, float]:
    """Milliseconds from the navigation to the first picture, nothing cached, and to one in every pane."""
    page = open_case(browser, address, case_id, QUARTERS_WINDOW)
    first = float(page.evaluate("window.readingRoom.firstPictureMs"))
    until(page, "window.readingRoom.panes.every((pane) => pane.slice >= 0)")
    every = float(page.evaluate("performance.now()"))
    page.context.close()
    return first, every


def fit_picture(page: Page, side: int) -> None:
    """Make the window so large that the picture of the first pane is a square of this many pixels."""
    until(page, "document.querySelector('.pane-canvas').clientWidth > 0")
    window, box = page.viewport_size, page.locator(".pane-canvas").first.bounding_box()
    assert window is not None
    assert box is not None
    wider, higher = side - round(box["width"]), side - round(box["height"])
    page.set_viewport_size({"width": window["width"] + wider, "height": window["height"] + higher})
    # The resolution that another size needs is asked for once the page has come to rest.
    page.wait_for_timeout(1000)


def scroll(browser: Browser, address: str, case_id: str, steps_a_second: float) -> tuple[int, list[float], int, str]:
    """Dropped pictures and the delays of the others while every slice is asked for in time, all cached."""
    page = open_case(browser, address, case_id)
    fit_picture(page, 512)
    until(page, ALL_LOADED)
    _go_to_start(page)
    page.wait_for_timeout(500)
    steps = int(page.evaluate("window.readingRoom.panes[0].slices")) - 1
    delays = page.evaluate(SCROLL, [steps, 1000 / steps_a_second])
    size = _pane_size(page)
    page.context.close()
    shown = [t for t in delays if t is not None]
    return steps - len(shown), shown, steps, size


def step_through(
    browser: Browser, address: str, case_id: str, *, alone: bool = True, cached: bool = True
) -> tuple[float, list[float], int, str]:
    """Steps a second through one stack, the delay of each, the level shown last and the size of the pane."""
    page = open_case(browser, address, case_id, QUARTERS_WINDOW)
    if alone:
        choice = page.locator("select.hanging-choice")
        one_pane = choice.locator("option", has_text="1×1").first.get_attribute("value")
        choice.select_option(one_pane)
        page.wait_for_timeout(200)
        fit_picture(page, 800)
    if cached:
        until(page, "window.readingRoom.panes[0].loaded === window.readingRoom.panes[0].slices")
    _go_to_start(page)
    result = page.evaluate(STEP_THROUGH, 200)
    size = _pane_size(page)
    page.context.close()
    delays = sorted(result["delays"])
    return len(delays) / result["seconds"], delays, result["level"], size


def next_case(browser: Browser, address: str, case_id: str, window: ViewportSize = WINDOW) -> float:
    """Milliseconds from the key N to the first picture of the next case, which was loaded ahead."""
    page = open_case(browser, address, case_id, window)
    _loaded_ahead(page)
    taken = float(page.evaluate(NEXT_CASE))
    page.context.close()
    return taken


def memory_after_loading(address: str, case_id: str) -> dict[str, float]:
    """Megabytes of the tab's process once all slices are in memory and were scrolled through."""
    with bare_page() as page:
        page.open_case(address, case_id)
        page.until(ALL_LOADED)
        page.evaluate(PRESS % "Home")
        for _ in range(20):
            page.evaluate(PRESS % "PageDown")
            time.sleep(0.05)
        time.sleep(3)
        return resident_mb(page)


def memory_in_a_row(address: str, case_id: str, count: int) -> list[dict[str, float]]:
    """Megabytes after each of so many cases that follow each other, all slices loaded, the next one ahead."""
    found = []
    with bare_page() as page:
        page.open_case(address, case_id)
        for number in range(count):
            page.until(ALL_LOADED)
            for _ in range(2):
                time.sleep(1.5)
                page.until("window.readingRoom.pictureRequests === 0")
            found.append(resident_mb(page))
            if number < count - 1:
                page.evaluate(f"({NEXT_CASE.strip()})()")
    return found


def _loaded_ahead(page: Page) -> None:
    """Until the case and what comes next are there: no picture is asked for, twice a second and a half apart."""
    until(page, ALL_LOADED, 300)
    for _ in range(2):
        page.wait_for_timeout(1500)
        until(page, "window.readingRoom.pictureRequests === 0", 300)


def first_load(browser: Browser, address: str, case_id: str) -> dict[str, float]:
    """Kilobytes that came over the wire for the page itself, by kind; pictures and answers of the API left out."""
    page = signed_in(browser, address)
    finished: list[Request] = []
    # Those of workers too, which a page's own events leave out.
    page.context.on("requestfinished", lambda request: finished.append(request))
    page.goto(f"/cases/{case_id}/")
    until(page, "Boolean(window.readingRoom?.ready)")
    page.wait_for_timeout(1000)
    sizes: dict[str, float] = {}
    for request in finished:
        path = request.url.partition("?")[0]
        if "/frames/" in path or "/api/" in path:
            continue
        name = path.rpartition("/")[2]
        kind = name.rpartition(".")[2] if "." in name else "html"
        sent = request.sizes()
        sizes[kind] = sizes.get(kind, 0.0) + (sent["responseBodySize"] + sent["responseHeadersSize"]) / 1000
    page.context.close()
    return sizes


def _go_to_start(page: Page) -> None:
    page.keyboard.press("Home")
    until(page, "window.readingRoom.panes[0].slice === 0")


def _pane_size(page: Page) -> str:
    box = page.locator(".pane-canvas").first.bounding_box() or {"width": 0, "height": 0}
    return f"{box['width']:.0f} x {box['height']:.0f}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
