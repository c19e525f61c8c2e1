"""DICOM by somebody else's judgement: dciodvfy of dicom3tools."""

import shutil
import subprocess
from pathlib import Path


def errors_of(path: Path) -> list[str]:
    """What dciodvfy calls an error; nothing where there is no such package (outside Debian)."""
    validator = shutil.which("dciodvfy")
    if validator is None and shutil.which("apt-get") is None:
        return []
    assert validator is not None, "dciodvfy is not installed; make test installs it on Debian (dicom3tools)."
    said = subprocess.run([validator, path], capture_output=True, text=True, check=False).stderr
    return [line for line in said.splitlines() if line.startswith("Error")]
