"""A world with one of everything, and clients whose answers are held against the API's description."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache

from annotator.accounts.models import User
from tests.api.v1.described import DescribedClient
from tests.api.v1.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def client_of() -> Callable[[User | None], DescribedClient]:
    """A client that is signed in by session as somebody, or as nobody."""

    def client_of(person: User | None) -> DescribedClient:
        client = DescribedClient()
        if person is not None:
            client.force_login(person)
        return client

    return client_of


@pytest.fixture
def reader_client(world: World, client_of: Callable[[User | None], DescribedClient]) -> DescribedClient:
    return client_of(world.reader)


@pytest.fixture
def manager_client(world: World, client_of: Callable[[User | None], DescribedClient]) -> DescribedClient:
    return client_of(world.manager)


@pytest.fixture
def admin_client(world: World, client_of: Callable[[User | None], DescribedClient]) -> DescribedClient:
    return client_of(world.admin)


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path: Path) -> None:
    """Uploads and exports of one test are not found by another; and nobody's attempts count for the next."""
    settings.UPLOADS_DIR, settings.EXPORTS_DIR = tmp_path / "uploads", tmp_path / "exports"
    cache.clear()
