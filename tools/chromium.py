"""Where a Chromium lies that the browser tests can drive."""

import os
import shutil
from pathlib import Path

MAC_PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def find_chromium() -> str | None:
    """The browser's path: CHROMIUM, else one on PATH, else where macOS keeps it; None where there is none."""
    if named := os.environ.get("CHROMIUM"):
        return named
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    return next((place for place in MAC_PLACES if Path(place).exists()), None)
