"""The row of a picture that waits for a person."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotator.imaging.models import Instance, TextReview

MANUFACTURER, MODEL = "00080070", "00081090"
LAYOUT_LIMIT = 200


def new_review(instance: Instance, suspected: Sequence[Mapping[str, Any]]) -> TextReview:
    """An unsaved row; `instance` has its header at hand, `suspected` is most suspect first."""
    return TextReview(
        instance=instance,
        suspected=list(suspected),
        suspicion=max((float(one["score"]) for one in suspected), default=0.0),
        layout=layout_of(instance),
    )


def layout_of(instance: Instance) -> str:
    """Maker, model and matrix: a machine writes in the same places of all its pictures of one size.

    Empty when the machine isn't named: pictures of unknown machines have nothing in common.
    """
    maker, model = _value(instance.header, MANUFACTURER), _value(instance.header, MODEL)
    if not maker or not model:
        return ""
    return f"{maker} {model} {instance.columns} x {instance.rows}"[:LAYOUT_LIMIT]


def _value(header: Mapping[str, Any], tag: str) -> str:
    values = header.get(tag, {}).get("Value") or [""]
    return str(values[0] or "").strip()
