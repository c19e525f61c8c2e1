"""20,000 boxes on 2,000 pictures to COCO without pictures, as a person gets them: from asking to the file.

Ours: a release's export is asked for, its job is done by a Celery worker, its state is asked ten times a second, and
the zip is downloaded. Label Studio 1.23: `GET /api/projects/N/export?exportType=COCO`, which answers with the zip. Both
run on one PostgreSQL, behind the same kind of web server, warm (one export before), alternating.

    python -m benchmarks.exporting_served --label-studio VENV

VENV is a virtual environment with `label-studio==1.23.0`, `granian` and `psycopg2-binary`, outside this tree.
"""

import argparse
import http.client
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.exporting import TIMES_FASTER, label_studio_task  # noqa: E402
from benchmarks.rendering_against_orthanc import HOST, free_port, wait_for  # noqa: E402
from benchmarks.saving_label_studio import ask, head_of, label_studio, sign_in  # noqa: E402
from tools.backing_services import running_postgres, running_redis  # noqa: E402
from tools.product import web_command, worker_command  # noqa: E402

PICTURES, BOXES = 2000, 10
LABELS = (
    '<View><Image name="image" value="$image"/><RectangleLabels name="label" toName="image">'
    '<Label value="nodule"/><Label value="mass"/></RectangleLabels></View>'
)
Export = Callable[[], bytes]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--label-studio", type=Path, metavar="VENV", help="a virtual environment that has it")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        database, broker = stack.enter_context(running_postgres(durable=True)), stack.enter_context(running_redis())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reading-room-exporting-")))
        sides: dict[str, Export] = {}
        for name in ("ours", "theirs"):
            (folder / name).mkdir()
        sides["Reading Room"] = stack.enter_context(_our_export(database, broker, folder / "ours"))
        if arguments.label_studio:
            there = label_studio(arguments.label_studio, database, folder / "theirs", connections=1)
            port, *_ = stack.enter_context(there)
            sides["Label Studio"] = _their_export(port)
        seconds: dict[str, list[float]] = {name: [] for name in sides}
        for export in sides.values():
            _check(export())
        for _ in range(arguments.rounds):
            for name, export in sides.items():
                began = time.perf_counter()
                export()
                seconds[name].append(time.perf_counter() - began)
    print("| export of 20,000 boxes, asked for until downloaded | median s | best s |\n|---|---|---|")
    medians = {}
    for name, taken in seconds.items():
        medians[name] = sorted(taken)[len(taken) // 2]
        print(f"| {name} | {medians[name]:.2f} | {min(taken):.2f} |")
    if len(medians) > 1:
        print(f"\n{medians['Label Studio'] / medians['Reading Room']:.1f} times as fast (target {TIMES_FASTER}).")


def _check(content: bytes) -> None:
    """Both must have written every box."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = [json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")]
    count = sum(len(one["annotations"]) for one in files if isinstance(one, dict) and "annotations" in one)
    if count != PICTURES * BOXES:
        raise SystemExit(f"{count} boxes came out, not {PICTURES * BOXES}.")


@contextmanager
def _our_export(database: str, broker: str, folder: Path) -> Iterator[Export]:
    environment = {**os.environ, "DATABASE_URL": database, "DATA_DIR": str(folder), "LOG_LEVEL": "WARNING"}
    environment["CELERY_BROKER_URL"] = broker

    def run(*command: str) -> str:
        ended = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        if ended.returncode:
            raise SystemExit(ended.stderr[-2000:])
        return ended.stdout

    run("manage.py", "migrate", "--verbosity", "0")
    made = json.loads(run("-m", "benchmarks.exporting_rows", str(PICTURES)).splitlines()[-1])
    port = free_port()
    python = Path(sys.executable)
    commands = [web_command(python, host=HOST, port=port), worker_command(python, queues="cpu")]
    with (folder / "log").open("wb") as log:
        processes = [subprocess.Popen(one, cwd=ROOT, env=environment, stdout=log, stderr=log) for one in commands]
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    head = {"Authorization": f"Token {made['token']}", "Content-Type": "application/json"}

    def talk(method: str, path: str, body: Any = None) -> bytes:
        connection.request(method, f"/api/v1{path}", None if body is None else json.dumps(body), head)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path} was answered {answer.status}: {content[:500]!r}")
        return content

    def export() -> bytes:
        asked = json.loads(
            talk("POST", f"/releases/{made['release']}/exports", {"format": "coco", "options": {"pictures": False}})
        )
        while (job := json.loads(talk("GET", f"/jobs/{asked['job']['id']}")))["state"] in {"queued", "running"}:
            time.sleep(0.1)
        if job["state"] != "done":
            raise SystemExit(f"The export ended {job['state']}: {job.get('error')}")
        return talk("GET", f"/release-exports/{asked['id']}/download")

    try:
        wait_for(port, processes[0])
        yield export
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def _their_export(port: int) -> Export:
    session = sign_in(port, "reader0@example.org")
    project = ask(port, "POST", "/api/projects", session, {"title": "Boxes", "label_config": LABELS})["id"]
    tasks = [label_studio_task(number) for number in range(PICTURES)]
    for start in range(0, PICTURES, 50):
        ask(port, "POST", f"/api/projects/{project}/import", session, tasks[start : start + 50])

    def export() -> bytes:
        connection = http.client.HTTPConnection(HOST, port, timeout=300)
        path = f"/api/projects/{project}/export?exportType=COCO&download_resources=false"
        connection.request("GET", path, None, head_of(session))
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise SystemExit(f"Label Studio answered {answer.status}: {content[:500]!r}")
        return content

    return export


if __name__ == "__main__":
    main()
