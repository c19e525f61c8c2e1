"""The product's settings for tests: a data folder of their own, and no broker.

pytest-django reads settings before any conftest, so the environment is prepared here. DATABASE_URL
decides whether the tests run on SQLite or PostgreSQL.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "READING_ROOM_TEST_DIR" not in os.environ:
    os.environ["READING_ROOM_TEST_DIR"] = tempfile.mkdtemp(prefix="reading-room-test-")
    _maker = os.getpid()

    @atexit.register
    def _remove() -> None:
        if os.getpid() == _maker:
            shutil.rmtree(os.environ["READING_ROOM_TEST_DIR"], ignore_errors=True)


os.environ["DATA_DIR"] = str(Path(os.environ["READING_ROOM_TEST_DIR"]) / os.environ.get("PYTEST_XDIST_WORKER", "main"))
# A broker inside the process that nobody reads: jobs stay in their rows until a test runs them.
os.environ["CELERY_BROKER_URL"] = "memory://"
# Playwright keeps an event loop in the thread that the tests use Django from.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from annotator.config.settings import *  # noqa: F403
from annotator.config.settings import DATA_DIR, DATABASES

# It would ask the database in the first request of whatever test is first; its own test switches it on.
CLOCK_WATCHED = False
# Hashing a password slowly on purpose would cost each test that makes people a second.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if "sqlite3" in str(DATABASES["default"]["ENGINE"]):
    # A file as in the product, not memory: threads and locks behave differently there.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}  # type: ignore[typeddict-unknown-key]
