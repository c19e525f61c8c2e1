"""Training datasets: ask for one, see how it goes, download it."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.datasets.actions.request_export import request_export
from annotator.datasets.export_request import MAX_SEED, MAX_TITLE, ExportRequest
from annotator.datasets.models import Export
from annotator.datasets.policies import may_export
from annotator.datasets.queries import export_file, export_for, exports_for
from api.v1.jobs import JobSerializer
from api.v1.listing import ListView
from api.v1.parsers import StrictJSONParser
from api.v1.permissions import allowed_by
from api.v1.responses import BODY, problems


class ExportRequestSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=MAX_TITLE)
    study_ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), min_length=1, max_length=100_000
    )
    schema_key = serializers.CharField(
        max_length=64, allow_null=True, default=None, help_text="The label schema whose answers go along."
    )
    window = serializers.CharField(max_length=64, default="auto", help_text='"auto" or a preset\'s name.')
    frames = serializers.ChoiceField(["marked", "all"], default="marked")
    fractions = serializers.ListField(
        child=serializers.FloatField(min_value=0, max_value=1),
        min_length=3,
        max_length=3,
        default=[0.7, 0.15, 0.15],
        help_text="Of patients: train, val, test.",
    )
    seed = serializers.IntegerField(min_value=0, max_value=MAX_SEED, default=1)
    submitted_only = serializers.BooleanField(default=False)


class ExportSerializer(serializers.ModelSerializer):
    requested_by = serializers.CharField(source="requested_by.username")
    request = ExportRequestSerializer()
    job = JobSerializer()

    class Meta:
        model = Export
        fields = ["id", "title", "requested_by", "request", "job", "sha256", "byte_size", "created_at"]
        read_only_fields = fields


@extend_schema_view(get=extend_schema(summary="List exports", responses={200: ExportSerializer, **problems(403)}))
class ExportList(ListView):
    permission_classes = allowed_by(may_export)
    parser_classes = [StrictJSONParser]
    serializer_class = ExportSerializer
    model = Export

    def rows(self, person: Person) -> QuerySet[Export]:
        return exports_for(person).select_related("job__requested_by")

    @extend_schema(
        summary="Ask for an export",
        request=ExportRequestSerializer,
        responses={202: ExportSerializer, **problems(*BODY, 403)},
    )
    def post(self, request: Request) -> Response:
        """Queue the making of a dataset."""
        given = ExportRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        export = request_export(signed_in(request.user), ExportRequest.from_json(given.validated_data))
        return Response(ExportSerializer(export).data, status=202)


class ExportDetail(APIView):
    permission_classes = allowed_by(may_export)

    @extend_schema(summary="Read an export", responses={200: ExportSerializer, **problems(403, 404)})
    def get(self, request: Request, export_id: uuid.UUID) -> Response:
        """One export and how its job goes."""
        return Response(ExportSerializer(export_for(request.user, export_id)).data)


class AnyAccept(BaseContentNegotiation):
    """A program that asks for a zip gets the zip, and a problem document when there is none."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class ExportDownload(APIView):
    content_negotiation_class = AnyAccept
    permission_classes = allowed_by(may_export)

    @extend_schema(
        summary="Download an export",
        responses={
            (200, "application/zip"): OpenApiResponse(OpenApiTypes.BINARY, description="The finished zip."),
            **problems(403, 404, 409),
        },
    )
    def get(self, request: Request, export_id: uuid.UUID) -> FileResponse:
        """The zip; 409 while it isn't finished."""
        path = export_file(request.user, export_id)
        return FileResponse(path.open("rb"), as_attachment=True, filename=f"export-{export_id}.zip")
