"""Presets on the number keys."""

import pytest

from annotator.imaging.pixels.presets import first_preset, presets_for
from annotator.imaging.pixels.windowing import check_window


def test_ct_has_five_windows_on_the_number_keys_in_the_readers_order() -> None:
    presets = presets_for("CT")

    assert [(p.key, p.window.name) for p in presets] == [
        ("1", "Brain"),
        ("2", "Subdural"),
        ("3", "Bone"),
        ("4", "Lung"),
        ("5", "Soft tissue"),
    ]
    for preset in presets:
        check_window(preset.window)
    assert presets[0].to_json() == {"name": "Brain", "centre": 40.0, "width": 80.0, "function": "LINEAR", "key": "1"}


@pytest.mark.parametrize(
    ("part", "name"), [("HEAD", "Brain"), ("Chest", "Lung"), ("ABDOMEN", "Soft tissue"), ("", "Soft tissue")]
)
def test_a_ct_without_a_window_opens_in_the_one_of_its_body_part(part: str, name: str) -> None:
    window = first_preset("CT", part)

    assert window is not None
    assert window.name == name


def test_modalities_without_common_units_have_no_presets() -> None:
    assert presets_for("US") == []
    assert first_preset("MG") is None
