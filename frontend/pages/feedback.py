"""What a reader is told after a training case."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from annotator.readerstudies.policies import may_read_cases
from annotator.readerstudies.training import feedback_for
from frontend.pages.page import page, signed_in


@page(may=may_read_cases)
def feedback(request: HttpRequest, assignment_id: uuid.UUID) -> HttpResponse:
    """One's own answers beside what is true."""
    told = feedback_for(signed_in(request), assignment_id)
    return render(request, "frontend/feedback.html", {"told": told, "assignment": assignment_id})
