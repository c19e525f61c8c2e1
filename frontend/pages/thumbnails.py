"""The small picture of a stack, for lists and the study's page."""

from django.http import HttpRequest, HttpResponse

from annotator.imaging.actions.make_thumbnail import plan_thumbnail, thumbnail_of_stack
from annotator.imaging.policies import may_browse_catalogue
from annotator.imaging.queries import stack_for
from frontend.pages.page import page, signed_in

# The address stays when a stack grows, so a copy is asked about again after an hour. It is good for the session that
# fetched it: the next person on the machine has another cookie.
CACHING = {"Cache-Control": "private, max-age=3600", "Vary": "Cookie"}


@page(may=may_browse_catalogue, kept=True)
def thumbnail(request: HttpRequest, stack_key: str) -> HttpResponse:
    stack = stack_for(signed_in(request), stack_key)
    planned = plan_thumbnail(stack)
    known = request.headers.get("If-None-Match", "")
    if planned.etag in known:
        return HttpResponse(status=304, headers={"ETag": planned.etag, **CACHING})
    made = thumbnail_of_stack(stack, planned=planned)
    return HttpResponse(made.content, content_type=made.media_type, headers={"ETag": made.etag, **CACHING})
