"""Who reads what: the reader's worklist, and an admin's giving out of cases."""

from typing import Any
from uuid import UUID

import django_filters as filters
from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.policies import Person
from annotator.readerstudies.actions.assign_cases import assign_cases
from annotator.readerstudies.actions.record_reading_time import record_reading_time
from annotator.readerstudies.actions.reopen_assignment import reopen_assignment
from annotator.readerstudies.actions.reorder_assignments import reorder_assignments
from annotator.readerstudies.actions.submit_assignment import submit_assignment
from annotator.readerstudies.actions.withdraw_assignment import withdraw_assignment
from annotator.readerstudies.models import Assignment, AssignmentState, Step
from annotator.readerstudies.policies import may_assign, may_read_cases, may_see_all_assignments
from annotator.readerstudies.queries import (
    assignment_for,
    assignments_for,
    next_assignment,
    previous_assignment,
    worklist_for,
)
from annotator.readerstudies.records import assignment_as_dict
from annotator.readerstudies.training import feedback_waits
from api.v1.listing import ListView
from api.v1.parsers import StrictJSONParser
from api.v1.permissions import allowed_by
from api.v1.responses import BODY, problems


class AssignmentSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    case = serializers.UUIDField()
    title = serializers.CharField(help_text="The case's.")
    modality = serializers.CharField()
    reader = serializers.CharField(help_text="User name.")
    place = serializers.IntegerField(help_text="Order in the reader's worklist.")
    due_date = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(AssignmentState.choices)
    assigned_at = serializers.DateTimeField()
    opened_at = serializers.DateTimeField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    active_seconds = serializers.FloatField(
        allow_null=True, help_text="Read so far, pauses left out; null in the answer to a change."
    )
    returned = serializers.CharField(
        allow_blank=True, help_text="Why it was given back to its reader; empty again once it is submitted."
    )

    def to_representation(self, assignment: Assignment) -> dict[str, Any]:
        """As everywhere in the product."""
        return {**assignment_as_dict(assignment)}


class SubmittedSerializer(AssignmentSerializer):
    next = serializers.CharField(allow_null=True, help_text="The page of the next unsubmitted case.")


class NextSerializer(serializers.Serializer):
    assignment = AssignmentSerializer(allow_null=True)


class AssignmentsSerializer(serializers.Serializer):
    assignments = AssignmentSerializer(many=True)


class NewAssignmentsSerializer(serializers.Serializer):
    cases = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=10_000)
    readers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        min_length=1,
        max_length=1000,
        help_text="Primary keys of radiologists.",
    )
    due_date = serializers.DateField(allow_null=True, default=None)
    shuffle_seed = serializers.IntegerField(
        allow_null=True,
        default=None,
        min_value=0,
        max_value=2**31 - 1,
        help_text="Gives each reader an own order; null keeps that of `cases`.",
    )
    shows_identity = serializers.BooleanField(default=False)
    shows_suggestions = serializers.BooleanField(default=True)


class OrderSerializer(serializers.Serializer):
    reader = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    assignments = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=100_000)


class ReadingTimeSerializer(serializers.Serializer):
    active_seconds = serializers.FloatField(min_value=0, help_text="Since the sitting began, pauses left out.")


class SubmitSerializer(serializers.Serializer):
    step = serializers.ChoiceField(
        Step.choices, default="", allow_blank=True, help_text="Needed in a second read: the one that is handed in."
    )


class ReopenSerializer(serializers.Serializer):
    reason = serializers.CharField(
        allow_blank=True, default="", max_length=1000, help_text="Required; its reader is shown it."
    )


class AssignmentFilter(filters.FilterSet):
    reader = filters.CharFilter(field_name="reader__username", help_text="User name.")
    state = filters.ChoiceFilter(choices=AssignmentState.choices)
    case = filters.UUIDFilter(field_name="case_id")


@extend_schema_view(
    get=extend_schema(summary="Read the worklist", responses={200: AssignmentSerializer, **problems(403)})
)
class Worklist(ListView):
    """What a radiologist has to read, in order."""

    permission_classes = allowed_by(may_read_cases)
    serializer_class = AssignmentSerializer
    model = Assignment

    def rows(self, person: Person) -> QuerySet[Assignment]:
        return worklist_for(person)


class WorklistNext(APIView):
    permission_classes = allowed_by(may_read_cases)

    @extend_schema(
        summary="Read what comes next",
        parameters=[OpenApiParameter("after", UUID, description="The assignment that is being left.")],
        responses={200: NextSerializer, **problems(403)},
    )
    def get(self, request: Request) -> Response:
        """The next unsubmitted case; null when there is none left."""
        found = next_assignment(request.user, request.query_params.get("after"))
        return Response({"assignment": assignment_as_dict(found) if found else None})


