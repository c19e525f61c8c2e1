"""Which Node may build the viewer."""

import pytest

from tools.front_end import is_new_enough


@pytest.mark.parametrize("version", ["v20.19.0", "v20.20.2", "v22.12.0", "v22.20.1", "v23.0.0", "v24.19.0"])
def test_a_node_that_vite_runs_on_is_taken(version):
    assert is_new_enough(version)


@pytest.mark.parametrize("version", ["v18.20.4", "v20.18.3", "v21.7.0", "v22.11.0", "", "node: not found"])
def test_an_older_node_is_not(version):
    assert not is_new_enough(version)
