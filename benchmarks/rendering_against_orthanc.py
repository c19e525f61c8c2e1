"""How fast windowed pictures leave the whole server, beside Orthanc on the same machine with the same files.

Run it as `python benchmarks/rendering_against_orthanc.py`. It needs Debian's `orthanc` and takes two to three
minutes and 2 GB of disk. Both servers listen on loopback; ours runs as the product does (granian, WSGI, 2 workers
of one blocking thread) and checks a frame token with every request. Rounds alternate between the servers, and each
number is the median over rounds. It prints a table and asserts nothing.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.http_load import Target, latency_ms, throughput  # noqa: E402

HOST = "127.0.0.1"
HALF = (945, 1229)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit(f"{process.args} ended with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"{process.args} does not answer")


@contextmanager
def running(command: list[str], port: int, environment: dict[str, str], log: Path) -> Iterator[None]:
    """A server process, waited for, and stopped with all its children."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=output, stderr=output, start_new_session=True
        )
    try:
        wait_for(port, process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def orthanc_command(place: Path, port: int) -> list[str]:
    settings = {
        "Name": "benchmark",
        "StorageDirectory": str(place / "orthanc"),
        "IndexDirectory": str(place / "orthanc"),
        "HttpPort": port,
        "HttpBindAddresses": [HOST],
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "DicomServerEnabled": False,
        "KeepAlive": True,
        "TcpNoDelay": True,
        "Plugins": [],
    }
    (place / "orthanc").mkdir()
    (place / "orthanc.json").write_text(json.dumps(settings))
    return [shutil.which("Orthanc") or "/usr/sbin/Orthanc", str(place / "orthanc.json")]


def upload(port: int, path: Path) -> str:
    """Hand a file to Orthanc; its identifier there."""
    request = urllib.request.Request(f"http://{HOST}:{port}/instances", path.read_bytes(), method="POST")
    with urllib.request.urlopen(request, timeout=300) as answer:
        return str(json.load(answer)["ID"])


def our_frames(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Ingest a folder in this process; (frame key, token) of each frame, by modality."""
    import django

    django.setup()
    from django.core.management import call_command

    from annotator.imaging.actions.ingest_paths import ingest_paths
    from annotator.imaging.frame_tokens import issue_token
    from annotator.imaging.models import Stack
    from annotator.imaging.queries import frames_in_order

    call_command("migrate", verbosity=0)
    print(ingest_paths(None, [folder], derive=True), file=sys.stderr)
    found: dict[str, list[tuple[str, str]]] = {}
    for stack in Stack.objects.select_related("series"):
        token = issue_token(stack.key, person_id=1).token
        found[stack.series.modality] = [(frame.key, token) for frame in frames_in_order(stack)]
    return found


def our_target(port: int, frames: list[tuple[str, str]], query: str) -> Target:
    return Target(
        HOST,
        port,
        [
            (f"/frames/{key}/rendered?{query}", {"X-Frame-Token": token, "Accept": "image/jpeg"})
            for key, token in frames
        ],
    )


def orthanc_target(port: int, paths: list[str], query: str) -> Target:
    return Target(HOST, port, [(f"{path}/rendered?{query}", {"Accept": "image/jpeg"}) for path in paths])


def compare(name: str, ours: Target, theirs: Target, *, count: int, seconds: float, rounds: int) -> str:
    """One row of the table: medians over rounds that alternate."""
    for target in (ours, theirs):
        latency_ms(target, max(2, count // 10))
    single: dict[str, list[float]] = {"ours": [], "theirs": []}
    eight: dict[str, list[float]] = {"ours": [], "theirs": []}
    sizes = {}
    for turn in range(rounds):
        pair = [("ours", ours), ("theirs", theirs)]
        for who, target in pair if turn % 2 == 0 else pair[::-1]:
            # Slow answers need fewer repeats, and waiting for a hundred of them would take minutes.
            repeats = count if who == "ours" else max(3, min(count, int(seconds * 4)) if count < 100 else count)
            milliseconds, sizes[who] = latency_ms(target, repeats)
            single[who].append(milliseconds)
            eight[who].append(throughput(target, 8, seconds))
    a, b = median(single["ours"]), median(single["theirs"])
    c, d = median(eight["ours"]), median(eight["theirs"])
    return (
        f"| {name} | {a:.2f} | {b:.2f} | {b / a:.2f} | {c:.1f} | {d:.1f} | {c / d:.2f} "
        f"| {sizes['ours'] / 1000:.0f} / {sizes['theirs'] / 1000:.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slices", type=int, default=300)
    parser.add_argument("--frames", type=int, default=60)
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

        slices = make_ct(folder, options.slices)
        volume = make_tomosynthesis(folder, options.frames)
        frames = our_frames(folder)
        port, orthanc_port = free_port(), free_port()
        granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "1"]
        granian += ["--backpressure", "64", "--no-ws", "--host", HOST, "--port", str(port), "--no-access-log"]
        environment = dict(os.environ)
        with (
            running([*granian, "annotator.config.wsgi:application"], port, environment, place / "ours.log"),
            running(orthanc_command(place, orthanc_port), orthanc_port, environment, place / "orthanc.log"),
        ):
            ct = [f"/instances/{upload(orthanc_port, path)}" for path in slices]
            tomosynthesis = upload(orthanc_port, volume)
            views = [f"/instances/{tomosynthesis}/frames/{index}" for index in range(options.frames)]
            window, orthanc_window = "window=40,400,linear", "window-center=40&window-width=400&quality=90"
            breast, orthanc_breast = "window=1500,2000,linear", "window-center=1500&window-width=2000&quality=90"
            half = f"&viewport={HALF[0]},{HALF[1]}", f"&width={HALF[0]}&height={HALF[1]}"
            print("| JPEG quality 90 | ours ms | Orthanc ms | ratio | ours/s at 8 | Orthanc/s at 8 | ratio | kB |")
            print("|---|---|---|---|---|---|---|---|")
            rows = (
                (
                    "CT 512x512",
                    our_target(port, frames["CT"], window),
                    orthanc_target(orthanc_port, ct, orthanc_window),
                    300,
                    2.0,
                ),
                (
                    "tomosynthesis 1890x2457",
                    our_target(port, frames["MG"], breast),
                    orthanc_target(orthanc_port, views, orthanc_breast),
                    40,
                    3.0,
                ),
                (
                    "tomosynthesis at 945x1229",
                    our_target(port, frames["MG"], breast + half[0]),
                    orthanc_target(orthanc_port, views, orthanc_breast + half[1]),
                    40,
                    3.0,
                ),
            )
            for name, ours, theirs, count, seconds in rows:
                rounds = options.rounds if count >= 100 else max(2, options.rounds // 2)
                print(compare(name, ours, theirs, count=count, seconds=seconds, rounds=rounds), flush=True)


if __name__ == "__main__":
    main()
