"""The pixels that a mark encloses, on cases that the viewer tests too."""

import json
from pathlib import Path
from typing import Any

import pytest

from annotator.annotations.mark_pixels import filled_polygon

FILL_CASES = json.loads(
    (Path(__file__).parents[3] / "frontend/viewer/src/masks/fill_cases.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", FILL_CASES, ids=lambda case: case["name"])
def test_a_polygon_encloses_the_pixels_that_the_viewer_paints(case: dict[str, Any]) -> None:
    made = filled_polygon(case["outline"], rows=case["rows"], columns=case["columns"])
    expected = None if case["runs"] is None else (case["points"], {"runs": case["runs"]})
    assert (made and made.as_mask()) == expected
