"""`make demo`: prepare everything, start the product, say where it is, and stop it on Ctrl-C."""

import argparse
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import IO

from tools.errors import ToolError
from tools.front_end import prepare_front_end
from tools.product import services
from tools.python_environment import ROOT, environment_with_venv, prepare_python
from tools.supervisor import Supervisor

READY_SECONDS = 90.0
WORKER_IS_SILENT_AFTER = 10.0


class StopRequestedError(BaseException):
    """Ctrl-C, TERM, a closed terminal, or the death of whoever started us."""


def main() -> int:
    arguments = _arguments()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _request_stop)
    try:
        return _run(arguments)
    except StopRequestedError:
        print("\nStopped.", flush=True)
        return 0
    except ToolError as error:
        print(error, file=sys.stderr, flush=True)
        return 1


def _run(arguments: argparse.Namespace) -> int:
    started_at = time.monotonic()
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    data_dir = Path(os.environ.get("DATA_DIR", ROOT / "var")).resolve()
    _check_port(host, port)
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "demo.lock").open("w") as lock:
        _lock(lock, data_dir)
        python = Path(sys.executable)
        if not arguments.prepared:
            python = prepare_python(development=False)
            prepare_front_end()
        environment = {**environment_with_venv(), "DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1"}
        shutil.rmtree(data_dir / "heartbeats", ignore_errors=True)  # a worker that was killed left its own
        _manage(python, environment, "prepare_database", "--verbosity", "0")
        processes = services(python, host=host, port=port, assist=os.environ.get("ASSIST", "on") != "off")
        supervisor = Supervisor(processes, environment=environment, working_dir=ROOT, folder=data_dir)
        parent = os.getppid()
        try:
            supervisor.start()
            if not arguments.empty:
                _manage(python, environment, "load_demo", meanwhile=supervisor.restart_the_dead)
            address = f"http://{host}:{port}/"
            _wait_until_ready(supervisor, address)
            print(f"\nReading Room is ready after {time.monotonic() - started_at:.0f} s: {address}", flush=True)
            print(f"Data: {data_dir}   Logs: {data_dir / 'logs'}   Stop with Ctrl-C.", flush=True)
            while os.getppid() == parent:
                time.sleep(0.5)
                supervisor.restart_the_dead()
            raise StopRequestedError
        finally:
            # A second Ctrl-C must not leave processes behind.
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            supervisor.stop()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.demo", description=__doc__)
    parser.add_argument("--empty", action="store_true", help="load no demo content")
    parser.add_argument("--prepared", action="store_true", help="use this interpreter as it is and build nothing")
    return parser.parse_args()


def _request_stop(number: int, frame: FrameType | None) -> None:
    raise StopRequestedError


def _check_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ToolError(
                f"Port {port} of {host} is taken ({error.strerror}). Choose another: PORT={port + 1} make demo"
            ) from error


def _lock(lock: IO[str], data_dir: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise ToolError(
            f"Another demo runs with the data in {data_dir}. Stop it, or choose another folder: DATA_DIR=... make demo"
        ) from error


def _manage(
    python: Path, environment: dict[str, str], *arguments: str, meanwhile: Callable[[], None] = lambda: None
) -> None:
    """Run a management command in a group of its own, which is ended with us."""
    quiet = {"LOG_LEVEL": "WARNING", **environment}
    process = subprocess.Popen([str(python), "manage.py", *arguments], cwd=ROOT, env=quiet, start_new_session=True)
    try:
        while (code := process.poll()) is None:
            meanwhile()
            time.sleep(0.05)
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if code:
        raise ToolError(f"manage.py {' '.join(arguments)} failed; its message stands above.")


def _wait_until_ready(supervisor: Supervisor, address: str) -> None:
    """Until the web server answers and a worker's heart beats."""
    deadline = time.monotonic() + READY_SECONDS
    trouble = "no answer yet"
    while time.monotonic() < deadline:
        supervisor.restart_the_dead()
        try:
            with urllib.request.urlopen(f"{address}health", timeout=5) as response:
                health = json.load(response)
            silence = health["worker"]
            if health["web"] == "ok" and silence is not None and silence < WORKER_IS_SILENT_AFTER:
                return
            trouble = f"the web server answers, the worker does not: {health}"
        except (OSError, ValueError, urllib.error.URLError) as error:
            trouble = f"the web server does not answer: {error}"
        time.sleep(0.2)
    tails = "\n".join(_tail(supervisor.log_of(service.name)) for service in supervisor.services)
    raise ToolError(f"Not ready after {READY_SECONDS:.0f} s: {trouble}\n{tails}")


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-15:] if log.exists() else []
    return "\n".join([f"--- {log}", *lines])


if __name__ == "__main__":
    sys.exit(main())
