"""Signing in and out, and where a person's day begins."""

from django import forms
from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from annotator.accounts.policies import is_signed_in
from frontend.pages.navigation import home_of
from frontend.pages.page import page, signed_in


class SignInForm(AuthenticationForm):
    # Django's own field says its length to the browser only, and the lock-out's rows take no longer names.
    username = UsernameField(max_length=150, widget=forms.TextInput(attrs={"autofocus": True}))
    error_messages = {
        "invalid_login": "Name and password don't belong together. Check both; capitals count.",
        "inactive": "This account was deactivated. Ask an admin.",
    }


class SignIn(auth_views.LoginView):
    template_name = "frontend/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class SignOut(auth_views.LogoutView):
    """Ends the session and has the browser drop the pictures that it cached."""

    http_method_names = ["post", "options"]

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache"'
        return response


@page(may=is_signed_in)
def home(request: HttpRequest) -> HttpResponse:
    return redirect(home_of(signed_in(request).role))
