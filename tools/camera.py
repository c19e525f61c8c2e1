"""A browser that takes small pictures of pages, and a mouse that works on radiographs."""

import io
import re
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, Playwright

from tools.chromium import find_chromium
from tools.errors import ToolError

# No GPU: WebGL 2 by SwiftShader.
FLAGS = ["--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader"]
SIZE = {"width": 1366, "height": 768}
LARGEST_PICTURE = 250_000
PALETTES = (256, 192, 128, 96, 64, 48, 32)
PATIENCE_SECONDS = 60.0

Point = tuple[float, float]


def launch(playwright: Playwright) -> Browser:
    """Start Chromium without a window.

    Raises
    ------
    ToolError : there is none.
    """
    chromium = find_chromium()
    if chromium is None:
        raise ToolError("Chromium is not installed. Install it, or name one: CHROMIUM=/path/to/chromium make pictures")
    return playwright.chromium.launch(executable_path=chromium, args=FLAGS)


def wait_until(holds: Callable[[], Any], what: str, *, seconds: float = PATIENCE_SECONDS) -> Any:
    """Look again and again, and return what was seen when it holds.

    Raises
    ------
    ToolError : it did not in time.
    """
    end = time.monotonic() + seconds
    while not (value := holds()):
        if time.monotonic() > end:
            raise ToolError(f"Waited {seconds:.0f} s in vain for {what}.")
        time.sleep(0.05)
    return value


