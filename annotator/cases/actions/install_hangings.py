"""Put the shipped hangings into the table; doing it again changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError
from annotator.cases.hangings.contents import content_of, put_into
from annotator.cases.hangings.definition import check_protocol
from annotator.cases.hangings.shipped import shipped_contents
from annotator.cases.models import HangingLevel, HangingProtocol


@dataclass(frozen=True)
class InstallSummary:
    """Keys by what became of them."""

    installed: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]


def install_shipped_hangings() -> InstallSummary:
    """Install every shipped hanging; see install_hangings."""
    return install_hangings(shipped_contents())


def install_hangings(contents: Sequence[dict[str, Any]]) -> InstallSummary:
    """Install hangings, all or none. Whether one is enabled and its priority stay as an admin left them.

    Raises
    ------
    HangingError : a definition does not hold together.
    ConflictError : the site made one of its own under the same key.
    """
    outcome: dict[str, list[str]] = {"installed": [], "updated": [], "unchanged": []}
    with transaction.atomic():
        rows = {row.key: row for row in HangingProtocol.objects.select_for_update()}
        for content in contents:
            check_protocol(content)
            outcome[_install(content, rows.get(content["key"]))].append(content["key"])
    return InstallSummary(**{name: tuple(keys) for name, keys in outcome.items()})


def _install(content: dict[str, Any], row: HangingProtocol | None) -> str:
    key = content["key"]
    if row is None:
        row, done = HangingProtocol(level=HangingLevel.MANUFACTURER), "installed"
    elif row.level != HangingLevel.MANUFACTURER:
        raise ConflictError(f"A hanging {key!r} was made here already: export it, delete it, and run this again.")
    elif content_of(row) == content | {"priority": row.priority}:
        return "unchanged"
    else:
        content, done = content | {"priority": row.priority}, "updated"
    put_into(row, content)
    row.changed_by = None
    row.save()
    record_audit(None, "install_hanging", target_kind="hanging", target_id=key, detail={"was": done})
    return done
