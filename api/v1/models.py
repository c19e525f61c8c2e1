"""Models: which versions there are, which one answers, about what; and having them look at cases."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.signed_in import signed_in
from annotator.assist.actions.allow_anatomy import allow_anatomy
from annotator.assist.actions.promote_model import promote_model
from annotator.assist.actions.roll_back_model import roll_back_model
from annotator.assist.model_queries import ModelLine, model_lines_for
from annotator.assist.policies import may_promote_models, may_see_models
from annotator.assist.proposal_queries import decided_proposals, proposal_lines
from api.v1.jobs import JobSerializer
from api.v1.parsers import StrictJSONParser
from api.v1.permissions import allowed_by
from api.v1.responses import BODY, problems
from ml_assist.actions.request_suggestions import request_suggestions
from ml_assist.queries import CasesToLookAt, cases_to_look_at


class ModelVersionSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    version = serializers.CharField()
    task = serializers.CharField()
    modality = serializers.CharField()
    anatomy = serializers.CharField()
    sha256 = serializers.CharField()
    answers = serializers.BooleanField(help_text="Whether it is the one that answers now.")
    registered_at = serializers.DateTimeField()
    card = serializers.DictField(help_text="As its training wrote it: data, metrics, intended use, limits.")


class ModelSerializer(serializers.Serializer):
    name = serializers.CharField()
    anatomies = serializers.ListField(
        child=serializers.CharField(), help_text="Further ones that it may be asked about; empty text: none named."
    )
    versions = ModelVersionSerializer(many=True, help_text="Newest first.")


class ModelsSerializer(serializers.Serializer):
    models = ModelSerializer(many=True)


class ModelReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class AllowanceSerializer(serializers.Serializer):
    anatomy = serializers.CharField(max_length=64, allow_blank=True, help_text="As headers name it.")
    allowed = serializers.BooleanField()
    reason = serializers.CharField(max_length=200)


class LookSerializer(serializers.Serializer):
    """Cases by their identifiers, or all of a modality, or a cohort's."""

    cases = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=20_000)
    modality = serializers.CharField(max_length=16, allow_blank=True, default="")
    cohort = serializers.UUIDField(allow_null=True, default=None)


class ProposalLineSerializer(serializers.Serializer):
    model = serializers.CharField(help_text="Name and version.")
    modality = serializers.CharField()
    kind = serializers.CharField()
    reader = serializers.CharField()
    decided = serializers.IntegerField()
    accepted = serializers.IntegerField(help_text="As it was, or in a reading that was not handed in yet.")
    edited = serializers.IntegerField()
    deleted = serializers.IntegerField()
    rejected = serializers.IntegerField()
    corrected = serializers.IntegerField(help_text="Outlines whose correction by clicks took their place.")
    median_dice = serializers.FloatField(allow_null=True)
    median_moved = serializers.FloatField(allow_null=True, help_text="Points moved, of edited ones.")
    median_seconds = serializers.FloatField(allow_null=True, help_text="From shown to decided.")


class ProposalsSerializer(serializers.Serializer):
    lines = ProposalLineSerializer(many=True)


class ModelList(APIView):
    permission_classes = allowed_by(may_see_models)

    @extend_schema(summary="List models", responses={200: ModelsSerializer, **problems(403)})
    def get(self, request: Request) -> Response:
        """Every model with its versions, their cards, and which one answers."""
        return Response({"models": [_model(line) for line in model_lines_for(request.user)]})


class ModelPromote(APIView):
    permission_classes = allowed_by(may_promote_models)
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Let a version answer",
        request=ModelReasonSerializer,
        responses={200: ModelsSerializer, **problems(*BODY, 403, 404, 409, 503)},
    )
    def post(self, request: Request, version_id: int) -> Response:
        """From now on; its weights are held against their hash first."""
        given = ModelReasonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        promote_model(signed_in(request.user), version_id, reason=given.validated_data["reason"])
        return ModelList().get(request)


class ModelRollBack(APIView):
    permission_classes = allowed_by(may_promote_models)
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Go back to the version before",
        request=ModelReasonSerializer,
        responses={200: ModelsSerializer, **problems(*BODY, 403, 404, 409, 503)},
    )
    def post(self, request: Request, name: str) -> Response:
        """The version that answered before the present one answers again."""
        given = ModelReasonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        roll_back_model(signed_in(request.user), name, reason=given.validated_data["reason"])
        return ModelList().get(request)


class ModelAnatomies(APIView):
    permission_classes = allowed_by(may_promote_models)
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Allow or forbid an anatomy",
        request=AllowanceSerializer,
        responses={200: ModelsSerializer, **problems(*BODY, 403, 404)},
    )
    def post(self, request: Request, name: str) -> Response:
        """One that the model did not learn from: it answers, with a note on every suggestion."""
        given = AllowanceSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        allow_anatomy(signed_in(request.user), name, said["anatomy"], allowed=said["allowed"], reason=said["reason"])
        return ModelList().get(request)


class SuggestionRuns(APIView):
    permission_classes = allowed_by(may_see_models)
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Have models look at cases",
        request=LookSerializer,
        responses={201: JobSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request) -> Response:
        """Queue a job that makes suggestions for cases; what was worked out before is looked up."""
        given = LookSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        wanted = CasesToLookAt(tuple(said["cases"]), said["modality"], said["cohort"])
        job = request_suggestions(request.user, cases_to_look_at(request.user, wanted))
        return Response(JobSerializer(job).data, status=201)


class ProposalList(APIView):
    permission_classes = allowed_by(may_promote_models)

    @extend_schema(summary="Proposal against final", responses={200: ProposalsSerializer, **problems(403)})
    def get(self, request: Request) -> Response:
        """What became of models' suggestions, by model, modality, kind and reader."""
        lines = proposal_lines(decided_proposals(request.user))
        return Response({"lines": [vars(line) for line in lines]})


def _model(line: ModelLine) -> dict[str, object]:
    return {
        "name": line.name,
        "anatomies": [one.anatomy for one in line.allowances],
        "versions": [
            {
                "id": one.pk,
                "version": one.version,
                "task": one.task,
                "modality": one.modality,
                "anatomy": one.anatomy,
                "sha256": one.content_hash,
                "answers": one == line.active,
                "registered_at": one.created_at,
                "card": one.card,
            }
            for one in line.versions
        ],
    }
