"""Cases: which ones, how to show them, and what was made in them."""

import uuid
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from drf_spectacular.plumbing import resolve_type_hint
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.policies import Person, is_signed_in
from annotator.annotations.queries import marks_for
from annotator.annotations.records import annotation_as_dict, answer_as_dict, finding_as_dict
from annotator.assist.actions.note_shown import note_shown
from annotator.assist.queries import suggestions_for
from annotator.assist.records import suggestion_as_dict
from annotator.assist.slice_summary import slice_summaries
from annotator.cases.actions.show_priors import MOST_PRIORS, show_priors
from annotator.cases.manifest import Manifest, manifest_for
from annotator.cases.models import Case
from annotator.cases.policies import may_make_cases
from annotator.cases.queries import case_for, catalogued_cases_for
from annotator.cases.records import case_as_dict
from annotator.readerstudies.actions.open_assignment import open_assignment
from annotator.readerstudies.queries import reading_state
from annotator.readerstudies.records import assignment_as_dict
from annotator.readerstudies.reviewing import comment_as_dict, comments_for_reader
from api.v1.assignments import AssignmentSerializer
from api.v1.listing import ListView, primary_key_filter
from api.v1.parsers import StrictJSONParser
from api.v1.permissions import allowed_by
from api.v1.records import ReadingSerializer
from api.v1.responses import problems
from ml_assist.caliper_lengths import caliper_lengths


class IdentitySerializer(serializers.Serializer):
    patient_id = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    sex = serializers.CharField(allow_blank=True)
    birth_date = serializers.CharField(allow_blank=True)


class CaseSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    title = serializers.CharField()
    modality = serializers.CharField()
    layout = serializers.CharField(help_text="Rows x columns of panes.")
    patient = IdentitySerializer(allow_null=True, help_text="null for a blinded reader.")

    def to_representation(self, case: Case) -> dict[str, Any]:
        """As everywhere in the product: the rule who sees the patient is the cases' own."""
        return {**case_as_dict(case)}


class OpenedSerializer(serializers.Serializer):
    assignment = AssignmentSerializer(allow_null=True)


class OwnerParameter(serializers.Serializer):
    owner = serializers.CharField(required=False, max_length=150, help_text="User name: what that reader made only.")


class CaseFilter(filters.FilterSet):
    modality = filters.CharFilter()
    patient_id = filters.CharFilter(method="of_patient", help_text="The whole identifier, where one may see it.")
    study = primary_key_filter(method="of_study", help_text="Primary key, where one may see whose case it is.")

    def of_patient(self, cases: QuerySet[Case], _name: str, patient_id: str) -> QuerySet[Case]:
        # Else a blinded reader could try identifiers until a case comes up.
        return cases.filter(Q(shows_identity=True), study__patient__patient_id=patient_id)

    def of_study(self, cases: QuerySet[Case], _name: str, study: Any) -> QuerySet[Case]:
        return cases.filter(Q(shows_identity=True), study=study)


@extend_schema_view(get=extend_schema(summary="List cases", responses={200: CaseSerializer, **problems(400)}))
class CaseList(ListView):
    """All for data managers and admins, those that are open to them for radiologists; newest first."""

    permission_classes = allowed_by(is_signed_in)
    serializer_class = CaseSerializer
    filterset_class = CaseFilter
    model = Case

    def rows(self, person: Person) -> QuerySet[Case]:
        return catalogued_cases_for(person)


class CaseDetail(APIView):
    @extend_schema(summary="Read a case", responses={200: CaseSerializer, **problems(404)})
    def get(self, request: Request, case_id: uuid.UUID) -> Response:
        """The head of one case."""
        return Response(case_as_dict(case_for(request.user, case_id)))


class WantedPriorsSerializer(serializers.Serializer):
    most = serializers.IntegerField(min_value=0, max_value=MOST_PRIORS, help_text="How many earlier studies to show.")


class ShownPriorsSerializer(serializers.Serializer):
    shown = serializers.IntegerField(help_text="How many there were of the same modality and body part.")


class CasePriors(APIView):
    parser_classes = [StrictJSONParser]
    permission_classes = allowed_by(may_make_cases)

    @extend_schema(
        summary="Show a case with earlier studies",
        request=WantedPriorsSerializer,
        responses={200: ShownPriorsSerializer, **problems(400, 403, 404)},
    )
    def post(self, request: Request, case_id: uuid.UUID) -> Response:
        """The patient's latest earlier studies of the same modality and body part, to compare with; 0 for none."""
        asked = WantedPriorsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response({"shown": show_priors(request.user, case_id, most=asked.validated_data["most"])})


class CaseManifest(APIView):
    @extend_schema(
        summary="Read a case's manifest",
        responses={
            200: OpenApiResponse(resolve_type_hint(Manifest), description="Stacks, frames, tokens, schemas."),
            **problems(404),
        },
    )
    def get(self, request: Request, case_id: uuid.UUID) -> Response:
        """Everything that is needed to show a case, and the tokens that open its frames."""
        case = case_for(request.user, case_id)
        return Response(manifest_for(request.user, case, reading=reading_state(request.user, case)))


class CaseReading(APIView):
    @extend_schema(
        summary="Read what was made in a case",
        parameters=[OwnerParameter],
        responses={200: ReadingSerializer, **problems(400, 404)},
    )
    def get(self, request: Request, case_id: uuid.UUID) -> Response:
        """Findings, marks, answers and suggestions: a radiologist's own, all for data managers and admins."""
        case = case_for(request.user, case_id)
        asked = OwnerParameter(data=request.query_params)
        asked.is_valid(raise_exception=True)
        marks = marks_for(request.user, case, owner=asked.validated_data.get("owner"))
        suggestions = list(suggestions_for(request.user, case))
        return Response(
            {
                "findings": [finding_as_dict(finding) for finding in marks.findings],
                "annotations": [annotation_as_dict(annotation) for annotation in marks.annotations],
                "answers": [answer_as_dict(answer) for answer in marks.answers],
                "suggestions": [suggestion_as_dict(s) for s in suggestions],
                "slice_summaries": slice_summaries(case, suggestions),
                "caliper_lengths": caliper_lengths(case, suggestions),
                "comments": [comment_as_dict(one) for one in comments_for_reader(request.user, case)],
            }
        )


class CaseOpen(APIView):
    parser_classes = [StrictJSONParser]

    @extend_schema(summary="Open a case", request=None, responses={200: OpenedSerializer, **problems(404, 409)})
    def post(self, request: Request, case_id: uuid.UUID) -> Response:
        """Note that reading begins; answers the person's assignment of the case, null where there is none."""
        assignment = open_assignment(request.user, case_id)
        note_shown(request.user, case_id)
        return Response({"assignment": assignment_as_dict(assignment) if assignment else None})
