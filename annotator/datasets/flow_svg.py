"""A cohort's flow chart as a drawing; the counts are flow_chart.py's. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.datasets.flow_chart import FlowChart, FlowCounts
from annotator.datasets.svg_text import LINE, drawing, lines, wrapped

_WIDTH = 280
_SIDE = 300
_GAP = 44
_PAD = 12
_MARGIN = 16
# Boxes side by side, where there are groups and sides.
_SMALL = 168
_BETWEEN = 16
_STROKE = 'stroke="#4a5560" stroke-width="1.25"'


@dataclass(frozen=True)
class _Box:
    head: list[str]
    counts: FlowCounts
    width: float
    fill: str = "#ffffff"
    centred: bool = True

    @property
    def text(self) -> list[str]:
        return [*self.head, *self.counts.words.split(", ")]

    @property
    def height(self) -> float:
        return len(self.text) * LINE + 2 * _PAD - 4

    def at(self, x: float, y: float) -> str:
        anchor = "middle" if self.centred else "start"
        inside = x + (self.width / 2 if self.centred else _PAD)
        return (
            f'<rect x="{x:g}" y="{y:g}" width="{self.width:g}" height="{self.height:g}" rx="3" fill="{self.fill}" '
            f"{_STROKE}/>" + lines(self.text, inside, y + _PAD + 11, anchor=anchor, bold=len(self.head))
        )


def flow_svg(chart: FlowChart) -> str:
    """Draw a chart: down the middle what was left, at the right what was taken out and why, below groups and sides.

    Any reason and any name is shown as it was typed, wrapped to its box.
    """
    rows = max(len(chart.groups), len(chart.splits))
    across = rows * _SMALL + max(0, rows - 1) * _BETWEEN
    width = max(_WIDTH + _GAP + _SIDE, across) + 2 * _MARGIN
    middle = _MARGIN + _WIDTH / 2
    if across > _WIDTH + _GAP + _SIDE:
        middle = max(middle, (width - _GAP - _SIDE) / 2)
    parts: list[str] = []
    y = float(_MARGIN)
    box = _Box(_head("Found", _WIDTH), chart.start, _WIDTH)
    parts.append(box.at(middle - _WIDTH / 2, y))
    y += box.height
    for step in chart.steps:
        out = _Box(_head(f"Excluded: {step.reason}", _SIDE), step.excluded, _SIDE, "#f4f1ea", centred=False)
        left = _Box(_head("Left", _WIDTH), step.left, _WIDTH)
        reach = max(_GAP, out.height + 16)
        parts.append(_arrow(middle, y, middle, y + reach))
        level = y + reach / 2
        parts.append(_arrow(middle, level, middle + _WIDTH / 2 + _GAP, level))
        parts.append(out.at(middle + _WIDTH / 2 + _GAP, level - out.height / 2))
        y += reach
        parts.append(left.at(middle - _WIDTH / 2, y))
        y += left.height
    for named, fill in ((chart.groups, "#e9f1f8"), (chart.splits, "#eaf5ec")):
        if named:
            drawn, y = _side_by_side(named, middle, y, width, fill)
            parts.append(drawn)
    title = f"Flow chart of the cohort: {chart.start.words} found, {chart.left.words} left."
    head = (
        '<defs><marker id="flow-end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="#4a5560"/></marker></defs>'
    )
    return drawing(head + "".join(parts), width=width, height=y + _MARGIN, title=title)


def _side_by_side(
    named: Sequence[tuple[str, FlowCounts]], middle: float, y: float, width: float, fill: str
) -> tuple[str, float]:
    """Boxes in a row below the trunk, each with an arrow from a common bar; and where they end."""
    boxes = [_Box(_head(name, _SMALL), counts, _SMALL, fill) for name, counts in named]
    across = len(boxes) * _SMALL + (len(boxes) - 1) * _BETWEEN
    start = min(max(_MARGIN, middle - across / 2), max(_MARGIN, width - _MARGIN - across))
    bar, top = y + _GAP / 2, y + _GAP
    centres = [start + at * (_SMALL + _BETWEEN) + _SMALL / 2 for at in range(len(boxes))]
    left, right = min([middle, *centres]), max([middle, *centres])
    parts = [f'<path d="M{middle:g} {y:g}V{bar:g}M{left:g} {bar:g}H{right:g}" fill="none" {_STROKE}/>']
    for box, centre in zip(boxes, centres, strict=True):
        parts.append(_arrow(centre, bar, centre, top))
        parts.append(box.at(centre - _SMALL / 2, top))
    return "".join(parts), top + max(box.height for box in boxes)


def _head(name: str, width: float) -> list[str]:
    return wrapped(name, width - 2 * _PAD)


def _arrow(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<path d="M{x:g} {y:g}L{to_x:g} {to_y:g}" fill="none" {_STROKE} marker-end="url(#flow-end)"/>'
