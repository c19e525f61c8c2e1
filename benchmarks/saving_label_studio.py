"""Label Studio beside ours, for benchmarks/saving.py: on the same PostgreSQL, served by the same kind of web server.

Its own `label-studio start` is Django's development server, which would be no comparison.
"""

import http.client
import http.cookies
import json
import os
import re
import subprocess
import sys
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.kept_open import Asker, message
from benchmarks.rendering_against_orthanc import HOST, free_port, wait_for
from tools.product import BLOCKING_THREADS

PASSWORD = "a-long-enough-passphrase"
CONFIG = (
    '<View><Image name="image" value="$image"/>'
    '<RectangleLabels name="label" toName="image"><Label value="Nodule"/></RectangleLabels></View>'
)
_PEOPLE = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "core.settings.label_studio"
sys.path.insert(0, os.getcwd())
import django
django.setup()
from organizations.models import Organization
from users.models import User
first = None
for number in range(int(sys.argv[1])):
    user = User.objects.create_user(f"reader{number}@example.org", sys.argv[2])
    first = first or Organization.create_organization(created_by=user, title="Readers")
    if number:
        first.add_user(user)
    user.active_organization = first
    user.save()
"""

Askers = Callable[[int], Sequence[Asker]]


class Annotator:
    """One person at one task who moves one rectangle."""

    def __init__(self, path: str, session: dict[str, str]) -> None:
        self._path, self._session, self._count = path, session, 0

    def next_request(self) -> bytes:
        self._count += 1
        body = {"result": _rectangle(self._count), "lead_time": self._count}
        return message("PATCH", self._path, head_of(self._session), json.dumps(body).encode())

    def answered(self, status: int, body: bytes) -> None:
        if status != 200:
            raise RuntimeError(f"Label Studio answered a save {status}: {body[:500]!r}")


@contextmanager
def label_studio(
    environment: Path, database: str, folder: Path, *, connections: int
) -> Iterator[tuple[int, int, Askers, Askers]]:
    """Label Studio on a database of its own; its port and process, who saves annotations, and who saves drafts."""
    python = (environment / "bin" / "python").absolute()
    home = next((environment / "lib").glob("python*/site-packages/label_studio"))
    address = urllib.parse.urlsplit(database)
    variables = {
        **os.environ,
        "DJANGO_DB": "default",
        "POSTGRE_HOST": str(address.hostname),
        "POSTGRE_PORT": str(address.port),
        "POSTGRE_USER": str(address.username),
        "POSTGRE_PASSWORD": "",
        "POSTGRE_NAME": "label_studio",
        "DJANGO_SETTINGS_MODULE": "core.settings.label_studio",
        "PYTHONPATH": str(home),
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "COLLECT_ANALYTICS": "0",
        "LOG_LEVEL": "ERROR",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
    }
    variables.pop("DATABASE_URL", None)
    make = "import sys, psycopg; psycopg.connect(sys.argv[1], autocommit=True).execute('CREATE DATABASE label_studio')"
    subprocess.run([sys.executable, "-c", make, database], check=True)
    _run([str(python), "manage.py", "migrate", "--verbosity", "0"], home, variables)
    _run([str(python), "-c", _PEOPLE, str(connections), PASSWORD], home, variables)
    port = free_port()
    command = (
        f"-m granian --interface wsgi --workers 2 --blocking-threads {BLOCKING_THREADS} --backpressure 64 --no-ws"
        f" --host {HOST} --port {port} core.wsgi:application"
    )
    with (folder / "web.log").open("wb") as log:
        process = subprocess.Popen([str(python), *command.split()], cwd=home, env=variables, stdout=log, stderr=log)
    try:
        wait_for(port, process)
        sessions = [sign_in(port, f"reader{number}@example.org") for number in range(connections)]
        annotations, drafts = _tasks(port, sessions)
        yield (
            port,
            process.pid,
            lambda count: [Annotator(annotations[at], sessions[at]) for at in range(count)],
            lambda count: [Annotator(drafts[at], sessions[at]) for at in range(count)],
        )
    finally:
        process.terminate()
        process.wait()


def head_of(session: dict[str, str]) -> dict[str, str]:
    """What every request of somebody who is signed in says."""
    return {
        "Host": HOST,
        "Content-Type": "application/json",
        "Cookie": "; ".join(f"{name}={value}" for name, value in session.items()),
        "X-CSRFToken": session.get("csrftoken", ""),
    }


def _tasks(port: int, sessions: Sequence[dict[str, str]]) -> tuple[list[str], list[str]]:
    """A task with an annotation and a draft for each person: where they are saved."""
    project = ask(port, "POST", "/api/projects", sessions[0], {"title": "Saving", "label_config": CONFIG})["id"]
    images = [{"image": f"https://example.org/{at}.png"} for at in range(len(sessions))]
    ask(port, "POST", f"/api/projects/{project}/import", sessions[0], images)
    tasks = ask(port, "GET", f"/api/tasks?project={project}&page_size=100", sessions[0])["tasks"]
    annotations, drafts = [], []
    for task, session in zip(tasks, sessions, strict=True):
        there = f"/api/tasks/{task['id']}/annotations"
        # Two of them: saving an annotation deletes its drafts.
        one, other = (ask(port, "POST", f"{there}/", session, {"result": _rectangle(0)})["id"] for _ in range(2))
        draft = ask(port, "POST", f"{there}/{other}/drafts", session, {"result": _rectangle(0), "lead_time": 1})["id"]
        annotations.append(f"/api/annotations/{one}/")
        drafts.append(f"/api/drafts/{draft}/")
    return annotations, drafts


def _rectangle(count: int) -> list[dict[str, Any]]:
    place = count % 80 + 0.125
    value = {"x": place, "y": place, "width": 11.75, "height": 9.25, "rotation": 0, "rectanglelabels": ["Nodule"]}
    named = {"id": "rectangle", "from_name": "label", "to_name": "image", "type": "rectanglelabels"}
    return [{**named, "value": value, "original_width": 512, "original_height": 512, "image_rotation": 0}]


def ask(port: int, method: str, path: str, session: dict[str, str], body: Any = None) -> Any:
    """One request's answer as JSON; anything but a success ends the benchmark."""
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    connection.request(method, path, None if body is None else json.dumps(body), head_of(session))
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= 300:
        raise SystemExit(f"Label Studio answered {method} {path} {answer.status}: {content[:500]!r}")
    return json.loads(content)


def sign_in(port: int, name: str) -> dict[str, str]:
    """The cookies of somebody who signed in."""
    cookies: dict[str, str] = {}

    def page(method: str, body: str | None = None) -> str:
        connection = http.client.HTTPConnection(HOST, port, timeout=60)
        head = {"Cookie": "; ".join(f"{key}={value}" for key, value in cookies.items())}
        if body is not None:
            head["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, "/user/login/", body, head)
        answer = connection.getresponse()
        for key, value in answer.getheaders():
            if key.lower() == "set-cookie":
                cookies.update({one: morsel.value for one, morsel in http.cookies.SimpleCookie(value).items()})
        return answer.read().decode(errors="replace")

    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page("GET"))
    form = {"email": name, "password": PASSWORD, "csrfmiddlewaretoken": token[1] if token else ""}
    page("POST", urllib.parse.urlencode(form))
    if not any("session" in key for key in cookies):
        raise SystemExit(f"{name} could not sign in to Label Studio.")
    return cookies


def _run(command: list[str], home: Path, variables: dict[str, str]) -> None:
    ended = subprocess.run(command, cwd=home, env=variables, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"{command}: {ended.stderr[-2000:]}")
