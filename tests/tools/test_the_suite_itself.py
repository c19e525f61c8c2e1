"""The suite itself: what skips, fails, and nothing leaves this machine."""

import socket
import subprocess
import sys

import pytest

from tests.fixtures.loopback_only import NetworkBlockedError
from tests.fixtures.product import ROOT


def test_another_machine_can_not_be_reached():
    with socket.socket() as outward, pytest.raises(NetworkBlockedError):
        outward.connect(("192.0.2.1", 80))
    with pytest.raises(NetworkBlockedError), socket.socket() as outward:
        outward.connect(("example.org", 80))


@pytest.mark.parametrize(
    ("code", "ends"),
    [
        ("def test_it():\n    pytest.skip('no time')\n", "1 failed"),
        ("@pytest.mark.skip(reason='later')\ndef test_it():\n    pass\n", "1 error"),
        ("pytest.importorskip('a_module_that_nobody_has')\n", "1 error"),
        ("@pytest.mark.needs_data\ndef test_it():\n    pytest.skip('never runs without data')\n", "1 skipped"),
        ("def test_it(data_dir):\n    pass\n", "1 error"),
    ],
)
def test_what_skips_fails_unless_real_images_are_missing(tmp_path, code, ends):
    """Runs a pytest of its own that looks for real images where none are."""
    path = tmp_path / "test_skipping.py"
    path.write_text(f"import pytest\n\n{code}")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "pyproject.toml"]
    plugins = ["-p", "tests.fixtures.real_images", "-p", "tests.fixtures.no_silent_skips"]
    done = subprocess.run(
        [*command, *plugins, "--rootdir", str(ROOT), str(path)],
        cwd=ROOT,
        env={"PATH": "", "ANNOTATOR_TEST_DATA": str(tmp_path / "nowhere"), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ends in done.stdout.splitlines()[-1], done.stdout[-2000:] + done.stderr[-1000:]


def test_on_postgresql_pure_tests_are_not_run_again(tmp_path):
    path = tmp_path / "test_two.py"
    path.write_text(
        "import pytest\n\ndef test_of_numbers():\n    pass\n\n@pytest.mark.services\ndef test_of_rows():\n    pass\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "pyproject.toml"]
    done = subprocess.run(
        [*command, "-p", "tests.fixtures.what_needs_a_database", "--rootdir", str(ROOT), str(path)],
        cwd=ROOT,
        env={"PATH": "", "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 passed, 1 deselected" in done.stdout.splitlines()[-1], done.stdout[-2000:] + done.stderr[-1000:]
