"""Wrapping as a function: a file and what is known of it in, a dataset out."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom import Dataset, dcmread

from annotator.imaging.wrapping.details import PictureDetails
from annotator.imaging.wrapping.wrap_picture import wrap_picture

Wrap = Callable[..., Dataset]


@pytest.fixture
def wrap(tmp_path: Path) -> Wrap:
    """Wraps a file; keywords are details."""

    def wrapped(source: Path, **known: object) -> Dataset:
        target = tmp_path / f"{source.name}.dcm"
        details = PictureDetails(**{"patient_id": "P-1", **known})
        wrap_picture(source, name=source.name, details=details, target=target)
        return dcmread(target)

    return wrapped
