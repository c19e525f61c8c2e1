"""The frame store of the imaging tests."""

from tests.annotator.imaging.conftest import frame_store

__all__ = ["frame_store"]
