"""What could not be taken in, and why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from annotator.imaging.policies import may_see_quarantine
from annotator.imaging.queries import quarantined_for
from frontend.pages.page import page, signed_in
from frontend.pages.paging import page_of


@page(may=may_see_quarantine)
def quarantine(request: HttpRequest) -> HttpResponse:
    rows = quarantined_for(signed_in(request))
    text = request.GET.get("q", "").strip()
    if text:
        rows = rows.filter(name__icontains=text) | rows.filter(reason__icontains=text)
    return render(request, "frontend/quarantine.html", {"page": page_of(request, rows), "q": text})
