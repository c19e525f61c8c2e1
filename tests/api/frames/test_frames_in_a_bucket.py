"""Frames of a store in a bucket: served by range, and 503 in words while it can't be reached."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pydicom.data import get_testdata_file

from annotator.imaging.models import Frame
from annotator.imaging.store.frame_source import source_of_frame
from annotator.imaging.store.frame_tokens import issue_token
from tests.annotator.imaging.filed_frames import file_instance


@pytest.fixture
def frame(db: None, frame_store: Path) -> Frame:
    return file_instance(Path(str(get_testdata_file("CT_small.dcm"))))[0]


def _get(client: Client, frame: Frame, tail: str = "") -> Any:
    token = issue_token(frame.instance.stack.key, person_id=1).token
    return client.get(f"/frames/{frame.key}{tail}", headers={"X-Frame-Token": token})


@pytest.mark.parametrize("store_kind", ["bucket"])
def test_a_frame_and_its_picture_come_from_the_bucket(client: Client, frame: Frame) -> None:
    stored = _get(client, frame)
    assert (stored.status_code, len(stored.content)) == (200, frame.derived_length)
    assert stored.content == source_of_frame(frame.key).stored.read()
    picture = _get(client, frame, "/rendered")
    assert (picture.status_code, picture.content[:2]) == (200, b"\xff\xd8")


def test_a_bucket_that_does_not_answer_is_a_503_in_words(
    client: Client, frame: Frame, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("silent_bucket")
    for tail in ("", "/rendered"):
        answer = _get(client, frame, tail)
        assert answer.status_code == 503
        assert "bucket pictures, can't be used now" in answer.json()["detail"]