class WorklistPrevious(APIView):
    permission_classes = allowed_by(may_read_cases)

    @extend_schema(
        summary="Read what came before",
        parameters=[OpenApiParameter("before", UUID, description="The assignment that is being left.", required=True)],
        responses={200: NextSerializer, **problems(403)},
    )
    def get(self, request: Request) -> Response:
        """The case before, submitted or not; null before the first."""
        found = previous_assignment(request.user, request.query_params.get("before", ""))
        return Response({"assignment": assignment_as_dict(found) if found else None})


@extend_schema_view(
    get=extend_schema(summary="List assignments", responses={200: AssignmentSerializer, **problems(400, 403)})
)
class AssignmentList(ListView):
    """Every reader's, by reader and place."""

    permission_classes = allowed_by(may_see_all_assignments)
    parser_classes = [StrictJSONParser]
    serializer_class = AssignmentSerializer
    filterset_class = AssignmentFilter
    model = Assignment

    def rows(self, person: Person) -> QuerySet[Assignment]:
        return assignments_for(person)

    @extend_schema(
        summary="Assign cases",
        request=NewAssignmentsSerializer,
        responses={201: AssignmentsSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request) -> Response:
        """Give every case to every reader, behind what each has already; answers the new assignments."""
        given = NewAssignmentsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        made = assign_cases(
            request.user,
            asked["cases"],
            asked["readers"],
            due_date=asked["due_date"],
            shuffle_seed=asked["shuffle_seed"],
            shows_identity=asked["shows_identity"],
            shows_suggestions=asked["shows_suggestions"],
        )
        return Response({"assignments": [assignment_as_dict(one) for one in made]}, status=201)


class AssignmentOrder(APIView):
    permission_classes = allowed_by(may_assign)
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Reorder a worklist",
        request=OrderSerializer,
        responses={200: AssignmentsSerializer, **problems(*BODY, 403)},
    )
    def post(self, request: Request) -> Response:
        """Put assignments of one reader into this order, on the places that they hold now."""
        given = OrderSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        moved = reorder_assignments(request.user, given.validated_data["reader"], given.validated_data["assignments"])
        return Response({"assignments": [assignment_as_dict(one) for one in moved]})


class AssignmentDetail(APIView):
    @extend_schema(summary="Read an assignment", responses={200: AssignmentSerializer, **problems(404)})
    def get(self, request: Request, assignment_id: UUID) -> Response:
        """One's own, or any for an admin."""
        return Response(assignment_as_dict(assignment_for(request.user, assignment_id)))

    @extend_schema(summary="Withdraw an assignment", responses={204: None, **problems(403, 404, 409)})
    def delete(self, request: Request, assignment_id: UUID) -> Response:
        """Take a case off a worklist; marks that were made stay."""
        withdraw_assignment(request.user, assignment_id)
        return Response(status=204)


class AssignmentSubmit(APIView):
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Submit a reading",
        request=SubmitSerializer,
        responses={200: SubmittedSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Hand one's own reading in: its marks are locked. After the first step of a second read `next` is the case."""
        given = SubmitSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        assignment = submit_assignment(request.user, assignment_id, step=given.validated_data["step"])
        stays = assignment.state != AssignmentState.SUBMITTED
        following = assignment if stays else next_assignment(request.user, assignment.pk)
        page = reverse("case", args=[following.case_id]) if following else None
        if feedback_waits(request.user, assignment.pk):
            page = reverse("training-feedback", args=[assignment.pk])
        return Response({**assignment_as_dict(assignment), "next": page})


class ReadingTime(APIView):
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Tell how long a case was read",
        request=ReadingTimeSerializer,
        responses={200: ReadingTimeSerializer, **problems(*BODY, 403, 404)},
    )
    def put(self, request: Request, assignment_id: UUID, sitting: UUID) -> Response:
        """One's own sitting, by an identifier that the page made; the time only grows."""
        given = ReadingTimeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        kept = record_reading_time(
            request.user, assignment_id, sitting, active_seconds=given.validated_data["active_seconds"]
        )
        return Response({"active_seconds": kept.active_seconds})


class AssignmentReopen(APIView):
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Reopen a reading",
        request=ReopenSerializer,
        responses={200: AssignmentSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Give a submitted reading back to its reader, who is shown the reason."""
        given = ReopenSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        reopened = reopen_assignment(request.user, assignment_id, reason=given.validated_data["reason"])
        return Response(assignment_as_dict(reopened))
