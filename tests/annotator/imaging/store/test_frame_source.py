"""What a web process remembers of stacks stays bounded, and equal descriptions are kept once."""

from pathlib import Path

import pydicom
import pytest

from annotator.imaging.frame_description import FrameGrey, LookupTable
from annotator.imaging.store import frame_source
from annotator.imaging.store.frame_source import source_of_frame
from tests.annotator.imaging.filed_frames import file_instance
from tests.builders import ultrasound

pytestmark = pytest.mark.django_db
BUNDLED = Path(pydicom.__file__).parent / "data" / "test_files"


def remembered() -> list[int]:
    return [len(stack) for stack in frame_source._stacks.values()]


def test_frames_of_a_stack_share_their_tables(frame_store: Path, tmp_path: Path) -> None:
    grey = FrameGrey(voi_lut=LookupTable(0, 12, tuple(range(4096))))
    frames = file_instance(ultrasound(tmp_path, frames=3), grey=grey)
    first, second, _ = (source_of_frame(frame.key) for frame in frames)

    assert first.grey == grey
    assert first.grey is second.grey
    assert first.pixels is second.pixels


def test_the_oldest_stacks_go_when_there_are_too_many_frames(
    frame_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_source, "_FRAMES_KEPT", 5)
    cine = file_instance(ultrasound(tmp_path, frames=3))
    for name in ("CT_small", "MR_small"):
        source_of_frame(file_instance(BUNDLED / f"{name}.dcm")[0].key)
    source_of_frame(cine[0].key)
    assert remembered() == [1, 1, 3]
    source_of_frame(file_instance(BUNDLED / "image_dfl.dcm")[0].key)
    assert remembered() == [1, 3, 1]


def test_a_stack_longer_than_the_bound_is_still_kept_while_it_is_read(
    frame_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries
) -> None:
    monkeypatch.setattr(frame_source, "_FRAMES_KEPT", 2)
    frames = file_instance(ultrasound(tmp_path, frames=3))
    with django_assert_num_queries(1):
        for frame in frames:
            source_of_frame(frame.key)
    assert remembered() == [3]
