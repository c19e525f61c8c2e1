"""A file that a job made and filed, as it is downloaded: whole, or the range that is asked for."""

from datetime import datetime

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request

from annotator.imaging.store.filing import Place, size_of
from api.dicomweb.bodies import Freshness, Part, known_already, of_place, single_part

# What beside the file itself may be answered.
RANGED = {
    304: OpenApiResponse(description="The client has these bytes."),
    416: OpenApiResponse(description="The range lies behind the end."),
}


def finished_file(
    request: Request, place: Place, *, name: str, content_type: str, sha256: str, finished_at: datetime | None
) -> HttpResponseBase:
    """The file under this name, or a part of it, so that a download that broke off goes on; 304 where it is known."""
    freshness = Freshness(f'"{sha256}"', modified=finished_at)
    known = known_already(request, freshness)
    if known is not None:
        return known
    answer = single_part(request, Part(of_place(place, 0, size_of(place)), content_type), freshness)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
