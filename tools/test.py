"""`make test`: everything, on SQLite and on PostgreSQL with Redis, and in a real browser.

What is missing and can be installed is installed; what can't be makes the run fail. Nothing is skipped in silence.
"""

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools.backing_services import find_initdb, running_postgres
from tools.chromium import find_chromium
from tools.compose import compose_package, find_compose, find_nginx
from tools.debian import install_packages
from tools.errors import ToolError
from tools.front_end import install_viewer_packages, npm_command, prepare_front_end
from tools.python_environment import ROOT, VENV, environment_with_venv, prepare_python

# SQLite: all but what asks for services by name. PostgreSQL: all but the browser, and of that what is marked so too;
# tests/fixtures/what_needs_a_database.py leaves pure tests out of that second run.
ON_SQLITE = "browser or not services"
ON_POSTGRES = "services or not browser"
# pynetdicom puts programs of the same names into the virtual environment: DCMTK's own are looked for beside it.
DCMTK_FOLDERS = "/usr/bin:/usr/local/bin:/opt/homebrew/bin"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.test", description=__doc__)
    parser.add_argument("--lint", action="store_true", help="only formatting, linters, types and floors")
    only_lint = parser.parse_args().lint
    steps = Steps()
    try:
        prepare_python(development=True)
        prepare_front_end()
        install_viewer_packages()
        lint(steps)
        if not only_lint:
            install_missing_programs()
            run_tests(steps)
    except ToolError as error:
        print(error, file=sys.stderr, flush=True)
        print("make test: FAILED", flush=True)
        return 1
    except KeyboardInterrupt:
        return 130
    return steps.report()


class Steps:
    """Runs commands one after the other, goes on after a failure, and says at the end what failed."""

    def __init__(self) -> None:
        self.outcomes: list[tuple[str, int, float]] = []

    def run(
        self, name: str, command: list[str], *, folder: Path = ROOT, environment: dict[str, str] | None = None
    ) -> None:
        print(f"\n=== {name}", flush=True)
        started_at = time.monotonic()
        code = subprocess.run(command, cwd=folder, env=environment or environment_with_venv(), check=False).returncode
        self.outcomes.append((name, code, time.monotonic() - started_at))

    def report(self) -> int:
        print(flush=True)
        for name, code, seconds in self.outcomes:
            print(f"{'ok    ' if code == 0 else 'FAILED'} {seconds:6.1f} s  {name}", flush=True)
        failed = [name for name, code, _ in self.outcomes if code]
        print(f"make test: {'FAILED: ' + ', '.join(failed) if failed else 'everything passed'}", flush=True)
        return 1 if failed else 0


def lint(steps: Steps) -> None:
    """Formatting, linters, types, floors and missing migrations, of Python and TypeScript."""
    steps.run("ruff format", program("ruff", "format", "--check", "."))
    steps.run("ruff check", program("ruff", "check", "."))
    steps.run("mypy", program("mypy", "."))
    steps.run("floors (import-linter)", program("lint-imports"))
    scratch = {**environment_with_venv(), "DATA_DIR": str(ROOT / "build" / "lint-data")}
    steps.run("missing migrations", program("python", "manage.py", "makemigrations", "--check"), environment=scratch)
    for name, script in (("biome", "lint"), ("TypeScript types", "check"), ("vitest", "test")):
        command, environment = npm_command("run", "--silent", script)
        steps.run(name, command, folder=ROOT / "frontend" / "viewer", environment=environment)


def run_tests(steps: Steps) -> None:
    """pytest twice: on SQLite, then on PostgreSQL and Redis."""
    # Two processes whatever the machine: each may start the product and a browser.
    pytest = program("python", "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", "--durations", "10")
    environment = {key: value for key, value in environment_with_venv().items() if key != "DATABASE_URL"}
    with running_postgres() as url:
        environment["TEST_POSTGRES_URL"] = url
        steps.run("tests on SQLite, end to end in Chromium", [*pytest, "-m", ON_SQLITE], environment=environment)
        environment["DATABASE_URL"] = url
        # Redis is started by the tests, one for each product that they run.
        steps.run("tests on PostgreSQL and Redis", [*pytest, "-m", ON_POSTGRES], environment=environment)


def install_missing_programs() -> None:
    """PostgreSQL, Redis, Chromium, nginx, DCMTK and compose: by apt as root, else an error that says how."""
    wanted: dict[str, str] = {}
    if find_initdb() is None:
        wanted["postgresql"] = "PostgreSQL (initdb)"
    if shutil.which("redis-server") is None:
        wanted["redis-server"] = "Redis (redis-server)"
    if find_chromium() is None:
        wanted["chromium"] = "Chromium"
    if find_nginx() is None:
        wanted["nginx-light"] = "nginx"
    if shutil.which("storescu", path=DCMTK_FOLDERS) is None:
        wanted["dcmtk"] = "DCMTK (storescu, echoscu)"
    if shutil.which("dciodvfy") is None and shutil.which("apt-get") is not None:  # Debian alone packages it
        wanted["dicom3tools"] = "dicom3tools (dciodvfy)"
    if wanted:
        install_packages(wanted)
    if find_compose() is None:
        install_packages({compose_package(): "docker compose"})


def program(name: str, *arguments: str) -> list[str]:
    return [str(VENV / "bin" / name), *arguments]


if __name__ == "__main__":
    sys.exit(main())
