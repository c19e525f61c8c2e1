"""A picture that hangs, fills or breaks a decoder fails by itself; the worker and the other pictures go on.

The decoder that does so is put into the decoding process by the code that starts it: a file that breaks today's
decoders would be mended tomorrow.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.uid import HTJ2KLossless, JPEGBaseline8Bit, JPEGLSLossless

from annotator.imaging.actions.derive_frames import derive_frames
from annotator.imaging.burned_in.suspected_text import suspected_text
from annotator.imaging.errors import QuarantineError
from annotator.imaging.models import Frame, Instance, InstanceState, IntakeFile, Outcome
from annotator.imaging.store import guarded_deriving as guarded
from annotator.imaging.store.derive_instance import DerivedInstance
from annotator.imaging.store.deriving_process import Request, Work
from annotator.imaging.store.guarded_deriving import DecoderBrokeError, DecodingProcess, search_text_guarded
from tests.annotator.imaging.conftest import Take
from tests.builders import ct_series, multi_frame, ultrasound

START = """
import os, time
from annotator.imaging.store import deriving_process
before = deriving_process.serve
def serve(*pipes):
    from annotator.imaging.store import derive_instance
    decode = derive_instance.decode_frame
    def decoder(data, description):
        if {when}:
            {does}
        return decode(data, description)
    from annotator.imaging.burned_in import suspected_text
    derive_instance.decode_frame = suspected_text.decode_frame = decoder
    before(*pipes)
deriving_process.serve = serve
deriving_process.main()
"""
Evil = Callable[..., DecodingProcess]


@pytest.fixture
def evil(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Evil]:
    """Makes decoding processes whose decoder does something bad with some pictures."""
    made: list[DecodingProcess] = []
    settings.MAX_DECODE_SECONDS = 0.3

    def make(does: str, *, when: str = "True") -> DecodingProcess:
        monkeypatch.setattr(guarded, "_START", START.format(does=does, when=when))
        made.append(DecodingProcess())
        monkeypatch.setattr(guarded, "_decoder", made[-1])
        return made[-1]

    yield make
    for one in made:
        one.stop()


def request(folder: Path, **options: Any) -> Request:
    path = multi_frame(folder, syntax=JPEGLSLossless, **options)
    return Request(Work.DERIVE, path, {"sha256": "0" * 64, "draft": folder / "draft"})


BAD = {
    "computes for ever": ("while True: pass", "Frame 1 can't be decoded: it takes longer than 0.3 seconds"),
    "waits for ever": ("time.sleep(1000)", "Frame 1 can't be decoded: it takes longer than 0.3 seconds"),
    "takes all memory": ("bytearray(8 << 30)", "more memory than one picture may"),
    "crashes": ("os.abort()", "the decoder broke on it"),
}


@pytest.mark.parametrize("name", BAD)
def test_whatever_a_decoder_does_there_is_a_reason_and_the_next_picture_is_decoded(
    name: str, evil: Evil, tmp_path: Path
) -> None:
    does, words = BAD[name]
    decoder = evil(does, when="description.rows == 16")
    with pytest.raises(QuarantineError, match=words):
        decoder.ask(request(tmp_path / "bad", rows=16))
    derived = decoder.ask(request(tmp_path / "good", frames=2, rows=24))
    assert isinstance(derived, DerivedInstance)
    assert len(derived.frames) == 2


def test_each_frame_has_the_whole_time(evil: Evil, settings: Any, tmp_path: Path) -> None:
    settings.MAX_DECODE_SECONDS = 1.0
    decoder = evil("until = time.process_time() + 0.3\n            while time.process_time() < until: pass")
    assert len(decoder.ask(request(tmp_path, frames=5)).frames) == 5


def test_an_error_of_our_own_is_told_apart_from_a_bad_file(evil: Evil, tmp_path: Path) -> None:
    decoder = evil("raise KeyError('ours')")
    with pytest.raises(DecoderBrokeError, match="KeyError"):
        decoder.ask(request(tmp_path))


def test_a_full_disk_is_no_fault_of_the_picture(evil: Evil, tmp_path: Path) -> None:
    decoder = evil("import errno; raise OSError(errno.ENOSPC, 'full')")
    with pytest.raises(OSError, match="No space left"):
        decoder.ask(request(tmp_path))


def test_the_same_process_serves_one_picture_after_the_other(tmp_path: Path) -> None:
    decoder = DecodingProcess()
    try:
        for number in range(3):
            decoder.ask(request(tmp_path / str(number)))
            process = decoder._process
            assert process is not None
        first = process.pid
        decoder.ask(request(tmp_path / "last"))
        assert decoder._process is not None
        assert decoder._process.pid == first
    finally:
        decoder.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


def test_a_picture_that_hangs_fails_and_the_others_of_its_intake_become_ready(
    take: Take, evil: Evil, tmp_path: Path, store: Path
) -> None:
    evil("while True: pass", when="description.rows == 16")
    bad = multi_frame(tmp_path / "in" / "bad", syntax=HTJ2KLossless, rows=16)
    multi_frame(tmp_path / "in" / "good", syntax=HTJ2KLossless, rows=24, study="good")
    ct_series(tmp_path / "in" / "ct", slices=2)
    summary = take(tmp_path / "in")
    derived = derive_frames(intake_id=summary.intake_id)
    assert (derived.ready, derived.failed) == (3, 1)
    failed = Instance.objects.get(state=InstanceState.FAILED)
    assert "takes longer than" in failed.failure
    assert IntakeFile.objects.get(outcome=Outcome.QUARANTINED).name == str(bad)
    assert not Frame.objects.filter(instance=failed).exists()
    # Its half-written frames went with it.
    assert list((store / "frames" / "staging").glob("*")) == []


def test_what_needs_no_decoder_stays_in_this_process(
    take: Take, evil: Evil, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoder = evil("os.abort()")
    ct_series(tmp_path, slices=2)
    assert derive_frames(intake_id=take(tmp_path).intake_id).ready == 2
    assert decoder._process is None


def unchecked_ultrasound(folder: Path) -> Path:
    """A cine of which nobody says that it shows no text."""
    path = ultrasound(folder, frames=3)
    whole = dcmread(path)
    whole.BurnedInAnnotation = "YES"
    whole.save_as(path)
    return path


def test_looking_for_text_is_guarded_too(evil: Evil, tmp_path: Path) -> None:
    path = unchecked_ultrasound(tmp_path)
    evil("while True: pass")
    with pytest.raises(QuarantineError, match="Frame 1 can't be decoded: it takes longer"):
        search_text_guarded(path, transfer_syntax_uid=JPEGBaseline8Bit)


def test_text_is_found_there_as_it_is_here(evil: Evil, tmp_path: Path) -> None:
    path = unchecked_ultrasound(tmp_path)
    decoder = evil("pass")
    here = suspected_text(path)
    assert here is not None
    assert search_text_guarded(path, transfer_syntax_uid=JPEGBaseline8Bit) == here
    assert decoder._process is not None
