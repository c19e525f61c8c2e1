"""The service set-up: compose accepts it, and what it would run, run by hand, answers."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.annotator.imaging.dimse.conftest import send
from tests.builders import ct_series
from tests.fixtures.product import ROOT
from tools.compose import find_compose, find_nginx
from tools.free_port import free_port

SECRETS = {"SECRET_KEY": "a-key-for-tests-only-0123456789-abcdefghijklmnop", "POSTGRES_PASSWORD": "for-tests"}
# Services on a busy machine take their time to start and to stop; nothing here measures it.
ANSWERS_WITHIN_SECONDS = 180
STOPS_WITHIN_SECONDS = 60
COUNT_INSTANCES = """
import django; django.setup()
from annotator.imaging.models import Instance
print(Instance.objects.count())
"""


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_compose_accepts_the_file_and_names_every_service(tmp_path):
    command = find_compose()
    assert command is not None, "No docker compose; make test installs it on Debian (docker-compose)."
    (tmp_path / "deploy").mkdir()
    for name in ("docker-compose.yml", "deploy/nginx.conf"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / ".env").write_text(env_file())
    done = subprocess.run(
        [*command, "--profile", "gpu", "--profile", "dicom", "config"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    services = yaml.safe_load(done.stdout)["services"]
    assert {"postgres", "redis", "web", "worker-cpu", "worker-gpu", "beat", "receive", "nginx"} <= set(services)
    assert services["worker-gpu"]["profiles"] == ["gpu"]
    assert services["receive"]["profiles"] == ["dicom"]


def test_compose_refuses_to_run_without_secrets(tmp_path):
    command = find_compose()
    assert command is not None, "No docker compose; make test installs it on Debian (docker-compose)."
    (tmp_path / "docker-compose.yml").write_bytes((ROOT / "docker-compose.yml").read_bytes())
    (tmp_path / ".env").write_text((ROOT / "deploy" / "example.env").read_text())
    environment = {key: value for key, value in os.environ.items() if key not in SECRETS}
    done = subprocess.run(
        [*command, "config"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "set it in .env" in done.stderr


def test_every_queue_that_work_is_sent_to_has_a_worker(compose):
    from annotator.jobs import registry

    registry.load_all_work()
    served = set()
    for service in compose["services"].values():
        command = service.get("command", [])
        if "--queues" in command:
            served |= set(command[command.index("--queues") + 1].split(","))
    wanted = {found.queue for kind, found in registry._registered.items() if not kind.startswith("tests.")}
    assert wanted <= served


@dataclass
class Services:
    """The set-up's processes, run by hand."""

    web: str
    nginx: str
    environment: dict[str, str]
    data_dir: Path


