"""How cases hang: the list, turning hangings on and off, copying, editing, import and export. Admins only."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annotator.accounts.errors import InvalidError, RoomError
from annotator.accounts.models import User
from annotator.cases.actions.edit_hangings import (
    arrange_hanging,
    change_hanging,
    copy_hanging,
    delete_hanging,
    make_hanging,
)
from annotator.cases.hangings.contents import content_of
from annotator.cases.hangings.queries import hanging_for, hangings_for
from annotator.cases.models import HangingLevel, HangingProtocol
from annotator.cases.policies import may_edit_hangings
from annotator.imaging.pixels.presets import presets_for
from frontend.pages.page import page, signed_in

LONGEST_CONTENT = 100_000
# Modalities whose windows have names of their own.
WINDOWED = ("CT",)


@page(may=may_edit_hangings, methods=("GET", "POST"))
def hangings(request: HttpRequest) -> HttpResponse:
    """The list; a POST takes one in as JSON."""
    person = signed_in(request)
    text = request.POST.get("content", "")
    fault = ""
    if request.method == "POST":
        try:
            made = make_hanging(person, _content(_uploaded(request) or text))
        except RoomError as error:
            fault = _said(error)
        else:
            messages.success(request, f"“{made.name}” was taken in and is offered where it fits.")
            return redirect("hanging", key=made.key)
    rows = [(row, _sketch(row)) for row in hangings_for(person)]
    context = {"rows": rows, "content": text, "fault": fault, "longest": LONGEST_CONTENT}
    return render(request, "frontend/hangings.html", context, status=400 if fault else 200)


@page(may=may_edit_hangings, methods=("GET", "POST"))
def hanging(request: HttpRequest, key: str) -> HttpResponse:
    """One hanging as a form with its picture; a POST saves it, or does what `then` says."""
    person = signed_in(request)
    row = hanging_for(person, key)
    if request.method == "POST" and request.POST.get("then") != "save":
        return _act(request, person, row)
    text = request.POST.get("content", "")
    fault, path = "", ""
    if request.method == "POST":
        try:
            change_hanging(person, key, _content(text))
        except RoomError as error:
            fault, path = _said(error), getattr(error, "path", "")
        else:
            messages.success(request, f"“{hanging_for(person, key).name}” was saved.")
            return redirect("hanging", key=key)
    context = {
        "hanging": row,
        "content": text or _as_text(row),
        "is_shipped": row.level == HangingLevel.MANUFACTURER,
        "fault": fault,
        "path": path,
        "windows": json.dumps({name: [one.window.name for one in presets_for(name)] for name in WINDOWED}),
    }
    return render(request, "frontend/hanging.html", context, status=400 if fault else 200)


@page(may=may_edit_hangings)
def export(request: HttpRequest, key: str) -> HttpResponse:
    """The JSON that importing takes."""
    row = hanging_for(signed_in(request), key)
    answer = HttpResponse(_as_text(row), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{row.key}.json"'
    return answer


def _act(request: HttpRequest, person: User, row: HangingProtocol) -> HttpResponse:
    acts: dict[str, Callable[[], str]] = {
        "enable": lambda: _arranged(arrange_hanging(person, row.key, enabled=True), "is offered where it fits"),
        "disable": lambda: _arranged(arrange_hanging(person, row.key, enabled=False), "is not offered any more"),
        "priority": lambda: _arranged(
            arrange_hanging(person, row.key, priority=_number(request.POST.get("priority", ""))), "has its place"
        ),
        "copy": lambda: copy_hanging(person, row.key).key,
        "delete": lambda: _deleted(person, row),
    }
    then = request.POST.get("then", "")
    try:
        if then not in acts:
            raise InvalidError("There is no such change. Reload the page and try again.")
        done = acts[then]()
    except RoomError as error:
        messages.error(request, _said(error))
        return redirect("hangings")
    if then == "copy":
        messages.success(request, "Here is the copy. It is not offered until you turn it on.")
        return redirect("hanging", key=done)
    messages.success(request, done)
    return redirect("hangings")


def _arranged(row: HangingProtocol, words: str) -> str:
    return f"“{row.name}” {words}."


def _deleted(person: User, row: HangingProtocol) -> str:
    delete_hanging(person, row.key)
    return f"“{row.name}” was deleted."


def _uploaded(request: HttpRequest) -> str:
    file = request.FILES.get("file")
    if file is None:
        return ""
    if file.size is None or file.size > LONGEST_CONTENT:
        raise InvalidError("A hanging is a small file of JSON; this one is too large.", path="file")
    return file.read().decode("utf-8", errors="replace")


def _content(text: str) -> dict[str, Any]:
    if len(text) > LONGEST_CONTENT:
        raise InvalidError("A hanging is a few hundred lines of JSON; this is too long.", path="content")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidError(f"This is no JSON: {error}.", path="content") from error
    if not isinstance(content, dict):
        raise InvalidError("A hanging is one JSON object.", path="content")
    return content


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise InvalidError("A priority is a whole number.", path="priority")
    return int(text)


def _said(error: RoomError) -> str:
    path = getattr(error, "path", "")
    return f"{path}: {error}" if path else str(error)


def _as_text(row: HangingProtocol) -> str:
    return json.dumps(content_of(row), indent=2, ensure_ascii=False)


def _sketch(row: HangingProtocol) -> list[list[str]]:
    """What a small drawing of the panes says: one word a pane, row by row."""
    definition = row.definition
    words = [_pane_word(pane) for pane in definition["panes"]]
    columns = definition["columns"]
    return [words[at : at + columns] for at in range(0, len(words), columns)]


def _pane_word(pane: dict[str, Any]) -> str:
    shown, wish = pane.get("presentation", {}), pane.get("image_set", {})
    said = [shown.get("window", ""), "3 windows" if shown.get("composition") else "", shown.get("plane", "")]
    side = " ".join(["/".join(wish.get(name, ())) for name in ("laterality", "view")]).strip()
    earlier = "earlier" if wish.get("prior") else ""
    words = [earlier, side if len(side) < 8 else "", *said] if not any(said) else said
    counted = "same" if "same_stack_as" in pane else str(wish.get("number", 1))
    return " ".join(word for word in words if word) or counted
