"""The audit trail: who changed what, when. Admins only, and nobody changes it."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from annotator.accounts.policies import may_read_audit_trail
from annotator.accounts.queries import audit_entries_for, people_for
from frontend.pages.page import page, signed_in
from frontend.pages.paging import page_of
from frontend.pages.row_numbers import row_numbers

ENTRIES_A_PAGE = 100


@page(may=may_read_audit_trail)
def audit(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    asked = {name: request.GET.get(name, "").strip() for name in ("who", "action", "target")}
    every = audit_entries_for(person)
    rows = every
    if asked["who"]:
        rows = rows.filter(actor_id__in=row_numbers([asked["who"]]))
    if asked["action"]:
        rows = rows.filter(action=asked["action"])
    if asked["target"]:
        rows = rows.filter(target_id=asked["target"]) | rows.filter(target_kind=asked["target"])
    entries = page_of(request, rows, size=ENTRIES_A_PAGE)
    context = {
        "page": entries,
        "entries": [(entry, _words(entry.detail)) for entry in entries.object_list],
        "asked": asked,
        "people": people_for(person),
        "actions": every.order_by("action").values_list("action", flat=True).distinct(),
    }
    return render(request, "frontend/audit.html", context)


def _words(detail: dict[str, object]) -> str:
    """`name: value, name: value` by name, since PostgreSQL keeps no order of its own; nested values as JSON."""
    return ", ".join(
        f"{name}: {value if isinstance(value, str) else json.dumps(value)}" for name, value in sorted(detail.items())
    )
