"""Patients who withdrew: what would be erased, withdrawing them, and the tombstones."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annotator.accounts.errors import ConflictError, InvalidError, NotFoundError
from annotator.datasets.actions.withdraw_patient import withdraw_patient
from annotator.datasets.policies import may_manage_datasets
from annotator.datasets.release_queries import withdrawals_for
from annotator.datasets.withdrawal_preview import WithdrawalPreview, preview_withdrawal
from frontend.pages.page import page, signed_in
from frontend.pages.paging import page_of


@page(may=may_manage_datasets, methods=("GET", "POST"))
def withdrawals(request: HttpRequest) -> HttpResponse:
    """The list; `?patient=` says first what would be erased of one, a POST erases it."""
    person = signed_in(request)
    name = (request.POST.get("patient") or request.GET.get("patient") or "").strip()
    fault = ""
    if request.method == "POST":
        try:
            made = withdraw_patient(person, name, reason=request.POST.get("reason", ""))
        except (InvalidError, ConflictError, NotFoundError) as error:
            fault = str(error)
        else:
            messages.success(request, f"{made.patient} is withdrawn. Delete copies of their data that were downloaded.")
            return redirect("withdrawals")
    preview: WithdrawalPreview | None = None
    if name:
        try:
            preview = preview_withdrawal(person, name)
        except NotFoundError as error:
            fault = fault or str(error)
    rows = page_of(request, withdrawals_for(person), size=50)
    context = {"page": rows, "asked": name, "fault": fault, "preview": preview}
    return render(request, "frontend/withdrawals.html", context, status=400 if fault else 200)
