"""The virtual environment with the pinned packages, made once and again only when the pins change."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.debian import install_packages
from tools.errors import ToolError

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def prepare_python(*, development: bool) -> Path:
    """Make .venv with requirements.txt, or with requirements-dev.txt too; returns its interpreter."""
    wanted = _fingerprint("requirements.txt", "requirements-dev.txt") if development else _fingerprint()
    stamps = [VENV / ".installed-development"] if development else _stamps_that_hold_runtime()
    if PYTHON.exists() and any(stamp.exists() and stamp.read_text() == wanted for stamp in stamps):
        return PYTHON
    if not PYTHON.exists():
        _make_venv()
    requirements = "requirements-dev.txt" if development else "requirements.txt"
    print(f"Installing {requirements} into .venv (the first time takes minutes) ...", flush=True)
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "-r", requirements]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise ToolError(f"pip could not install {requirements}; its message stands above.")
    stamps[0].write_text(wanted)
    if development:
        (VENV / ".installed-runtime").write_text(_fingerprint())
    return PYTHON


def environment_with_venv() -> dict[str, str]:
    """This process's environment with .venv's programs first on PATH."""
    return {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}", "VIRTUAL_ENV": str(VENV)}


def _stamps_that_hold_runtime() -> list[Path]:
    return [VENV / ".installed-runtime"]


def _fingerprint(*names: str) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for name in names or ("requirements.txt",):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _make_venv() -> None:
    print("Making .venv ...", flush=True)
    command = [sys.executable, "-m", "venv", str(VENV)]
    made = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if made.returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    install_packages({package: f"Python can't make a virtual environment: {made.stdout.strip()[:300]}"})
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise ToolError(f"{sys.executable} -m venv fails; its message stands above.")
