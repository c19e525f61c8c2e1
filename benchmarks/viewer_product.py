"""The product with phantom cases in one reader's worklist, and a browser before it: for benchmarks of the viewer."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tools.chromium import find_chromium
from tools.free_port import free_port
from tools.product import web_command
from tools.python_environment import ROOT

FLAGS = ["--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader"]
PASSWORD = "a-password-of-the-benchmark-7"
# Leaves a picture of 512 x 512 between the tools, the side panel and the bars.
WINDOW: ViewportSize = {"width": 42 + 512 + 16 + 344, "height": 42 + 36 + 512 + 2 + 22}
# A file's name begins with that of its case.
PREPARE = f"""
import sys
from annotator.accounts.models import User
from annotator.cases.models import Case
from annotator.readerstudies.actions.assign_cases import assign_cases
admin = User.objects.create_user(username="admin", password="{PASSWORD}", role="admin")
reader = User.objects.create_user(username="reader", password="{PASSWORD}", role="radiologist")
cases = [Case.objects.get(study__patient__patient_id=patient).pk for patient in %r]
assign_cases(admin, case_ids=cases, reader_ids=[reader.pk])
print("cases", *cases)
"""


@contextmanager
def running_product(make: Mapping[str, Callable[[Path], object]]) -> Iterator[tuple[str, dict[str, str]]]:
    """The web server over phantom cases, assigned in this order; gives its address and the cases' identifiers.

    `make` writes a case's files into a folder, by the Patient ID that they have.
    """
    with tempfile.TemporaryDirectory(prefix="viewer-benchmark-") as folder:
        place = Path(folder)
        port = free_port()
        environment = {**os.environ, "DATA_DIR": str(place / "data"), "LOG_LEVEL": "WARNING"}
        environment["DJANGO_SETTINGS_MODULE"] = "annotator.config.settings"

        def manage(*arguments: str) -> str:
            command = [sys.executable, "manage.py", *arguments]
            return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout

        manage("migrate")
        manage("load_schemas")
        for make_case in make.values():
            (place / "files").mkdir()
            make_case(place / "files")
            manage("ingest", "--derive", str(place / "files"))
            shutil.rmtree(place / "files")
        printed = manage("shell", "-c", PREPARE % (list(make),)).splitlines()
        found = next(line.split()[1:] for line in printed if line.startswith("cases "))
        web = subprocess.Popen(
            web_command(Path(sys.executable), host="127.0.0.1", port=port), cwd=ROOT, env=environment
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/sign-in/")
            yield f"http://127.0.0.1:{port}", dict(zip(make, found, strict=True))
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


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser process of its own.

    Raises
    ------
    SystemExit : Chromium is not installed.
    """
    path = find_chromium()
    if path is None:
        raise SystemExit("Chromium is not installed.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def signed_in(browser: Browser, address: str, window: ViewportSize = WINDOW) -> Page:
    """A fresh browser profile, signed in: nothing cached but what the page for signing in shows."""
    page = browser.new_context(base_url=address, viewport=window).new_page()
    page.goto("/sign-in/")
    page.fill("input[name=username]", "reader")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    return page


def open_case(browser: Browser, address: str, case_id: str, window: ViewportSize = WINDOW) -> Page:
    """The case in a fresh profile, its first picture on the screen."""
    page = signed_in(browser, address, window)
    page.goto(f"/cases/{case_id}/")
    until(page, "Boolean(window.readingRoom?.ready)")
    return page


def until(page: Page, expression: str, seconds: float = 120) -> None:
    """Wait until an expression holds on the page (wait_for_function needs eval, which the page's policy forbids)."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        if time.monotonic() > end:
            raise TimeoutError(expression)
        page.wait_for_timeout(10)


ALL_LOADED = "window.readingRoom.panes.every((pane) => pane.loaded === pane.slices)"
