"""Photographs for the documentation: small enough, and drawn where the phantoms have their lesions."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tools.camera import Camera, wait_until
from tools.errors import ToolError
from tools.picture_scenes import nodule_outline, outline

LIMIT = 12_000  # bytes: below what this noise takes with 256 colours


class NoisyPage:
    """A page that is all noise, which compresses worst."""

    def wait_for_timeout(self, _milliseconds: float) -> None:
        pass

    def screenshot(self) -> bytes:
        noise = np.random.default_rng(1).integers(0, 256, (100, 140, 3), dtype=np.uint8)
        held = io.BytesIO()
        Image.fromarray(noise).save(held, "PNG")
        return held.getvalue()


def test_a_picture_keeps_its_size_and_stays_below_the_limit_of_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.camera.LARGEST_PICTURE", LIMIT)
    Camera(NoisyPage(), tmp_path).take("noise")  # type: ignore[arg-type]
    written = tmp_path / "noise.png"
    assert Image.open(written).size == (140, 100)
    assert written.stat().st_size <= LIMIT


def test_an_outline_is_a_closed_stroke_round_the_largest_part() -> None:
    mask = np.zeros((60, 80), bool)
    mask[10:31, 20:51] = True
    mask[50:53, 70:73] = True
    stroke = outline(mask)
    assert stroke[0] == stroke[-1]
    columns, rows = zip(*stroke, strict=True)
    assert (min(columns), max(columns), min(rows), max(rows)) == (20.5, 50.5, 10.5, 30.5)


def test_the_nodule_is_outlined_where_its_calipers_are() -> None:
    columns, rows = zip(*nodule_outline("transverse"), strict=True)
    centre = (110 + 18.5 / 0.065, 44 + 18.0 / 0.065)
    assert sum(columns) / len(columns) == pytest.approx(centre[0], abs=3)
    assert sum(rows) / len(rows) == pytest.approx(centre[1], abs=3)
    assert (max(columns) - min(columns)) * 0.065 == pytest.approx(12.2, abs=0.4)


def test_waiting_in_vain_says_for_what() -> None:
    with pytest.raises(ToolError, match="the moon"):
        wait_until(lambda: False, "the moon", seconds=0.1)
