"""Who reads what: giving cases to readers, their order, and taking them back. Admins only."""

import uuid
from collections.abc import Callable
from itertools import groupby

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annotator.accounts.errors import InvalidError, RoomError
from annotator.accounts.models import User
from annotator.accounts.queries import readers_for
from annotator.cases.models import Case
from annotator.cases.queries import catalogued_cases_for
from annotator.readerstudies.actions.assign_cases import assign_cases
from annotator.readerstudies.actions.reopen_assignment import reopen_assignment
from annotator.readerstudies.actions.reorder_assignments import reorder_assignments
from annotator.readerstudies.actions.withdraw_assignment import withdraw_assignment
from annotator.readerstudies.models import Assignment, AssignmentState
from annotator.readerstudies.policies import may_assign
from annotator.readerstudies.queries import assignments_for, progress_by_reader
from frontend.pages.chosen_studies import choose_studies, chosen_studies
from frontend.pages.page import page, signed_in

LISTED_CASES = 500


class AssignForm(forms.Form):
    """Which cases to which readers; what is legal is the action's business."""

    cases = forms.ModelMultipleChoiceField(
        Case.objects.none(), error_messages={"required": "Choose at least one case."}
    )
    readers = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": "Choose at least one reader."})
    due_date = forms.DateField(label="Due", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    order = forms.ChoiceField(
        label="Order", choices=[("listed", "As listed"), ("shuffled", "Shuffled, another order for each reader")]
    )
    seed = forms.IntegerField(label="Seed of the shuffle", initial=1, min_value=0, max_value=2**31 - 1, required=False)
    shows_identity = forms.BooleanField(label="Readers see whose case it is", required=False)
    shows_suggestions = forms.BooleanField(label="Readers see what models suggest", required=False, initial=True)

    def __init__(self, data: object = None, *, person: User) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["cases"].queryset = catalogued_cases_for(person)  # type: ignore[attr-defined]
        self.fields["readers"].choices = [  # type: ignore[attr-defined]
            (reader.pk, reader.full_name) for reader in readers_for(person)
        ]

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if data.get("order") == "shuffled" and data.get("seed") is None:
            self.add_error("seed", "A shuffle needs a seed, so that it can be repeated.")
        return data


@page(may=may_assign, methods=("GET", "POST"))
def assignments(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    if request.method == "POST" and "change" in request.POST:
        return _change(request, person)
    form = AssignForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            made = _assign(request, person, form)
        except RoomError as error:
            form.add_error(None, str(error))
        else:
            choose_studies(request, [])
            messages.success(request, made)
            return redirect("assignments")
    text = request.GET.get("q", "").strip()
    chosen = chosen_studies(request, person)
    context = {
        "form": form,
        "q": text,
        "chosen": chosen,
        "cases": _cases_to_pick(person, text, chosen)[:LISTED_CASES],
        "picked": set(request.POST.getlist("cases")),
        "picked_readers": set(request.POST.getlist("readers")),
        "readers": progress_by_reader(person),
        "lists": _by_reader(person),
    }
    return render(request, "frontend/assignments.html", context, status=400 if form.errors else 200)


def _assign(request: HttpRequest, person: User, form: AssignForm) -> str:
    data = form.cleaned_data
    listed = request.POST.getlist("cases")
    made = assign_cases(
        person,
        listed,
        data["readers"],
        due_date=data["due_date"],
        shuffle_seed=data["seed"] if data["order"] == "shuffled" else None,
        shows_identity=data["shows_identity"],
        shows_suggestions=data["shows_suggestions"],
    )
    wanted = len(listed) * len(data["readers"])
    already = f" {wanted - len(made)} were assigned before." if len(made) < wanted else ""
    return f"{len(made)} {'reading' if len(made) == 1 else 'readings'} assigned.{already}"


def _cases_to_pick(person: User, text: str, chosen: list[int]) -> QuerySet[Case]:
    rows = catalogued_cases_for(person)
    if chosen:
        rows = rows.filter(study__in=chosen)
    for word in text.split():
        rows = rows.filter(
            Q(title__icontains=word)
            | Q(study__patient__patient_id__icontains=word)
            | Q(study__patient__name__icontains=word)
            | Q(study__description__icontains=word)
            | Q(modality__iexact=word)
        )
    return rows


def _by_reader(person: User) -> list[dict[str, object]]:
    """Each reader's list in its order, with how much of it is read."""
    rows = assignments_for(person)
    lists = []
    for reader, group in groupby(rows, key=lambda row: row.reader):
        own = list(group)
        read = sum(row.state == AssignmentState.SUBMITTED for row in own)
        lists.append({"reader": reader, "rows": own, "read": read})
    return lists


def _change(request: HttpRequest, person: User) -> HttpResponse:
    what = request.POST["change"]
    changes: dict[str, tuple[Callable[[uuid.UUID], object], str]] = {
        "withdraw": (lambda pk: withdraw_assignment(person, pk), "The reading was taken back."),
        "reopen": (
            lambda pk: reopen_assignment(person, pk, reason=request.POST.get("reason", "")),
            "The reading is open again.",
        ),
        "up": (lambda pk: _move(person, pk, -1), "The order was changed."),
        "down": (lambda pk: _move(person, pk, 1), "The order was changed."),
    }
    try:
        if what not in changes:
            raise InvalidError("There is no such change. Reload the page and try again.")
        change, done = changes[what]
        change(_assignment_id(request))
    except RoomError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("assignments")


def _assignment_id(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("assignment", ""))
    except ValueError as error:
        raise InvalidError("No reading was named. Reload the page and try again.") from error


def _move(person: User, assignment_id: uuid.UUID, step: int) -> None:
    """One place up or down in the reader's list; at an end nothing happens."""
    row: Assignment | None = assignments_for(person).filter(pk=assignment_id).first()
    if row is None:
        raise InvalidError("That reading is gone. Reload the page.")
    order = list(assignments_for(person).filter(reader=row.reader))
    here = order.index(row)
    there = here + step
    if 0 <= there < len(order):
        pair = sorted((here, there))
        # Named in the new order, the two change the places that they hold.
        reorder_assignments(person, row.reader_id, [order[pair[1]].pk, order[pair[0]].pk])
