"""Every address of the API, every method, every role: what each is answered.

`reader` is a radiologist with a grant on the case, `stranger` one without. A route that is missing here fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.urls import URLPattern, reverse

from api.v1.urls import urlpatterns
from tests.api.v1.access_bodies import (
    annotation,
    answer_body,
    assign_body,
    assignment,
    because,
    case,
    cohort,
    collection,
    comment_body,
    diagnoses_body,
    draft_body,
    empty,
    export,
    export_body,
    finding_body,
    first_revision,
    intake,
    layout_body,
    new_person,
    order_body,
    outline_body,
    own_schema,
    own_version,
    person,
    publish_body,
    read_study,
    reader_study,
    release,
    release_body,
    release_export,
    schema_file,
    sitting,
    size_body,
    suggestion,
    text_review,
    tirads_fit,
    verdict_body,
    withheld_body,
)
from tests.api.v1.world import World, annotation_body, new_id, write_export
from tests.fixtures.people import PASSWORD

ROLES = ("anonymous", "reader", "stranger", "manager", "admin")
Args = Callable[[World], list[Any]]
Body = Callable[[World], Any]


@dataclass(frozen=True)
class Row:
    """`statuses`: for each of ROLES."""

    method: str
    name: str
    statuses: str
    args: Args = lambda _world: []
    body: Body | None = None
    query: str = ""


MATRIX = [
    Row("GET", "api-schema", "401 200 200 200 200"),
    Row("POST", "api-token", "200 200 200 200 200", body=lambda w: {"username": "reader", "password": PASSWORD}),
    Row("DELETE", "api-token", "401 204 204 204 204"),
    Row("POST", "api-session", "200 200 200 200 200", body=lambda w: {"username": "reader", "password": PASSWORD}),
    Row("GET", "api-me", "401 200 200 200 200"),
    Row("POST", "api-keeping-key", "401 200 200 200 200"),
    Row("GET", "api-patients", "401 403 403 200 200"),
    Row("GET", "api-studies", "401 403 403 200 200"),
    Row("GET", "api-study", "401 403 403 200 200", args=lambda w: [w.study.pk]),
    Row("GET", "api-study-priors", "401 403 403 200 200", args=lambda w: [w.study.pk]),
    Row("GET", "api-series", "401 403 403 200 200"),
    Row("GET", "api-tags", "401 403 403 200 200"),
    Row("POST", "api-tags", "401 403 403 200 200", body=lambda w: {"name": "motion", "add": [w.study.pk]}),
    Row("GET", "api-collections", "401 403 403 200 200"),
    Row("POST", "api-collections", "401 403 403 201 201", body=lambda w: {"name": "Another"}),
    Row("GET", "api-collection", "401 403 403 200 200", args=collection),
    Row("PATCH", "api-collection", "401 403 403 200 200", args=collection, body=lambda w: {"name": "Renamed"}),
    Row("DELETE", "api-collection", "401 403 403 204 204", args=collection),
    Row(
        "POST",
        "api-collection-studies",
        "401 403 403 200 200",
        args=collection,
        body=lambda w: {"remove": [w.study.pk]},
    ),
    Row(
        "POST",
        "api-stack-laterality",
        "401 403 403 200 200",
        args=lambda w: [w.doubtful_stack.key],
        body=lambda w: {"verdict": "header"},
    ),
    Row("GET", "api-cases", "401 200 200 200 200"),
    Row("GET", "api-case", "401 200 404 200 200", args=case),
    Row("POST", "api-case-priors", "401 403 403 200 200", args=case, body=lambda w: {"most": 1}),
    Row("GET", "api-case-manifest", "401 200 404 200 200", args=case),
    Row("GET", "api-case-reading", "401 200 404 200 200", args=case),
    Row("POST", "api-case-open", "401 200 404 200 200", args=case, body=empty),
    Row("GET", "api-case-adjudication", "401 404 404 404 404", args=case),
    Row("GET", "api-annotation", "401 200 404 200 200", args=annotation),
    Row(
        "PUT",
        "api-annotation",
        "401 200 404 403 403",
        args=annotation,
        body=lambda w: annotation_body(w, points=[[0, 0], [5, 5]], revision=1),
    ),
    Row("DELETE", "api-annotation", "401 200 404 403 403", args=annotation, query="?revision=1"),
    Row("GET", "api-finding", "401 200 404 200 200", args=lambda w: [w.finding.pk]),
    Row("PUT", "api-finding", "401 200 404 403 403", args=lambda w: [new_id()], body=finding_body),
    Row("DELETE", "api-finding", "401 200 404 403 403", args=lambda w: [w.finding.pk], query="?revision=1"),
    Row("GET", "api-answer", "401 200 404 200 200", args=lambda w: [w.answer.pk]),
    Row("PUT", "api-answer", "401 200 404 403 403", args=lambda w: [w.answer.pk], body=answer_body),
    Row("DELETE", "api-answer", "401 200 404 403 403", args=lambda w: [w.answer.pk], query="?revision=1"),
    Row("GET", "api-labels", "401 200 200 200 200"),
    Row("GET", "api-label", "401 200 200 200 200", args=lambda w: ["lesion@1"]),
    Row("POST", "api-label-score", "401 200 200 200 200", body=lambda w: {"schema": "lesion@1", "answers": {}}),
    Row(
        "POST",
        "api-calculator-tirads",
        "200 200 200 200 200",
        body=lambda w: {"features": {"composition": "solid"}, "size_mm": None},
    ),
    Row("GET", "api-label-schemas", "401 200 200 200 200"),
    Row("POST", "api-label-schemas", "401 403 403 403 201", body=lambda w: {"key": "newer", "title": "Newer"}),
    Row("POST", "api-label-schema-check", "401 403 403 403 200", body=lambda w: {"definition": {}}),
    Row("POST", "api-label-schema-import", "401 403 403 403 200", body=schema_file),
    Row("GET", "api-label-schema", "401 200 200 200 200", args=own_schema),
    Row("GET", "api-label-schema-version", "401 200 200 200 200", args=own_version),
    Row("GET", "api-label-schema-export", "401 200 200 200 200", args=own_version),
    Row("GET", "api-label-schema-comparison", "401 200 200 200 200", args=own_schema, query="?old=1&new=1"),
    Row(
        "POST",
        "api-label-schema-copy",
        "401 403 403 403 201",
        args=own_schema,
        body=lambda w: {"version": 1, "key": "copied", "title": "Copied"},
    ),
    Row("POST", "api-label-schema-retire", "401 403 403 403 200", args=own_schema, body=because),
    Row("POST", "api-label-schema-bring-back", "401 403 403 403 409", args=own_schema, body=because),
    Row("GET", "api-label-schema-draft", "401 403 403 403 200", args=own_schema),
    Row("POST", "api-label-schema-draft", "401 403 403 403 200", args=own_schema, body=empty),
    Row("PUT", "api-label-schema-draft", "401 403 403 403 200", args=own_schema, body=draft_body),
    Row("DELETE", "api-label-schema-draft", "401 403 403 403 204", args=own_schema, query="?revision=1"),
    Row("POST", "api-label-schema-publish", "401 403 403 403 409", args=own_schema, body=publish_body),
    Row("POST", "api-label-schema-dry-run", "401 403 403 403 200", args=own_schema, body=lambda w: {"revision": 1}),
    Row("GET", "api-label-schema-dry-run", "401 403 403 403 404", args=own_schema, query=f"?job={UUID(int=7)}"),
    Row("POST", "api-label-schema-restore", "401 403 403 403 200", args=own_schema, body=empty),
    Row("POST", "api-label-schema-rebase", "401 403 403 403 200", args=own_schema, body=lambda w: {"revision": 1}),
    # A network answers only once one is promoted: test_outlines.py.
    Row("POST", "api-case-outlines", "401 409 404 403 403", args=case, body=outline_body),
    Row("GET", "api-outline", "401 404 404 404 404", args=lambda _world: [new_id()]),
    Row("GET", "api-models", "401 403 403 200 200"),
    Row("POST", "api-model-promote", "401 403 403 403 404", args=lambda _world: [1], body=because),
    Row("POST", "api-model-roll-back", "401 403 403 403 409", args=lambda _world: ["unet"], body=because),
    Row(
        "POST",
        "api-model-anatomies",
        "401 403 403 403 404",
        args=lambda _world: ["unet"],
        body=lambda _world: {"anatomy": "THYROID", "allowed": True, "reason": "Measured."},
    ),
    Row("POST", "api-suggestion-runs", "401 403 403 409 409", body=lambda world: {"cases": [str(world.case.pk)]}),
    Row("GET", "api-proposals", "401 403 403 403 200"),
    Row("POST", "api-accept", "401 200 404 403 403", args=suggestion, body=empty),
    Row("POST", "api-reject", "401 200 404 403 403", args=suggestion, body=empty),
    Row("POST", "api-undo", "401 200 404 403 403", args=suggestion, body=empty),
    Row("GET", "api-reader-studies", "401 403 403 403 200"),
    Row("POST", "api-reader-studies", "401 403 403 403 201", body=lambda _world: {"name": "Night"}),
    Row("POST", "api-reader-study-sizes", "401 403 403 403 200", body=size_body),
    Row("GET", "api-reader-study", "401 403 403 403 200", args=reader_study),
    Row("PUT", "api-reader-study", "401 403 403 403 200", args=reader_study, body=lambda _world: {"revision": 1}),
    Row("DELETE", "api-reader-study", "401 403 403 403 204", args=reader_study),
    Row(
        "PUT",
        "api-reader-study-readers",
        "401 403 403 403 200",
        args=reader_study,
        body=lambda w: {"revision": 1, "readers": [{"person": w.reader.pk}]},
    ),
    Row(
        "PUT",
        "api-reader-study-cases",
        "401 403 403 403 200",
        args=reader_study,
        body=lambda w: {"revision": 1, "cases": [{"case": str(w.case.pk), "batch": "a"}]},
    ),
    Row("PUT", "api-reader-study-truths", "401 403 403 403 200", args=reader_study, body=lambda _w: {"truths": []}),
    Row("GET", "api-reader-study-allocation", "401 403 403 403 200", args=reader_study),
    Row("POST", "api-reader-study-allocation", "401 403 403 403 400", args=reader_study, body=first_revision),
    Row("POST", "api-reader-study-launch", "401 403 403 403 409", args=reader_study, body=first_revision),
    Row("DELETE", "api-reader-study-launch", "401 403 403 403 409", args=reader_study),
    Row("POST", "api-reader-study-pilot", "401 403 403 403 409", args=reader_study, body=first_revision),
    Row("DELETE", "api-reader-study-pilot", "401 403 403 403 409", args=reader_study),
    Row("GET", "api-reader-study-amendments", "401 403 403 403 200", args=reader_study),
    Row(
        "POST",
        "api-reader-study-amendments",
        "401 403 403 403 409",
        args=reader_study,
        body=lambda _world: {"kind": "close", "reason": "Enough."},
    ),
    Row("GET", "api-reader-study-progress", "401 403 403 403 200", args=reader_study),
    Row(
        "POST",
        "api-reader-study-reminders",
        "401 403 403 403 409",
        args=reader_study,
        body=lambda _world: {"readers": ["R01"]},
    ),
    Row(
        "POST",
        "api-reader-study-set-aside",
        "401 403 403 403 404",
        args=lambda w: [*reader_study(w), w.assignment.pk],
        body=lambda _world: {"how": "reset", "reason": "The phone rang."},
    ),
    Row("GET", "api-reader-study-results", "401 403 403 403 200", args=read_study),
    Row("POST", "api-reader-study-results", "401 403 403 403 202", args=read_study),
    Row("GET", "api-reader-study-reads", "401 403 403 403 200", args=lambda w: [*read_study(w), "csv"]),
    Row("POST", "api-reader-study-reads", "401 403 403 403 202", args=lambda w: [*read_study(w), "csv"]),
    Row("GET", "api-reads-export", "401 403 403 403 404", args=lambda _w: [UUID(int=7)]),
    Row("GET", "api-reads-export-download", "401 403 403 403 404", args=lambda _w: [UUID(int=7)]),
    Row("GET", "api-own-reader-studies", "401 200 200 403 403"),
    Row("GET", "api-worklist", "401 200 200 403 403"),
    Row("GET", "api-worklist-next", "401 200 200 403 403"),
    Row("GET", "api-worklist-previous", "401 200 200 403 403"),
    Row("GET", "api-assignments", "401 403 403 403 200"),
    Row("POST", "api-assignments", "401 403 403 403 201", body=assign_body),
    Row("POST", "api-reorder", "401 403 403 403 200", body=order_body),
    Row("GET", "api-assignment", "401 200 404 404 200", args=assignment),
    Row("DELETE", "api-assignment", "401 403 403 403 204", args=assignment),
    Row("POST", "api-submit", "401 200 404 403 403", args=assignment, body=empty),
    Row("PUT", "api-reading-time", "401 200 404 403 403", args=sitting, body=lambda _world: {"active_seconds": 1.5}),
    Row("GET", "api-preferences", "401 200 200 200 200"),
    Row("PUT", "api-preferences", "401 200 200 200 200", body=lambda _world: {"keys": {"tools.box": ["G"]}}),
    Row("GET", "api-case-review", "401 403 403 200 200", args=case),
    Row("GET", "api-review-next", "401 403 403 200 200"),
    Row(
        "POST",
        "api-assignment-review",
        "401 403 403 409 409",
        args=assignment,
        body=lambda _world: {"verdict": "approved"},
    ),
    Row("PUT", "api-review-comment", "401 403 403 200 200", args=lambda _world: [new_id()], body=comment_body),
    Row("DELETE", "api-review-comment", "401 403 403 404 404", args=lambda _world: [new_id()]),
    Row("POST", "api-reopen", "401 403 403 403 409", args=assignment, body=lambda _world: {"reason": "Missed."}),
    Row("GET", "api-jobs", "401 200 200 200 200"),
    Row("GET", "api-job", "401 404 404 200 200", args=lambda w: [w.queued_job.pk]),
    Row("POST", "api-job-cancel", "401 404 404 200 200", args=lambda w: [w.queued_job.pk], body=empty),
    Row("POST", "api-job-retry", "401 404 404 200 200", args=lambda w: [w.failed_job.pk], body=empty),
    Row("GET", "api-intakes", "401 403 403 200 200"),
    Row("POST", "api-intakes", "401 403 403 201 201", body=lambda w: {"expected_files": 2}),
    Row("GET", "api-intake", "401 403 403 200 200", args=intake),
    Row("PUT", "api-intake-files", "401 403 403 200 200", args=intake, body=lambda w: b"DICM", query="?name=c.dcm"),
    Row("POST", "api-intake-seal", "401 403 403 202 202", args=intake, body=empty),
    Row("GET", "api-quarantine", "401 403 403 200 200"),
    Row("GET", "api-text-reviews", "401 403 403 200 200"),
    Row("GET", "api-text-review", "401 403 403 200 200", args=text_review),
    Row("POST", "api-text-review-decision", "401 403 403 200 200", args=text_review, body=withheld_body),
    Row("POST", "api-text-review-put-back", "401 403 403 200 200", args=text_review, body=empty),
    Row("GET", "api-text-review-layout", "401 403 403 200 200", args=text_review),
    Row("POST", "api-text-review-layout", "401 403 403 202 202", args=text_review, body=layout_body),
    Row("GET", "api-cohorts", "401 403 403 200 200"),
    Row("POST", "api-cohorts", "401 403 403 201 201", body=lambda _world: {"name": "Heads", "query": {}}),
    Row("GET", "api-cohort", "401 403 403 200 200", args=cohort),
    Row("PUT", "api-cohort", "401 403 403 200 200", args=cohort, body=lambda _world: {"name": "Heads", "query": {}}),
    Row("POST", "api-cohort-count", "401 403 403 200 200", body=lambda _world: {"query": {}}),
    Row("POST", "api-cohort-leak-verdict", "401 403 403 200 200", args=cohort, body=verdict_body),
    Row("GET", "api-withdrawals", "401 403 403 200 200"),
    Row(
        "POST",
        "api-withdrawals",
        "401 403 403 404 404",
        body=lambda _world: {"patient": "patient-000", "reason": "Asked to."},
    ),
    Row("GET", "api-releases", "401 403 403 200 200"),
    Row("POST", "api-releases", "401 403 403 202 202", body=release_body),
    Row("GET", "api-release", "401 403 403 200 200", args=release),
    Row("DELETE", "api-release", "401 403 403 409 409", args=release),
    Row("GET", "api-release-datasheet", "401 403 403 200 200", args=release),
    Row("GET", "api-release-balance", "401 403 403 200 200", args=release),
    Row("GET", "api-release-comparison", "401 403 403 400 400", args=release),
    Row("GET", "api-release-condition", "401 403 403 200 200", args=release),
    Row("GET", "api-release-exports", "401 403 403 200 200", args=release),
    Row("POST", "api-release-exports", "401 403 403 202 202", args=release, body=lambda _world: {"format": "coco"}),
    Row("GET", "api-release-export", "401 403 403 200 200", args=release_export),
    Row("GET", "api-release-export-download", "401 403 403 200 200", args=release_export),
    Row("GET", "api-release-tirads-fits", "401 403 403 200 200", args=release),
    Row("POST", "api-release-tirads-fits", "401 403 403 400 400", args=release, body=lambda _world: {"settings": {}}),
    Row("GET", "api-tirads-fit", "401 403 403 200 200", args=tirads_fit),
    Row(
        "POST",
        "api-tirads-fit-offer",
        "401 403 403 403 409",
        args=tirads_fit,
        body=lambda _world: {"key": "fitted", "title": "Fitted"},
    ),
    Row("GET", "api-diagnosis-tables", "401 403 403 200 200"),
    Row("POST", "api-diagnosis-tables", "401 403 403 201 201", body=diagnoses_body),
    Row("GET", "api-export-formats", "401 403 403 200 200"),
    Row("GET", "api-exports", "401 403 403 200 200"),
    Row("POST", "api-exports", "401 403 403 202 202", body=export_body),
    Row("GET", "api-export", "401 403 403 200 200", args=export),
    Row("GET", "api-export-download", "401 403 403 200 200", args=export),
    Row("GET", "api-people", "401 403 403 403 200"),
    Row("POST", "api-people", "401 403 403 403 201", body=new_person),
    Row("GET", "api-person", "401 403 403 403 200", args=person),
    Row("PATCH", "api-person", "401 403 403 403 200", args=person, body=lambda w: {"is_active": False}),
    Row(
        "POST",
        "api-person-password",
        "401 403 403 403 204",
        args=person,
        body=lambda w: {"password": "another-long-passphrase"},
    ),
    Row("GET", "api-key-map", "401 403 403 403 200"),
    Row("POST", "api-key-map-search", "401 403 403 403 200", body=lambda w: {"text": "RR-"}),
    Row("POST", "api-key-map-reveal", "401 403 403 403 404", args=lambda w: [7], body=empty),
    Row("GET", "api-audit", "401 403 403 403 200"),
    Row("GET", "api-unknown", "404 404 404 404 404", args=lambda w: ["no/such/thing"]),
]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("row", MATRIX, ids=lambda row: f"{row.method} {row.name}")
def test_every_route_answers_every_role_as_its_policy_says(row, role, world, client_of):
    write_export(world.export)
    path = reverse(row.name, args=row.args(world)) + row.query
    body = row.body(world) if row.body else None
    kind = {"content_type": "application/octet-stream"} if isinstance(body, bytes) else {"format": "json"}
    response = getattr(client_of(world.person(role)), row.method.lower())(path, body, **(kind if row.body else {}))
    assert response.status_code == dict(zip(ROLES, map(int, row.statuses.split()), strict=True))[role], getattr(
        response, "content", b""
    )[:500]
    assert "no-store" in response["Cache-Control"]
    if response.status_code >= 400:
        assert response["Content-Type"] == "application/problem+json"


def test_no_route_is_missing_from_the_table():
    assert {(row.method, row.name) for row in MATRIX} == {
        (method, str(pattern.name)) for pattern in urlpatterns for method in methods_of(pattern)
    }


def test_every_row_names_a_status_for_each_role():
    assert all(len(row.statuses.split()) == len(ROLES) for row in MATRIX)


def methods_of(pattern: URLPattern) -> set[str]:
    view = getattr(pattern.callback, "view_class", None)
    if view is None:
        return {"GET"}
    return {name.upper() for name in view.http_method_names if hasattr(view, name)} - {"OPTIONS", "HEAD"}
