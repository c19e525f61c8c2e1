"""Label schemas as admins make them: versions, drafts, publishing, retiring, dry runs, files."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.errors import InvalidError
from annotator.accounts.policies import Person
from annotator.annotations.actions.try_schema import DryRun, dry_run_of_job, try_schema, with_titles
from annotator.annotations.queries import answer_counts
from annotator.labels.actions.edit_draft import (
    DraftContent,
    begin_draft,
    build_on_newest,
    copy_schema,
    discard_draft,
    make_draft,
    restore_draft,
    save_draft,
)
from annotator.labels.actions.import_schema import import_as_draft, import_schema
from annotator.labels.actions.publish_draft import publish_draft
from annotator.labels.actions.retire_schema import bring_back_schema, retire_schema
from annotator.labels.diff import compare_schemas
from annotator.labels.exchange import SchemaFile, read_content
from annotator.labels.faults import faults_of
from annotator.labels.models import LabelSchemaDraft
from annotator.labels.policies import may_edit_schemas
from annotator.labels.preview import preview_score
from annotator.labels.queries import (
    SchemaLine,
    draft_as_dict,
    draft_for,
    schema_line,
    schema_lines,
    text_of,
    version_of,
)
from api.v1.jobs import JobSerializer
from api.v1.label_schema_forms import (
    CheckAnswerSerializer,
    CheckSerializer,
    ComparisonSerializer,
    CopySerializer,
    DraftContentSerializer,
    DraftSerializer,
    DryRunRequestSerializer,
    DryRunSerializer,
    ImportedSerializer,
    ImportSerializer,
    NewSchemaSerializer,
    PublishSerializer,
    ReasonSerializer,
    RevisionSerializer,
    SchemaFileSerializer,
    SchemaLineSerializer,
)
from api.v1.labels import LabelSchemaSerializer
from api.v1.parsers import StrictJSONParser
from api.v1.permissions import allowed_by
from api.v1.preconditions import ETAG, IF_MATCH, etag, seen_revision
from api.v1.responses import BODY, problems

VERSION_OR_DRAFT = 'A version\'s number, or "draft".'


class _ForAdmins(APIView):
    permission_classes = allowed_by(may_edit_schemas)
    parser_classes = [StrictJSONParser]


class SchemaList(APIView):
    parser_classes = [StrictJSONParser]

    def get_permissions(self) -> list[Any]:
        """Everyone signed in reads the list; admins begin schemas."""
        changes = getattr(self.request, "method", "GET") == "POST"
        return [one() for one in (allowed_by(may_edit_schemas) if changes else self.permission_classes)]

    @extend_schema(
        operation_id="label_schemas_list",
        summary="List label schemas with all their versions",
        responses={200: SchemaLineSerializer(many=True), **problems()},
    )
    def get(self, request: Request) -> Response:
        """By key: retired ones too, and for admins those of which there is a draft alone."""
        counts = answer_counts(request.user)
        return Response([line_as_dict(line, counts) for line in schema_lines(request.user)])

    @extend_schema(
        summary="Begin a label schema",
        request=NewSchemaSerializer,
        responses={201: DraftSerializer, **problems(*BODY, 403, 409)},
    )
    def post(self, request: Request) -> Response:
        """Begin a draft under a new key; it may be unfinished. For admins."""
        given = _given(NewSchemaSerializer, request)
        made = make_draft(request.user, given["key"], title=given["title"], definition=given["definition"])
        return _draft_answer(made, status=201)


class SchemaDetail(APIView):
    @extend_schema(summary="Read what there is of a key", responses={200: SchemaLineSerializer, **problems(404)})
    def get(self, request: Request, key: str) -> Response:
        """Versions, newest first, whether it is retired, and for admins the draft."""
        return Response(line_as_dict(schema_line(request.user, key), answer_counts(request.user)))


class SchemaVersion(APIView):
    @extend_schema(summary="Read a version", responses={200: LabelSchemaSerializer, **problems(404)})
    def get(self, _request: Request, key: str, version: int) -> Response:
        """One version, superseded or not."""
        return Response(LabelSchemaSerializer(version_of(key, version)).data)


class SchemaExport(APIView):
    @extend_schema(summary="Export a version", responses={200: SchemaFileSerializer, **problems(404)})
    def get(self, _request: Request, key: str, version: int) -> Response:
        """The file that importing takes, with a hash of its content."""
        schema = version_of(key, version)
        return Response(SchemaFile(key, version, schema.title, schema.definition).to_json())


class SchemaComparison(APIView):
    @extend_schema(
        summary="Compare two versions",
        parameters=[
            OpenApiParameter("old", str, required=True, description=VERSION_OR_DRAFT),
            OpenApiParameter("new", str, required=True, description=VERSION_OR_DRAFT),
        ],
        responses={200: ComparisonSerializer, **problems(400, 404)},
    )
    def get(self, request: Request, key: str) -> Response:
        """What changed, in words, and whether answers given under the older one stay valid."""
        asked = request.query_params
        old, new = (text_of(request.user, key, asked.get(name, ""), path=name) for name in ("old", "new"))
        return Response(compare_schemas(old, new).to_json())


class SchemaCopy(_ForAdmins):
    @extend_schema(
        summary="Copy a version under a new key",
        request=CopySerializer,
        responses={201: DraftSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, key: str) -> Response:
        """Begin a draft with what a version says, also one that comes with the program."""
        given = _given(CopySerializer, request)
        made = copy_schema(request.user, key, given["version"], new_key=given["key"], title=given["title"])
        return _draft_answer(made, status=201)


class SchemaRetire(_ForAdmins):
    @extend_schema(
        summary="Retire a label schema",
        request=ReasonSerializer,
        responses={200: SchemaLineSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, key: str) -> Response:
        """Offer it for no new answers; what was answered stays readable."""
        retire_schema(request.user, key, reason=_given(ReasonSerializer, request)["reason"])
        return Response(line_as_dict(schema_line(request.user, key), answer_counts(request.user)))


class SchemaBringBack(_ForAdmins):
    @extend_schema(
        summary="Offer a retired label schema again",
        request=ReasonSerializer,
        responses={200: SchemaLineSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, key: str) -> Response:
        """Take back that it was retired."""
        bring_back_schema(request.user, key, reason=_given(ReasonSerializer, request)["reason"])
        return Response(line_as_dict(schema_line(request.user, key), answer_counts(request.user)))


class SchemaDraft(_ForAdmins):
    @extend_schema(summary="Read a draft", responses={200: DraftSerializer, **problems(403, 404)}, parameters=[ETAG])
    def get(self, request: Request, key: str) -> Response:
        """What the next version says so far, and what keeps it from being published."""
        return _draft_answer(draft_for(request.user, key))

    @extend_schema(summary="Begin a draft", request=None, responses={200: DraftSerializer, **problems(403, 404, 409)})
    def post(self, request: Request, key: str) -> Response:
        """Begin the next version from the newest one; the draft that there is, is answered as it is."""
        return _draft_answer(begin_draft(request.user, key))

    @extend_schema(
        summary="Save a draft",
        request=DraftContentSerializer,
        parameters=[IF_MATCH, ETAG],
        responses={200: DraftSerializer, **problems(*BODY, 403, 404, 409, 412)},
    )
    def put(self, request: Request, key: str) -> Response:
        """Save it, finished or not."""
        given = _given(DraftContentSerializer, request)
        content = DraftContent(given["title"], given["definition"])
        return _draft_answer(save_draft(request.user, key, content, revision=_revision(request, given["revision"])))

    @extend_schema(
        summary="Throw a draft away",
        parameters=[RevisionSerializer, IF_MATCH],
        responses={204: None, **problems(400, 403, 404, 409, 412)},
    )
    def delete(self, request: Request, key: str) -> Response:
        """What it said stays in the audit trail; `restore` takes it back."""
        given = RevisionSerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        discard_draft(request.user, key, revision=_revision(request, given.validated_data["revision"]))
        return Response(status=204)


class SchemaDraftRestore(_ForAdmins):
    @extend_schema(
        summary="Take back that a draft was thrown away",
        request=None,
        responses={200: DraftSerializer, **problems(403, 404)},
    )
    def post(self, request: Request, key: str) -> Response:
        """The last one that was thrown away; where there is one by now, that one."""
        return _draft_answer(restore_draft(request.user, key))


class SchemaDraftRebase(_ForAdmins):
    @extend_schema(
        summary="Build on the newest version",
        request=RevisionSerializer,
        responses={200: DraftSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, key: str) -> Response:
        """Say that the draft follows the version that was taken in after it was begun."""
        given = _given(RevisionSerializer, request)
        return _draft_answer(build_on_newest(request.user, key, revision=_revision(request, given["revision"])))


class SchemaPublish(_ForAdmins):
    @extend_schema(
        summary="Publish a draft",
        request=PublishSerializer,
        responses={201: LabelSchemaSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, key: str) -> Response:
        """Make it the next version, which is never changed afterwards."""
        given = _given(PublishSerializer, request)
        schema = publish_draft(request.user, key, revision=given["revision"], reason=given["reason"])
        return Response(LabelSchemaSerializer(schema).data, status=201)


class SchemaDryRun(_ForAdmins):
    @extend_schema(
        summary="Try a draft on the answers that there are",
        request=DryRunRequestSerializer,
        responses={200: DryRunSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, key: str) -> Response:
        """What would become of them; nothing is changed. Where there are many, a job looks."""
        given = _given(DryRunRequestSerializer, request)
        return _dry_run_answer(request.user, try_schema(request.user, key, revision=given["revision"]))

    @extend_schema(
        summary="Read what a dry run found",
        parameters=[OpenApiParameter("job", OpenApiTypes.UUID, required=True)],
        responses={200: DryRunSerializer, **problems(400, 403, 404)},
    )
    def get(self, request: Request, key: str) -> Response:
        """How its job goes, and what it found once it is done."""
        return _dry_run_answer(request.user, dry_run_of_job(request.user, key, request.query_params.get("job", "")))


class SchemaCheck(_ForAdmins):
    @extend_schema(
        summary="Check a definition",
        request=CheckSerializer,
        responses={200: CheckAnswerSerializer, **problems(*BODY, 403)},
    )
    def post(self, request: Request) -> Response:
        """Every fault with its place; of answers, too, what the scoring makes of them. Nothing is saved."""
        given = _given(CheckSerializer, request)
        faults = faults_of(given["title"], given["definition"])
        tried = None
        if all(fault.path == "title" for fault in faults):
            tried = preview_score(given["definition"], given["answers"], size_mm=given["size_mm"])
        return Response({"faults": [fault.to_json() for fault in faults], "tried": tried})


class SchemaImport(_ForAdmins):
    @extend_schema(
        summary="Take a label schema in",
        request=ImportSerializer,
        responses={200: ImportedSerializer, **problems(*BODY, 403, 409)},
    )
    def post(self, request: Request) -> Response:
        """As the version that the file says, or as a draft to look at first."""
        given = _given(ImportSerializer, request)
        try:
            file = read_content(given["file"])
        except InvalidError as error:
            raise InvalidError(str(error), f"file.{error.path}" if error.path else "file") from error
        take = import_as_draft if given["as_draft"] else import_schema
        made = take(request.user, file)
        return Response({"key": made.key, "version": made.version, "done": made.done})


def line_as_dict(line: SchemaLine, counts: dict[int, int] | None) -> dict[str, Any]:
    """What there is of a key as JSON.

    Parameters
    ----------
    counts : live answers by version's primary key; None for whom they are no business of.
    """
    return {
        "key": line.key,
        "title": line.title,
        "state": line.state,
        "retired_because": line.retired.reason if line.retired else "",
        "has_draft": line.draft is not None,
        "versions": [
            {
                "version": one.version,
                "title": one.title,
                "origin": one.origin,
                "published_by": one.published_by.username if one.published_by else "",
                "reason": one.reason,
                "created_at": one.created_at,
                "answers": None if counts is None else counts.get(one.pk, 0),
            }
            for one in line.versions
        ],
    }


def _given(serializer: type[Any], request: Request) -> dict[str, Any]:
    given = serializer(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _revision(request: Request, sent: int | None) -> int:
    seen = seen_revision(request, sent)
    if seen is None:
        raise InvalidError("Say which revision this builds on: If-Match, or revision.", path="revision")
    return seen


def _draft_answer(draft: LabelSchemaDraft, *, status: int = 200) -> Response:
    faults = [fault.to_json() for fault in faults_of(draft.title, draft.definition)]
    answer = Response({**draft_as_dict(draft), "faults": faults}, status=status)
    answer["ETag"] = etag(draft.revision)
    return answer


def _dry_run_answer(person: Person, run: DryRun) -> Response:
    found = None if run.found is None else with_titles(person, run.found)
    return Response({"found": found, "job": JobSerializer(run.job).data if run.job else None})
