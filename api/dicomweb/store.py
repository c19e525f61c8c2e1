"""STOW-RS: instances brought in by programs. Source: DICOM PS3.18 10.5, I.2 (Store Instances Response Module)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import HttpRequest, JsonResponse

from annotator.accounts.errors import InvalidError, NotAllowedError
from annotator.accounts.policies import Person
from annotator.imaging.actions.store_instances import SentInstance, store_instances
from annotator.imaging.dicomweb.failure_reasons import COERCED, failure_reason
from annotator.imaging.dicomweb.search import SERVED_STATES
from annotator.imaging.headers.parsing import is_uid
from annotator.imaging.policies import may_bring_files_in
from annotator.imaging.store.staging import Readable
from api.dicomweb.accepting import parse_ranges
from api.dicomweb.access import UnsupportedMediaError, for_people
from api.dicomweb.describing import instance_address, study_address
from api.dicomweb.incoming_parts import CHUNK_BYTES, IncomingPart, incoming_parts
from api.dicomweb.root import root_of
from api.dicomweb.search import JSON, refuse_other_than_json

DICOM = "application/dicom"
# Words beside the numbers, in a block of elements of our own (PS3.5 7.8.1).
_CREATOR = ("00090010", {"vr": "LO", "Value": ["READING ROOM"]})
_WORDS = "00091001"


@for_people
def instances(request: HttpRequest, person: Person, study: str = "") -> JsonResponse:
    """Take in the instances of the body, of one study or of any, and list what became of each."""
    if not may_bring_files_in(person):
        raise NotAllowedError("Only data managers and admins may bring files in.")
    refuse_other_than_json(request)
    if study and not is_uid(study):
        raise InvalidError(f"{study[:80]!r} is no UID of a study.", "study")
    sent = store_instances(person, _files(request), study=study)
    failed = [one for one in sent if one.instance is None]
    changed = [one for one in sent if one.instance is not None and one.instance.deidentified]
    status = 409 if len(failed) == len(sent) else 202 if failed or changed else 200
    return JsonResponse(_response(sent, root_of(request)), content_type=JSON, status=status)


def _files(request: HttpRequest) -> Iterable[Readable]:
    """The instances of a body, whatever it is wrapped in.

    Raises
    ------
    UnsupportedMediaError : neither application/dicom nor a multipart of it.
    """
    stated = request.META.get("CONTENT_TYPE", "")
    body = _body(request)
    found = parse_ranges(stated)
    if len(found) != 1:
        raise UnsupportedMediaError(f"Say what the body is: multipart/related; type={DICOM!r}, or {DICOM} alone.")
    (kind,) = found
    if kind.name == DICOM and not kind.multipart:
        return _unless_empty(body)
    if kind.multipart and kind.name in (DICOM, "*/*"):
        return _dicom_parts(incoming_parts(body, kind.parameters.get("boundary", "")))
    raise UnsupportedMediaError(
        f"{stated[:200]!r} isn't taken: send DICOM files as multipart/related; type={DICOM!r}, or one as {DICOM}. "
        "Metadata apart from their bulk data aren't put together here."
    )


def _body(request: HttpRequest) -> Readable:
    """Django believes the announced length, and a body in chunks announces none."""
    chunked = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    if chunked and not request.META.get("CONTENT_LENGTH"):
        stream: Readable = request.META["wsgi.input"]
        return stream
    return request


class _Begun:
    """A body of which the first piece has been read."""

    def __init__(self, first: bytes, rest: Readable) -> None:
        self._first = first
        self._rest = rest

    def read(self, size: int, /) -> bytes:
        if not self._first:
            return self._rest.read(size)
        piece, self._first = self._first[:size], self._first[size:]
        return piece


def _unless_empty(body: Readable) -> Iterator[Readable]:
    if first := body.read(CHUNK_BYTES):
        yield _Begun(first, body)


def _dicom_parts(parts: Iterator[IncomingPart]) -> Iterator[Readable]:
    for part in parts:
        if part.media_type not in ("", DICOM):
            raise UnsupportedMediaError(f"A part is {part.media_type[:80]!r}: all of them must be {DICOM}.")
        yield part


def _response(sent: Sequence[SentInstance], root: str) -> dict[str, Any]:
    """The Store Instances Response Module."""
    stored = [one.instance for one in sent if one.instance is not None]
    named = [one for one in sent if one.instance is None and one.sop_class_uid and one.sop_instance_uid]
    unnamed = [one for one in sent if one.instance is None and not (one.sop_class_uid and one.sop_instance_uid)]
    studies = {one.series.study.study_instance_uid: one.series.study for one in stored}
    # One address for all of them there is only where they are of one study.
    whole = {"00081190": {"vr": "UR", "Value": [study_address(root, *studies.values())]}} if len(studies) == 1 else {}
    sequences = {
        "00081198": [_failed(one) for one in named],
        "00081199": [_stored(one, root) for one in sent if one.instance is not None],
        "0008119A": [_failed(one) for one in unnamed],
    }
    return {**whole, **{tag: {"vr": "SQ", "Value": items} for tag, items in sequences.items() if items}}


def _stored(one: SentInstance, root: str) -> dict[str, Any]:
    instance = one.instance
    if instance is None:
        raise ValueError("Refused.")
    item: dict[str, Any] = {
        "00081150": {"vr": "UI", "Value": [instance.sop_class_uid]},
        "00081155": {"vr": "UI", "Value": [instance.sop_instance_uid]},
    }
    if instance.state in SERVED_STATES:
        item["00081190"] = {"vr": "UR", "Value": [instance_address(root, instance)]}
    if instance.deidentified:
        item["00081196"] = {"vr": "US", "Value": [COERCED]}
    return item


def _failed(one: SentInstance) -> dict[str, Any]:
    names = {
        "00081150": {"vr": "UI", "Value": [one.sop_class_uid]},
        "00081155": {"vr": "UI", "Value": [one.sop_instance_uid]},
    }
    tag, creator = _CREATOR
    return {
        **{name: element for name, element in names.items() if element["Value"][0]},
        "00081197": {"vr": "US", "Value": [failure_reason(one.reason)]},
        tag: creator,
        _WORDS: {"vr": "UT", "Value": [one.reason]},
    }
