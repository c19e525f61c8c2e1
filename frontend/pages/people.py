"""People: adding them, changing their role, password and access. Admins only."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annotator.accounts.actions.activate_person import activate_person
from annotator.accounts.actions.change_role import change_role
from annotator.accounts.actions.create_person import create_person
from annotator.accounts.actions.deactivate_person import deactivate_person
from annotator.accounts.actions.reset_password import reset_password
from annotator.accounts.errors import ConflictError, InvalidError, RoomError
from annotator.accounts.models import Role, User
from annotator.accounts.policies import may_manage_people
from annotator.accounts.queries import people_for, person_for
from frontend.pages.page import page, signed_in
from frontend.pages.paging import page_of


class NewPersonForm(forms.Form):
    username = forms.CharField(label="Sign-in name", max_length=150)
    first_name = forms.CharField(label="First name", max_length=150, required=False)
    last_name = forms.CharField(label="Last name", max_length=150, required=False)
    role = forms.ChoiceField(label="Role", choices=Role.choices)
    password = forms.CharField(
        label="First password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 10 characters. Hand it over in person.",
    )


@page(may=may_manage_people, methods=("GET", "POST"))
def people(request: HttpRequest) -> HttpResponse:
    """The list and the form for a new person; a POST with `change` alters one who is there."""
    person = signed_in(request)
    if request.method == "POST" and "change" in request.POST:
        return _change(request, person)
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            created = create_person(person, **form.cleaned_data)
        except InvalidError as error:
            form.add_error(error.path if error.path in form.fields else None, str(error))
        except ConflictError as error:
            form.add_error("username", str(error))
        else:
            messages.success(request, f"{created.full_name} may now sign in as {created.username}.")
            return redirect("people")
    context = {"page": page_of(request, people_for(person)), "form": form, "roles": Role.choices}
    return render(request, "frontend/people.html", context, status=400 if form.errors else 200)


def _change(request: HttpRequest, person: User) -> HttpResponse:
    changes: dict[str, Callable[[int], User]] = {
        "role": lambda pk: change_role(person, pk, role=request.POST.get("role", "")),
        "password": lambda pk: reset_password(person, pk, password=request.POST.get("password", "")),
        "deactivate": lambda pk: deactivate_person(person, pk),
        "activate": lambda pk: activate_person(person, pk),
    }
    done = {
        "role": "{0} is now {1}.",
        "password": "{0} has a new password and was signed out everywhere.",
        "deactivate": "{0} can't sign in any more. What they made stays.",
        "activate": "{0} may sign in again.",
    }
    what, pk = request.POST["change"], request.POST.get("person", "")
    try:
        if what not in changes or not pk.isdecimal():
            raise InvalidError("There is no such change. Reload the page and try again.")
        person_for(person, int(pk))
        changed = changes[what](int(pk))
    except RoomError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done[what].format(changed.full_name, changed.get_role_display().lower()))
    return redirect("people")
