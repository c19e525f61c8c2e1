"""An empty frame store for each test that files something."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.imaging.frame_source import forget_stacks


@pytest.fixture
def frame_store(settings, tmp_path: Path) -> Iterator[Path]:
    """Empty folders for originals and derived frames, and no stacks remembered from other tests."""
    settings.ORIGINALS_DIR, settings.FRAMES_DIR = tmp_path / "originals", tmp_path / "frames"
    forget_stacks()
    yield tmp_path
    forget_stacks()
