"""Results and reads of a reader study for programs: admins, once the protocol opens them."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.errors import InvalidError
from annotator.accounts.signed_in import signed_in
from annotator.readerstudies.actions.export_reads import export_reads
from annotator.readerstudies.actions.fetch_reads_export import fetch_reads_export
from annotator.readerstudies.actions.request_reads_export import request_reads_export
from annotator.readerstudies.analysis_plan import MASKS, TRUTHS
from annotator.readerstudies.kept_results import Part, ShownResult, request_count, shown_result
from annotator.readerstudies.models import ReadsExport
from annotator.readerstudies.policies import may_run_studies
from annotator.readerstudies.reads_exports import reads_export_for
from annotator.readerstudies.reads_files import FORMATS, file_name
from annotator.readerstudies.result_records import result_as_dict
from api.v1.exports import AnyAccept
from api.v1.finished_files import RANGED, finished_file
from api.v1.jobs import JobSerializer
from api.v1.parsers import StrictJSONParser
from api.v1.permissions import allowed_by
from api.v1.responses import problems

ADMINS = allowed_by(may_run_studies)
_MOST_ANSWERS = 200
_PLAN = [
    OpenApiParameter("question", str, description='"schema.question"; left out: the one that the protocol counts.'),
    OpenApiParameter("positive", str, many=True, description="Answers that count as positive."),
    OpenApiParameter("truth", str, enum=TRUTHS, description="Where the truth comes from."),
    OpenApiParameter("rating", str, description="The question whose answers are ratings in files for ROC programs."),
    OpenApiParameter("masks", str, enum=MASKS, description="How outlines are joined in the consensus."),
    OpenApiParameter("ordered", bool, description="Whether the answers stand in an order."),
]
_FILES: dict[Any, Any] = {
    (200, kind): OpenApiResponse(OpenApiTypes.BINARY, description="The file.")
    for kind in sorted({one.content_type.partition(";")[0] for one in FORMATS.values()})
}
_PART = OpenApiParameter("part", str, enum=["figures", "lesions"], description="Left out: figures.")


class StudyResultsSerializer(serializers.Serializer):
    part = serializers.ChoiceField(["figures", "lesions"])
    plan = serializers.DictField(help_text="What was counted, and how.")
    as_of = serializers.DateTimeField(allow_null=True, help_text="When; null where nothing was counted yet.")
    is_current = serializers.BooleanField(help_text="Whether nothing that it rests on has changed since.")
    reads = serializers.IntegerField(help_text="That it rests on.")
    reads_now = serializers.IntegerField(help_text="That count now.")
    truths = serializers.IntegerField(help_text="Cases, breasts or lesions with a truth.")
    job = serializers.UUIDField(
        allow_null=True, help_text="That counts it anew: POST asks for it where reads are many."
    )
    conditions = serializers.ListField(
        child=serializers.DictField(), allow_null=True, help_text="By arm and step; see docs/reader-study-results.md."
    )


class ReaderStudyResults(APIView):
    permission_classes = ADMINS
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Read a study's results",
        parameters=[*_PLAN, _PART],
        responses={200: StudyResultsSerializer, **problems(400, 403, 404)},
    )
    def get(self, request: Request, study_id: uuid.UUID) -> Response:
        """Agreement, accuracy and times by arm, or lesions between readers: as they were last counted."""
        part = _part(request)
        return Response(_as_dict(shown_result(request.user, study_id, _chosen(request), part=part), part))

    @extend_schema(
        summary="Have a study's results counted",
        request=None,
        parameters=[*_PLAN, _PART],
        responses={202: StudyResultsSerializer, **problems(400, 403, 404)},
    )
    def post(self, request: Request, study_id: uuid.UUID) -> Response:
        """By a job. Where reads are few GET counts them itself."""
        part = _part(request)
        return Response(_as_dict(request_count(request.user, study_id, _chosen(request), part=part), part), status=202)


class ReadsExportSerializer(serializers.ModelSerializer):
    study = serializers.UUIDField(source="study_id")
    requested_by = serializers.CharField(source="requested_by.username")
    format = serializers.ChoiceField(list(FORMATS))
    plan = serializers.DictField(help_text="What is positive, where the truth is from.")
    reads = serializers.IntegerField(allow_null=True, help_text="That it rests on.")
    job = JobSerializer()

    class Meta:
        model = ReadsExport
        fields = [
            "id",
            "study",
            "requested_by",
            "format",
            "plan",
            "job",
            "reads",
            "sha256",
            "byte_size",
            "created_at",
            "expires_at",
            "is_expired",
        ]
        read_only_fields = fields


class ReaderStudyReads(APIView):
    permission_classes = ADMINS

    @extend_schema(
        summary="Fetch a study's reads as a file",
        parameters=[
            *_PLAN,
            OpenApiParameter("format_name", str, OpenApiParameter.PATH, enum=list(FORMATS)),
        ],
        responses={**_FILES, **problems(400, 403, 404, 409)},
    )
    def get(self, request: Request, study_id: uuid.UUID, format_name: str) -> HttpResponse:
        """csv and json: the long table. consensus. imrmc, rjafroc, rjafroc-froc: for the programs of these names.

        409 where more reads count than a request makes: POST has a job make it.
        """
        made = export_reads(request.user, study_id, format_name, _chosen(request))
        answer = HttpResponse(made.content, content_type=made.content_type)
        answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
        return answer

    @extend_schema(
        summary="Have a file of a study's reads made",
        request=None,
        parameters=[
            *_PLAN,
            OpenApiParameter("format_name", str, OpenApiParameter.PATH, enum=list(FORMATS)),
        ],
        responses={202: ReadsExportSerializer, **problems(400, 403, 404)},
    )
    def post(self, request: Request, study_id: uuid.UUID, format_name: str) -> Response:
        """By a job, however many reads there are."""
        export = request_reads_export(signed_in(request.user), study_id, format_name, _chosen(request))
        return Response(ReadsExportSerializer(export).data, status=202)


class ReadsExportDetail(APIView):
    permission_classes = ADMINS

    @extend_schema(
        summary="Read how a file of a study's reads goes",
        responses={200: ReadsExportSerializer, **problems(403, 404)},
    )
    def get(self, request: Request, export_id: uuid.UUID) -> Response:
        """The job says how far it is; cancel it as any job."""
        return Response(ReadsExportSerializer(reads_export_for(request.user, export_id)).data)


class ReadsExportDownload(APIView):
    content_negotiation_class = AnyAccept
    permission_classes = ADMINS

    @extend_schema(
        summary="Download a file of a study's reads that a job made",
        responses={
            **_FILES,
            206: OpenApiResponse(description="The range that was asked for."),
            **RANGED,
            **problems(403, 404, 409),
        },
    )
    def get(self, request: Request, export_id: uuid.UUID) -> HttpResponseBase:
        """The file, or a byte range of it. 409 while it isn't finished."""
        export, place = fetch_reads_export(request.user, export_id)
        return finished_file(
            request,
            place,
            name=file_name(export.study.name, export.format),
            content_type=FORMATS[export.format].content_type,
            sha256=export.sha256,
            finished_at=export.job.finished_at,
        )