@pytest.fixture(scope="module")
def by_hand(compose, new_postgres_database, new_redis, tmp_path_factory) -> Iterator[Services]:
    data_dir = tmp_path_factory.mktemp("compose-data")
    web_port, nginx_port = free_port(), free_port()
    settings = dict(line.split("=", 1) for line in env_file().splitlines() if line and not line.startswith("#"))
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        **settings,
        **compose["services"]["web"]["environment"],
        "SECRET_KEY": SECRETS["SECRET_KEY"],
        "DATABASE_URL": new_postgres_database(),
        "CELERY_BROKER_URL": new_redis(),
        "DATA_DIR": str(data_dir),
    }
    here = {"0.0.0.0": "127.0.0.1", "8000": str(web_port), "/tmp/beat-schedule": str(data_dir / "beat-schedule")}
    with ExitStack() as running:

        def run(name: str) -> list[str]:
            return [here.get(word, word) for word in compose["services"][name]["command"]]

        prepared = subprocess.run(
            run("prepare"), cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert prepared.returncode == 0, prepared.stderr
        for name in ("web", "worker-cpu", "beat"):
            running.enter_context(started(run(name), environment, data_dir / f"{name}.log"))
        nginx = nginx_command(data_dir, web_port=web_port, nginx_port=nginx_port)
        running.enter_context(started(nginx, environment, data_dir / "nginx.log"))
        yield Services(f"http://127.0.0.1:{web_port}", f"http://127.0.0.1:{nginx_port}", environment, data_dir)


@pytest.mark.services
def test_the_web_server_and_a_worker_answer_through_nginx(by_hand):
    def healthy() -> bool:
        found = json.loads(answer(f"{by_hand.nginx}/health")[1] or "{}")
        return found.get("web") == "ok" and found.get("worker") is not None

    eventually(healthy, by_hand)


@pytest.mark.services
def test_the_receiver_answers_an_echo_and_what_it_gets_is_sorted_in(by_hand, tmp_path):
    port = free_port()
    # Only the port, the address and the sender are this machine's.
    words = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["receive"]["command"]
    command = [{"0.0.0.0": "127.0.0.1", "11112": str(port)}.get(word, word) for word in words]
    environment = {**by_hand.environment, "DICOM_PEERS": "SENDER@127.0.0.1"}
    (path,) = ct_series(tmp_path, slices=1, study="through-the-set-up")
    with started(command, environment, by_hand.data_dir / "receive.log"):
        eventually(lambda: send("echoscu", port).returncode == 0, by_hand)
        assert send("storescu", port, path).returncode == 0

        def sorted_in() -> bool:
            return run_python(COUNT_INSTANCES, by_hand.environment).strip().endswith("1")

        eventually(sorted_in, by_hand)


def run_python(code: str, environment: dict[str, str]) -> str:
    settings = {**environment, "DJANGO_SETTINGS_MODULE": "annotator.config.settings"}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=settings, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.services
def test_nginx_serves_static_files_itself_and_passes_pages_on(by_hand):
    eventually(lambda: answer(f"{by_hand.nginx}/sign-in/")[0] == 200, by_hand)
    assert "csrfmiddlewaretoken" in answer(f"{by_hand.nginx}/sign-in/")[1]
    found = next(path for path in (by_hand.data_dir / "static").rglob("*.css"))
    status, text = answer(f"{by_hand.nginx}/static/{found.relative_to(by_hand.data_dir / 'static')}")
    assert (status, text) == (200, found.read_text())
    assert answer(f"{by_hand.nginx}/static/../secret-key")[0] in (400, 404)


@pytest.mark.services
def test_a_job_without_a_message_is_found_by_beat_and_done_by_the_worker(by_hand):
    """The kind is one that nobody does, so that its failing shows that a worker had it in hand."""
    code = """
import django; django.setup()
import time
from annotator.jobs.models import Job
job = Job.objects.create(kind="nobody.does_this")
until = time.monotonic() + 180
while job.state in ("queued", "running") and time.monotonic() < until:
    time.sleep(0.2)
    job.refresh_from_db()
print(job.state, job.error)
"""
    environment = {**by_hand.environment, "DJANGO_SETTINGS_MODULE": "annotator.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "failed No room of this installation does the work 'nobody.does_this'.", done.stderr


def env_file() -> str:
    """The example's text with the secrets filled in."""
    text = (ROOT / "deploy" / "example.env").read_text()
    for key, value in SECRETS.items():
        text = re.sub(rf"^{key}=$", f"{key}={value}", text, flags=re.MULTILINE)
    return text


def nginx_command(data_dir: Path, *, web_port: int, nginx_port: int) -> list[str]:
    """nginx with the set-up's file; only addresses and folders are this machine's."""
    nginx = find_nginx()
    assert nginx is not None, "No nginx; make test installs it on Debian (nginx-light)."
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for there, here in (
        ("server web:8000", f"server 127.0.0.1:{web_port}"),
        ("listen 8080", f"listen 127.0.0.1:{nginx_port}"),
        ("/data/", f"{data_dir}/"),
        ("/tmp/nginx", f"{data_dir}/nginx"),
    ):
        assert there in text
        text = text.replace(there, here)
    if os.geteuid() == 0:  # its processes become nobody, who may not enter a test's folder
        text = f"user root;\n{text}"
    path = data_dir / "nginx.conf"
    path.write_text(text)
    checked = subprocess.run([nginx, "-t", "-c", str(path)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    return [nginx, "-c", str(path), "-g", "daemon off;"]


@contextmanager
def started(command: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        output.write(f"{shlex.join(command)}\n".encode())
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOPS_WITHIN_SECONDS)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def answer(url: str) -> tuple[int, str]:
    """Status and text; 0 while nobody listens."""
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""
    except OSError:
        return 0, ""


def eventually(condition, services: Services) -> None:
    deadline = time.monotonic() + ANSWERS_WITHIN_SECONDS
    while not condition():
        logs = "\n".join(path.read_text(errors="replace")[-1500:] for path in services.data_dir.glob("*.log"))
        assert time.monotonic() < deadline, f"no answer within {ANSWERS_WITHIN_SECONDS} s:\n{logs}"
        time.sleep(0.2)
