"""WADO-RS: instances, their metadata, frames and bulk data. Source: DICOM PS3.18 10.4."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from annotator.accounts.errors import InvalidError
from annotator.accounts.policies import Person
from annotator.imaging.dicomweb.bulk_data import PIXEL_DATA, bulk_value
from annotator.imaging.dicomweb.retrieval import Address, ServedFrame, frames_at, headers_of, instances_at
from annotator.imaging.headers.header_json import BULK_REFERENCE
from annotator.imaging.models import Instance
from annotator.imaging.pixels.decoding import UNCOMPRESSED_SYNTAXES
from annotator.imaging.store.filing import original_place
from api.dicomweb.accepting import accepted
from api.dicomweb.access import for_people
from api.dicomweb.bodies import (
    Freshness,
    Part,
    entity_tag,
    joined,
    known_already,
    multi_part,
    of_bytes,
    of_place,
    single_part,
)
from api.dicomweb.describing import CHARACTER_SET, EXPLICIT_LITTLE_ENDIAN, instance_address
from api.dicomweb.frame_formats import OCTETS, choose_form, frame_part
from api.dicomweb.root import root_of
from api.dicomweb.search import JSON, refuse_other_than_json
from api.rendered_query import NotAcceptableError

DICOM = "application/dicom"
# The bytes of an instance never change; a series and a study may grow.
IMMUTABLE = "private, immutable, max-age=31536000"
MAX_FRAMES = 1000


def numbers_of(text: str) -> list[int]:
    """Frame numbers such as 1,2,3.

    Raises
    ------
    InvalidError : something else, or more than are answered at once.
    """
    try:
        numbers = [int(number) for number in text.split(",")]
    except ValueError as error:
        raise InvalidError(f"{text[:80]!r} is not a list of frame numbers such as 1,2,3.", "frames") from error
    if not all(1 <= number < 2**31 for number in numbers) or len(numbers) > MAX_FRAMES:
        raise InvalidError(f"Frames are numbered from 1, and at most {MAX_FRAMES} are answered at once.", "frames")
    return numbers


@for_people
def files(request: HttpRequest, person: Person, study: str, series: str = "", instance: str = "") -> HttpResponseBase:
    """The original files of a study, a series, or one instance, byte for byte, in the syntax that each came in."""
    found = instances_at(person, Address(study, series, instance))
    alone = bool(instance)
    for wanted in accepted(request):
        fits = all(wanted.transfer_syntax in ("", "*", row.transfer_syntax_uid) for row in found)
        if wanted.takes(DICOM) and fits and (alone or wanted.multipart is not False):
            return _answer_files(request, found, multipart=wanted.multipart is not False, alone=alone)
    syntaxes = ", ".join(sorted({row.transfer_syntax_uid for row in found}))
    several = "" if alone else " Several instances come as multipart/related only."
    raise NotAcceptableError(
        f"What is there is to be had as {DICOM} in transfer syntax {syntaxes} only: originals are handed out "
        f"unchanged. Ask with transfer-syntax=*.{several}"
    )


def _answer_files(request: HttpRequest, found: Sequence[Instance], *, multipart: bool, alone: bool) -> HttpResponseBase:
    freshness = _freshness(found, "files", multipart, alone=alone)
    if known := known_already(request, freshness):
        return known
    root = root_of(request)
    parts = [
        Part(
            of_place(original_place(row.sha256), 0, row.byte_size),
            DICOM,
            row.transfer_syntax_uid,
            instance_address(root, row),
        )
        for row in found
    ]
    if multipart:
        return multi_part(request, parts, freshness)
    answer = single_part(request, parts[0], freshness)
    answer["Content-Disposition"] = f'attachment; filename="{found[0].sop_instance_uid}.dcm"'
    return answer


def _freshness(found: Sequence[Instance], *words: object, alone: bool) -> Freshness:
    tag = entity_tag(*words, *(f"{row.pk}:{row.sha256}:{row.state}" for row in found))
    modified = max(row.received_at for row in found)
    return Freshness(tag, modified, IMMUTABLE if alone else "private, no-cache")


@for_people
def metadata(
    request: HttpRequest, person: Person, study: str, series: str = "", instance: str = ""
) -> HttpResponseBase:
    """The headers of a study, a series or an instance as DICOM JSON, bulk data as addresses."""
    refuse_other_than_json(request)
    found = instances_at(person, Address(study, series, instance))
    root = root_of(request)
    freshness = _freshness(found, "metadata", root, alone=False)
    if known := known_already(request, freshness):
        return known
    whole = _headers(found, root)
    if len(found) == 1:
        part = Part(of_bytes(b"".join(whole)), JSON)
        return single_part(request, part, freshness)
    # A volume's headers together may be as long as its pixels: how long is known at their end.
    answered = () if request.method == "HEAD" else whole
    return StreamingHttpResponse(answered, content_type=JSON, headers=freshness.headers)


def _headers(found: Sequence[Instance], root: str) -> Iterator[bytes]:
    separator = b"["
    for row, header in headers_of(found):
        yield separator + json.dumps(_with_addresses(row, header, root), separators=(",", ":")).encode()
        separator = b","
    yield b"]"


def _with_addresses(row: Instance, header: dict[str, Any], root: str) -> dict[str, Any]:
    base = f"{instance_address(root, row)}/"
    words = row.bits_allocated > 8 and row.transfer_syntax_uid in UNCOMPRESSED_SYNTAXES
    pixels = {"vr": "OW" if words else "OB", "BulkDataURI": f"{base}{BULK_REFERENCE}{PIXEL_DATA}"}
    described = {tag: _element(element, base) for tag, element in header.items()}
    whole = {**described, "00080005": CHARACTER_SET, PIXEL_DATA: pixels}
    return {tag: whole[tag] for tag in sorted(whole)}


def _element(element: dict[str, Any], base: str) -> dict[str, Any]:
    if "BulkDataURI" in element:
        return {**element, "BulkDataURI": base + element["BulkDataURI"]}
    if element.get("vr") != "SQ" or "Value" not in element:
        return element
    items = [{tag: _element(inner, base) for tag, inner in (item or {}).items()} for item in element["Value"]]
    return {**element, "Value": items}


@for_people
def frames(
    request: HttpRequest, person: Person, study: str, series: str, instance: str, numbers: str
) -> HttpResponseBase:
    """Frames of an instance, in the form that Accept asks for."""
    found = frames_at(person, Address(study, series, instance), numbers_of(numbers))
    return _answer_pixels(request, found, joined_when_raw=False)


@for_people
def bulkdata(
    request: HttpRequest, person: Person, study: str, series: str, instance: str, path: str
) -> HttpResponseBase:
    """What a BulkDataURI of the metadata points at; of the pixel data a part a frame, or one when uncompressed."""
    address = Address(study, series, instance)
    if path.upper() == PIXEL_DATA:
        return _answer_pixels(request, frames_at(person, address), joined_when_raw=True)
    (row,) = instances_at(person, address)
    wanted = next((one for one in accepted(request) if one.takes(OCTETS)), None)
    if wanted is None or wanted.transfer_syntax not in ("", "*", EXPLICIT_LITTLE_ENDIAN):
        raise NotAcceptableError(f"Bulk data is to be had as {OCTETS} in {EXPLICIT_LITTLE_ENDIAN}.")
    multipart = wanted.multipart is not False
    freshness = _freshness([row], "bulkdata", path.upper(), multipart, alone=True)
    if known := known_already(request, freshness):
        return known
    part = Part(of_bytes(bulk_value(row, path)), OCTETS, EXPLICIT_LITTLE_ENDIAN)
    return multi_part(request, [part], freshness) if multipart else single_part(request, part, freshness)


def _answer_pixels(request: HttpRequest, found: Sequence[ServedFrame], *, joined_when_raw: bool) -> HttpResponseBase:
    alone = len(found) == 1
    chosen = choose_form(found[0].source, accepted(request), alone=alone or joined_when_raw)
    form = chosen.form
    whole = joined_when_raw and form.bytes_of == "raw"
    if not chosen.multipart and not (alone or whole):
        raise NotAcceptableError(f"Compressed frames come as multipart/related, each a part of type {form.media_type}.")
    keys = (frame.source.key for frame in found)
    freshness = Freshness(entity_tag("pixels", form, chosen.multipart, whole, *keys), caching=IMMUTABLE)
    if known := known_already(request, freshness):
        return known
    parts = [frame_part(frame, form) for frame in found]
    if whole and not alone:
        parts = [Part(joined([part.body for part in parts]), form.media_type, form.transfer_syntax_uid)]
    return multi_part(request, parts, freshness) if chosen.multipart else single_part(request, parts[0], freshness)
