"""Which compose and which nginx this machine has, to check what the service set-up says."""

import shutil
import subprocess

NGINX_PLACES = ("/usr/sbin/nginx", "/usr/local/sbin/nginx", "/opt/homebrew/bin/nginx")


def find_compose() -> list[str] | None:
    """The command of Docker's compose, version 2 or 1; None where there is none."""
    if shutil.which("docker"):
        command = ["docker", "compose"]
        if subprocess.run([*command, "version"], check=False, capture_output=True).returncode == 0:
            return command
    alone = shutil.which("docker-compose")
    return [alone] if alone else None


def compose_package() -> str:
    """The package of Debian or Ubuntu that brings compose: Ubuntu has one for version 2."""
    if shutil.which("apt-cache"):
        shown = subprocess.run(["apt-cache", "show", "docker-compose-v2"], check=False, capture_output=True)
        if shown.returncode == 0:
            return "docker-compose-v2"
    return "docker-compose"


def find_nginx() -> str | None:
    """nginx's path, which Debian keeps off the PATH of ordinary people."""
    found = shutil.which("nginx")
    return found or next((place for place in NGINX_PLACES if shutil.which(place)), None)
