"""Addresses of the API for programs, version 1."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.views import APIView

from api.problems import TITLES, problem
from api.v1 import (
    adjudications,
    arranging,
    assignments,
    auth,
    calculators,
    cases,
    catalogue,
    cohorts,
    exports,
    intakes,
    jobs,
    key_map,
    label_schemas,
    labels,
    marks,
    models,
    outlines,
    people,
    reader_studies,
    release_exports,
    releases,
    reviews,
    running_studies,
    study_results,
    suggestions,
    text_reviews,
    tirads_fits,
)


class Description(SpectacularAPIView):
    permission_classes = [IsAuthenticated]


def address(route: str, view: type[APIView], name: str) -> URLPattern:
    """A route whose answers no browser and no proxy keeps: they hold patients, marks and tokens."""
    return path(route, never_cache(view.as_view()), name=name)


@csrf_exempt
def no_such_address(request: HttpRequest, rest: str) -> HttpResponse:
    """A problem document, not a page, for an address that the API doesn't have."""
    return problem(404, TITLES[404], f"The API has no address {request.path[:200]}; see /api/v1/schema/.")


urlpatterns = [
    address("schema/", Description, "api-schema"),
    address("auth/token", auth.TokenView, "api-token"),
    address("auth/session", auth.SessionView, "api-session"),
    address("me", people.Me, "api-me"),
    address("me/preferences", people.Preferences, "api-preferences"),
    address("me/keeping-key", auth.KeepingKeyView, "api-keeping-key"),
    address("patients", catalogue.PatientList, "api-patients"),
    address("studies", catalogue.StudyList, "api-studies"),
    address("studies/<int:study_id>", catalogue.StudyDetail, "api-study"),
    address("studies/<int:study_id>/priors", arranging.StudyPriors, "api-study-priors"),
    address("series", catalogue.SeriesList, "api-series"),
    address("tags", arranging.TagList, "api-tags"),
    address("collections", arranging.CollectionList, "api-collections"),
    address("collections/<int:collection_id>", arranging.CollectionDetail, "api-collection"),
    address("collections/<int:collection_id>/studies", arranging.CollectionStudies, "api-collection-studies"),
    address("stacks/<str:stack_key>/laterality", arranging.StackLaterality, "api-stack-laterality"),
    address("cases", cases.CaseList, "api-cases"),
    address("cases/<uuid:case_id>", cases.CaseDetail, "api-case"),
    address("cases/<uuid:case_id>/priors", cases.CasePriors, "api-case-priors"),
    address("cases/<uuid:case_id>/manifest", cases.CaseManifest, "api-case-manifest"),
    address("cases/<uuid:case_id>/reading", cases.CaseReading, "api-case-reading"),
    address("cases/<uuid:case_id>/open", cases.CaseOpen, "api-case-open"),
    address("cases/<uuid:case_id>/adjudication", adjudications.CaseAdjudication, "api-case-adjudication"),
    address("annotations/<uuid:record_id>", marks.AnnotationView, "api-annotation"),
    address("findings/<uuid:record_id>", marks.FindingView, "api-finding"),
    address("answers/<uuid:record_id>", marks.AnswerView, "api-answer"),
    address("calculators/tirads", calculators.TiradsCalculator, "api-calculator-tirads"),
    address("labels", labels.LabelList, "api-labels"),
    address("labels/score", labels.LabelScore, "api-label-score"),
    address("labels/<str:reference>", labels.LabelDetail, "api-label"),
    address("label-schemas", label_schemas.SchemaList, "api-label-schemas"),
    address("label-schema-checks", label_schemas.SchemaCheck, "api-label-schema-check"),
    address("label-schema-imports", label_schemas.SchemaImport, "api-label-schema-import"),
    address("label-schemas/<slug:key>", label_schemas.SchemaDetail, "api-label-schema"),
    address("label-schemas/<slug:key>/comparison", label_schemas.SchemaComparison, "api-label-schema-comparison"),
    address("label-schemas/<slug:key>/copy", label_schemas.SchemaCopy, "api-label-schema-copy"),
    address("label-schemas/<slug:key>/retire", label_schemas.SchemaRetire, "api-label-schema-retire"),
    address("label-schemas/<slug:key>/bring-back", label_schemas.SchemaBringBack, "api-label-schema-bring-back"),
    address("label-schemas/<slug:key>/draft", label_schemas.SchemaDraft, "api-label-schema-draft"),
    address("label-schemas/<slug:key>/draft/publish", label_schemas.SchemaPublish, "api-label-schema-publish"),
    address("label-schemas/<slug:key>/draft/dry-run", label_schemas.SchemaDryRun, "api-label-schema-dry-run"),
    address("label-schemas/<slug:key>/draft/restore", label_schemas.SchemaDraftRestore, "api-label-schema-restore"),
    address("label-schemas/<slug:key>/draft/rebase", label_schemas.SchemaDraftRebase, "api-label-schema-rebase"),
    address("label-schemas/<slug:key>/versions/<int:version>", label_schemas.SchemaVersion, "api-label-schema-version"),
    address(
        "label-schemas/<slug:key>/versions/<int:version>/export", label_schemas.SchemaExport, "api-label-schema-export"
    ),
    address("cases/<uuid:case_id>/outlines", outlines.CaseOutlines, "api-case-outlines"),
    address("outlines/<uuid:outline_id>", outlines.OutlineDetail, "api-outline"),
    address("models", models.ModelList, "api-models"),
    address("models/<int:version_id>/promote", models.ModelPromote, "api-model-promote"),
    address("models/<slug:name>/roll-back", models.ModelRollBack, "api-model-roll-back"),
    address("models/<slug:name>/anatomies", models.ModelAnatomies, "api-model-anatomies"),
    address("suggestion-runs", models.SuggestionRuns, "api-suggestion-runs"),
    address("proposals", models.ProposalList, "api-proposals"),
    address("suggestions/<uuid:suggestion_id>/accept", suggestions.SuggestionAccept, "api-accept"),
    address("suggestions/<uuid:suggestion_id>/reject", suggestions.SuggestionReject, "api-reject"),
    address("suggestions/<uuid:suggestion_id>/undo", suggestions.SuggestionUndo, "api-undo"),
    address("reader-studies", reader_studies.StudyList, "api-reader-studies"),
    address("reader-study-sizes", reader_studies.ReaderStudySize, "api-reader-study-sizes"),
    address("reader-studies/<uuid:study_id>", reader_studies.ReaderStudyDetail, "api-reader-study"),
    address("reader-studies/<uuid:study_id>/readers", reader_studies.ReaderStudyReaders, "api-reader-study-readers"),
    address("reader-studies/<uuid:study_id>/cases", reader_studies.ReaderStudyCases, "api-reader-study-cases"),
    address("reader-studies/<uuid:study_id>/truths", reader_studies.ReaderStudyTruths, "api-reader-study-truths"),
    address(
        "reader-studies/<uuid:study_id>/allocation",
        reader_studies.ReaderStudyAllocation,
        "api-reader-study-allocation",
    ),
    address("reader-studies/<uuid:study_id>/launch", reader_studies.ReaderStudyLaunch, "api-reader-study-launch"),
    address("reader-studies/<uuid:study_id>/pilot", reader_studies.ReaderStudyPilot, "api-reader-study-pilot"),
    address(
        "reader-studies/<uuid:study_id>/amendments",
        running_studies.ReaderStudyAmendments,
        "api-reader-study-amendments",
    ),
    address(
        "reader-studies/<uuid:study_id>/progress", running_studies.ReaderStudyProgress, "api-reader-study-progress"
    ),
    address(
        "reader-studies/<uuid:study_id>/reminders", running_studies.ReaderStudyReminders, "api-reader-study-reminders"
    ),
    address(
        "reader-studies/<uuid:study_id>/readings/<uuid:assignment_id>/set-aside",
        running_studies.ReaderStudySetAside,
        "api-reader-study-set-aside",
    ),
    address("reader-studies/<uuid:study_id>/results", study_results.ReaderStudyResults, "api-reader-study-results"),
    address(
        "reader-studies/<uuid:study_id>/reads/<slug:format_name>",
        study_results.ReaderStudyReads,
        "api-reader-study-reads",
    ),
    address("reads-exports/<uuid:export_id>", study_results.ReadsExportDetail, "api-reads-export"),
    address("reads-exports/<uuid:export_id>/download", study_results.ReadsExportDownload, "api-reads-export-download"),
    address("me/reader-studies", running_studies.OwnStudies, "api-own-reader-studies"),
    address("worklist", assignments.Worklist, "api-worklist"),
    address("worklist/next", assignments.WorklistNext, "api-worklist-next"),
    address("worklist/previous", assignments.WorklistPrevious, "api-worklist-previous"),
    address("assignments", assignments.AssignmentList, "api-assignments"),
    address("assignments/reorder", assignments.AssignmentOrder, "api-reorder"),
    address("assignments/<uuid:assignment_id>", assignments.AssignmentDetail, "api-assignment"),
    address("assignments/<uuid:assignment_id>/submit", assignments.AssignmentSubmit, "api-submit"),
    address(
        "assignments/<uuid:assignment_id>/reading-times/<uuid:sitting>", assignments.ReadingTime, "api-reading-time"
    ),
    address("assignments/<uuid:assignment_id>/reopen", assignments.AssignmentReopen, "api-reopen"),
    address("assignments/<uuid:assignment_id>/review", reviews.AssignmentReview, "api-assignment-review"),
    address("cases/<uuid:case_id>/review", reviews.CaseReviewView, "api-case-review"),
    address("reviews/next", reviews.ReviewNext, "api-review-next"),
    address("review-comments/<uuid:comment_id>", reviews.ReviewCommentView, "api-review-comment"),
    address("jobs", jobs.JobList, "api-jobs"),
    address("jobs/<uuid:job_id>", jobs.JobDetail, "api-job"),
    address("jobs/<uuid:job_id>/cancel", jobs.JobCancel, "api-job-cancel"),
    address("jobs/<uuid:job_id>/retry", jobs.JobRetry, "api-job-retry"),
    address("intakes", intakes.IntakeList, "api-intakes"),
    address("intakes/<uuid:intake_id>", intakes.IntakeDetail, "api-intake"),
    address("intakes/<uuid:intake_id>/files", intakes.IntakeFiles, "api-intake-files"),
    address("intakes/<uuid:intake_id>/seal", intakes.IntakeSeal, "api-intake-seal"),
    address("quarantine", intakes.QuarantineList, "api-quarantine"),
    address("text-reviews", text_reviews.TextReviewList, "api-text-reviews"),
    address("text-reviews/<int:review_id>", text_reviews.TextReviewDetail, "api-text-review"),
    address("text-reviews/<int:review_id>/decision", text_reviews.TextReviewDecision, "api-text-review-decision"),
    address("text-reviews/<int:review_id>/put-back", text_reviews.TextReviewPutBack, "api-text-review-put-back"),
    address("text-reviews/<int:review_id>/layout", text_reviews.TextReviewLayout, "api-text-review-layout"),
    address("cohorts", cohorts.CohortList, "api-cohorts"),
    address("cohorts/<uuid:cohort_id>", cohorts.CohortDetail, "api-cohort"),
    address("cohorts/<uuid:cohort_id>/leak-verdicts", cohorts.CohortLeakVerdict, "api-cohort-leak-verdict"),
    address("cohort-counts", cohorts.CohortCount, "api-cohort-count"),
    address("withdrawals", cohorts.WithdrawalList, "api-withdrawals"),
    address("releases", releases.ReleaseList, "api-releases"),
    address("releases/<uuid:release_id>", releases.ReleaseDetail, "api-release"),
    address("releases/<uuid:release_id>/datasheet", releases.ReleaseDatasheet, "api-release-datasheet"),
    address("releases/<uuid:release_id>/balance", releases.ReleaseBalance, "api-release-balance"),
    address("releases/<uuid:release_id>/comparison", releases.ReleaseComparison, "api-release-comparison"),
    address("releases/<uuid:release_id>/condition", releases.ReleaseConditionView, "api-release-condition"),
    address("releases/<uuid:release_id>/exports", release_exports.ReleaseExportList, "api-release-exports"),
    address("release-exports/<uuid:export_id>", release_exports.ReleaseExportDetail, "api-release-export"),
    address(
        "release-exports/<uuid:export_id>/download",
        release_exports.ReleaseExportDownload,
        "api-release-export-download",
    ),
    address("releases/<uuid:release_id>/tirads-fits", tirads_fits.ReleaseTiradsFit, "api-release-tirads-fits"),
    address("tirads-fits/<uuid:fit_id>", tirads_fits.TiradsFitDetail, "api-tirads-fit"),
    address("tirads-fits/<uuid:fit_id>/offer", tirads_fits.TiradsFitOffer, "api-tirads-fit-offer"),
    address("diagnosis-tables", tirads_fits.DiagnosisTableList, "api-diagnosis-tables"),
    address("export-formats", release_exports.FormatList, "api-export-formats"),
    address("exports", exports.ExportList, "api-exports"),
    address("exports/<uuid:export_id>", exports.ExportDetail, "api-export"),
    address("exports/<uuid:export_id>/download", exports.ExportDownload, "api-export-download"),
    address("people", people.PersonList, "api-people"),
    address("people/<int:person_id>", people.PersonDetail, "api-person"),
    address("people/<int:person_id>/password", people.PersonPassword, "api-person-password"),
    address("key-map", key_map.PatientKeyList, "api-key-map"),
    address("key-map/search", key_map.PatientKeySearch, "api-key-map-search"),
    address("key-map/<int:key_id>/reveal", key_map.PatientKeyReveal, "api-key-map-reveal"),
    address("audit", people.AuditList, "api-audit"),
    path("<path:rest>", never_cache(no_such_address), name="api-unknown"),
]
