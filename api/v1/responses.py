"""How refusals look in the API's description."""

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from api.problems import TITLES


class FaultSerializer(serializers.Serializer):
    path = serializers.CharField(allow_blank=True, help_text='Where, e.g. "points[2]".')
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """A problem document (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What was wrong this time, where, and what to do.")
    path = serializers.CharField(required=False, help_text='Where in what was sent, e.g. "points[2]".')
    current = serializers.DictField(required=False, help_text="With 409 and 412: what is there now.")
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
