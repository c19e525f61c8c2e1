"""Label schemas, and their scoring by itself."""

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.errors import InvalidError
from annotator.labels.context import ScoringContext
from annotator.labels.models import LabelSchema
from annotator.labels.queries import all_schemas, current_schemas, schema_by_reference
from annotator.labels.schema import check_answers, score_answers
from api.v1.parsers import StrictJSONParser
from api.v1.records import ScoreSerializer
from api.v1.responses import BODY, problems


class LabelSchemaSerializer(serializers.ModelSerializer):
    reference = serializers.CharField(source="__str__", help_text='Key and version, e.g. "acr-tirads@1".')
    definition = serializers.DictField()

    class Meta:
        model = LabelSchema
        fields = ["reference", "key", "version", "title", "definition"]
        read_only_fields = fields


class ScoreRequestSerializer(serializers.Serializer):
    schema = serializers.CharField(max_length=80, help_text='Key and version, e.g. "acr-tirads@1".')
    answers = serializers.DictField()
    size_mm = serializers.FloatField(allow_null=True, default=None)
    finding_count = serializers.IntegerField(
        min_value=0, max_value=10_000, allow_null=True, default=None, help_text="BI-RADS: findings marked in the case."
    )


class LabelList(APIView):
    @extend_schema(
        operation_id="labels_list",
        summary="List label schemas",
        parameters=[
            OpenApiParameter("modality", str, description="Those that fit it, e.g. US."),
            OpenApiParameter("body_part", str, description="Body Part Examined; counts together with modality."),
        ],
        responses={200: LabelSchemaSerializer(many=True), **problems()},
    )
    def get(self, request: Request) -> Response:
        """The newest version of every schema."""
        modality = request.query_params.get("modality", "")
        body_part = request.query_params.get("body_part", "")
        schemas = current_schemas(modality.upper(), body_part=body_part) if modality else all_schemas()
        return Response(LabelSchemaSerializer(schemas, many=True).data)


class LabelDetail(APIView):
    @extend_schema(summary="Read a label schema", responses={200: LabelSchemaSerializer, **problems(404)})
    def get(self, _request: Request, reference: str) -> Response:
        """One version of a schema, superseded or not."""
        try:
            schema = schema_by_reference(reference)
        except InvalidError as error:
            raise Http404 from error
        return Response(LabelSchemaSerializer(schema).data)


class LabelScore(APIView):
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Score answers", request=ScoreRequestSerializer, responses={200: ScoreSerializer, **problems(*BODY)}
    )
    def post(self, request: Request) -> Response:
        """What a schema's scoring makes of answers; nothing is saved."""
        given = ScoreRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        definition = schema_by_reference(asked["schema"]).definition
        check_answers(definition, asked["answers"])
        context = ScoringContext(size_mm=asked["size_mm"], finding_count=asked["finding_count"])
        return Response(score_answers(definition, asked["answers"], context=context))
