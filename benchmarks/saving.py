"""How long one save of a mark takes: revision, audit entry and locks included, over the whole server on PostgreSQL.

Run it as `python -m benchmarks.saving`. It starts a PostgreSQL of its own that brings every commit to the disk, and the
web server as the product does (granian, WSGI, two workers of four blocking threads). Readers sign in on the sign-in
page and keep one connection open each; every reader has a case of its own. One save is one PUT of a box, as the viewer
sends it: its session, If-Match with the revision that was answered last, and a new change's UUID; every tenth makes a
new mark, the others move the last one. It prints p50 at one connection and p99 at eight with the targets beside, and
the processor time of the web processes, which other work on the machine changes less. It counts revisions and audit
entries, which are as many as the saves, and asserts nothing about time.

With `--label-studio VENV` (a virtual environment with `label-studio==1.23.0`, `granian` and `psycopg2-binary`, outside
this tree) the same is asked of Label Studio on the same PostgreSQL, alternating: one save is a PATCH of an annotation
(what its button "Update" sends) with one rectangle, and, beside it, a PATCH of a draft (what it sends while one draws).
"""

import argparse
import http.client
import http.cookies
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.kept_open import Asker, message, percentile, timed  # noqa: E402
from benchmarks.rendering_against_orthanc import HOST, free_port, wait_for  # noqa: E402
from benchmarks.saving_label_studio import label_studio  # noqa: E402
from benchmarks.saving_rows import PASSWORD  # noqa: E402
from benchmarks.web_memory import children  # noqa: E402
from tools.backing_services import running_postgres  # noqa: E402
from tools.product import web_command  # noqa: E402

CONNECTIONS = 8
TARGET_P50_AT_1, TARGET_P99_AT_8 = 10.0, 100.0
NEW_EVERY = 10

Askers = Callable[[int], Sequence[Asker]]
# A port, the process that listens there, and who talks to it.
Side = tuple[int, int, Askers]


