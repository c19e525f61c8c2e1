"""Five hundred damaged files: each ends as an instance or in quarantine, in time, and never as another picture.

The benchmark benchmarks/fuzz.py does the same with more files, made of real ones.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from tests.builders import ct_series, multi_frame, ultrasound
from tests.fuzz.crew import Case, endings
from tests.fuzz.made_up import made_up_files
from tests.fuzz.mutations import Damage, Sample, damage

DAMAGED, MADE_UP = 430, 70
# Small ones that pydicom ships, one a way of storing pixels and of going wrong.
SHIPPED = (
    "MR_small.dcm", "MR_small_RLE.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm", "MR_small_padded.dcm",
    "MR_small_jp2klossless.dcm", "MR_small_jpeg_ls_lossless.dcm", "CT_small.dcm", "SC_rgb_rle_2frame.dcm",
    "SC_rgb_small_odd_jpeg.dcm", "SC_ybr_full_422_uncompressed.dcm", "SC_rgb_jpeg_gdcm.dcm", "JPEG2000.dcm",
    "nested_priv_SQ.dcm", "no_meta.dcm", "reportsi.dcm", "image_dfl.dcm",
)  # fmt: skip


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    made = [
        ct_series(tmp_path, slices=1, study="plain")[0],
        ct_series(tmp_path, slices=1, study="htj2k", syntax="1.2.840.10008.1.2.4.201")[0],
        multi_frame(tmp_path),
        ultrasound(tmp_path, frames=3),
        ultrasound(tmp_path, colour=True, study="colour"),
    ]
    shipped = [Path(str(get_testdata_file(name))) for name in SHIPPED]
    return [Sample(path.name, path.read_bytes()) for path in (*made, *shipped)]


def cases(samples: list[Sample]) -> Iterator[Case]:
    for number in range(DAMAGED):
        sample = samples[number % len(samples)]
        yield Case(sample, number, damage(sample, number))
    for number, content in enumerate(made_up_files(MADE_UP)):
        yield Case(Sample("made up", b""), number, Damage("made up", content, False))


def test_damaged_files_end_as_an_instance_or_in_quarantine(samples: list[Sample]) -> None:
    ends: dict[str, int] = {}
    wrong = []
    for case, ending in endings(cases(samples)):
        ends[ending.how] = ends.get(ending.how, 0) + 1
        if ending.how not in ("instance", "quarantined") or (ending.how == "quarantined" and len(ending.why) < 20):
            wrong.append(f"{case.sample.name} {case.seed} ({case.damage.kind}): {ending.how}, {ending.why}")
    assert wrong == []
    assert sum(ends.values()) > DAMAGED + MADE_UP // 2
    assert ends["instance"] > 50
    assert ends["quarantined"] > 50


def test_a_process_that_hangs_or_dies_is_told_and_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mocked: the work, since no damage is known that a decoder hangs or dies of."""
    from tests.fuzz import crew
    from tests.fuzz.bad_workers import dies_or_hangs

    monkeypatch.setattr(crew, "work", dies_or_hangs)
    monkeypatch.setattr(crew, "SECONDS_TO_START", 3.0)
    asked = [Case(Sample(word, b""), 0, Damage(word, b"", False)) for word in ("die", "hang", "answer")]
    found = {case.sample.name: ending.how for case, ending in endings(asked, processes=1)}
    assert found == {"die": "crash", "hang": "too slow", "answer": "instance"}


def test_the_same_seed_does_the_same_damage(samples: list[Sample]) -> None:
    assert [damage(samples[0], seed).content for seed in range(20)] == [
        damage(Sample(samples[0].name, samples[0].content), seed).content for seed in range(20)
    ]
