"""The format that docs/export-formats.md makes in an hour is one."""

import json
import re
from pathlib import Path

from annotator.imaging.frame_description import FrameGeometry
from tests.annotator.datasets.exporters.made_stacks import (
    MadePixels,
    export,
    made_frames,
    made_mark,
    made_release,
    made_stack,
)

GUIDE = Path(__file__).resolve().parents[4] / "docs" / "export-formats.md"
IMPORTS = """
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from annotator.accounts.errors import InvalidError
from annotator.datasets.exporters.exporter import Exporter, ExportOptions, Fragment
from annotator.datasets.exporters.output import Output
from annotator.datasets.exporters.safe_names import safe_name
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.released import ReleasedStack
"""


def test_the_guides_format_writes_what_it_says(tmp_path):
    [example] = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    names: dict = {"__name__": "guide"}
    exec(IMPORTS + example, names)
    point = made_mark("point", [(3.5, 4)], category="caliper")
    stack = made_stack(made_frames([FrameGeometry()], rows=9, columns=9), point)
    output = export(names["PointExporter"], made_release(stack), tmp_path, MadePixels(stack, None))
    assert json.loads(output.path_of("train.json").read_bytes()) == [["caliper", 3.5, 4.0]]
