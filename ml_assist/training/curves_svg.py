"""How a training went, as a figure: losses and Dice by epoch. Pure, and nothing of torch: pages draw it too."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotator.datasets.svg_text import LINE, drawing, lines

# Of Okabe and Ito's palette, as all our figures.
_CURVES = (
    ("training_loss", "training loss", "#0072b2", ""),
    ("validation_loss", "validation loss", "#d55e00", "6 3"),
    ("dice", "validation {measure}", "#009e73", "2 3"),
)
_WIDTH, _HEIGHT, _LEFT, _TOP = 620, 240, 44, 60


def curves_svg(history: Sequence[Mapping[str, Any]], *, measure: str = "Dice") -> str:
    """One line a measure over the epochs, from 0 to 1 or to the highest loss; "" before the first epoch."""
    title = f"Losses and {measure} by epoch"
    if not history:
        return ""
    highest = max(1.0, max(float(one[name]) for one in history for name, *_ in _CURVES))
    parts = [lines([title], 16, 24, bold=1), _axes(len(history), highest)]
    for at, (name, words, colour, dashes) in enumerate(_CURVES):
        points = [(_across(place, len(history)), _down(float(one[name]), highest)) for place, one in enumerate(history)]
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="{colour}"/>' for x, y in points[-1:]]
        x = 16 + at * 190
        parts.append(f'<line x1="{x}" y1="40" x2="{x + 26}" y2="40" stroke="{colour}" stroke-width="2"{dash}/>')
        parts.append(lines([f"{words.format(measure=measure)} {float(history[-1][name]):.3f}"], x + 32, 44))
    return drawing("".join(parts), width=_LEFT + _WIDTH + 20, height=_TOP + _HEIGHT + 2 * LINE, title=title)


def _axes(epochs: int, highest: float) -> str:
    parts = []
    for step in range(5):
        value = highest * step / 4
        y = _down(value, highest)
        parts.append(f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_LEFT + _WIDTH}" y2="{y:.1f}" stroke="#d5dbe1"/>')
        parts.append(lines([f"{value:.2f}"], _LEFT - 6, y + 4, anchor="end"))
    for epoch in sorted({1, (epochs + 1) // 2, epochs}):
        parts.append(lines([str(epoch)], _across(epoch - 1, epochs), _TOP + _HEIGHT + LINE, anchor="middle"))
    return "".join(parts)


def _across(place: int, count: int) -> float:
    return _LEFT + (_WIDTH * place / (count - 1) if count > 1 else _WIDTH / 2)


def _down(value: float, highest: float) -> float:
    return _TOP + _HEIGHT * (1 - value / highest)
