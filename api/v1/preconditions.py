"""Which state of a record a change builds on: If-Match and If-None-Match, or a plain number for simple programs."""

import re

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from annotator.accounts.errors import InvalidError

LARGEST_REVISION = 2**31 - 1

# Proxies that compress an answer mark its tag as weak. A revision's number stays exact all the same.
_TAG = re.compile(r'(?:W/)?"([1-9]\d{0,9})"')

IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description='The ETag of the state that was last seen, e.g. `"3"`: its revision in quotes. 412 when another one is '
    "there by now.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    enum=["*"],
    description="`*`: the record is new. 412 when there is one under this identifier, deleted or not.",
)
ETAG = OpenApiParameter(
    "ETag", OpenApiTypes.STR, OpenApiParameter.HEADER, response=[200], description="The record's revision in quotes."
)


class DeletionParameters(serializers.Serializer):
    revision = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=LARGEST_REVISION,
        help_text="The one last seen, where no If-Match is sent; 409 when another one is there by now.",
    )
    change = serializers.UUIDField(
        allow_null=True, default=None, help_text="Made for this one deletion: sending it again is deleting once."
    )


def etag(revision: int) -> str:
    """The ETag of a record's state."""
    return f'"{revision}"'


def seen_revision(request: Request, sent: int | None) -> int | None:
    """The revision that a change builds on, 0 for a new record; None when the request doesn't say.

    Parameters
    ----------
    sent : what the body or the query says.

    Raises
    ------
    InvalidError : a header that is no revision, or that says another one than `sent`.
    """
    in_head = _in_head(request)
    if in_head is None:
        return sent
    if sent is not None and sent != in_head:
        raise InvalidError(f"The head of the request builds on revision {in_head}, this on {sent}.", path="revision")
    return in_head


def _in_head(request: Request) -> int | None:
    match, none_match = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    if match is not None and none_match is not None:
        raise InvalidError("Send If-Match for what is there, or If-None-Match for what is new.", path="If-None-Match")
    if none_match is not None:
        if none_match.strip() != "*":
            raise InvalidError("If-None-Match is * here: the record is new.", path="If-None-Match")
        return 0
    if match is None:
        return None
    tag = _TAG.fullmatch(match.strip())
    if tag is None or int(tag[1]) > LARGEST_REVISION:
        raise InvalidError('If-Match is one revision in quotes, e.g. "3".', path="If-Match")
    return int(tag[1])
