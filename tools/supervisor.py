"""Keep a few processes running: start, restart what dies, and stop them all, whatever happens to us."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

STOP_SECONDS = 8.0
LOG_LIMIT_BYTES = 10_000_000
PR_SET_PDEATHSIG = 1


@dataclass
class Service:
    """One process of the product and how it is started."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    start_again_at: float = 0.0


@dataclass
class Supervisor:
    """Runs services, each in a process group of its own, their output in log files, their ids in pid files.

    Parameters
    ----------
    folder : gets `logs/<name>.log` and `run/<name>.pid`.
    say : where a sentence about a restart goes.
    """

    services: list[Service]
    environment: dict[str, str]
    working_dir: Path
    folder: Path
    say: Callable[[str], None] = field(default=lambda text: print(text, flush=True))

    def log_of(self, name: str) -> Path:
        """The log file of one service."""
        return self.folder / "logs" / f"{name}.log"

    def start(self) -> None:
        """Start every service that does not run."""
        (self.folder / "logs").mkdir(parents=True, exist_ok=True)
        (self.folder / "run").mkdir(parents=True, exist_ok=True)
        for service in self.services:
            self._start(service)

    def restart_the_dead(self) -> None:
        """Start again what has stopped: at once, then slower and slower while it keeps stopping."""
        for service in self.services:
            if service.process is None:
                if time.monotonic() >= service.start_again_at:
                    self._start(service)
                continue
            code = service.process.poll()
            if code is None:
                continue
            # What the dead leader left behind still holds its work; the new one must not meet it.
            _signal_group(service.process.pid, signal.SIGKILL)
            service.process = None
            pause = min(0.5 * service.starts, 10.0)
            service.start_again_at = time.monotonic() + pause
            self.say(
                f"The {service.name} stopped ({_in_words(code)}); starting it again. Log: {self.log_of(service.name)}"
            )

    def stop(self) -> None:
        """Ask every service to stop, and kill with its whole group what does not within some seconds."""
        running = [service for service in self.services if service.process is not None]
        for service in running:
            assert service.process is not None
            service.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for service in running:
            assert service.process is not None
            with contextlib.suppress(subprocess.TimeoutExpired):
                service.process.wait(max(0.0, deadline - time.monotonic()))
            _signal_group(service.process.pid, signal.SIGKILL)
            service.process.wait()
            service.process = None
            (self.folder / "run" / f"{service.name}.pid").unlink(missing_ok=True)

    def _start(self, service: Service) -> None:
        log = self.log_of(service.name)
        if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            service.process = subprocess.Popen(
                service.command,
                cwd=self.working_dir,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        service.starts += 1
        (self.folder / "run" / f"{service.name}.pid").write_text(str(service.process.pid))


def _die_with_parent() -> None:
    """Have the kernel send TERM to this process when its supervisor dies, even by kill -9 (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: no permission to signal zombies
        os.killpg(group, number)


def _in_words(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"
