"""How large words are, chosen at the foot of every page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from annotator.accounts.actions.choose_text_size import choose_text_size
from annotator.accounts.errors import InvalidError
from annotator.accounts.policies import is_signed_in
from frontend.pages.page import page, signed_in


@page(may=is_signed_in, methods=("POST",))
def text_size(request: HttpRequest) -> HttpResponse:
    """Keep the size and go back to the page that it was chosen on."""
    try:
        choose_text_size(signed_in(request), request.POST.get("text", ""))
    except InvalidError as error:
        messages.error(request, str(error))
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours else "home")
