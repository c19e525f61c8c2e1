"""A balance report as figures: bars by side, one figure a question. Pure.

Our own bars and not a charting library: what is drawn is a handful of rectangles, and the libraries that draw SVG on a
server bring a browser's engine or a hundred megabytes with them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from annotator.datasets.balance import GRID
from annotator.datasets.size_bins import SIZE_BINS
from annotator.datasets.svg_text import LETTER, LINE, drawing, lines, printable

# Told apart also by who sees no red or green (Okabe and Ito's palette).
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#7f7f7f", "#b8860b")
_BAR = 13
_PLOT = 420
_MARGIN = 16
# A figure of hundreds of classes says less than its first ones; the report itself holds them all.
MOST_ROWS = 25


def balance_figures(report: Mapping[str, Any]) -> dict[str, str]:
    """SVG by name: "classes", "patients_of_class", "sizes", "scanners", "sites", "sexes", "ages", "targets",
    "locations"; those with nothing to show are left out."""
    sides = _sides(report)
    figures = {
        "classes": _bars("Marks by class", sides, report["classes"]),
        "patients_of_class": _bars("Patients who show each class", sides, report["patients_of_class"]),
        "sizes": _bars("Greatest diameters of marks with a calibration", sides, _sizes(report), keep_order=SIZE_BINS),
        "scanners": _bars("Patients by scanner", sides, report["scanners"]),
        "sites": _bars("Patients by site", sides, report["sites"]),
        "sexes": _bars("Patients by sex", sides, report.get("sexes", {})),
        "ages": _bars("Patients by age at their first study", sides, _ages(report), keep_order=_decades(report)),
        "targets": _bars("Positive answers", sides, _positives(report)),
        "locations": _locations(sides, report["locations"]),
    }
    return {name: figure for name, figure in figures.items() if figure}


def _sides(report: Mapping[str, Any]) -> list[str]:
    order = {"train": 0, "val": 1, "test": 2}
    return sorted(report["counts"], key=lambda side: (order.get(side, 3), len(side), side))


def _bars(
    title: str,
    sides: Sequence[str],
    counts: Mapping[str, Mapping[str, float]],
    *,
    keep_order: Sequence[str] = (),
) -> str:
    """A row a name, a bar a side; lengths are shares of what that side has in all, the number stands at the end."""
    totals: dict[str, float] = {}
    for side in sides:
        for name, count in counts.get(side, {}).items():
            totals[name] = totals.get(name, 0) + count
    names = list(keep_order) or sorted(totals, key=lambda name: (-totals[name], name))
    names = [name for name in names if totals.get(name)]
    more = len(names) - MOST_ROWS
    names = names[:MOST_ROWS]
    if not names:
        return ""
    whole = {side: sum(counts.get(side, {}).values()) or 1 for side in sides}
    longest = max((counts.get(side, {}).get(name, 0) / whole[side] for side in sides for name in names), default=1) or 1
    shown = [name if len(name) <= 28 else f"{name[:27]}…" for name in names]
    labels = max(60.0, max(len(name) for name in shown) * LETTER + 8)
    row = len(sides) * _BAR + 12
    top = _MARGIN + 2 * LINE + 10
    parts = [lines([title], _MARGIN, _MARGIN + 12, bold=1), _legend(sides, _MARGIN + LINE + 14)]
    for at, (name, label) in enumerate(zip(names, shown, strict=True)):
        y = top + at * row
        middle = y + len(sides) * _BAR / 2 + 4
        parts.append(f"<g><title>{printable(name)}</title>{lines([label], _MARGIN, middle)}</g>")
        for place, side in enumerate(sides):
            count = counts.get(side, {}).get(name, 0)
            length = _PLOT * count / whole[side] / longest
            bar_y, x = y + place * _BAR, _MARGIN + labels
            parts.append(
                f'<rect x="{x:g}" y="{bar_y:g}" width="{max(length, 0.5):.2f}" height="{_BAR - 2}" '
                f'fill="{_colour(sides, side)}"><title>{printable(f"{name}, {side}: {count:g}")}</title></rect>'
                f'<text x="{x + length + 5:.2f}" y="{bar_y + 10:g}" font-size="11">{count:,g} '
                f"({100 * count / whole[side]:.0f}%)</text>"
            )
    bottom = top + len(names) * row
    if more > 0:
        parts.append(lines([f"and {more} more, in the report"], _MARGIN, bottom + 12))
        bottom += LINE
    width = _MARGIN * 2 + labels + _PLOT + 90
    return drawing("".join(parts), width=width, height=bottom + _MARGIN, title=title)


def _legend(sides: Sequence[str], y: float) -> str:
    parts, x = [], float(_MARGIN)
    for side in sides:
        parts.append(f'<rect x="{x:g}" y="{y - 10:g}" width="11" height="11" fill="{_colour(sides, side)}"/>')
        parts.append(lines([side], x + 16, y))
        x += 16 + len(side) * LETTER + 18
    return "".join(parts)


def _locations(sides: Sequence[str], grids: Mapping[str, Mapping[str, int]]) -> str:
    """Where in the picture marks lie: a grid a side, darker where there are more."""
    if not any(grids.get(side) for side in sides):
        return ""
    cell, title = 44, "Where in the picture marks lie"
    parts = [lines([title], _MARGIN, _MARGIN + 12, bold=1)]
    top = _MARGIN + LINE + 24
    for at, side in enumerate(sides):
        left = _MARGIN + at * (GRID * cell + 28)
        counts = grids.get(side, {})
        total = sum(counts.values()) or 1
        parts.append(lines([side], left, top - 8))
        for row in range(GRID):
            for column in range(GRID):
                share = counts.get(f"{row},{column}", 0) / total
                x, y = left + column * cell, top + row * cell
                ink = "#ffffff" if share > 0.5 else "#1a1f24"
                parts.append(
                    f'<rect x="{x:g}" y="{y:g}" width="{cell}" height="{cell}" stroke="#aab4bd" fill="#0072b2" '
                    f'fill-opacity="{share:.3f}"/><text x="{x + cell / 2:g}" y="{y + cell / 2 + 4:g}" font-size="11" '
                    f'text-anchor="middle" fill="{ink}">{100 * share:.0f}%</text>'
                )
    width = _MARGIN * 2 + len(sides) * (GRID * cell + 28)
    return drawing("".join(parts), width=max(width, 260), height=top + GRID * cell + _MARGIN, title=title)


def _sizes(report: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    return {
        side: {name: float(sum(bins[name] for bins in classes.values())) for name in SIZE_BINS}
        for side, classes in report["size_bins_mm"].items()
    }


def _positives(report: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    return {
        side: {question: counted["positive"] for question, counted in targets.items()}
        for side, targets in report["targets"].items()
    }


def _ages(report: Mapping[str, Any]) -> Mapping[str, Mapping[str, float]]:
    found: Mapping[str, Mapping[str, float]] = report.get("ages", {})
    return found


def _decades(report: Mapping[str, Any]) -> list[str]:
    return sorted({name for counts in _ages(report).values() for name in counts})


def _colour(sides: Sequence[str], side: str) -> str:
    return COLOURS[list(sides).index(side) % len(COLOURS)]
