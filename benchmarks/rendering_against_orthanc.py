"""How fast windowed pictures leave the whole server, beside Orthanc on the same machine with the same files.

Run it as `python benchmarks/rendering_against_orthanc.py`. It needs Debian's `orthanc` and takes three to
five minutes and 4 GB of disk. Both servers listen on loopback; ours runs as the product does (granian, WSGI, 2 workers
of four blocking threads) and checks a frame token with every request. Rounds alternate between the servers, and each
number is the median over rounds. Orthanc keeps one large object parsed in memory, so that a single volume is its
best case and two views in turn are what a reader does. With Debian's `orthanc-dicomweb` (or --dicomweb PATH) its
frames/{k}/rendered is measured too. It prints a table and asserts nothing.
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
from typing import Any, Literal

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.http_load import Target, latency_ms, throughput  # noqa: E402

HOST = "127.0.0.1"
HALF = (945, 1229)
VIEWS: tuple[Literal["LCC", "LMLO"], ...] = ("LCC", "LMLO")
# Debian's orthanc-dicomweb.
PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")


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


def orthanc_command(place: Path, port: int, plugin: Path | None) -> list[str]:
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
        "Plugins": [str(plugin)] if plugin else [],
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
    """Ingest a folder in this process; (frame key, token) of each frame, by modality and view, in order."""
    import django

    django.setup()
    from django.core.management import call_command

    from annotator.imaging.actions.ingest_paths import ingest_paths
    from annotator.imaging.models import Stack
    from annotator.imaging.queries import frames_in_order
    from annotator.imaging.store.frame_tokens import issue_token

    call_command("migrate", verbosity=0)
    print(ingest_paths(None, [folder], derive=True), file=sys.stderr)
    found: dict[str, list[tuple[str, str]]] = {}
    for stack in Stack.objects.select_related("series"):
        token = issue_token(stack.key, person_id=1).token
        name = f"{stack.laterality}{stack.view}" or stack.series.modality
        found[name] = [(frame.key, token) for frame in frames_in_order(stack)]
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


def in_turn(one: list[Any], other: list[Any]) -> list[Any]:
    """What a reader does who compares two views: a frame of the one, the same frame of the other."""
    return [frame for pair in zip(one, other, strict=True) for frame in pair]


def dicomweb_frames(path: Path, count: int) -> list[str]:
    import pydicom

    header = pydicom.dcmread(path, stop_before_pixels=True)
    instance = f"studies/{header.StudyInstanceUID}/series/{header.SeriesInstanceUID}/instances/{header.SOPInstanceUID}"
    return [f"/dicom-web/{instance}/frames/{number}" for number in range(1, count + 1)]


def compare(name: str, ours: Target, theirs: Target, *, rounds: int) -> str:
    """One row of the table: medians over rounds that alternate; slow answers are repeated less often."""
    counts, seconds = [], []
    for target in (ours, theirs):
        latency_ms(target, 2)
        milliseconds, _ = latency_ms(target, 4)
        counts.append(max(4, min(300, int(1500 / milliseconds))))
        seconds.append(2.0)
    single: list[list[float]] = [[], []]
    eight: list[list[float]] = [[], []]
    sizes = [0.0, 0.0]
    for turn in range(rounds):
        pair = [(0, ours), (1, theirs)]
        for who, target in pair if turn % 2 == 0 else pair[::-1]:
            milliseconds, sizes[who] = latency_ms(target, counts[who])
            single[who].append(milliseconds)
            eight[who].append(throughput(target, 8, seconds[who]))
    a, b = (median(times) for times in single)
    c, d = (median(rates) for rates in eight)
    return (
        f"| {name} | {a:.2f} | {b:.2f} | {b / a:.2f} | {c:.1f} | {d:.1f} | {c / d:.2f} "
        f"| {sizes[0] / 1000:.0f} / {sizes[1] / 1000:.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slices", type=int, default=300)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--only", default="", help="rows whose name begins so, e.g. CT")
    parser.add_argument("--dicomweb", type=Path, default=PLUGIN if PLUGIN.exists() else None, help="Orthanc's plugin")
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
        volumes = [] if options.only == "CT" else [make_tomosynthesis(folder, options.frames, view) for view in VIEWS]
        frames = our_frames(folder)
        port, orthanc_port = free_port(), free_port()
        granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4"]
        granian += ["--backpressure", "64", "--no-ws", "--host", HOST, "--port", str(port), "--no-access-log"]
        environment = dict(os.environ)
        with (
            running([*granian, "annotator.config.wsgi:application"], port, environment, place / "ours.log"),
            running(
                orthanc_command(place, orthanc_port, options.dicomweb), orthanc_port, environment, place / "orthanc.log"
            ),
        ):
            ct = [f"/instances/{upload(orthanc_port, path)}" for path in slices]
            views = [
                [f"/instances/{identifier}/frames/{index}" for index in range(options.frames)]
                for identifier in [upload(orthanc_port, path) for path in volumes]
            ]
            both, our_both = in_turn(*views or [[], []]), in_turn(*(frames.get(view, []) for view in VIEWS))
            window, orthanc_window = "window=40,400,linear", "window-center=40&window-width=400&quality=90"
            breast, orthanc_breast = "window=1500,2000,linear", "window-center=1500&window-width=2000&quality=90"
            half, orthanc_half = (
                f"{breast}&viewport={HALF[0]},{HALF[1]}",
                f"{orthanc_breast}&width={HALF[0]}&height={HALF[1]}",
            )
            rows = [
                ("CT 512x512", frames["CT"], window, ct, orthanc_window),
                ("tomosynthesis, one view", our_both[::2], breast, both[::2], orthanc_breast),
                ("tomosynthesis, two views in turn", our_both, breast, both, orthanc_breast),
                ("the same at 945x1229", our_both, half, both, orthanc_half),
            ]
            if options.dicomweb and volumes:
                wado = dicomweb_frames(volumes[0], options.frames)
                rows.append(("tomosynthesis, DICOMweb frames/{k}/rendered", our_both[::2], breast, wado, breast))
            print("| JPEG quality 90 | ours ms | Orthanc ms | ratio | ours/s at 8 | Orthanc/s at 8 | ratio | kB |")
            print("|---|---|---|---|---|---|---|---|", flush=True)
            for name, our_list, query, their_list, their_query in rows:
                if not name.startswith(options.only):
                    continue
                ours = our_target(port, our_list, query)
                theirs = orthanc_target(orthanc_port, their_list, their_query)
                rounds = options.rounds if name.startswith("CT") else max(1, options.rounds // 2)
                print(compare(name, ours, theirs, rounds=rounds), flush=True)


if __name__ == "__main__":
    main()
