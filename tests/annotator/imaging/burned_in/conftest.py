"""A site that de-identifies, and pictures that wait there."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.storage import storages

from annotator.imaging.models import TextReview
from tests.annotator.imaging.conftest import Take

Waiting = Callable[..., list[TextReview]]


@pytest.fixture
def deidentifying(settings) -> None:
    """Identities stay at the door of this site."""
    settings.DEIDENTIFY = True
    settings.DEIDENTIFICATION_KEY = "a key for tests that nobody uses elsewhere, 50 letters"


@pytest.fixture
def waiting(take: Take, deidentifying: None) -> Waiting:
    """Takes files in; their reviews, in the order of their instance numbers."""

    def taken(*paths: Path) -> list[TextReview]:
        take(*paths)
        return list(TextReview.objects.select_related("instance").order_by("instance__instance_number", "pk"))

    return taken


@pytest.fixture
def bytes_kept(store: Path) -> Callable[[bytes], list[Path]]:
    """The files of all stores, drafts and uploads among them, that hold some bytes."""

    def holding(pattern: bytes) -> list[Path]:
        assert storages["originals"]
        return [path for path in store.rglob("*") if path.is_file() and pattern in path.read_bytes()]

    return holding
