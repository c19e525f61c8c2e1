"""How a connection is found out to live: by what its system says, and by a question only where that says anything."""

from collections.abc import Callable, Iterator

import dj_database_url
import psycopg
import pytest
from django.db.utils import load_backend
from pytest_django import DjangoDbBlocker

from annotator.config.postgresql.base import DatabaseWrapper

pytestmark = pytest.mark.services


@pytest.fixture
def connection(
    new_postgres_database: Callable[[], str], django_db_blocker: DjangoDbBlocker
) -> Iterator[DatabaseWrapper]:
    """Connected, by the engine's name as settings have it."""
    settings = {
        "ATOMIC_REQUESTS": False,
        "AUTOCOMMIT": True,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {},
        "TIME_ZONE": None,
        "TEST": {},
        **dj_database_url.parse(new_postgres_database(), engine="annotator.config.postgresql"),
    }
    wrapper = load_backend("annotator.config.postgresql").DatabaseWrapper(settings, alias="other")
    assert isinstance(wrapper, DatabaseWrapper)
    wrapper.inc_thread_sharing()
    with django_db_blocker.unblock():
        wrapper.connect()
        yield wrapper
        wrapper.close()


def test_a_connection_that_lives_is_asked_nothing(connection: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(connection.connection, "cursor", lambda *given, **named: asked.append(given))
    assert connection.is_usable()
    assert asked == []


def test_one_that_the_server_has_ended_is_found_before_anything_is_asked_of_it(connection: DatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (number,) = cursor.fetchone()
    address = connection.get_connection_params()
    with psycopg.connect(
        host=address["host"], port=address["port"], user=address["user"], dbname=address["dbname"], autocommit=True
    ) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
    assert not connection.is_usable()


def test_one_that_is_closed_here_is_not_usable(connection: DatabaseWrapper) -> None:
    connection.connection.close()
    assert not connection.is_usable()