def _part(request: Request) -> Part:
    part = request.query_params.get("part", "figures")
    if part not in ("figures", "lesions"):
        raise InvalidError("There are figures and lesions.", "part")
    return "lesions" if part == "lesions" else "figures"


def _chosen(request: Request) -> dict[str, Any]:
    """Members of a plan in the place of the protocol's; nothing where nobody chose."""
    query = request.query_params
    chosen: dict[str, Any] = {name: query[name] for name in ("question", "truth", "rating", "masks") if query.get(name)}
    if "ordered" in query:
        if query["ordered"] not in ("true", "false"):
            raise InvalidError("It is true or false.", "ordered")
        chosen["ordered"] = query["ordered"] == "true"
    if "positive" in query:
        chosen["positive"] = query.getlist("positive")
        if len(chosen["positive"]) > _MOST_ANSWERS:
            raise InvalidError("So many answers no question has.", "positive")
    return chosen


def _as_dict(shown: ShownResult, part: Part) -> dict[str, Any]:
    return {
        "part": part,
        "plan": shown.counted.plan.to_json(),
        "as_of": shown.as_of.isoformat() if shown.as_of else None,
        "is_current": shown.is_current,
        "reads": shown.reads,
        "reads_now": shown.reads_now,
        "truths": shown.truths,
        "job": str(shown.job.pk) if shown.job else None,
        "conditions": None if shown.conditions is None else [result_as_dict(one) for one in shown.conditions],
    }
