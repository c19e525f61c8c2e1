"""The command says which picture is missing, and counts what its finder finds."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from django.core.management import CommandError, call_command

from ml_assist.inference import calipers
from ml_assist.inference.calipers import Caliper
from ml_assist.verified import verified_set


def test_pictures_are_looked_for_in_the_folder_and_finds_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What finds is put in the detector's place: it takes seconds a picture on real ones."""
    one = verified_set.verified_pictures()[0]
    monkeypatch.setattr(verified_set, "verified_pictures", lambda *_tables: [one])
    with pytest.raises(CommandError, match=f"{one.image}.png isn't there"):
        call_command("score_calipers", folder=tmp_path)
    cv2.imwrite(str(tmp_path / f"{one.image}.png"), np.zeros((40, 40), np.uint8))
    found = [Caliper(column, row, 0.9) for column, row in one.calipers[1:]]
    monkeypatch.setattr(calipers, "find_calipers", lambda _picture: found)
    cv2.imwrite(str(tmp_path / f"mask_{one.image.partition('_')[2]}.png"), np.full((400, 400), 255, np.uint8))
    call_command("score_calipers", folder=tmp_path, json=tmp_path / "made.json", masks=tmp_path)
    assert f"| all | 3 pixels | 1 (0) | {len(one.calipers)} | {len(found)} | 0 | 1 |" in capsys.readouterr().out
    made = json.loads((tmp_path / "made.json").read_text())[tmp_path.name]
    assert len(made["finds"][one.image]) == len(found)
