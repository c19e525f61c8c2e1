"""Words can be read on every ground that the pages put them on (WCAG 2.2, 1.4.3 and 1.4.11, level AA)."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "frontend" / "styles" / "tokens.css"
GROUNDS = ["ground", "surface", "raised", "accent-wash"]
TEXT, CONTROL = 4.5, 3.0


@pytest.fixture(scope="module")
def colours() -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", TOKENS.read_text()))


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_is_right_for_black_on_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("words", ["text", "text-soft", "accent", "bad", "warn", "good"])
def test_words_stand_out_from_their_ground(words: str, ground: str, colours: dict[str, str]) -> None:
    assert contrast(colours[words], colours[ground]) >= TEXT


@pytest.mark.parametrize("kind", ["good", "warn", "bad"])
def test_a_notice_can_be_read(kind: str, colours: dict[str, str]) -> None:
    assert contrast(colours["text"], colours[f"{kind}-wash"]) >= TEXT
    assert contrast(colours["accent"], colours[f"{kind}-wash"]) >= TEXT


def test_the_first_button_can_be_read(colours: dict[str, str]) -> None:
    assert contrast(colours["on-accent"], colours["accent"]) >= TEXT


@pytest.mark.parametrize("ground", ["ground", "surface", "raised"])
def test_the_edges_of_controls_and_the_focus_can_be_seen(ground: str, colours: dict[str, str]) -> None:
    assert contrast(colours["line-strong"], colours[ground]) >= CONTROL
    assert contrast(colours["accent-strong"], colours[ground]) >= CONTROL
