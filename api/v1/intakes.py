"""Bringing files in: start an intake, send its files one by one, seal it; what went to quarantine."""

import uuid
from io import BytesIO
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import UnreadablePostError
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.errors import InvalidError
from annotator.accounts.policies import Person
from annotator.imaging.actions.receive_file import receive_file
from annotator.imaging.actions.seal_intake import seal_intake
from annotator.imaging.actions.start_intake import start_intake
from annotator.imaging.models import Intake, IntakeFile, Outcome
from annotator.imaging.policies import may_bring_files_in, may_see_quarantine
from annotator.imaging.queries import intake_for, intakes_for, names_received, quarantined_for
from api.problems import TITLES, problem
from api.v1.jobs import JobSerializer
from api.v1.listing import ListView
from api.v1.parsers import AnyBytesParser, StrictJSONParser
from api.v1.permissions import allowed_by
from api.v1.responses import BODY, problems


class IntakeSerializer(serializers.ModelSerializer):
    requested_by = serializers.CharField(source="requested_by.username", allow_null=True, default=None)
    file_count = serializers.IntegerField(help_text="Files that have arrived.")
    waiting = serializers.IntegerField()
    ingested = serializers.IntegerField()
    already_there = serializers.IntegerField()
    quarantined = serializers.IntegerField()
    beside = serializers.IntegerField(help_text="Tables and masks that came with pictures, kept beside them.")

    class Meta:
        model = Intake
        fields = [
            "id",
            "source",
            "requested_by",
            "expected_files",
            "created_at",
            "sealed_at",
            "file_count",
            "waiting",
            "ingested",
            "already_there",
            "quarantined",
            "beside",
        ]
        read_only_fields = fields


class ReceivedSerializer(serializers.Serializer):
    name = serializers.CharField()
    byte_size = serializers.IntegerField()


class IntakeDetailSerializer(IntakeSerializer):
    received = serializers.SerializerMethodField(help_text="What has arrived and need not be sent again.")

    class Meta(IntakeSerializer.Meta):
        fields = [*IntakeSerializer.Meta.fields, "received"]
        read_only_fields = fields

    @extend_schema(responses=ReceivedSerializer(many=True))
    def get_received(self, intake: Intake) -> list[dict[str, Any]]:
        return [{"name": name, "byte_size": size} for name, size in names_received(intake)]


class NewIntakeSerializer(serializers.Serializer):
    source = serializers.CharField(max_length=200, default="upload")  # type: ignore[assignment]
    expected_files = serializers.IntegerField(min_value=0, max_value=10_000_000, allow_null=True, default=None)


class IntakeFileSerializer(serializers.ModelSerializer):
    outcome = serializers.ChoiceField(choices=Outcome.choices)

    class Meta:
        model = IntakeFile
        fields = ["name", "byte_size", "sha256", "outcome", "reason"]
        read_only_fields = fields


class QuarantinedSerializer(serializers.ModelSerializer):
    intake = serializers.UUIDField(source="intake_id")

    class Meta:
        model = IntakeFile
        fields = ["id", "intake", "name", "byte_size", "sha256", "reason", "at"]
        read_only_fields = fields


class QuarantineFilter(filters.FilterSet):
    intake = filters.UUIDFilter(field_name="intake_id")


@extend_schema_view(get=extend_schema(summary="List intakes", responses={200: IntakeSerializer, **problems(403)}))
class IntakeList(ListView):
    permission_classes = allowed_by(may_bring_files_in)
    parser_classes = [StrictJSONParser]
    serializer_class = IntakeSerializer
    model = Intake

    def rows(self, person: Person) -> QuerySet[Intake]:
        return intakes_for(person)

    @extend_schema(
        summary="Start an intake",
        request=NewIntakeSerializer,
        responses={201: IntakeDetailSerializer, **problems(*BODY, 403)},
    )
    def post(self, request: Request) -> Response:
        """Open an intake that files can be sent to until it is sealed."""
        given = NewIntakeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        started = start_intake(request.user, **given.validated_data)
        return Response(IntakeDetailSerializer(intake_for(request.user, started.pk)).data, status=201)


class IntakeDetail(APIView):
    permission_classes = allowed_by(may_bring_files_in)

    @extend_schema(summary="Read an intake", responses={200: IntakeDetailSerializer, **problems(403, 404)})
    def get(self, request: Request, intake_id: uuid.UUID) -> Response:
        """One intake: its counts, and the names that have arrived."""
        return Response(IntakeDetailSerializer(intake_for(request.user, intake_id)).data)


class IntakeFiles(APIView):
    permission_classes = allowed_by(may_bring_files_in)
    parser_classes = [AnyBytesParser]

    @extend_schema(
        summary="Send one file",
        parameters=[OpenApiParameter("name", str, required=True, description="The file's path as the sender has it.")],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={200: IntakeFileSerializer, **problems(400, 403, 404, 409, 411)},
    )
    def put(self, request: Request, intake_id: uuid.UUID) -> object:
        """Store the body as one file of an intake. The same name and size again changes nothing."""
        if not (length := request.META.get("CONTENT_LENGTH")):
            return problem(411, TITLES[411], "Say how long the file is (Content-Length), so that a cut one is noticed.")
        try:
            file = receive_file(
                request.user,
                intake_id,
                name=request.query_params.get("name", ""),
                content=request.stream or BytesIO(),
                byte_size=int(length),
            )
        except UnreadablePostError as error:
            raise InvalidError("The connection broke before the file had arrived. Send it again.", "content") from error
        return Response(IntakeFileSerializer(file).data)


class IntakeSeal(APIView):
    permission_classes = allowed_by(may_bring_files_in)
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Seal an intake", request=None, responses={202: JobSerializer, **problems(400, 403, 404, 409)}
    )
    def post(self, request: Request, intake_id: uuid.UUID) -> Response:
        """Say that the last file has arrived; answers the job that sorts them in."""
        return Response(JobSerializer(seal_intake(request.user, intake_id)).data, status=202)


@extend_schema_view(
    get=extend_schema(summary="List quarantined files", responses={200: QuarantinedSerializer, **problems(400, 403)})
)
class QuarantineList(ListView):
    """Files that could not be taken in, with the reason, newest first."""

    permission_classes = allowed_by(may_see_quarantine)
    serializer_class = QuarantinedSerializer
    filterset_class = QuarantineFilter
    model = IntakeFile

    def rows(self, person: Person) -> QuerySet[IntakeFile]:
        return quarantined_for(person)
