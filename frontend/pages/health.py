"""Whether the web server answers and when a worker was last heard of; needs no sign-in."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotator.jobs.queries import seconds_since_worker_heartbeat


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"web": "ok", "worker": seconds_since_worker_heartbeat()})
