"""Releases: ask for one, watch it being frozen, read what it holds."""

import uuid
from dataclasses import asdict

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.errors import InvalidError
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.datasets.actions.discard_release import discard_release
from annotator.datasets.actions.request_release import request_release
from annotator.datasets.compare_releases import compare_releases
from annotator.datasets.models import Release
from annotator.datasets.policies import may_manage_datasets
from annotator.datasets.release_queries import condition_of, frozen_release_for, release_for, releases_for
from api.v1.jobs import JobSerializer
from api.v1.listing import ListView
from api.v1.parsers import StrictJSONParser
from api.v1.permissions import allowed_by
from api.v1.responses import BODY, problems


class ReleaseSerializer(serializers.ModelSerializer):
    cohort = serializers.UUIDField(source="cohort_id")
    cohort_name = serializers.CharField(source="cohort.name")
    requested_by = serializers.CharField(source="requested_by.username")
    recipe = serializers.DictField()
    header = serializers.DictField(help_text="Counts, categories, schemas, readers by pseudonym.")
    leaks = serializers.ListField(child=serializers.DictField(), help_text="With any it wasn't frozen.")
    job = JobSerializer()

    class Meta:
        model = Release
        fields = [
            "id",
            "cohort",
            "cohort_name",
            "number",
            "title",
            "recipe",
            "header",
            "leaks",
            "content_hash",
            "job",
            "requested_by",
            "created_at",
            "frozen_at",
        ]
        read_only_fields = fields


class ReleaseRequestSerializer(serializers.Serializer):
    cohort = serializers.UUIDField()
    recipe = serializers.DictField(
        help_text="truth (its uncertain policy must be chosen), split, leaks: docs/programs.md."
    )
    title = serializers.CharField(max_length=200, allow_blank=True, default="")


class DatasheetSerializer(serializers.Serializer):
    markdown = serializers.CharField()


class BalanceSerializer(serializers.Serializer):
    balance = serializers.DictField()
    flow = serializers.DictField()
    people = serializers.ListField(child=serializers.DictField())
    model_versions = serializers.ListField(child=serializers.DictField())


class ReleaseComparisonSerializer(serializers.Serializer):
    counts = serializers.DictField(child=serializers.IntegerField())
    lists = serializers.DictField(help_text="The first few hundred of each change.")


class ConditionSerializer(serializers.Serializer):
    whole = serializers.BooleanField(help_text="Whether its rows hash to its content hash still.")
    missing = serializers.ListField(help_text="(study, frame) of pictures that are not there any more.")
    changed = serializers.ListField(help_text="(study, frame) of pictures with other pixels by now.")
    withdrawn = serializers.IntegerField()
    withdrawn_frames = serializers.IntegerField()
    words = serializers.ListField(child=serializers.CharField())


@extend_schema_view(get=extend_schema(summary="List releases", responses={200: ReleaseSerializer, **problems(403)}))
class ReleaseList(ListView):
    permission_classes = allowed_by(may_manage_datasets)
    parser_classes = [StrictJSONParser]
    serializer_class = ReleaseSerializer
    model = Release

    def rows(self, person: Person) -> QuerySet[Release]:
        return releases_for(person).select_related("job__requested_by")

    @extend_schema(
        summary="Freeze a release",
        request=ReleaseRequestSerializer,
        responses={202: ReleaseSerializer, **problems(*BODY, 403, 404)},
    )
    def post(self, request: Request) -> Response:
        """Queue the freezing of a cohort as it is now."""
        given = ReleaseRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        release = request_release(signed_in(request.user), asked["cohort"], asked["recipe"], title=asked["title"])
        return Response(ReleaseSerializer(release).data, status=202)


class ReleaseDetail(APIView):
    permission_classes = allowed_by(may_manage_datasets)

    @extend_schema(summary="Read a release", responses={200: ReleaseSerializer, **problems(403, 404)})
    def get(self, request: Request, release_id: uuid.UUID) -> Response:
        """One release, frozen or being frozen."""
        return Response(ReleaseSerializer(release_for(request.user, release_id)).data)

    @extend_schema(summary="Discard a draft", responses={204: None, **problems(403, 404, 409)})
    def delete(self, request: Request, release_id: uuid.UUID) -> Response:
        """A release that wasn't frozen; a frozen one is never deleted."""
        discard_release(signed_in(request.user), release_id)
        return Response(status=204)


class ReleaseDatasheet(APIView):
    permission_classes = allowed_by(may_manage_datasets)

    @extend_schema(summary="Read a datasheet", responses={200: DatasheetSerializer, **problems(403, 404, 409)})
    def get(self, request: Request, release_id: uuid.UUID) -> Response:
        """Datasheets for Datasets' headings, filled from what is known."""
        return Response({"markdown": frozen_release_for(request.user, release_id).datasheet})


class ReleaseBalance(APIView):
    permission_classes = allowed_by(may_manage_datasets)

    @extend_schema(summary="Read a balance report", responses={200: BalanceSerializer, **problems(403, 404, 409)})
    def get(self, request: Request, release_id: uuid.UUID) -> Response:
        """Classes a side, weights, sizes and places of lesions, scanners and sites."""
        release = frozen_release_for(request.user, release_id)
        return Response(BalanceSerializer(release).data)


class ReleaseComparison(APIView):
    permission_classes = allowed_by(may_manage_datasets)

    @extend_schema(
        summary="Compare two releases",
        parameters=[OpenApiParameter("before", uuid.UUID, required=True, description="The earlier release.")],
        responses={200: ReleaseComparisonSerializer, **problems(400, 403, 404, 409)},
    )
    def get(self, request: Request, release_id: uuid.UUID) -> Response:
        """What was added, removed, relabelled since another release."""
        try:
            before = uuid.UUID(request.query_params.get("before", ""))
        except ValueError as error:
            raise InvalidError("Name the release to compare with: ?before=<id>.", "before") from error
        older, newer = (frozen_release_for(request.user, each) for each in (before, release_id))
        return Response(ReleaseComparisonSerializer(compare_releases(older, newer).to_json()).data)


class ReleaseConditionView(APIView):
    permission_classes = allowed_by(may_manage_datasets)

    @extend_schema(summary="Check a release", responses={200: ConditionSerializer, **problems(403, 404, 409)})
    def get(self, request: Request, release_id: uuid.UUID) -> Response:
        """Whether what was frozen is still there as it was. Looks at every picture's row."""
        condition = condition_of(frozen_release_for(request.user, release_id))
        return Response(ConditionSerializer({**asdict(condition), "words": condition.words}).data)
