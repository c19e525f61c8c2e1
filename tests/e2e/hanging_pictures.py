"""Golden pictures of hangings: the panes without words, at one size, compared with a tolerance for rasterising.

`REMAKE_GOLDEN=1 pytest tests/e2e/test_viewer_hanging_pictures.py` writes them anew: look at them before a commit.
"""

import io
import os
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.e2e.viewer_driver import Viewer

FOLDER = Path(__file__).parent / "golden" / "hangings"
WIDTH, HEIGHT = 640, 400
# Of no block of pixels this large may more than this part differ by more than FAR grey levels. Edges fall otherwise on
# another machine: one that moves by a whole pixel is a tenth of a block, a bar that is not there a quarter or more.
BLOCK, FAR, MOST_FAR = 10, 48, 0.2
SETTLED_LOOKS = 100

# One place and size whatever stands around, and nothing written: fonts differ from machine to machine.
BARE = f"""
() => {{
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    .pane-grid {{ position: fixed !important; left: 0; top: 0; width: {WIDTH}px; height: {HEIGHT}px; z-index: 90; }}
    .overlays, .scroll-bar, .prior-badge, .notice {{ visibility: hidden !important; }}
    .pane {{ border-color: #000 !important; }}
  `);
  document.adoptedStyleSheets = [sheet];
}}
"""


def differs(seen: NDArray[np.uint8], golden: NDArray[np.uint8]) -> bool:
    """Whether two pictures of panes, (rows, columns, 3), show different things."""
    if seen.shape != golden.shape:
        return True
    far = np.abs(seen.astype(int) - golden).max(axis=2) > FAR
    rows, columns = far.shape[0] // BLOCK, far.shape[1] // BLOCK
    blocks = far[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    return bool(blocks.mean(axis=(1, 3)).max() > MOST_FAR)


def golden_of(name: str) -> NDArray[np.uint8]:
    return np.asarray(Image.open(FOLDER / f"{name}.png").convert("RGB"))


def lay_bare(viewer: Viewer) -> None:
    """Leave nothing on the page but pictures in panes of one size, for this case and those that follow on it."""
    viewer.page.evaluate(BARE)


def look_at_panes(viewer: Viewer) -> NDArray[np.uint8]:
    """The panes of a page that was laid bare at half their size, once they stand still."""
    page = viewer.page
    before = b""
    for _ in range(SETTLED_LOOKS):
        page.wait_for_timeout(40)
        shown = all(pane["slice"] >= 0 for pane in page.evaluate("window.readingRoom.panes") if pane["stack"])
        seen = page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT})
        if shown and seen == before:
            break
        before = seen
    picture = Image.open(io.BytesIO(before)).convert("RGB").resize((WIDTH // 2, HEIGHT // 2), Image.Resampling.BOX)
    return np.asarray(picture)


def keep_or_compare(seen: NDArray[np.uint8], key: str) -> list[str]:
    """What is wrong with how a hanging looks, in words. Under REMAKE_GOLDEN nothing is: it becomes the picture."""
    if os.environ.get("REMAKE_GOLDEN"):
        Image.fromarray(seen).quantize(64).save(FOLDER / f"{key}.png", optimize=True)
        return []
    if not (FOLDER / f"{key}.png").exists():
        return [f"{key} has no golden picture: make one with REMAKE_GOLDEN=1 and look at it"]
    if not differs(seen, golden_of(key)):
        return []
    kept = Path(tempfile.gettempdir()) / f"hanging-{key}.png"
    Image.fromarray(seen).save(kept)
    return [f"{key} looks otherwise than its golden picture: see {kept}"]
