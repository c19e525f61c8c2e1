"""WADO-RS: frames, rendered frames, instances and metadata. Source: DICOM PS3.18 10.4."""

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from annotator.accounts.errors import InvalidError, NotFoundError
from annotator.accounts.policies import Person
from annotator.imaging.catalogue_search import CatalogueQuery, frame_sources, headers_of, instance_by_uid
from annotator.imaging.pixels.rendering import render_frame
from annotator.imaging.store.filing import open_place, original_place, size_of
from api.dicomweb.access import for_people
from api.dicomweb.frame_formats import frame_part
from api.dicomweb.multipart import multipart_answer, multipart_file
from api.rendered_query import NotAcceptableError, accepted_ranges, rendering_etag, rendering_of

DICOM = "application/dicom"
JSON = "application/dicom+json"
# Frames of an instance never change (its bytes are refused when they come again otherwise), but who may see them
# depends on who is signed in.
_HEADERS = {"Cache-Control": "private, immutable, max-age=31536000", "Vary": "Accept, Cookie, Authorization"}
MAX_FRAMES = 100


def _numbers(text: str) -> list[int]:
    try:
        numbers = [int(number) for number in text.split(",")]
    except ValueError as error:
        raise InvalidError(f"{text!r} is not a list of frame numbers such as 1,2,3.", "frames") from error
    if not all(1 <= number < 2**31 for number in numbers) or len(numbers) > MAX_FRAMES:
        raise InvalidError(f"Frames are numbered from 1, and at most {MAX_FRAMES} are answered at once.", "frames")
    return numbers


@for_people
def frames(request: HttpRequest, person: Person, study: str, series: str, instance: str, numbers: str) -> HttpResponse:
    """Frames of an instance, in the form that Accept asks for."""
    sources = frame_sources(person, study=study, series=series, instance=instance, numbers=_numbers(numbers))
    accept = request.META.get("HTTP_ACCEPT", "")
    answer = multipart_answer([frame_part(source, accept) for source in sources])
    for name, value in _HEADERS.items():
        answer[name] = value
    return answer


@for_people
def rendered(
    request: HttpRequest, person: Person, study: str, series: str, instance: str, numbers: str = "1"
) -> HttpResponse:
    """One frame as a picture; of an instance without a frame number the first."""
    wanted = _numbers(numbers)
    if len(wanted) != 1:
        raise InvalidError("One frame is rendered at a time.", "frames")
    rendering = rendering_of(request.GET, request.META.get("HTTP_ACCEPT", ""))
    (source,) = frame_sources(person, study=study, series=series, instance=instance, numbers=wanted)
    etag = rendering_etag(source.key, rendering)
    if etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        return HttpResponse(status=304, headers={"ETag": etag, **_HEADERS})
    content = render_frame(source, rendering)
    return HttpResponse(content, content_type=rendering.media_type, headers={"ETag": etag, **_HEADERS})


@for_people
def instance(request: HttpRequest, person: Person, study: str, series: str, instance: str) -> HttpResponseBase:
    """The original file, byte for byte, in the transfer syntax that it came in."""
    row = instance_by_uid(person, study=study, series=series, instance=instance)
    place = original_place(row.sha256)
    ranges = accepted_ranges(request.META.get("HTTP_ACCEPT", "") or "*/*")
    try:
        for name, parameters in ranges:
            syntax = parameters.get("transfer-syntax", "*")
            if syntax not in ("*", row.transfer_syntax_uid):
                continue
            if name in ("multipart/related", "multipart/*", "*/*") and parameters.get("type", DICOM) in (DICOM, "*/*"):
                return multipart_file(place, DICOM, row.transfer_syntax_uid)
            if name in (DICOM, "application/*"):
                answer = FileResponse(open_place(place), content_type=DICOM, filename=f"{row.sop_instance_uid}.dcm")
                answer["Content-Length"] = str(size_of(place))
                return answer
    except OSError as error:
        raise NotFoundError("The original file of this instance is not in the store any more.") from error
    raise NotAcceptableError(
        f"The instance is to be had as {DICOM} in transfer syntax {row.transfer_syntax_uid} only: originals are "
        "handed out unchanged. Ask with transfer-syntax=*."
    )


@for_people
def metadata(request: HttpRequest, person: Person, study: str, series: str = "", instance: str = "") -> HttpResponse:
    """The headers of an instance, of a series' or a study's instances, as DICOM JSON without bulk data."""
    matches = {"StudyInstanceUID": study, "SeriesInstanceUID": series, "SOPInstanceUID": instance}
    found = headers_of(person, CatalogueQuery({name: uid for name, uid in matches.items() if uid}, limit=1000))
    return JsonResponse(found, safe=False, content_type=JSON)
