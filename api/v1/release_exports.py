"""Releases in a format: ask, watch, download in ranges."""

import uuid
from dataclasses import asdict

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.datasets.actions.request_release_export import request_release_export
from annotator.datasets.export_queries import formats, release_export_for, release_export_place, release_exports_for
from annotator.datasets.exporters.safe_names import safe_name
from annotator.datasets.models import ReleaseExport
from annotator.datasets.policies import may_export
from annotator.datasets.preprocessing.options import Preprocessing
from annotator.datasets.release_queries import release_for
from api.v1.exports import AnyAccept
from api.v1.finished_files import RANGED, finished_file
from api.v1.jobs import JobSerializer
from api.v1.listing import ListView
from api.v1.parsers import StrictJSONParser
from api.v1.permissions import allowed_by
from api.v1.responses import BODY, problems


class ReleaseExportRequestSerializer(serializers.Serializer):
    format = serializers.CharField(max_length=40, help_text="A name of /api/v1/export-formats.")
    options = serializers.DictField(required=False)
    preprocessing = serializers.DictField(required=False)
    splits = serializers.ListField(child=serializers.CharField(max_length=16), required=False)


class ReleaseExportSerializer(serializers.ModelSerializer):
    release = serializers.UUIDField(source="release_id")
    requested_by = serializers.CharField(source="requested_by.username")
    request = ReleaseExportRequestSerializer()
    job = JobSerializer()

    class Meta:
        model = ReleaseExport
        fields = [
            "id",
            "release",
            "requested_by",
            "request",
            "job",
            "sha256",
            "byte_size",
            "created_at",
            "expires_at",
            "deleted_because",
        ]
        read_only_fields = fields


class FormatSerializer(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    options = serializers.DictField(help_text="As shipped.")
    takes_preprocessing = serializers.BooleanField()


class FormatsSerializer(serializers.Serializer):
    formats = FormatSerializer(many=True)
    preprocessing = serializers.DictField(help_text="As shipped: nothing is done.")


class FormatList(APIView):
    permission_classes = allowed_by(may_export)

    @extend_schema(
        operation_id="export_formats_list",
        summary="List export formats",
        responses={200: FormatsSerializer, **problems(403)},
    )
    def get(self, _request: Request) -> Response:
        """Every format with its options, and what preprocessing there is."""
        told = {"formats": [asdict(one) for one in formats()], "preprocessing": Preprocessing().to_json()}
        return Response(FormatsSerializer(told).data)


@extend_schema_view(
    get=extend_schema(
        summary="List exports of a release", responses={200: ReleaseExportSerializer, **problems(403, 404)}
    )
)
class ReleaseExportList(ListView):
    permission_classes = allowed_by(may_export)
    parser_classes = [StrictJSONParser]
    serializer_class = ReleaseExportSerializer
    model = ReleaseExport

    def rows(self, person: Person) -> QuerySet[ReleaseExport]:
        release = release_for(person, self.kwargs["release_id"])
        return release_exports_for(person).filter(release=release)

    @extend_schema(
        summary="Export a release",
        request=ReleaseExportRequestSerializer,
        responses={202: ReleaseExportSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, release_id: uuid.UUID) -> Response:
        """Queue the making of a release's zip in a format."""
        given = ReleaseExportRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        export = request_release_export(signed_in(request.user), release_id, dict(given.validated_data))
        return Response(ReleaseExportSerializer(export).data, status=202)


class ReleaseExportDetail(APIView):
    permission_classes = allowed_by(may_export)

    @extend_schema(summary="Read a release's export", responses={200: ReleaseExportSerializer, **problems(403, 404)})
    def get(self, request: Request, export_id: uuid.UUID) -> Response:
        """One export and how its job goes."""
        return Response(ReleaseExportSerializer(release_export_for(request.user, export_id)).data)


class ReleaseExportDownload(APIView):
    content_negotiation_class = AnyAccept
    permission_classes = allowed_by(may_export)

    @extend_schema(
        summary="Download a release's export",
        responses={
            (200, "application/zip"): OpenApiResponse(OpenApiTypes.BINARY, description="The finished zip."),
            (206, "application/zip"): OpenApiResponse(OpenApiTypes.BINARY, description="The range that was asked for."),
            **RANGED,
            **problems(403, 404, 409),
        },
    )
    def get(self, request: Request, export_id: uuid.UUID) -> HttpResponseBase:
        """The zip, or a byte range of it: a download that broke off goes on. 409 while it isn't finished."""
        export, place = release_export_place(request.user, export_id)
        name = safe_name(f"{export.release.cohort.name} {export.release.number} {export.request['format']}")
        return finished_file(
            request,
            place,
            name=f"{name}.zip",
            content_type="application/zip",
            sha256=export.sha256,
            finished_at=export.job.finished_at,
        )
