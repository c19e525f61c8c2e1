"""How fast CT slices are taken in, beside Orthanc on the same machine with the same files.

Run it as `python benchmarks/ingest_against_orthanc.py`. It needs Debian's `orthanc` and takes about a minute for 300
slices and three rounds. Orthanc gets the files by POST /instances over loopback, at 1 and at 8 connections that stay
open, from a client that costs the machine little; it writes a file and its index for each, synced by its default. Ours
is the `ingest` command's own work in one process: "received" is bytes and rows durable, "ready" is frames derived and
recorded. So no HTTP is in our number and one worker is in it; what an upload from a page costs besides is a copy and a
sync a file in the web process. Each round starts both from nothing, in turn, and each number is the median over rounds.
Peak memory is the process's own high-water mark. It prints a table with the targets beside and asserts nothing.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.http_load import Connection, Target  # noqa: E402
from benchmarks.ingest import make_slices  # noqa: E402
from benchmarks.rendering_against_orthanc import HOST, free_port, orthanc_command, wait_for  # noqa: E402

RECEIVED, READY, ONE, EIGHT = "received", "ready", "Orthanc, 1 connection", "Orthanc, 8 connections"


def posts(port: int, files: list[Path]) -> list[bytes]:
    """A whole request a file."""
    messages = []
    for path in files:
        body = path.read_bytes()
        head = (
            f"POST /instances HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: keep-alive\r\n"
            f"Content-Type: application/dicom\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        messages.append(head.encode() + body)
    return messages


def upload_all(port: int, messages: list[bytes], connections: int) -> float:
    """Send every request, over so many connections; the seconds that took."""
    target = Target(HOST, port, [])

    def send(mine: list[bytes]) -> None:
        connection = Connection(target)
        for message in mine:
            connection.ask(message)
        connection.close()

    threads = [threading.Thread(target=send, args=(messages[first::connections],)) for first in range(connections)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begin


def orthanc_round(files: list[Path], connections: int) -> tuple[float, float]:
    """(slices a second, peak MB) of an Orthanc that starts empty."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        command = orthanc_command(Path(folder), port, None)
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait_for(port, process)
            seconds = upload_all(port, posts(port, files), connections)
            with urllib.request.urlopen(f"http://{HOST}:{port}/statistics", timeout=30) as answer:
                instances = json.load(answer)["CountInstances"]
            status = Path(f"/proc/{process.pid}/status").read_text()
        finally:
            process.terminate()
            process.wait(30)
    if instances != len(files):
        print(f"Orthanc holds {instances} of {len(files)}", file=sys.stderr)
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return len(files) / seconds, peak / 1024


def our_round(folder: Path, count: int) -> dict[str, tuple[float, float]]:
    """(slices a second, peak MB) of receiving and of deriving, in one fresh process with an empty DATA_DIR."""
    with tempfile.TemporaryDirectory() as place:
        done = subprocess.run(
            [sys.executable, str(ROOT / "benchmarks" / "ingest.py"), "--measure", str(folder)],
            env={**os.environ, "DATA_DIR": place, "LOG_LEVEL": "ERROR"},
            stdout=subprocess.PIPE,
            check=True,
        )
    found = json.loads(done.stdout)
    if (found["ingested"], found["ready"]) != (count, count):
        print(f"ours: {found['ingested']} of {count} ingested, {found['ready']} ready", file=sys.stderr)
    return {
        RECEIVED: (count / found["received_seconds"], found["received_peak_mb"]),
        READY: (count / found["ready_seconds"], found["peak_mb"]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slices", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in (RECEIVED, READY, ONE, EIGHT)}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "slices"
        folder.mkdir()
        make_slices(folder, options.slices)
        files = sorted(folder.glob("*.dcm"))
        for _ in range(options.rounds):
            found[ONE].append(orthanc_round(files, 1))
            for name, measured in our_round(folder, options.slices).items():
                found[name].append(measured)
            found[EIGHT].append(orthanc_round(files, 8))
    rates = {name: median(rate for rate, _ in rounds) for name, rounds in found.items()}
    peaks = {name: max(peak for _, peak in rounds) for name, rounds in found.items()}
    print(f"{options.slices} CT slices of 512x512, medians of {options.rounds} rounds\n")
    print("| one process | slices/s | against Orthanc at 1 | against Orthanc at 8 | target | peak MB |")
    print("|---|---|---|---|---|---|")
    targets = {RECEIVED: ">= 2.0 against both", READY: ">= 150/s"}
    for name in (RECEIVED, READY, ONE, EIGHT):
        print(
            f"| {name} | {rates[name]:.0f} | {rates[name] / rates[ONE]:.2f} | {rates[name] / rates[EIGHT]:.2f} "
            f"| {targets.get(name, '')} | {peaks[name]:.0f} |"
        )


if __name__ == "__main__":
    main()
