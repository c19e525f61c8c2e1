"""What the descriptions of a series say of its body part, when the header doesn't."""

import pytest

from annotator.imaging.headers.body_part import body_part_of_descriptions


@pytest.mark.parametrize(
    ("descriptions", "part"),
    [
        (("Chest", "5mm", "2 Chest C-/Thorax"), "CHEST"),
        (("1A TRAUMA/PLAIN HEAD DM", "STD BRAIN 5MM", ""), "HEAD"),
        (("US KIDNEY", "US KIDNEY", "Free Form"), "ABDOMEN"),
        (("THYROID_US",), "THYROID"),
        (("", "", ""), ""),
        (("2.5mm stnd Disc SS40",), ""),
        (("Headlight test", "overchested"), ""),
        (("CT Head and Neck",), ""),
    ],
)
def test_one_named_part_is_taken_none_or_several_are_not(descriptions, part):
    assert body_part_of_descriptions(*descriptions) == part
