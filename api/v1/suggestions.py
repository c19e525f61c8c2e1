"""What models propose: accepting, rejecting, and taking either back."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.annotations.models import Annotation
from annotator.annotations.records import annotation_as_dict
from annotator.assist.actions.accept_suggestion import accept_suggestion
from annotator.assist.actions.reject_suggestion import reject_suggestion
from annotator.assist.actions.undo_decision import undo_decision
from annotator.assist.queries import suggestion_for
from annotator.assist.records import suggestion_as_dict
from api.v1.parsers import StrictJSONParser
from api.v1.records import AnnotationSerializer, SuggestionSerializer
from api.v1.responses import BODY, problems


class AcceptSerializer(serializers.Serializer):
    annotation = serializers.UUIDField(
        allow_null=True, default=None, help_text="Identifier of the mark to be made; null makes one."
    )
    finding = serializers.UUIDField(allow_null=True, default=None)


class RejectSerializer(serializers.Serializer):
    reason = serializers.CharField(allow_blank=True, default="", max_length=200)


class DecidedSerializer(serializers.Serializer):
    suggestion = SuggestionSerializer()
    annotation = AnnotationSerializer(allow_null=True, help_text="The mark that was made of it.")


class SuggestionView(APIView):
    """What the three decisions share: the answer."""

    parser_classes = [StrictJSONParser]

    def decided(self, request: Request, suggestion_id: UUID, mark: Annotation | None = None) -> Response:
        suggestion = suggestion_for(request.user, suggestion_id)
        return Response(
            {
                "suggestion": suggestion_as_dict(suggestion),
                "annotation": annotation_as_dict(mark) if mark else None,
            }
        )


class SuggestionAccept(SuggestionView):
    @extend_schema(
        summary="Accept a suggestion",
        request=AcceptSerializer,
        responses={200: DecidedSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, suggestion_id: UUID) -> Response:
        """Make it one's own mark; accepting twice gives the same mark."""
        given = AcceptSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        mark = accept_suggestion(
            request.user,
            suggestion_id,
            annotation_id=given.validated_data["annotation"],
            finding_id=given.validated_data["finding"],
        )
        return self.decided(request, suggestion_id, mark)


class SuggestionReject(SuggestionView):
    @extend_schema(
        summary="Reject a suggestion",
        request=RejectSerializer,
        responses={200: DecidedSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, suggestion_id: UUID) -> Response:
        """Say that it is wrong."""
        given = RejectSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        reject_suggestion(request.user, suggestion_id, given.validated_data["reason"])
        return self.decided(request, suggestion_id)


class SuggestionUndo(SuggestionView):
    @extend_schema(
        summary="Take a decision back", request=None, responses={200: DecidedSerializer, **problems(403, 404, 409)}
    )
    def post(self, request: Request, suggestion_id: UUID) -> Response:
        """Make it undecided again; the mark of an accepted one is deleted with it."""
        undo_decision(request.user, suggestion_id)
        return self.decided(request, suggestion_id)
