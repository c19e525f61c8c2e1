"""Proposal against final: how readers took what models suggested, on a page and as a file."""

import csv
import io

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from annotator.assist.policies import may_promote_models
from annotator.assist.proposal_queries import DecidedProposal, decided_proposals, proposal_lines
from annotator.readerstudies.spreadsheet_cells import text_cell
from frontend.pages.page import page, signed_in

_COLUMNS = (
    "decided_at", "case", "model", "modality", "kind", "reader", "became", "asked_for", "dice", "moved_points",
    "seconds", "reason",
)  # fmt: skip
_FILTERS = ("model", "modality", "reader")


@page(may=may_promote_models)
def proposals(request: HttpRequest) -> HttpResponse:
    """Counted by model, modality, kind and reader; narrowed by the address."""
    every = decided_proposals(signed_in(request))
    chosen = _chosen(request)
    shown = [one for one in every if all(not value or getattr(one, name) == value for name, value in chosen.items())]
    choices = [(name, chosen[name], sorted({getattr(one, name) for one in every})) for name in _FILTERS]
    context = {"lines": proposal_lines(shown), "choices": choices, "decided": len(shown)}
    return render(request, "frontend/proposals.html", context)


@page(may=may_promote_models)
def proposals_file(request: HttpRequest) -> HttpResponse:
    """A line a decision, as CSV."""
    decided = decided_proposals(signed_in(request), **_chosen(request))
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(_COLUMNS)
    writer.writerows(_row(one) for one in decided)
    answer = HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="proposals.csv"'
    return answer


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "") for name in _FILTERS}


def _row(one: DecidedProposal) -> list[object]:
    return [
        one.decided_at.isoformat(timespec="seconds"),
        one.case,
        text_cell(one.model),
        text_cell(one.modality),
        one.kind,
        text_cell(one.reader),
        one.became,
        int(one.asked_for),
        *("" if value is None else round(value, 4) for value in (one.dice, one.moved_points, one.seconds)),
        text_cell(one.reason),
    ]
