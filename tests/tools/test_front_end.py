"""Which Node may build the viewer."""

import subprocess

import pytest

from tools.front_end import is_new_enough, npm_command


@pytest.mark.parametrize("version", ["v20.19.0", "v20.20.2", "v22.12.0", "v22.20.1", "v23.0.0", "v24.19.0"])
def test_a_node_that_vite_runs_on_is_taken(version):
    assert is_new_enough(version)


@pytest.mark.parametrize("version", ["v18.20.4", "v20.18.3", "v21.7.0", "v22.11.0", "", "node: not found"])
def test_an_older_node_is_not(version):
    assert not is_new_enough(version)


def test_without_a_node_that_is_new_enough_the_packaged_one_runs_npm(monkeypatch, tmp_path):
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v18.1.0\n")
    old.chmod(0o755)
    (tmp_path / "npm").symlink_to(old)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    command, environment = npm_command("--version")
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split(".")[0]) >= 10
    scripts = subprocess.run(["node", "--version"], env=environment, check=True, capture_output=True, text=True)
    assert is_new_enough(scripts.stdout), "what npm runs must find the packaged node first"
