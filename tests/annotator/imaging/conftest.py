"""The short ways of taking files in."""

from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.accounts.models import User
from annotator.imaging.actions.ingest_intake import IntakeSummary, ingest_intake
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.actions.receive_file import receive_file
from annotator.imaging.actions.start_intake import start_intake
from annotator.imaging.models import Intake

Take = Callable[..., IntakeSummary]
Upload = Callable[..., Intake]


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
