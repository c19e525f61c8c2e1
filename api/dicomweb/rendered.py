"""WADO-RS: frames as pictures, and thumbnails. Source: DICOM PS3.18 10.4.1.1.3 and 10.4.1.1.4, 8.3.5."""

from collections.abc import Iterator, Sequence

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from annotator.accounts.errors import InvalidError
from annotator.accounts.policies import Person
from annotator.imaging.actions.make_thumbnail import SIDE, thumbnail_of_stack
from annotator.imaging.dicomweb.retrieval import Address, ServedFrame, cover_stack, frames_at, middle_frame
from annotator.imaging.pixels.rendering import MEDIA_TYPES
from api.dicomweb.accepting import MediaRange, accepted
from api.dicomweb.access import for_people
from api.dicomweb.bodies import Freshness, Part, entity_tag, known_already, multi_part, of_bytes, single_part
from api.dicomweb.rendered_parameters import Wanted, wanted_picture
from api.dicomweb.retrieve import IMMUTABLE, numbers_of
from api.rendered_query import NotAcceptableError


@for_people
def pictures(
    request: HttpRequest, person: Person, study: str, series: str = "", instance: str = "", numbers: str = ""
) -> HttpResponseBase:
    """Frames as pictures: one alone, or all that the address names as multipart/related.

    Of several frames one picture alone is the first of an instance's, and the middle one of a series or a study.
    """
    address = Address(study, series, instance)
    chosen = _choose(request)
    wanted = wanted_picture(request.GET.dict(), chosen.name)
    asked = numbers_of(numbers) if numbers else None
    if chosen.multipart or (asked is not None and len(asked) > 1):
        if not chosen.multipart and chosen.multipart is not None:
            raise InvalidError("One picture alone is of one frame: accept multipart/related for several.", "frames")
        return _answer_all(request, frames_at(person, address, asked), wanted)
    if asked is not None or instance:
        (frame,) = frames_at(person, address, asked or [1])
    else:
        frame = middle_frame(person, address)
    caching = IMMUTABLE if instance else "private, no-cache"
    return _answer_one(request, frame, wanted, caching)


@for_people
def thumbnail(
    request: HttpRequest, person: Person, study: str, series: str = "", instance: str = "", numbers: str = ""
) -> HttpResponseBase:
    """A small picture that stands for a study, a series, an instance or a frame."""
    address = Address(study, series, instance)
    chosen = _choose(request)
    if chosen.multipart:
        raise NotAcceptableError("A thumbnail is one picture: accept image/jpeg, image/png or image/webp.")
    if not instance and chosen.name == "image/jpeg" and not request.GET.get("viewport"):
        kept = thumbnail_of_stack(cover_stack(person, address))
        freshness = Freshness(kept.etag)
        return known_already(request, freshness) or single_part(
            request, Part(of_bytes(kept.content), kept.media_type), freshness
        )
    query = {"viewport": f"{SIDE},{SIDE}", **request.GET.dict()}
    if instance:
        asked = numbers_of(numbers)[:1] if numbers else None
        frame = frames_at(person, address, asked)[0] if asked else middle_frame(person, address)
    else:
        frame = middle_frame(person, address)
    return _answer_one(request, frame, wanted_picture(query, chosen.name), "private, no-cache")


def _choose(request: HttpRequest) -> MediaRange:
    """The first acceptable picture, with its media type spelt out; JPEG where the choice is left."""
    for wanted in accepted(request):
        for media_type in MEDIA_TYPES:
            if wanted.takes(media_type):
                return MediaRange(media_type, wanted.multipart)
    raise NotAcceptableError(
        f"Pictures are made as {', '.join(MEDIA_TYPES)}, not as {request.META.get('HTTP_ACCEPT', '')[:200]!r}. "
        "There are no films and no GIF: ask for frames."
    )


def _answer_one(request: HttpRequest, frame: ServedFrame, wanted: Wanted, caching: str) -> HttpResponseBase:
    freshness = Freshness(wanted.tag(frame.source.key), caching=caching)
    if known := known_already(request, freshness):
        return known
    content = wanted.content(frame.source)
    return single_part(request, Part(of_bytes(content), wanted.rendering.media_type), freshness)


def _answer_all(request: HttpRequest, frames: Sequence[ServedFrame], wanted: Wanted) -> HttpResponseBase:
    freshness = Freshness(entity_tag("pictures", *(wanted.tag(frame.source.key) for frame in frames)))
    if known := known_already(request, freshness):
        return known
    media_type = wanted.rendering.media_type
    if len(frames) == 1:
        return multi_part(request, [Part(of_bytes(wanted.content(frames[0].source)), media_type)], freshness)
    boundary = freshness.tag.strip('"')
    kind = f'multipart/related; type="{media_type}"; boundary={boundary}'
    if request.method == "HEAD":
        return StreamingHttpResponse((), content_type=kind, headers=freshness.headers)
    first = wanted.content(frames[0].source)

    def pieces() -> Iterator[bytes]:
        # Their lengths are known only when they are made, one at a time.
        for index, frame in enumerate(frames):
            yield f"--{boundary}\r\nContent-Type: {media_type}\r\n\r\n".encode()
            yield first if index == 0 else wanted.content(frame.source)
            yield b"\r\n"
        yield f"--{boundary}--\r\n".encode()

    return StreamingHttpResponse(pieces(), content_type=kind, headers=freshness.headers)
