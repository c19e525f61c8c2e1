"""A site that de-identifies, under a key of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.imaging.deidentification.deidentify_file import deidentify_file
from annotator.imaging.deidentification.site_key import SiteKey

KEY = "a-secret-of-the-tests-that-is-long-enough"
Deidentify = Callable[[Path], Path]


@pytest.fixture
def key() -> SiteKey:
    return SiteKey(KEY)


@pytest.fixture
def deidentify(settings: Any, tmp_path: Path) -> Deidentify:
    """De-identify a file; the path of what was written."""
    settings.DEIDENTIFICATION_KEY = KEY
    settings.DEIDENTIFY_EDITION = "2026c"

    def done(source: Path) -> Path:
        target = tmp_path / f"deidentified-{len(list(tmp_path.glob('deidentified-*')))}.dcm"
        deidentify_file(source, target)
        return target

    return done
