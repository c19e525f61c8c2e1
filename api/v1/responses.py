"""How refusals look in the API's description."""

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from api.problems import TITLES


class FaultSerializer(serializers.Serializer):
    path = serializers.CharField(allow_blank=True, help_text='Where, e.g. "points[2]".')
    detail = serializers.CharField()


class TargetSerializer(serializers.Serializer):
    """What an answer is about; the members that don't belong to its kind are null."""

    kind = serializers.CharField(help_text="case, finding, breast or slices")
    finding = serializers.UUIDField(allow_null=True)
    breast = serializers.CharField(allow_null=True, help_text="L or R")
    first_frame = serializers.CharField(allow_null=True)
    last_frame = serializers.CharField(allow_null=True)


class MissingAnswerSerializer(serializers.Serializer):
    target = TargetSerializer()
    schema = serializers.CharField(help_text='Key and version, e.g. "head-ct@2".')
    question = serializers.CharField()
    words = serializers.CharField(help_text="Where it is asked, and its title.")


class ProblemSerializer(serializers.Serializer):
    """A problem document (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What was wrong this time, where, and what to do.")
    path = serializers.CharField(required=False, help_text='Where in what was sent, e.g. "points[2]".')
    current = serializers.DictField(required=False, help_text="With 409 and 412: what is there now.")
    missing = MissingAnswerSerializer(
        many=True, required=False, help_text="With 409 of submitting: every required question that is open."
    )
    errors = FaultSerializer(  # type: ignore[assignment]
        many=True, required=False, help_text="With 400: every fault that was found."
    )


# What every address that takes a JSON body may answer.
BODY = (400, 413, 415)


def problems(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """Return what extend_schema's responses need to declare these refusals; 401 belongs to every address."""
    return {
        (status, "application/problem+json"): OpenApiResponse(ProblemSerializer, description=TITLES[status])
        for status in sorted({401, *statuses})
    }
