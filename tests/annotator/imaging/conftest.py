"""Empty stores for each test that files something, and the short ways of taking files in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from annotator.accounts.models import User
from annotator.imaging.actions.ingest_intake import IntakeSummary, ingest_intake
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.actions.receive_file import receive_file
from annotator.imaging.actions.start_intake import start_intake
from annotator.imaging.models import Intake
from annotator.imaging.store.frame_source import forget_stacks

FOLDERS = ("ORIGINALS_DIR", "FRAMES_DIR", "QUARANTINE_DIR", "UPLOADS_DIR")

Take = Callable[..., IntakeSummary]
Upload = Callable[..., Intake]


@pytest.fixture
def store(tmp_path: Path, settings: object) -> Path:
    """Empty folders for originals, frames, quarantine and uploads."""
    root = tmp_path / "store"
    for name in FOLDERS:
        setattr(settings, name, root / name.split("_")[0].lower())
    return root


@pytest.fixture
def take(db: None, store: Path) -> Take:
    """Take paths in as the command does, in this process."""

    def taken(*paths: Path, derive: bool = False) -> IntakeSummary:
        return ingest_paths(None, paths, derive=derive)

    return taken


@pytest.fixture
def upload(data_manager: User, store: Path) -> Upload:
    """Send files as the page does; `ingest=False` leaves them waiting."""

    def uploaded(*paths: Path, ingest: bool = True) -> Intake:
        intake = start_intake(data_manager, expected_files=len(paths))
        for path in paths:
            with path.open("rb") as content:
                receive_file(data_manager, intake.pk, name=path.name, content=content, byte_size=path.stat().st_size)
        if ingest:
            ingest_intake(intake.pk)
        return intake

    return uploaded


@pytest.fixture
def frame_store(settings, tmp_path: Path) -> Iterator[Path]:
    """Empty folders for originals and derived frames, and no stacks remembered from other tests."""
    settings.ORIGINALS_DIR, settings.FRAMES_DIR = tmp_path / "originals", tmp_path / "frames"
    forget_stacks()
    yield tmp_path
    forget_stacks()
