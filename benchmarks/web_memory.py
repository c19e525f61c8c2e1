"""How much memory a web process holds after 10,000 different pictures: does it stay put, or does it grow?

Run it as `python benchmarks/web_memory.py`. It starts the web server as the product does (granian, WSGI, 2 workers of
four blocking threads, the cache of finished pictures as it is set up), asks for pictures that all differ from each
other over 8 connections (CT as JPEG and PNG, tomosynthesis at 945x1229 and full), and reads what the operating system
says of its processes. It takes about two minutes and prints a table; the target is 300 MB a process at the end.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.http_load import Connection, Target  # noqa: E402
from benchmarks.rendering_against_orthanc import CT_SERIES, HALF, HOST, free_port, our_frames, wait_for  # noqa: E402

TARGET_MB = 300
CONNECTIONS = 8
VIEW = "LCC"
# Of every 100 pictures; the rest is CT as JPEG.
PNG, HALF_TOMOSYNTHESIS, FULL_TOMOSYNTHESIS = 10, 8, 2

Requests = list[tuple[str, dict[str, str]]]


def memory_mb(process_id: int) -> tuple[float, float]:
    """(resident, its own share where pages are shared) of a process in MB."""
    found = {}
    for line in Path(f"/proc/{process_id}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        found[name] = int(rest.split()[0]) / 1024
    return found["Rss"], found["Pss"]


def children(process_id: int) -> list[int]:
    """The processes that a process has started."""
    listed = subprocess.run(["pgrep", "-P", str(process_id)], capture_output=True, text=True, check=False)
    return [int(word) for word in listed.stdout.split()]


def different_pictures(frames: dict[str, list[tuple[str, str]]], count: int, *, first: int) -> Requests:
    """So many requests, each of another frame or another window than all before."""
    requests: Requests = []
    for index in range(first, first + count):
        kind, accept, query = index % 100, "image/jpeg", ""
        of = frames[CT_SERIES]
        if kind < PNG:
            accept = "image/png"
        elif kind < PNG + HALF_TOMOSYNTHESIS + FULL_TOMOSYNTHESIS and VIEW in frames:
            of = frames[VIEW]
            query = f"&viewport={HALF[0]},{HALF[1]}" if kind < PNG + HALF_TOMOSYNTHESIS else ""
        key, token = of[index % len(of)]
        window = f"window={40 + index / 1000:.3f},{400 + index % 7},linear"
        requests.append((f"/frames/{key}/rendered?{window}{query}", {"X-Frame-Token": token, "Accept": accept}))
    return requests


def ask_all(port: int, requests: Requests) -> None:
    """Ask each of the requests once, over all connections."""

    def ask(share: Requests) -> None:
        target = Target(HOST, port, share)
        connection = Connection(target)
        for message in target.messages():
            connection.ask(message)
        connection.close()

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        list(threads.map(ask, [requests[place::CONNECTIONS] for place in range(CONNECTIONS)]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=10_000)
    parser.add_argument("--slices", type=int, default=300)
    parser.add_argument("--frames", type=int, default=20, help="of a tomosynthesis volume; 0 leaves it out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        os.environ.update(
            DATA_DIR=str(place / "data"),
            DJANGO_SETTINGS_MODULE="annotator.config.settings",
            LOG_LEVEL="WARNING",
            SECRET_KEY="benchmark only, " + "x" * 40,
        )
        folder = place / "files"
        folder.mkdir()
        from benchmarks.phantom_dicom import make_ct, make_tomosynthesis
        from tools.product import web_command

        make_ct(folder, options.slices)
        if options.frames:
            make_tomosynthesis(folder, options.frames, VIEW)
        frames = our_frames(folder)
        port = free_port()
        command = [*web_command(Path(sys.executable), host=HOST, port=port), "--no-access-log"]
        with (place / "web.log").open("wb") as log:
            server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            wait_for(port, server)
            report(port, server.pid, frames, options.pictures)
        finally:
            server.terminate()
            server.wait(20)


def report(port: int, process_id: int, frames: dict[str, list[tuple[str, str]]], pictures: int) -> None:
    """Print the table."""
    ask_all(port, different_pictures(frames, 16, first=pictures))
    print("| pictures | resident MB a process | its own share |")
    print("|---|---|---|")
    step = max(1, pictures // 5)
    for done in range(0, pictures + 1, step):
        if done:
            ask_all(port, different_pictures(frames, step, first=done - step))
        measured = [memory_mb(child) for child in children(process_id)]
        resident, own = (", ".join(f"{one[at]:.0f}" for one in measured) for at in (0, 1))
        print(f"| {done:,} | {resident} | {own} |", flush=True)
    most = max(one[0] for one in measured)
    print(f"The target is {TARGET_MB} MB resident: {'met' if most < TARGET_MB else 'missed'}, {most:.0f} MB at most.")


if __name__ == "__main__":
    main()
