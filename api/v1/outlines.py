"""Click to contour: a reader's clicks go to a network, its outline comes back as a suggestion."""

import time
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.assist.outline_queries import OutlineState, outline_for
from annotator.assist.records import suggestion_as_dict
from api.v1.parsers import StrictJSONParser
from api.v1.records import PointsField, SuggestionSerializer
from api.v1.responses import BODY, problems
from ml_assist.actions.request_outline import AskOutline, request_outline
from ml_assist.guidance.guide import HINT_KINDS
from ml_assist.hints import hint_from_json

# A page waits this long for the answer before it asks again; a thread of the server waits with it.
_WAIT_SECONDS, _LOOK_SECONDS = 2.0, 0.03
_MOST_POINTS = 64
_FARTHEST = 1e6


class HintPointsField(PointsField):
    """A handful of [column, row]."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, list) or len(data) > _MOST_POINTS:
            raise serializers.ValidationError(f"A list of at most {_MOST_POINTS} points, [column, row] each.")
        if not all(isinstance(one, list) and len(one) == 2 and all(map(_is_number, one)) for one in data):
            raise serializers.ValidationError("A point is two finite numbers, [column, row].")
        return data


class HintSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(
        list(HINT_KINDS),
        help_text="extremes: two to four clicks on the lesion's edge; box: two opposite corners; calipers: burned in.",
    )
    points = HintPointsField()
    added = HintPointsField(default=list, help_text="Clicks that say: this belongs to it.")
    removed = HintPointsField(default=list, help_text="Clicks that say: this doesn't.")


class AskOutlineSerializer(serializers.Serializer):
    frame = serializers.CharField(max_length=64, help_text="Its key, from the manifest.")
    hint = HintSerializer()
    replaces = serializers.UUIDField(
        allow_null=True, default=None, help_text="One's own earlier outline: it is rejected as corrected."
    )


class WaitingOutlineSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(["waiting"])


class CaseOutlines(APIView):
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Ask for an outline",
        request=AskOutlineSerializer,
        responses={
            201: SuggestionSerializer,
            202: WaitingOutlineSerializer,
            **problems(*BODY, 403, 404, 409, 503),
        },
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        """The ends of a lesion, a box or calipers: its outline, as a suggestion that only you see.

        202 where it takes longer than two seconds: ask its address again.
        """
        given = AskOutlineSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        asked = AskOutline(case_id, data["frame"], hint_from_json(data["hint"]), data["replaces"])
        made = request_outline(request.user, asked)
        until = time.monotonic() + _WAIT_SECONDS
        while (state := outline_for(request.user, made.pk)).suggestion is None and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)
        return _answer(state, done=201)


class OutlineDetail(APIView):
    @extend_schema(
        summary="Ask for an outline again",
        responses={200: SuggestionSerializer, 202: WaitingOutlineSerializer, **problems(404, 409, 503)},
    )
    def get(self, request: Request, outline_id: UUID) -> Response:
        """The outline, once it is there."""
        return _answer(outline_for(request.user, outline_id), done=200)


def _answer(state: OutlineState, *, done: int) -> Response:
    if state.suggestion is None:
        return Response({"id": str(state.id), "state": "waiting"}, status=202)
    return Response(suggestion_as_dict(state.suggestion), status=done)


def _is_number(value: object) -> bool:
    # NaN is below nothing.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _FARTHEST
