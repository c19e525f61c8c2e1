"""Label schemas: the list, one schema with its versions, the editor of a draft, files. For admins."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annotator.accounts.errors import InvalidError, NotFoundError, RoomError
from annotator.accounts.models import AuditEntry, User
from annotator.accounts.queries import audit_entries_for
from annotator.annotations.queries import answer_counts
from annotator.labels.actions.edit_draft import (
    begin_draft,
    copy_schema,
    discard_draft,
    make_draft,
    restore_draft,
)
from annotator.labels.actions.import_schema import Imported, import_as_draft, import_schema
from annotator.labels.actions.retire_schema import bring_back_schema, retire_schema
from annotator.labels.conditions import condition_in_words
from annotator.labels.diff import compare_schemas
from annotator.labels.exchange import LONGEST_FILE, SchemaFile, file_text, read_file
from annotator.labels.faults import faults_of
from annotator.labels.form import DRAWN_KINDS
from annotator.labels.policies import may_edit_schemas
from annotator.labels.queries import (
    SchemaLine,
    draft_as_dict,
    draft_for,
    schema_line,
    schema_lines,
    text_of,
    version_of,
)
from annotator.labels.scoring_functions import FUNCTIONS
from frontend.pages.page import page, signed_in

MOST_HISTORY = 30
KINDS = {
    "choice": "one of",
    "multiple": "any of",
    "boolean": "yes or no",
    "number": "a number",
    "text": "text",
    "draw": "drawn",
}
ANSWERED_FOR = {"finding": "a finding", "case": "the case", "breast": "each breast", "slices": "a range of slices"}


@page(may=may_edit_schemas, methods=("GET", "POST"))
def label_schemas(request: HttpRequest) -> HttpResponse:
    """The list; a POST begins a schema or takes one in from a file."""
    person = signed_in(request)
    fault = path = ""
    if request.method == "POST":
        try:
            return _began(request, person) if request.POST.get("then") == "begin" else _took_in(request, person)
        except RoomError as error:
            fault, path = str(error), getattr(error, "path", "")
    counts = answer_counts(person) or {}
    rows = [(line, _about(line), sum(counts.get(one.pk, 0) for one in line.versions)) for line in schema_lines(person)]
    context = {"rows": rows, "fault": fault, "path": path, "sent": request.POST}
    return render(request, "frontend/label_schemas.html", context, status=400 if fault else 200)


@page(may=may_edit_schemas, methods=("GET", "POST"))
def label_schema(request: HttpRequest, key: str) -> HttpResponse:
    """One schema: its versions, two of them compared, its history; a POST does what `then` says."""
    person = signed_in(request)
    line = schema_line(person, key)
    if request.method == "POST":
        return _act(request, person, line)
    counts = answer_counts(person) or {}
    chosen = _chosen(request, line)
    told, fault = None, ""
    if chosen:
        try:
            told = compare_schemas(
                text_of(person, key, chosen[0], path="old"), text_of(person, key, chosen[1], path="new")
            )
        except RoomError as error:
            fault = str(error)
    thrown = line.draft is None and _was_thrown_away(person, key)
    context = {
        "line": line,
        "about": _about(line),
        "versions": [(one, counts.get(one.pk, 0)) for one in line.versions],
        "newest": line.newest,
        "asked": _asked(line.newest.definition) if line.newest else [],
        "is_shipped": line.newest is not None and line.newest.origin == "shipped",
        "compared": told,
        "chosen": chosen,
        "fault": fault,
        "history": _history(person, key),
        "thrown": thrown,
    }
    return render(request, "frontend/label_schema.html", context)


@page(may=may_edit_schemas)
def editor(request: HttpRequest, key: str) -> HttpResponse:
    """The editor of a draft."""
    person = signed_in(request)
    draft = draft_for(person, key)
    newest = schema_line(person, key).newest
    faults = [fault.to_json() for fault in faults_of(draft.title, draft.definition)]
    content = {
        "draft": {**draft_as_dict(draft), "faults": faults},
        "newest": newest and {"version": newest.version, "title": newest.title, "definition": newest.definition},
        "functions": [
            {"name": name, "title": one.title, "settings": dict(one.settings), "needed": list(one.needed)}
            for name, one in sorted(FUNCTIONS.items())
        ],
        "mark_kinds": list(DRAWN_KINDS),
    }
    return render(request, "frontend/label_schema_editor.html", {"draft": draft, "newest": newest, "content": content})


@page(may=may_edit_schemas)
def export(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """The file that taking in takes."""
    schema = version_of(key, version)
    text = file_text(SchemaFile(key, version, schema.title, schema.definition))
    answer = HttpResponse(text, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{key}-{version}.json"'
    return answer


def _began(request: HttpRequest, person: User) -> HttpResponse:
    draft = make_draft(person, request.POST.get("key", "").strip(), title=request.POST.get("title", ""))
    return redirect("label-schema-editor", key=draft.key)


def _took_in(request: HttpRequest, person: User) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        raise InvalidError("Choose a file first.", path="file")
    if file.size is None or file.size > LONGEST_FILE:
        raise InvalidError("A schema is a small file of JSON; this one is too large.", path="file")
    read = read_file(file.read().decode("utf-8", errors="replace"))
    take: Callable[[User, SchemaFile], Imported] = import_as_draft if request.POST.get("as_draft") else import_schema
    made = take(person, read)
    if made.done == "draft":
        return redirect("label-schema-editor", key=made.key)
    messages.success(request, f"{made.key}@{made.version} was {made.done}.")
    return redirect("label-schema", key=made.key)


def _act(request: HttpRequest, person: User, line: SchemaLine) -> HttpResponse:
    key, sent = line.key, request.POST
    back = redirect("label-schema", key=key)
    try:
        match sent.get("then", ""):
            case "edit":
                begin_draft(person, key)
                return redirect("label-schema-editor", key=key)
            case "copy":
                made = copy_schema(
                    person,
                    key,
                    line.newest.version if line.newest else 0,
                    new_key=sent.get("key", "").strip(),
                    title=sent.get("title", ""),
                )
                return redirect("label-schema-editor", key=made.key)
            case "retire":
                retire_schema(person, key, reason=sent.get("reason", ""))
                messages.success(request, f"“{line.title}” is offered for no new answers.")
            case "bring-back":
                bring_back_schema(person, key, reason=sent.get("reason", ""))
                messages.success(request, f"“{line.title}” is offered again.")
            case "discard":
                discard_draft(person, key, revision=line.draft.revision if line.draft else 0)
                messages.success(request, "The draft was thrown away.")
                back = back if line.versions else redirect("label-schemas")
            case "restore":
                restore_draft(person, key)
                return redirect("label-schema-editor", key=key)
            case _:
                raise InvalidError("There is no such change. Reload the page and try again.")
    except NotFoundError:
        raise
    except RoomError as error:
        messages.error(request, str(error))
    return back


def _chosen(request: HttpRequest, line: SchemaLine) -> tuple[str, str] | None:
    """The two versions that are compared: those asked for, else the newest and the one before it."""
    old, new = request.GET.get("old", ""), request.GET.get("new", "")
    if old and new:
        return old, new
    return (str(line.versions[1].version), str(line.versions[0].version)) if len(line.versions) > 1 else None


def _about(line: SchemaLine) -> dict[str, Any]:
    """What a schema is answered for, in words; of its newest version, else of its draft, which may lack anything."""
    shown = line.newest or line.draft
    definition: dict[str, Any] = shown.definition if shown else {}
    form = definition.get("form")
    questions = form.get("questions") if isinstance(form, dict) else None
    listed = {name: definition.get(name) for name in ("modalities", "body_parts")}
    return {
        "applies_to": ANSWERED_FOR.get(str(definition.get("applies_to")), ""),
        "questions": len(questions) if isinstance(questions, list) else 0,
        **{name: [str(one) for one in parts] if isinstance(parts, list) else [] for name, parts in listed.items()},
    }


def _asked(definition: dict[str, Any]) -> list[dict[str, Any]]:
    """The questions of a published version for people: title, kind, options with their points, condition."""
    questions = definition["form"]["questions"]
    return [
        {
            "title": question["title"],
            "kind": KINDS[question["kind"]],
            "help": question.get("help", ""),
            "options": [
                (option["title"], " · ".join(str(points) for points in option.get("points", {}).values()))
                for option in question.get("options", [])
            ],
            "bounds": _bounds(question, definition["answers"]["properties"][question["name"]]),
            "condition": condition_in_words(question["show_when"], questions) if "show_when" in question else "",
        }
        for question in questions
    ]


def _bounds(question: dict[str, Any], allowed: dict[str, Any]) -> str:
    if question["kind"] == "draw":
        return str(question["mark_kind"])
    if question["kind"] != "number":
        return ""
    unit = question.get("unit", "")
    return f"{allowed.get('minimum', '')} to {allowed.get('maximum', '')} {unit}".strip()


def _history(person: User, key: str) -> list[AuditEntry]:
    entries = audit_entries_for(person, target_kind="label_schema", target_id=key)
    return list(entries.exclude(action="save_schema_draft")[:MOST_HISTORY])


def _was_thrown_away(person: User, key: str) -> bool:
    """Whether the last thing that was done to the drafts of a key was to throw one away."""
    drafts = ("begin_schema_draft", "discard_schema_draft", "restore_schema_draft", "publish_schema")
    last = audit_entries_for(person).filter(target_kind="label_schema", target_id=key, action__in=drafts).first()
    return last is not None and last.action == "discard_schema_draft"
