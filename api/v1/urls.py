"""Addresses of the API for programs, version 1."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated

from api.problems import TITLES, problem
from api.v1 import (
    assignments,
    auth,
    cases,
    catalogue,
    exports,
    intakes,
    jobs,
    labels,
    marks,
    people,
    suggestions,
)


@csrf_exempt
def no_such_address(request: HttpRequest, rest: str) -> HttpResponse:
    """A problem document, not a page, for an address that the API doesn't have."""
    return problem(404, TITLES[404], f"The API has no address {request.path[:200]}; see /api/v1/schema/.")


urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(permission_classes=[IsAuthenticated]), name="api-schema"),
    path("auth/token", auth.TokenView.as_view(), name="api-token"),
    path("me", people.Me.as_view(), name="api-me"),
    path("patients", catalogue.PatientList.as_view(), name="api-patients"),
    path("studies", catalogue.StudyList.as_view(), name="api-studies"),
    path("studies/<int:study_id>", catalogue.StudyDetail.as_view(), name="api-study"),
    path("series", catalogue.SeriesList.as_view(), name="api-series"),
    path("cases", cases.CaseList.as_view(), name="api-cases"),
    path("cases/<uuid:case_id>", cases.CaseDetail.as_view(), name="api-case"),
    path("cases/<uuid:case_id>/manifest", cases.CaseManifest.as_view(), name="api-case-manifest"),
    path("cases/<uuid:case_id>/reading", cases.CaseReading.as_view(), name="api-case-reading"),
    path("cases/<uuid:case_id>/open", cases.CaseOpen.as_view(), name="api-case-open"),
    path("annotations/<uuid:record_id>", marks.AnnotationView.as_view(), name="api-annotation"),
    path("findings/<uuid:record_id>", marks.FindingView.as_view(), name="api-finding"),
    path("answers/<uuid:record_id>", marks.AnswerView.as_view(), name="api-answer"),
    path("labels", labels.LabelList.as_view(), name="api-labels"),
    path("labels/score", labels.LabelScore.as_view(), name="api-label-score"),
    path("labels/<str:reference>", labels.LabelDetail.as_view(), name="api-label"),
    path("suggestions/<uuid:suggestion_id>/accept", suggestions.SuggestionAccept.as_view(), name="api-accept"),
    path("suggestions/<uuid:suggestion_id>/reject", suggestions.SuggestionReject.as_view(), name="api-reject"),
    path("suggestions/<uuid:suggestion_id>/undo", suggestions.SuggestionUndo.as_view(), name="api-undo"),
    path("worklist", assignments.Worklist.as_view(), name="api-worklist"),
    path("worklist/next", assignments.WorklistNext.as_view(), name="api-worklist-next"),
    path("assignments", assignments.AssignmentList.as_view(), name="api-assignments"),
    path("assignments/reorder", assignments.AssignmentOrder.as_view(), name="api-reorder"),
    path("assignments/<uuid:assignment_id>", assignments.AssignmentDetail.as_view(), name="api-assignment"),
    path("assignments/<uuid:assignment_id>/submit", assignments.AssignmentSubmit.as_view(), name="api-submit"),
    path("assignments/<uuid:assignment_id>/reopen", assignments.AssignmentReopen.as_view(), name="api-reopen"),
    path("jobs", jobs.JobList.as_view(), name="api-jobs"),
    path("jobs/<uuid:job_id>", jobs.JobDetail.as_view(), name="api-job"),
    path("jobs/<uuid:job_id>/cancel", jobs.JobCancel.as_view(), name="api-job-cancel"),
    path("jobs/<uuid:job_id>/retry", jobs.JobRetry.as_view(), name="api-job-retry"),
    path("intakes", intakes.IntakeList.as_view(), name="api-intakes"),
    path("intakes/<uuid:intake_id>", intakes.IntakeDetail.as_view(), name="api-intake"),
    path("intakes/<uuid:intake_id>/files", intakes.IntakeFiles.as_view(), name="api-intake-files"),
    path("intakes/<uuid:intake_id>/seal", intakes.IntakeSeal.as_view(), name="api-intake-seal"),
    path("quarantine", intakes.QuarantineList.as_view(), name="api-quarantine"),
    path("exports", exports.ExportList.as_view(), name="api-exports"),
    path("exports/<uuid:export_id>", exports.ExportDetail.as_view(), name="api-export"),
    path("exports/<uuid:export_id>/download", exports.ExportDownload.as_view(), name="api-export-download"),
    path("people", people.PersonList.as_view(), name="api-people"),
    path("people/<int:person_id>", people.PersonDetail.as_view(), name="api-person"),
    path("people/<int:person_id>/password", people.PersonPassword.as_view(), name="api-person-password"),
    path("audit", people.AuditList.as_view(), name="api-audit"),
    path("<path:rest>", no_such_address, name="api-unknown"),
]