class Camera:
    """Takes pictures of one page into one folder."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.folder = folder

    def take(self, name: str) -> None:
        """Write <name>.png with as many colours as stay below the limit."""
        self.page.wait_for_timeout(400)  # fonts, and what fades in
        shot = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        for colours in PALETTES:
            held = io.BytesIO()
            # Median cut would spend the palette on the greys of a radiograph and lose the few coloured letters.
            method = Image.Quantize.MAXCOVERAGE
            shot.quantize(colours, method, kmeans=3, dither=Image.Dither.NONE).save(held, "PNG", optimize=True)
            if held.tell() <= LARGEST_PICTURE:
                break
        (self.folder / f"{name}.png").write_bytes(held.getvalue())
        print(f"{name}.png  {held.tell() / 1000:.0f} kB, {colours} colours", flush=True)


class OpenCase:
    """A case in the viewer. Points are column and row of a pane's stored matrix."""

    def __init__(self, page: Page) -> None:
        self.page = page
        wait_until(lambda: page.evaluate("Boolean(window.readingRoom?.ready)"), "the first picture")
        every = "window.readingRoom.panes.every((pane) => pane.stack === null || pane.slice >= 0)"
        wait_until(lambda: page.evaluate(every), "a picture in every pane")

    def pane(self, index: int) -> dict[str, Any]:
        """What the pane says of itself: stack, slice, slices, window, zoom."""
        return dict(self.page.evaluate("i => window.readingRoom.panes[i]", index))

    def pane_named(self, part: str) -> int:
        """The pane whose stack's title holds these letters."""
        titles = [str(pane["stack"]) for pane in self.page.evaluate("window.readingRoom.panes")]
        found = [index for index, title in enumerate(titles) if part.lower() in title.lower().replace(" ", "")]
        if not found:
            raise ToolError(f"No pane shows {part}; the panes show {titles}.")
        return found[0]

    def slice_of_frame(self, pane: int, number: int) -> int:
        """Where in the pane's stack the frame with this number lies, from 0."""
        find = """async ([frame, number]) => {
            const id = location.pathname.split('/')[2];
            const manifest = await (await fetch(`/api/v1/cases/${id}/manifest`)).json();
            const stack = manifest.stacks.find((one) => one.frames.some((other) => other.key === frame));
            return stack.frames.findIndex((one) => one.number === number);
        }"""
        return int(self.page.evaluate(find, [self.pane(pane)["frame"], number]))

    def go_to(self, index: int, *, pane: int = 0) -> None:
        """Scroll a pane to a slice, counted from 0, with the keys."""
        self.page.mouse.move(*self.screen((100, 100), pane=pane))
        self.page.mouse.wheel(0, 100)
        for key in ["Home", *["PageDown"] * (index // 10), *["ArrowDown"] * (index % 10)]:
            self.page.keyboard.press(key)
        wait_until(lambda: self.pane(pane)["slice"] == index, f"slice {index} of pane {pane}")

    def screen(self, point: Point, *, pane: int = 0) -> Point:
        """Where a pixel is on the page, at whole mouse positions."""
        x, y = self.page.evaluate("([p, c, r]) => window.readingRoom.pixelToScreen(p, c, r)", [pane, *point])
        return float(round(x)), float(round(y))

    def draw(self, key: str, path: Sequence[Point], *, pane: int = 0) -> None:
        """Choose a tool by its key and draw through these points; returns when the server has the mark."""
        before = len(self.page.evaluate("window.readingRoom.marks"))
        self.page.keyboard.press(key)
        places = [self.screen(point, pane=pane) for point in path]
        mouse = self.page.mouse
        mouse.move(*places[0])
        mouse.down()
        for place in places[1:]:
            mouse.move(*place)
        mouse.up()
        wait_until(
            lambda: len(self.page.evaluate("window.readingRoom.marks")) == before + 1, f"a mark drawn with {key}"
        )
        self.wait_until_saved()

    def press_at(self, point: Point, *, pane: int = 0) -> None:
        """Click on a pixel with the tool in hand."""
        self.page.mouse.click(*self.screen(point, pane=pane))

    def choose_and_move(self, point: Point, by: Point, *, saved: bool = True) -> None:
        """Drag the mark whose line runs through a pixel, by so many of the screen's."""
        mouse = self.page.mouse
        self.page.bring_to_front()
        self.page.keyboard.press("v")
        x, y = self.screen(point)
        mouse.click(x, y)
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + by[0] / 2, y + by[1] / 2)
        mouse.move(x + by[0], y + by[1])
        mouse.up()
        if saved:
            self.wait_until_saved()

    def add_finding(self, kind: str, name: str) -> None:
        """Add a finding of this kind and with this name; the next marks go to it."""
        self.page.get_by_label("Kind of the new finding").select_option(label=kind)
        cards = self.page.locator("[data-finding]")
        before = cards.count()
        self.page.get_by_role("button", name="Add finding").click()
        wait_until(lambda: cards.count() == before + 1, "the new finding")
        cards.last.get_by_label("Name or place of the finding").fill(name)
        self.page.mouse.click(*self._beside_the_picture())

    def answer(self, schema: str, answers: Iterable[tuple[str, str]], *, of: str = "") -> None:
        """Choose an option of each question, named by how its words begin.

        Parameters
        ----------
        of : which of several forms: what it is about, as "breast L".
        """
        about = f"[data-target='{of}'] " if of else ""
        form = self.page.locator(f"{about}[data-schema={schema}]")
        for question, option in answers:
            asked = form.locator(f"[data-question={question}]")
            # By the name that a screen reader says: the keys beside the answers are not part of it.
            words = re.compile(f"^{re.escape(option)}")
            named = self.page.get_by_role("radio", name=words).or_(self.page.get_by_role("checkbox", name=words))
            asked.locator("label").filter(has=named).first.click()
        self.wait_until_saved()

    def wait_until_saved(self) -> None:
        """Until the server has everything."""
        wait_until(lambda: self.page.evaluate("window.readingRoom.save.state") == "saved", "everything to be saved")

    def rest(self) -> None:
        """Put the tool and the mouse away, and scroll the panel to its top."""
        self.page.keyboard.press("v")
        self.page.mouse.move(2, 2)
        self.page.evaluate("document.querySelector('aside.side').scrollTop = 0")

    def _beside_the_picture(self) -> Point:
        box = self.page.locator(".top h1").bounding_box() or {"x": 2, "y": 2}
        return box["x"] + 2, box["y"] + 2
