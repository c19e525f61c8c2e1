"""A PostgreSQL and a Redis of our own for a test run: on free ports, in folders that go away."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.errors import ToolError
from tools.free_port import free_port

POSTGRES_PLACES = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt")


def find_initdb() -> Path | None:
    """PostgreSQL's initdb, which Debian keeps off PATH; the newest version where there are several."""
    found = [path for place in POSTGRES_PLACES for path in Path(place).glob("*/bin/initdb")]
    if found:
        return max(found, key=_version)
    on_path = shutil.which("initdb")
    return Path(on_path) if on_path else None


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[str]:
    """Start PostgreSQL; gives the address of its database `app` (a superuser, so that tests can make databases).

    Parameters
    ----------
    durable : bring every commit to the disk, as a service does; a test's database need not survive a power cut.

    Raises
    ------
    ToolError : it is not installed, or does not start.
    """
    initdb = find_initdb()
    if initdb is None:
        raise ToolError("PostgreSQL is not installed (initdb not found).")
    folder = Path(tempfile.mkdtemp(prefix="reading-room-postgres-"))
    # PostgreSQL refuses to run as root.
    as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_owner:
        shutil.chown(folder, "postgres", "postgres")
    port, cluster = free_port(), folder / "cluster"
    control = [*as_owner, str(initdb.parent / "pg_ctl"), "-D", str(cluster), "-w"]
    try:
        _run([*as_owner, str(initdb), "-D", str(cluster), "-U", "app", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"])
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        if not durable:
            options += " -c fsync=off"
        _run([*control, "-l", str(folder / "log"), "-o", options, "start"])
        try:
            _run([*as_owner, str(initdb.parent / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "app", "app"])
            yield f"postgres://app@127.0.0.1:{port}/app"
        finally:
            _run([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_redis() -> Iterator[str]:
    """Start Redis without persistence; gives its address.

    Raises
    ------
    ToolError : it is not installed, or does not start.
    """
    server = shutil.which("redis-server")
    if server is None:
        raise ToolError("Redis is not installed (redis-server not found).")
    folder = Path(tempfile.mkdtemp(prefix="reading-room-redis-"))
    port = free_port()
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait_for_redis(process, port, folder / "log")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for_redis(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                if connection.recv(7).startswith(b"+PONG"):
                    return
        except OSError:
            time.sleep(0.05)
    raise ToolError(f"Redis does not start: {log.read_text(errors='replace')[-500:]}")


def _run(command: list[str]) -> None:
    # pg_ctl's server would hold a pipe open for ever, so the output goes to a file.
    with tempfile.TemporaryFile() as output:
        code = subprocess.run(command, check=False, stdout=output, stderr=output, cwd="/").returncode
        output.seek(0)
        if code:
            raise ToolError(f"{' '.join(command)} failed: {output.read().decode(errors='replace')[-800:]}")


def _version(initdb: Path) -> tuple[int, ...]:
    digits = "".join(c if c.isdigit() else " " for c in initdb.parts[-3]).split()
    return tuple(int(number) for number in digits) or (0,)
