"""How well systems of points do, with intervals, as a drawing: training patients beside the others. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotator.datasets.svg_text import LETTER, LINE, drawing, lines, printable

MEASURES = {"auc": "AUC of the points", "sensitivity": "Sensitivity of aspirating", "specificity": "Specificity"}
# Okabe and Ito's palette, as in the balance report.
_HELD_OUT, _TRAINING = "#0072b2", "#e69f00"
_MARGIN = 16
_PLOT = 330
_ROW = 30
_APART = 5


def performance_figure(
    titles: Mapping[str, str], held_out: Mapping[str, Any], training: Mapping[str, Any] | None = None
) -> str:
    """An SVG with a line a system and measure, its estimate and interval from 0 to 1.

    Parameters
    ----------
    titles : of the systems, by name, in their order.
    held_out, training : system -> measure -> {"value", "low", "high"}, of 0 to 1 or None.
    """
    shown = [name for name in titles if name in held_out]
    labels = max((len(titles[name]) for name in shown), default=0) * LETTER + 12
    left = _MARGIN + labels
    parts = [_legend(left, has_training=training is not None)]
    y = _MARGIN + LINE + 14.0
    for measure, title in MEASURES.items():
        y += LINE
        parts.append(lines([title], _MARGIN, y, bold=1))
        bottom = y + 8 + len(shown) * _ROW
        parts.append(_scale(left, y + 8, bottom))
        for at, name in enumerate(shown):
            middle = y + 8 + at * _ROW + _ROW / 2
            parts.append(lines([titles[name]], _MARGIN, middle + 4))
            sides = [(held_out[name][measure], _HELD_OUT, "held-out patients")]
            if training is not None and name in training:
                sides.append((training[name][measure], _TRAINING, "training patients"))
            for place, (estimate, colour, side) in enumerate(sides):
                where = middle + (place - (len(sides) - 1) / 2) * 2 * _APART
                parts.append(_whiskers(left, where, estimate, colour, f"{titles[name]}, {title}, {side}"))
        y = bottom + LINE
    return drawing(
        "".join(parts), width=left + _PLOT + _MARGIN + 16, height=y + _MARGIN, title="How well the points do"
    )


def estimate_words(estimate: Mapping[str, float | None]) -> str:
    """`0.87 (0.80 to 0.93)`; a dash where the nodules give none."""
    value, low, high = estimate["value"], estimate["low"], estimate["high"]
    if value is None:
        return "–"
    return f"{value:.2f}" if low is None or high is None else f"{value:.2f} ({low:.2f} to {high:.2f})"


def _whiskers(left: float, y: float, estimate: Mapping[str, float | None], colour: str, words: str) -> str:
    value, low, high = estimate["value"], estimate["low"], estimate["high"]
    if value is None:
        return ""
    line = ""
    if low is not None and high is not None:
        line = (
            f'<line x1="{left + low * _PLOT:.1f}" x2="{left + high * _PLOT:.1f}" y1="{y:g}" y2="{y:g}" '
            f'stroke="{colour}" stroke-width="2"/>'
        )
    dot = f'<circle cx="{left + value * _PLOT:.1f}" cy="{y:g}" r="4" fill="{colour}"/>'
    return f"<g><title>{printable(f'{words}: {estimate_words(estimate)}')}</title>{line}{dot}</g>"


def _scale(left: float, top: float, bottom: float) -> str:
    parts = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = left + tick * _PLOT
        parts.append(f'<line x1="{x:g}" x2="{x:g}" y1="{top:g}" y2="{bottom:g}" stroke="#d5dbe0"/>')
        parts.append(f'<text x="{x:g}" y="{bottom + 11:g}" font-size="11" text-anchor="middle">{tick:g}</text>')
    return "".join(parts)


def _legend(left: float, *, has_training: bool) -> str:
    sides: Sequence[tuple[str, str]] = [("held-out patients", _HELD_OUT)]
    if has_training:
        sides = [*sides, ("training patients", _TRAINING)]
    parts, x = [], left
    for words, colour in sides:
        parts.append(f'<circle cx="{x + 5:g}" cy="{_MARGIN + 8}" r="4" fill="{colour}"/>')
        parts.append(lines([words], x + 15, _MARGIN + 12))
        x += 15 + len(words) * LETTER + 14
    return "".join(parts)
