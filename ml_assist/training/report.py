"""A training's report: JSON for programs, one page with pictures for people."""

import base64
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from annotator.datasets.canonical_json import readable_json
from ml_assist.training.curves_svg import curves_svg

PICTURES = ("best", "median", "worst")


def write_report(folder: Path, card: dict[str, Any], report: dict[str, Any], pictures: dict[str, bytes]) -> None:
    """Write card.json, report.json, the pictures and report.html, which holds them all and needs nothing else.

    Parameters
    ----------
    report : {"history", "judgements", "examples": {"best": {"key", "dice", "hint"}, ...}}.
    pictures : PNG by name.
    """
    (folder / "card.json").write_bytes(readable_json(card))
    (folder / "report.json").write_bytes(readable_json(report))
    for name, content in pictures.items():
        (folder / f"{name}.png").write_bytes(content)
    shown = [
        (name, report["examples"][name], base64.b64encode(pictures[name]).decode())
        for name in PICTURES
        if name in pictures
    ]
    context = {
        "card": card,
        "report": report,
        "pictures": shown,
        # The drawing escapes its words.
        "curves": mark_safe(curves_svg(report["history"])),  # noqa: S308
    }
    (folder / "report.html").write_text(render_to_string("ml_assist/report.html", context), encoding="utf-8")
