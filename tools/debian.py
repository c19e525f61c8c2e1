"""Install what is missing on Debian and Ubuntu as root; say what to do everywhere else."""

import os
import shutil
import subprocess
import sys

from tools.errors import ToolError

BREW_NAMES = {
    "postgresql": "postgresql@16",
    "redis-server": "redis",
    "chromium": "--cask chromium",
    "nginx-light": "nginx",
}


def install_packages(wanted: dict[str, str]) -> None:
    """Install packages by apt.

    Parameters
    ----------
    wanted : the package's name, and what is missing without it.

    Raises
    ------
    ToolError : this is not Debian, or not root, or apt failed.
    """
    names = sorted(wanted)
    missing = "\n".join(f"  {reason}" for reason in wanted.values())
    if shutil.which("apt-get") is None:
        advice = "Install it with your system's package manager."
        if sys.platform == "darwin":
            advice = "\n".join(f"  brew install {BREW_NAMES.get(name, name)}" for name in names)
        raise ToolError(f"Missing:\n{missing}\n{advice}")
    command = ["apt-get", "install", "-y", "--no-install-recommends", *names]
    if os.geteuid() != 0:
        raise ToolError(f"Missing:\n{missing}\nRun once as root: {' '.join(command)}")
    print(f"Installing {', '.join(names)} ...", flush=True)
    # Runlevel 1: the services that come along are not started; the tests start their own.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    if _quietly(command, environment):
        return
    _quietly(["apt-get", "update"], environment)
    if not _quietly(command, environment):
        raise ToolError(f"Missing:\n{missing}\napt-get could not install it; run it by hand: {' '.join(command)}")


def _quietly(command: list[str], environment: dict[str, str]) -> bool:
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr[-1000:], file=sys.stderr, flush=True)
    return done.returncode == 0
