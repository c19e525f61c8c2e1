"""The processes that make up the product on one machine."""

from pathlib import Path

from tools.supervisor import Service


def services(python: Path, *, host: str, port: int) -> list[Service]:
    """Web server, worker and the clock that starts the sweeper."""
    return [
        Service("web", web_command(python, host=host, port=port)),
        Service("worker", worker_command(python, queues="cpu,gpu")),
        Service("beat", beat_command(python)),
    ]


def web_command(python: Path, *, host: str, port: int) -> list[str]:
    """granian, WSGI: one blocking thread a process, which keeps one database connection each."""
    command = f"-m granian --interface wsgi --workers 2 --blocking-threads 1 --backpressure 64 --no-ws --host {host}"
    return [str(python), *command.split(), "--port", str(port), "annotator.config.wsgi:application"]


def worker_command(python: Path, *, queues: str) -> list[str]:
    """Celery with two processes; workers of one machine need not talk to each other."""
    command = f"-m celery -A annotator.config worker --pool prefork --concurrency 2 --queues {queues}"
    return [str(python), *command.split(), "--without-gossip", "--without-mingle", "--loglevel", "INFO"]


def beat_command(python: Path) -> list[str]:
    """The clock; without a pid file, which would outlive a kill -9."""
    command = "-m celery -A annotator.config beat --loglevel WARNING --pidfile"
    return [str(python), *command.split(), ""]
