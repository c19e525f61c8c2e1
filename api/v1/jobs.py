"""Long work: how it goes, cancelling it and running it again."""

import uuid

import django_filters as filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.policies import Person, is_signed_in
from annotator.jobs.actions.cancel_job import cancel_job
from annotator.jobs.actions.retry_job import retry_job
from annotator.jobs.models import Job, JobState
from annotator.jobs.queries import job_for, jobs_for
from api.v1.listing import ListView
from api.v1.permissions import allowed_by
from api.v1.responses import problems


class JobSerializer(serializers.ModelSerializer):
    state = serializers.ChoiceField(choices=JobState.choices)
    requested_by = serializers.CharField(source="requested_by.username", allow_null=True, default=None)
    result = serializers.DictField()
    percent = serializers.IntegerField(min_value=0, max_value=100)

    class Meta:
        model = Job
        fields = [
            "id",
            "kind",
            "title",
            "state",
            "percent",
            "doing",
            "error",
            "result",
            "requested_by",
            "attempts",
            "cancel_requested",
            "created_at",
            "started_at",
            "finished_at",
        ]
        read_only_fields = fields


class JobFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=JobState.choices)
    kind = filters.CharFilter(help_text='What it does, e.g. "imaging.ingest".')


@extend_schema_view(get=extend_schema(summary="List jobs", responses={200: JobSerializer, **problems(400, 403)}))
class JobList(ListView):
    """Everyone's for data managers and admins, else one's own; newest first."""

    permission_classes = allowed_by(is_signed_in)
    serializer_class = JobSerializer
    filterset_class = JobFilter
    model = Job

    def rows(self, person: Person) -> QuerySet[Job]:
        return jobs_for(person)


class JobDetail(APIView):
    @extend_schema(summary="Read a job", responses={200: JobSerializer, **problems(404)})
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        """One job."""
        return Response(JobSerializer(job_for(request.user, job_id)).data)


class JobCancel(APIView):
    @extend_schema(summary="Cancel a job", request=None, responses={200: JobSerializer, **problems(403, 404, 409)})
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """Stop it at once while it waits, at its next step while it runs."""
        return Response(JobSerializer(cancel_job(request.user, job_id)).data)


class JobRetry(APIView):
    @extend_schema(summary="Run a job again", request=None, responses={200: JobSerializer, **problems(403, 404, 409)})
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """Queue a failed or cancelled job again."""
        return Response(JobSerializer(retry_job(request.user, job_id)).data)
