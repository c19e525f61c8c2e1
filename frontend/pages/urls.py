"""Addresses of the pages."""

from django.urls import path

from frontend.pages import (
    assignments,
    audit,
    cases,
    exports,
    health,
    intakes,
    jobs,
    people,
    quarantine,
    sign_in,
    studies,
    worklist,
)

urlpatterns = [
    path("", sign_in.home, name="home"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign-out"),
    path("worklist/", worklist.worklist, name="worklist"),
    path("worklist/next/", worklist.next_case, name="next-case"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<uuid:case_id>/", cases.case, name="case"),
    path("studies/", studies.studies, name="studies"),
    path("studies/<int:pk>/", studies.study, name="study"),
    path("intakes/", intakes.intakes, name="intakes"),
    path("intakes/<uuid:intake_id>/", intakes.intake, name="intake"),
    path("quarantine/", quarantine.quarantine, name="quarantine"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<uuid:job_id>/cancel", jobs.cancel, name="job-cancel"),
    path("jobs/<uuid:job_id>/retry", jobs.retry, name="job-retry"),
    path("exports/", exports.exports, name="exports"),
    path("exports/<uuid:export_id>/download", exports.download, name="export-download"),
    path("assignments/", assignments.assignments, name="assignments"),
    path("people/", people.people, name="people"),
    path("audit/", audit.audit, name="audit"),
    path("health", health.health, name="health"),
]
