"""How fast windowed pictures leave the whole server, beside Orthanc on the same machine with the same files.

Run it as `python benchmarks/rendering_against_orthanc.py`. It needs Debian's `orthanc` and takes three to
five minutes and 4 GB of disk. Both servers listen on loopback; ours runs as the product does (granian, WSGI, 2 workers
of four blocking threads) and checks a frame token with every request. Rounds alternate between the servers, and each
number is the median over rounds. Orthanc keeps one large object parsed in memory, so that a single volume is its
best case and two views in turn are what a reader does. Every row is measured on a server of ours that keeps no
finished pictures, except "from a warm cache", which is the product as it is set up. With Debian's `orthanc-dicomweb`
(or --dicomweb PATH) its frames/{k}/rendered is measured too; with `orthanc-gdcm` (or --gdcm PATH) CT stored as
JPEG 2000, which Orthanc can't decode without. It prints a table with the targets beside and asserts nothing.
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
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.http_load import Target, latency_ms, throughput  # noqa: E402

HOST = "127.0.0.1"
HALF = (945, 1229)
VIEWS: tuple[Literal["LCC", "LMLO"], ...] = ("LCC", "LMLO")
CT_SERIES, JPEG_2000_SERIES = "Axial", "Axial as JPEG 2000"
# Debian's orthanc-dicomweb and orthanc-gdcm.
PLUGINS = Path("/usr/share/orthanc/plugins")
DICOMWEB, GDCM = PLUGINS / "libOrthancDicomWeb.so", PLUGINS / "libOrthancGdcm.so"
HEADINGS = (
    "windowed, quality 90",
    "ours ms",
    "Orthanc ms",
    "ours / theirs (target)",
    "ours/s at 8",
    "Orthanc/s at 8",
    "ours / theirs (target)",
    "kB",
)


@dataclass(frozen=True)
class Row:
    """One question to both servers; `at_most` and `at_least` are targets of p50 at 1 and of throughput at 8."""

    name: str
    ours: Target
    theirs: Target
    at_most: float | None = None
    at_least: float | None = None


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
    (place / "orthanc").mkdir(parents=True)
    (place / "orthanc.json").write_text(json.dumps(settings))
    return [shutil.which("Orthanc") or "/usr/sbin/Orthanc", str(place / "orthanc.json")]


def upload(port: int, path: Path) -> str:
    """Hand a file to Orthanc; its identifier there."""
    request = urllib.request.Request(f"http://{HOST}:{port}/instances", path.read_bytes(), method="POST")
    with urllib.request.urlopen(request, timeout=300) as answer:
        return str(json.load(answer)["ID"])


def our_frames(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Ingest a folder in this process; (frame key, token) of each frame in order, by view or series description."""
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
        name = f"{stack.laterality}{stack.view}" or stack.series.description or stack.series.modality
        found[name] = [(frame.key, token) for frame in frames_in_order(stack)]
    return found


def our_target(port: int, frames: list[tuple[str, str]], query: str, accept: str = "image/jpeg") -> Target:
    return Target(
        HOST,
        port,
        [(f"/frames/{key}/rendered?{query}", {"X-Frame-Token": token, "Accept": accept}) for key, token in frames],
    )


def orthanc_target(port: int, paths: list[str], query: str, accept: str = "image/jpeg") -> Target:
    return Target(HOST, port, [(f"{path}/rendered?{query}", {"Accept": accept}) for path in paths])


def in_turn(one: list[Any], other: list[Any]) -> list[Any]:
    """What a reader does who compares two views: a frame of the one, the same frame of the other."""
    return [frame for pair in zip(one, other, strict=True) for frame in pair]


def dicomweb_frames(path: Path, count: int) -> list[str]:
    import pydicom

    header = pydicom.dcmread(path, stop_before_pixels=True)
    instance = f"studies/{header.StudyInstanceUID}/series/{header.SeriesInstanceUID}/instances/{header.SOPInstanceUID}"
    return [f"/dicom-web/{instance}/frames/{number}" for number in range(1, count + 1)]


def compare(row: Row, *, rounds: int) -> str:
    """One row of the table: medians over rounds that alternate; slow answers are repeated less often."""
    counts, seconds = [], []
    for target in (row.ours, row.theirs):
        latency_ms(target, 2)
        milliseconds, _ = latency_ms(target, 4)
        counts.append(max(4, min(300, int(1500 / milliseconds))))
        seconds.append(2.0)
    single: list[list[float]] = [[], []]
    eight: list[list[float]] = [[], []]
    sizes = [0.0, 0.0]
    for turn in range(rounds):
        pair = [(0, row.ours), (1, row.theirs)]
        for who, target in pair if turn % 2 == 0 else pair[::-1]:
            milliseconds, sizes[who] = latency_ms(target, counts[who])
            single[who].append(milliseconds)
            eight[who].append(throughput(target, 8, seconds[who]))
    a, b = (median(times) for times in single)
    c, d = (median(rates) for rates in eight)
    slower = f"{a / b:.2f}" + (f" (<= {row.at_most})" if row.at_most else "")
    faster = f"{c / d:.2f}" + (f" (>= {row.at_least})" if row.at_least else "")
    return (
        f"| {row.name} | {a:.2f} | {b:.2f} | {slower} | {c:.1f} | {d:.1f} | {faster} "
        f"| {sizes[0] / 1000:.0f} / {sizes[1] / 1000:.0f} |"
    )


def ours_command(port: int) -> list[str]:
    """As tools/product.py starts it."""
    command = "-m granian --interface wsgi --workers 2 --blocking-threads 4 --backpressure 64 --no-ws --no-access-log"
    return [sys.executable, *command.split(), "--host", HOST, "--port", str(port), "annotator.config.wsgi:application"]


