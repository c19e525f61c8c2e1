"""What a web process loads once, in a process of its own: it can't be taken back."""

import os
import subprocess
import sys


def test_what_a_web_process_loads_once_is_not_looked_through_by_garbage_collection_again() -> None:
    code = (
        "import gc, sys; from annotator.config import wsgi;"
        "print(gc.get_freeze_count(), len(gc.get_objects()), 'api.v1.marks' in sys.modules)"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "annotator.config.settings"}
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True, env=environment
    )

    frozen, looked_through, has_views = result.stdout.split()
    assert has_views == "True"
    assert int(frozen) > 100_000
    assert int(looked_through) < int(frozen) / 20