class Reader:
    """One reader at one case who draws boxes and moves them."""

    def __init__(self, known: dict[str, object], session: dict[str, str]) -> None:
        self._case, self._frames = str(known["case"]), list(known["frames"])  # type: ignore[call-overload]
        self._head = {
            "Host": HOST,
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Cookie": "; ".join(f"{name}={value}" for name, value in session.items()),
            "X-CSRFToken": session["csrftoken"],
        }
        self._count, self._revision, self._mark = 0, 0, ""

    def next_request(self) -> bytes:
        if self._count % NEW_EVERY == 0:
            self._mark, self._revision = str(uuid.uuid4()), 0
        head = {"If-Match": f'"{self._revision}"'} if self._revision else {"If-None-Match": "*"}
        place = self._count % 400
        body = {
            "id": self._mark,
            "case": self._case,
            "frame": self._frames[self._count // NEW_EVERY % len(self._frames)],
            "first_frame": None,
            "last_frame": None,
            "kind": "box",
            "points": [[place + 0.5, place + 1.25], [place + 60.125, place + 48.5]],
            "mask": None,
            "locked": False,
            "finding": None,
            "label": "",
            "change": str(uuid.uuid4()),
        }
        self._count += 1
        return message("PUT", f"/api/v1/annotations/{self._mark}", {**self._head, **head}, json.dumps(body).encode())

    def answered(self, status: int, body: bytes) -> None:
        if status != 200:
            raise RuntimeError(f"A save was answered {status}: {body[:500]!r}")
        self._revision = json.loads(body)["revision"]


def sign_in(port: int, username: str) -> dict[str, str]:
    """The cookies of somebody who signed in on the page."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    cookies: dict[str, str] = {}

    def ask(method: str, body: str | None = None) -> str:
        head = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        if body is not None:
            head |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://{HOST}:{port}/sign-in/"}
        connection.request(method, "/sign-in/", body, head)
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookies.update({key: one.value for key, one in http.cookies.SimpleCookie(value).items()})
        return answer.read().decode()

    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', ask("GET"))
    if token is None:
        raise SystemExit("The sign-in page has no form.")
    ask("POST", urllib.parse.urlencode({"username": username, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}))
    if "sessionid" not in cookies:
        raise SystemExit(f"{username} could not sign in.")
    return cookies


@contextmanager
def our_server(database: str, folder: Path) -> Iterator[Side]:
    """The web server on a fresh database; its port and process, and what makes readers who are signed in."""
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "DATA_DIR": str(folder),
        "LOG_LEVEL": "WARNING",
        "CELERY_BROKER_URL": "memory://",
    }

    def run(*command: str) -> str:
        ended = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        if ended.returncode:
            raise SystemExit(ended.stderr[-2000:])
        return ended.stdout

    run("manage.py", "migrate", "--verbosity", "0")
    known = json.loads(run("-m", "benchmarks.saving_rows", str(CONNECTIONS)))
    port = free_port()
    command = web_command(Path(sys.executable), host=HOST, port=port)
    with (folder / "web.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        wait_for(port, process)
        sessions = [sign_in(port, str(one["username"])) for one in known]
        yield port, process.pid, lambda count: [Reader(known[at], sessions[at]) for at in range(count)]
        kept = run(
            "manage.py",
            "shell",
            "-v",
            "0",
            "-c",
            "from annotator.annotations.models import Revision; from annotator.accounts.models import AuditEntry;"
            "print(Revision.objects.count(), AuditEntry.objects.filter(target_kind='annotation').count())",
        ).split()
        print(f"{int(kept[0]):,} revisions and {int(kept[1]):,} audit entries of marks were kept.")
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10, help="of each measurement in a round")
    parser.add_argument("--label-studio", type=Path, metavar="VENV", help="a virtual environment that has it")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        database = stack.enter_context(running_postgres(durable=True))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reading-room-saving-")))
        sides: dict[str, Side] = {}
        (folder / "ours").mkdir()
        sides["Reading Room, PUT of a mark"] = stack.enter_context(our_server(database, folder / "ours"))
        if arguments.label_studio:
            (folder / "theirs").mkdir()
            theirs = label_studio(arguments.label_studio, database, folder / "theirs", connections=CONNECTIONS)
            port, process, of_annotations, of_drafts = stack.enter_context(theirs)
            sides["Label Studio, PATCH of an annotation"] = (port, process, of_annotations)
            sides["Label Studio, PATCH of a draft"] = (port, process, of_drafts)
        figures: dict[str, list[tuple[float, ...]]] = {name: [] for name in sides}
        for port, _, askers in sides.values():
            timed((HOST, port), askers(CONNECTIONS), seconds=2)  # every process has its connections and its code
        for _ in range(arguments.rounds):
            for name, (port, process, askers) in sides.items():
                one = timed((HOST, port), askers(1), seconds=arguments.seconds)
                before = processor_ms(process)
                eight = timed((HOST, port), askers(CONNECTIONS), seconds=arguments.seconds)
                shares = [percentile(one, 0.5), percentile(one, 0.99), percentile(eight, 0.5), percentile(eight, 0.99)]
                worked = (processor_ms(process) - before) / len(eight)
                figures[name].append((*shares, len(eight) / arguments.seconds, worked))
        _print(figures)


def processor_ms(process_id: int) -> float:
    """Milliseconds of processor time that a process and those that it started have had."""
    ticks = 0
    for one in (process_id, *children(process_id)):
        after_name = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(after_name[11]) + int(after_name[12])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def _print(figures: dict[str, list[tuple[float, ...]]]) -> None:
    """Medians over the rounds; the worst p99 beside."""
    print(
        "| one save | p50 at 1, ms | p99 at 1 | p50 at 8 | p99 at 8 | worst p99 at 8 | saves/s at 8 | processor, ms |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, rounds in figures.items():
        middle = [sorted(column)[len(column) // 2] for column in zip(*rounds, strict=True)]
        worst = max(row[3] for row in rounds)
        print(
            f"| {name} | {middle[0]:.1f} | {middle[1]:.1f} | {middle[2]:.1f} | {middle[3]:.1f} | {worst:.1f} "
            f"| {middle[4]:.0f} | {middle[5]:.1f} |"
        )
    print(f"| target | < {TARGET_P50_AT_1:g} | – | – | < {TARGET_P99_AT_8:g} | – | – | – |")


if __name__ == "__main__":
    main()