def rows(
    ports: dict[str, int], frames: dict[str, list[tuple[str, str]]], stored: dict[str, list[str]]
) -> Iterator[Row]:
    """The questions for which both servers have pictures.

    Parameters
    ----------
    ports : of "ours", "warm", "orthanc" and "orthanc-gdcm".
    frames : of ours, by series: keys and tokens.
    stored : of Orthanc, by the same names: addresses of frames.
    """
    ours, warm, orthanc = ports["ours"], ports["warm"], ports["orthanc"]
    window, their_window = "window=40,400,linear", "window-center=40&window-width=400&quality=90"
    ct, their_ct = frames[CT_SERIES], stored[CT_SERIES]
    theirs = orthanc_target(orthanc, their_ct, their_window)
    yield Row("CT 512x512, JPEG", our_target(ours, ct, window), theirs, 0.9, 1.7)
    png = "image/png"
    their_png = orthanc_target(orthanc, their_ct, their_window, png)
    yield Row("CT 512x512, PNG", our_target(ours, ct, window, png), their_png, 0.35, 3.5)
    yield Row("CT 512x512, JPEG, from a warm cache", our_target(warm, ct, window), theirs, None, 5)
    if JPEG_2000_SERIES in stored:
        yield Row(
            "CT stored as JPEG 2000, JPEG",
            our_target(ours, frames[JPEG_2000_SERIES], window),
            orthanc_target(ports["orthanc-gdcm"], stored[JPEG_2000_SERIES], their_window),
            None,
            10,
        )
    if VIEWS[0] not in stored:
        return
    breast, their_breast = "window=1500,2000,linear", "window-center=1500&window-width=2000&quality=90"
    half, their_half = (
        f"{breast}&viewport={HALF[0]},{HALF[1]}",
        f"{their_breast}&width={HALF[0]}&height={HALF[1]}",
    )
    one, their_one = frames[VIEWS[0]], stored[VIEWS[0]]
    both, their_both = (in_turn(*(found[view] for view in VIEWS)) for found in (frames, stored))
    yield Row(
        "tomosynthesis, one view", our_target(ours, one, breast), orthanc_target(orthanc, their_one, their_breast)
    )
    yield Row(
        "tomosynthesis, two views in turn",
        our_target(ours, both, breast),
        orthanc_target(orthanc, their_both, their_breast),
        None,
        50,
    )
    yield Row(
        "the same at 945x1229",
        our_target(ours, both, half),
        orthanc_target(orthanc, their_both, their_half),
        None,
        70,
    )
    if "wado" in stored:
        yield Row(
            "tomosynthesis, DICOMweb frames/{k}/rendered",
            our_target(ours, one, breast),
            orthanc_target(orthanc, stored["wado"], breast),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slices", type=int, default=300)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--only", default="", help="rows whose name begins so, e.g. CT")
    parser.add_argument("--dicomweb", type=Path, default=DICOMWEB, help="Orthanc's plugin")
    parser.add_argument("--gdcm", type=Path, default=GDCM, help="Orthanc's plugin")
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
        from benchmarks.phantom_dicom import as_jpeg_2000, make_ct, make_tomosynthesis

        slices = make_ct(folder, options.slices)
        files = {CT_SERIES: slices}
        compressed = as_jpeg_2000(slices, folder, JPEG_2000_SERIES) if options.gdcm.exists() else []
        if not options.only.startswith("CT"):
            files |= {view: [make_tomosynthesis(folder, options.frames, view)] for view in VIEWS}
        frames = our_frames(folder)
        ports = {name: free_port() for name in ("ours", "warm", "orthanc", "orthanc-gdcm")}
        environment = dict(os.environ)
        with ExitStack() as servers:
            for name, budget in (("ours", "0"), ("warm", "")):
                own = {**environment, **({"FINISHED_PICTURES_BYTES": budget} if budget else {})}
                servers.enter_context(running(ours_command(ports[name]), ports[name], own, place / f"{name}.log"))
            # A second one for JPEG 2000: with GDCM it decodes everything by GDCM, several times slower.
            plugins = {"orthanc": options.dicomweb, "orthanc-gdcm": options.gdcm}
            for name, plugin in plugins.items():
                command = orthanc_command(place / name, ports[name], plugin if plugin.exists() else None)
                servers.enter_context(running(command, ports[name], environment, place / f"{name}.log"))
            stored = {name: on_orthanc(ports["orthanc"], paths, options.frames) for name, paths in files.items()}
            if compressed:
                stored[JPEG_2000_SERIES] = on_orthanc(ports["orthanc-gdcm"], compressed, 0)
            if options.dicomweb.exists() and VIEWS[0] in files:
                stored["wado"] = dicomweb_frames(files[VIEWS[0]][0], options.frames)
            print(f"| {' | '.join(HEADINGS)} |")
            print("|---" * len(HEADINGS) + "|", flush=True)
            for row in rows(ports, frames, stored):
                if row.name.startswith(options.only):
                    rounds = options.rounds if row.name.startswith("CT") else max(1, options.rounds // 2)
                    print(compare(row, rounds=rounds), flush=True)


def on_orthanc(port: int, paths: list[Path], frames: int) -> list[str]:
    """Upload files; the address of each slice, or of each frame of a volume."""
    addresses = [f"/instances/{upload(port, path)}" for path in paths]
    return addresses if len(paths) > 1 else [f"{addresses[0]}/frames/{index}" for index in range(frames)]


if __name__ == "__main__":
    main()
