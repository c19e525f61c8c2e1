"""Cohorts: saved questions, counted live; leaks judged, patients withdrawn."""

import uuid
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.datasets.actions.judge_leak import judge_leak
from annotator.datasets.actions.save_cohort import save_cohort
from annotator.datasets.actions.withdraw_patient import withdraw_patient
from annotator.datasets.cohort_counts import count_cohort
from annotator.datasets.models import Cohort, Withdrawal
from annotator.datasets.policies import may_manage_datasets
from annotator.datasets.release_queries import cohort_for, cohorts_for, withdrawals_for
from api.v1.listing import ListView
from api.v1.parsers import StrictJSONParser
from api.v1.permissions import allowed_by
from api.v1.responses import BODY, problems


class CohortSerializer(serializers.ModelSerializer):
    created_by = serializers.CharField(source="created_by.username", allow_null=True, default=None)
    release_count = serializers.IntegerField()
    query = serializers.DictField()
    words = serializers.DictField()
    judged = serializers.ListField(child=serializers.DictField())

    class Meta:
        model = Cohort
        fields = [
            "id",
            "name",
            "description",
            "query",
            "words",
            "judged",
            "release_count",
            "created_by",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields


class CohortRequestSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=80)
    query = serializers.DictField(help_text="Criteria, exclusions with reasons, groups, pictures: docs/programs.md.")
    description = serializers.CharField(max_length=4000, allow_blank=True, default="")
    words = serializers.DictField(required=False, help_text="What the datasheet says that nobody can compute.")


class CountRequestSerializer(serializers.Serializer):
    query = serializers.DictField()
    truth = serializers.DictField(required=False, help_text="As of a release's recipe: counts what it would hold.")


class CohortCountsSerializer(serializers.Serializer):
    flow = serializers.DictField()
    readings = serializers.IntegerField()
    readers = serializers.IntegerField()
    prevalence = serializers.ListField(child=serializers.DictField())


class LeakVerdictSerializer(serializers.Serializer):
    first = serializers.CharField(max_length=64, help_text="A patient's pseudonym, as a release's leaks name it.")
    second = serializers.CharField(max_length=64)
    verdict = serializers.ChoiceField(["together", "different", "exclude_first", "exclude_second"])
    reason = serializers.CharField(max_length=1000)


class WithdrawalSerializer(serializers.ModelSerializer):
    by = serializers.CharField(source="by.username")
    stack_count = serializers.IntegerField(help_text="Stacks of releases that were erased.")

    class Meta:
        model = Withdrawal
        fields = ["patient", "reason", "by", "at", "stack_count"]
        read_only_fields = fields


class WithdrawalRequestSerializer(serializers.Serializer):
    patient = serializers.CharField(max_length=64, help_text="Pseudonym.")
    reason = serializers.CharField(max_length=1000)


def _saved(person: Any, request: Request, cohort_id: uuid.UUID | None) -> Response:
    given = CohortRequestSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    asked = given.validated_data
    cohort = save_cohort(
        person,
        asked["name"],
        asked["query"],
        cohort_id=cohort_id,
        description=asked["description"],
        words=asked.get("words"),
    )
    return Response(CohortSerializer(cohort_for(person, cohort.pk)).data, status=200 if cohort_id else 201)


@extend_schema_view(get=extend_schema(summary="List cohorts", responses={200: CohortSerializer, **problems(403)}))
class CohortList(ListView):
    permission_classes = allowed_by(may_manage_datasets)
    parser_classes = [StrictJSONParser]
    serializer_class = CohortSerializer
    model = Cohort

    def rows(self, person: Person) -> QuerySet[Cohort]:
        return cohorts_for(person)

    @extend_schema(
        summary="Make a cohort",
        request=CohortRequestSerializer,
        responses={201: CohortSerializer, **problems(*BODY, 403, 409)},
    )
    def post(self, request: Request) -> Response:
        """Save a question."""
        return _saved(signed_in(request.user), request, None)


class CohortDetail(APIView):
    permission_classes = allowed_by(may_manage_datasets)
    parser_classes = [StrictJSONParser]

    @extend_schema(summary="Read a cohort", responses={200: CohortSerializer, **problems(403, 404)})
    def get(self, request: Request, cohort_id: uuid.UUID) -> Response:
        """One cohort."""
        return Response(CohortSerializer(cohort_for(request.user, cohort_id)).data)

    @extend_schema(
        summary="Change a cohort",
        request=CohortRequestSerializer,
        responses={200: CohortSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def put(self, request: Request, cohort_id: uuid.UUID) -> Response:
        """Releases keep the question that they were made by."""
        return _saved(signed_in(request.user), request, cohort_id)


class CohortCount(APIView):
    permission_classes = allowed_by(may_manage_datasets)
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Count a question",
        request=CountRequestSerializer,
        responses={200: CohortCountsSerializer, **problems(*BODY, 403)},
    )
    def post(self, request: Request) -> Response:
        """What a cohort would hold now: flow chart, readers, prevalence. Nothing is kept."""
        given = CountRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        counts = count_cohort(signed_in(request.user), asked["query"], truth=asked.get("truth"))
        return Response(CohortCountsSerializer(counts.to_json()).data)


class CohortLeakVerdict(APIView):
    permission_classes = allowed_by(may_manage_datasets)
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Decide about a leak",
        request=LeakVerdictSerializer,
        responses={200: CohortSerializer, **problems(*BODY, 403, 404)},
    )
    def post(self, request: Request, cohort_id: uuid.UUID) -> Response:
        """Two patients go to one side, one of them goes, or they are different; for all later freezes."""
        given = LeakVerdictSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        person = signed_in(request.user)
        judge_leak(person, cohort_id, asked["first"], asked["second"], verdict=asked["verdict"], reason=asked["reason"])
        return Response(CohortSerializer(cohort_for(person, cohort_id)).data)


@extend_schema_view(
    get=extend_schema(summary="List withdrawn patients", responses={200: WithdrawalSerializer, **problems(403)})
)
class WithdrawalList(ListView):
    permission_classes = allowed_by(may_manage_datasets)
    parser_classes = [StrictJSONParser]
    serializer_class = WithdrawalSerializer
    model = Withdrawal

    def rows(self, person: Person) -> QuerySet[Withdrawal]:
        return withdrawals_for(person)

    @extend_schema(
        summary="Withdraw a patient",
        request=WithdrawalRequestSerializer,
        responses={201: WithdrawalSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request) -> Response:
        """Erase a patient from every release; a tombstone stays. This can't be undone."""
        given = WithdrawalRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        person = signed_in(request.user)
        made = withdraw_patient(person, given.validated_data["patient"], reason=given.validated_data["reason"])
        return Response(WithdrawalSerializer(withdrawals_for(person).get(pk=made.pk)).data, status=201)
