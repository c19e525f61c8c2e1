"""The processes that make up the product on one machine."""

from pathlib import Path

from tools.supervisor import Service

BLOCKING_THREADS = 4
ASSIST_THREADS = 16


def services(python: Path, *, host: str, port: int, assist: bool = True) -> list[Service]:
    """Web server, workers and the clock that starts the sweeper.

    Parameters
    ----------
    assist : whether networks are run; without, nothing is outlined, and readers who ask are told.
    """
    return [
        Service("web", web_command(python, host=host, port=port)),
        Service("worker", worker_command(python, queues="cpu,training")),
        *([Service("assist", assist_command(python))] if assist else []),
        Service("beat", beat_command(python)),
    ]


def web_command(python: Path, *, host: str, port: int) -> list[str]:
    """granian, WSGI: two processes of a few threads, each of which keeps one database connection.

    One thread a process would serve pictures a little faster, but a slow upload holds its thread, and the page sends
    three at once.
    """
    command = (
        f"-m granian --interface wsgi --workers 2 --blocking-threads {BLOCKING_THREADS} --backpressure 64 --no-ws"
        f" --host {host}"
    )
    return [str(python), *command.split(), "--port", str(port), "annotator.config.wsgi:application"]


def worker_command(python: Path, *, queues: str) -> list[str]:
    """Celery with two processes; workers of one machine need not talk to each other."""
    command = f"-m celery -A annotator.config worker --pool prefork --concurrency 2 --queues {queues}"
    return [str(python), *command.split(), "--without-gossip", "--without-mingle", "--loglevel", "INFO"]


def assist_command(python: Path) -> list[str]:
    """The worker that runs networks: one process, whose threads feed the one that holds the models warm.

    A pool of processes would hold them several times and could not gather questions into batches.
    """
    command = f"-m celery -A annotator.config worker --pool threads --concurrency {ASSIST_THREADS} --queues gpu"
    return [str(python), *command.split(), "--without-gossip", "--without-mingle", "--loglevel", "INFO"]


def beat_command(python: Path) -> list[str]:
    """The clock; without a pid file, which would outlive a kill -9."""
    command = "-m celery -A annotator.config beat --loglevel WARNING --pidfile"
    return [str(python), *command.split(), ""]
