"""The key is made once, for its owner's eyes; settings that can't be are refused at the start."""

import os
import stat
import subprocess
import sys
from pathlib import Path

ASK = "from annotator.config.settings import deidentification as s; print(s.DEIDENTIFY, s.DEIDENTIFICATION_KEY)"
ROOT = Path(__file__).resolve().parents[4]


def start(data_dir: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("DEIDENTIF")}
    return subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env={**plain, "DATA_DIR": str(data_dir), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    first = start(tmp_path, DEIDENTIFY="1")
    assert first.stdout.startswith("True ")
    assert len(first.stdout.split()[1]) >= 32
    assert start(tmp_path, DEIDENTIFY="1").stdout == first.stdout
    assert stat.S_IMODE((tmp_path / "deidentification-key").stat().st_mode) == 0o600
    # Turned off again, the key map can still be opened.
    assert start(tmp_path).stdout.split() == ["False", first.stdout.split()[1]]


def test_a_site_that_does_not_deidentify_has_no_key(tmp_path: Path) -> None:
    assert start(tmp_path).stdout.split() == ["False"]
    assert not (tmp_path / "deidentification-key").exists()


def test_a_short_key_and_an_unknown_edition_stop_the_product_at_its_start(tmp_path: Path) -> None:
    short = start(tmp_path, DEIDENTIFY="1", DEIDENTIFICATION_KEY="short")
    assert "has 5 characters; at least 32" in short.stderr
    unknown = start(tmp_path, DEIDENTIFY="1", DEIDENTIFY_EDITION="1999")
    assert "2023, 2024b, 2026c" in unknown.stderr
