"""`make pictures`: start the product with demo content, work with it as people do, and photograph it for docs/."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.errors import ToolError
from tools.free_port import free_port
from tools.front_end import prepare_front_end
from tools.python_environment import ROOT, prepare_python

FOLDER = ROOT / "docs" / "pictures"
STOP_SECONDS = 30.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.pictures", description=__doc__)
    parser.add_argument("--prepared", action="store_true", help="use this interpreter as it is and build nothing")
    try:
        if not parser.parse_args().prepared:
            python = prepare_python(development=True)
            prepare_front_end()
            return subprocess.run([str(python), "-m", "tools.pictures", "--prepared"], cwd=ROOT, check=False).returncode
        with tempfile.TemporaryDirectory(prefix="pictures-") as folder:
            _photograph(Path(folder))
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _photograph(folder: Path) -> None:
    # Imported late: they need the virtual environment, which main() may have to make first.
    import django
    from playwright.sync_api import sync_playwright

    os.environ.update(DJANGO_SETTINGS_MODULE="annotator.config.settings", DATA_DIR=str(folder / "data"))
    django.setup()
    from tools.camera import launch
    from tools.picture_scenes import Scenes

    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo_running(folder / "data") as address, sync_playwright() as playwright:
        browser = launch(playwright)
        try:
            Scenes(browser, address, pictures=FOLDER, scratch=folder).take_all()
        finally:
            browser.close()


@contextmanager
def demo_running(data_dir: Path) -> Iterator[str]:
    """The product with demo content on a free port; yields its address, and stops it afterwards."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.demo", "--prepared"],
        cwd=ROOT,
        env={**os.environ, "PORT": str(port), "DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            if line.startswith("Reading Room is ready"):
                break
        else:
            raise ToolError("The demo stopped before it was ready; its message stands above.")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


if __name__ == "__main__":
    sys.exit(main())
