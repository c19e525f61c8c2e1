"""A browser that is asked as little as can be, for measuring its memory.

Whoever drives a page as a test does has the browser keep what came over the network, in the tab's own process and up to
100 MB of it: that would be measured too. Here a page is only evaluated in, over the pipe that Chromium offers
(https://chromedevtools.github.io/devtools-protocol/).
"""

import fcntl
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.viewer_product import FLAGS, PASSWORD, WINDOW
from tools.chromium import find_chromium

# The numbers that Chromium reads commands from and writes answers to.
COMMANDS, ANSWERS = 3, 4
# Above those two, so that none of them is taken for one of ours.
FREE = 10


class BarePage:
    """One page of a browser; nothing of the browser is switched on but what is called."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands, self._answers = commands, answers
        self._count, self._rest, self._session = 0, b"", ""
        target = self.browser("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.browser("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.page(
            "Emulation.setDeviceMetricsOverride",
            width=WINDOW["width"],
            height=WINDOW["height"],
            deviceScaleFactor=1,
            mobile=False,
        )

    def browser(self, method: str, **values: object) -> dict[str, Any]:
        """Ask the browser."""
        return self._ask({"method": method, "params": values})

    def page(self, method: str, **values: object) -> dict[str, Any]:
        """Ask the page."""
        return self._ask({"method": method, "params": values, "sessionId": self._session})

    def evaluate(self, expression: str) -> Any:
        """The value of an expression, or of what it promises."""
        found = self.page("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in found:
            raise RuntimeError(json.dumps(found["exceptionDetails"]))
        return found["result"].get("value")

    def until(self, expression: str, seconds: float = 300) -> None:
        """Wait until an expression holds; while the page changes none does."""
        end = time.monotonic() + seconds
        while True:
            try:
                if self.evaluate(expression):
                    return
            except RuntimeError:
                pass
            if time.monotonic() > end:
                raise TimeoutError(expression)
            time.sleep(0.02)

    def open_case(self, address: str, case_id: str) -> None:
        """Sign in and show a case."""
        self.page("Page.navigate", url=f"{address}/sign-in/")
        self.until("Boolean(document.querySelector('input[name=password]'))")
        fill = (
            "document.querySelector('input[name=username]').value = 'reader';"
            f"document.querySelector('input[name=password]').value = '{PASSWORD}';"
            "document.querySelector('main button').click()"
        )
        self.evaluate(fill)
        self.until("!location.pathname.startsWith('/sign-in/') && document.readyState === 'complete'")
        self.page("Page.navigate", url=f"{address}/cases/{case_id}/")
        self.until("Boolean(window.readingRoom?.ready)")

    def _ask(self, message: dict[str, object]) -> dict[str, Any]:
        self._count += 1
        os.write(self._commands, json.dumps({"id": self._count, **message}).encode() + b"\0")
        while True:
            whole, gap, rest = self._rest.partition(b"\0")
            if not gap:
                piece = os.read(self._answers, 1 << 16)
                if not piece:
                    raise RuntimeError("The browser has ended.")
                self._rest += piece
                continue
            self._rest = rest
            answer = json.loads(whole)
            if answer.get("id") != self._count:
                continue
            if "error" in answer:
                raise RuntimeError(json.dumps(answer["error"]))
            result: dict[str, Any] = answer["result"]
            return result


@contextmanager
def bare_page() -> Iterator[BarePage]:
    """A page in a browser of its own.

    Raises
    ------
    SystemExit : Chromium is not installed.
    """
    path = find_chromium()
    if path is None:
        raise SystemExit("Chromium is not installed.")
    (read_commands, commands), (answers, write_answers) = (tuple(map(_high, os.pipe())) for _ in range(2))
    with tempfile.TemporaryDirectory(prefix="bare-chromium-", ignore_cleanup_errors=True) as profile:
        command = [str(path), "--headless=new", *FLAGS, "--no-first-run", "--remote-debugging-pipe"]
        command += [f"--user-data-dir={profile}", f"--window-size={WINDOW['width']},{WINDOW['height']}"]
        nothing = os.open(os.devnull, os.O_WRONLY)
        pid = os.posix_spawn(
            path,
            command,
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, read_commands, COMMANDS),
                (os.POSIX_SPAWN_DUP2, write_answers, ANSWERS),
                (os.POSIX_SPAWN_DUP2, nothing, 2),
            ],
        )
        for one in (read_commands, write_answers, nothing):
            os.close(one)
        page = BarePage(commands, answers)
        try:
            yield page
        finally:
            os.write(commands, json.dumps({"id": 0, "method": "Browser.close"}).encode() + b"\0")
            os.waitpid(pid, 0)
            os.close(commands)
            os.close(answers)


def resident_mb(page: BarePage) -> dict[str, float]:
    """Resident megabytes of the tab's process and of the one that draws, after garbage collection."""
    page.page("HeapProfiler.collectGarbage")
    time.sleep(0.5)
    found: dict[str, float] = {}
    for process in page.browser("SystemInfo.getProcessInfo")["processInfo"]:
        lines = Path(f"/proc/{process['id']}/smaps_rollup").read_text().splitlines()
        size = sum(int(line.split()[1]) for line in lines if line.startswith("Rss:")) / 1024
        found[process["type"]] = max(found.get(process["type"], 0.0), size)
    return found


def _high(number: int) -> int:
    moved = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, FREE)
    os.close(number)
    return moved
