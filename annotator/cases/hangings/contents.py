"""A hanging's row and its file, one made from the other."""

from typing import Any

from annotator.cases.models import HangingProtocol

_COLUMNS = ("key", "name", "modality", "body_parts", "priority")


def content_of(row: HangingProtocol) -> dict[str, Any]:
    """The JSON that exporting gives and importing takes."""
    return {name: getattr(row, name) for name in _COLUMNS} | row.definition


def put_into(row: HangingProtocol, content: dict[str, Any]) -> None:
    """Fill a row from checked JSON."""
    for name in _COLUMNS:
        setattr(row, name, content[name])
    row.definition = {name: value for name, value in content.items() if name not in _COLUMNS}
