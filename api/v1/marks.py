"""Marks, findings and answers: read, save and delete one, each by an identifier that the reader's program made."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from annotator.accounts.errors import InvalidError
from annotator.annotations.actions.delete_annotation import delete_annotation
from annotator.annotations.actions.delete_answer import delete_answer
from annotator.annotations.actions.delete_finding import delete_finding
from annotator.annotations.actions.save_annotation import SaveAnnotation
from annotator.annotations.actions.save_answer import SaveAnswer, save_answer
from annotator.annotations.actions.save_finding import SaveFinding, save_finding
from annotator.annotations.models import Annotation, MarkKind, Provenance
from annotator.annotations.queries import annotation_for, answer_for, answers_that_follow, finding_for
from annotator.annotations.records import (
    AnnotationRecord,
    AnswerRecord,
    FindingRecord,
    annotation_as_dict,
    answer_as_dict,
    finding_as_dict,
)
from annotator.readerstudies.actions.save_mark import save_mark
from api.v1.parsers import StrictJSONParser
from api.v1.preconditions import ETAG, IF_MATCH, IF_NONE_MATCH, DeletionParameters, etag, seen_revision
from api.v1.records import (
    AnnotationSerializer,
    AnswerSerializer,
    FindingSerializer,
    SaveAnnotationSerializer,
    SaveAnswerSerializer,
    SavedAnnotationSerializer,
    SavedAnswerSerializer,
    SavedFindingSerializer,
    SaveFindingSerializer,
    SaveSerializer,
)
from api.v1.responses import BODY, problems

_READING = [ETAG]
_SAVING = [IF_MATCH, IF_NONE_MATCH, ETAG]
_DELETING: list[OpenApiParameter | type[Serializer[Any]]] = [DeletionParameters, IF_MATCH, ETAG]
_REFUSALS = problems(400, 403, 404, 409, 412, 507)
_REFUSALS_OF_A_BODY = problems(*BODY, 403, 404, 409, 412, 507)


def _is_followed(mark: Annotation) -> bool:
    """Labels of slices answer for them; a mark says on which side its finding lies, and moving it changes nothing."""
    is_moved = mark.revision > 1 and mark.deleted_at is None
    return mark.kind == MarkKind.SLICES or (mark.finding_id is not None and not is_moved)


class RecordView(APIView):
    """What the three kinds of record share: reading what was sent, and the ETag of what is answered."""

    parser_classes = [StrictJSONParser]

    def sent(self, request: Request, kind: type[SaveSerializer], record_id: UUID) -> dict[str, Any]:
        serializer = kind(data=request.data, context={"id": record_id})
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        # Who doesn't say what they saw has seen nothing.
        values["revision"] = seen_revision(request, values.get("revision")) or 0
        return values

    def deletion(self, request: Request) -> tuple[int, UUID | None]:
        """The revision that was seen, and the change's identifier."""
        asked = DeletionParameters(data=request.query_params)
        asked.is_valid(raise_exception=True)
        revision = seen_revision(request, asked.validated_data.get("revision"))
        if revision is None:
            raise InvalidError("Say which revision you saw, by If-Match or here.", path="revision")
        return revision, asked.validated_data["change"]

    def answer(self, record: AnnotationRecord | FindingRecord | AnswerRecord) -> Response:
        return Response(record, headers={"ETag": etag(record["revision"])})

    def saved(
        self, request: Request, record: AnnotationRecord | FindingRecord | AnswerRecord, *, others_follow: bool = True
    ) -> Response:
        """What was saved, and the answers whose scores follow from it."""
        following = answers_that_follow(request.user, UUID(record["case"])) if others_follow else []
        refreshed = [answer_as_dict(one) for one in following if str(one.pk) != record["id"]]
        answer: dict[str, object] = {**record, **({"refreshed": refreshed} if refreshed else {})}
        return Response(answer, headers={"ETag": etag(record["revision"])})


class AnnotationView(RecordView):
    """One mark on one frame."""

    @extend_schema(summary="Read a mark", parameters=_READING, responses={200: AnnotationSerializer, **problems(404)})
    def get(self, request: Request, record_id: UUID) -> Response:
        """A mark that this person may see."""
        return self.answer(annotation_as_dict(annotation_for(request.user, record_id)))

    @extend_schema(
        summary="Save a mark",
        parameters=_SAVING,
        request=SaveAnnotationSerializer,
        responses={200: SavedAnnotationSerializer, **_REFUSALS_OF_A_BODY},
    )
    def put(self, request: Request, record_id: UUID) -> Response:
        """Save a mark. The same state or change again changes nothing; saving a deleted one brings it back."""
        sent = self.sent(request, SaveAnnotationSerializer, record_id)
        wanted = SaveAnnotation(
            id=record_id,
            case_id=sent["case"],
            frame_key=sent["frame"],
            kind=sent["kind"],
            points=sent["points"],
            mask=sent["mask"],
            locked=sent["locked"],
            first_frame_key=sent["first_frame"],
            last_frame_key=sent["last_frame"],
            finding_id=sent["finding"],
            label=sent["label"],
            revision=sent["revision"],
            change=sent["change"],
        )
        # What came from a model or a file is made by actions of their own; nobody says so by saving a mark.
        mark = save_mark(request.user, wanted, says_taken_over=sent["provenance"] == Provenance.TAKEN_OVER)
        return self.saved(request, annotation_as_dict(mark), others_follow=_is_followed(mark))

    @extend_schema(
        summary="Delete a mark", parameters=_DELETING, responses={200: SavedAnnotationSerializer, **_REFUSALS}
    )
    def delete(self, request: Request, record_id: UUID) -> Response:
        """Delete a mark of one's own."""
        revision, change = self.deletion(request)
        mark = delete_annotation(request.user, record_id, revision=revision, change=change)
        return self.saved(request, annotation_as_dict(mark), others_follow=_is_followed(mark))


class FindingView(RecordView):
    """The thing in the patient that marks show."""

    @extend_schema(summary="Read a finding", parameters=_READING, responses={200: FindingSerializer, **problems(404)})
    def get(self, request: Request, record_id: UUID) -> Response:
        """A finding that this person may see."""
        return self.answer(finding_as_dict(finding_for(request.user, record_id)))

    @extend_schema(
        summary="Save a finding",
        parameters=_SAVING,
        request=SaveFindingSerializer,
        responses={200: SavedFindingSerializer, **_REFUSALS_OF_A_BODY},
    )
    def put(self, request: Request, record_id: UUID) -> Response:
        """Save a finding; a new one takes the next number."""
        sent = self.sent(request, SaveFindingSerializer, record_id)
        wanted = SaveFinding(
            id=record_id,
            case_id=sent["case"],
            kind=sent["kind"],
            name=sent["name"],
            revision=sent["revision"],
            change=sent["change"],
        )
        return self.saved(request, finding_as_dict(save_finding(request.user, wanted)))

    @extend_schema(
        summary="Delete a finding", parameters=_DELETING, responses={200: SavedFindingSerializer, **_REFUSALS}
    )
    def delete(self, request: Request, record_id: UUID) -> Response:
        """Delete a finding of one's own; its marks stay without it, its answers go with it."""
        revision, change = self.deletion(request)
        return self.saved(
            request, finding_as_dict(delete_finding(request.user, record_id, revision=revision, change=change))
        )


class AnswerView(RecordView):
    """What a reader chose in one schema."""

    @extend_schema(summary="Read an answer", parameters=_READING, responses={200: AnswerSerializer, **problems(404)})
    def get(self, request: Request, record_id: UUID) -> Response:
        """An answer that this person may see."""
        return self.answer(answer_as_dict(answer_for(request.user, record_id)))

    @extend_schema(
        summary="Save an answer",
        parameters=_SAVING,
        request=SaveAnswerSerializer,
        responses={200: SavedAnswerSerializer, **_REFUSALS_OF_A_BODY},
    )
    def put(self, request: Request, record_id: UUID) -> Response:
        """Save an answer; it comes back with its score."""
        sent = self.sent(request, SaveAnswerSerializer, record_id)
        wanted = SaveAnswer(
            id=record_id,
            case_id=sent["case"],
            schema=sent["schema"],
            answers=sent["answers"],
            finding_id=sent["finding"],
            revision=sent["revision"],
            change=sent["change"],
            size_mm=sent["size_mm"],
            size_source=sent["size_source"] or "measured",
            breast=sent["breast"],
            first_frame_key=sent["first_frame"],
            last_frame_key=sent["last_frame"],
            override=sent["override"],
        )
        return self.saved(request, answer_as_dict(save_answer(request.user, wanted)))

    @extend_schema(
        summary="Delete an answer", parameters=_DELETING, responses={200: SavedAnswerSerializer, **_REFUSALS}
    )
    def delete(self, request: Request, record_id: UUID) -> Response:
        """Delete an answer of one's own."""
        revision, change = self.deletion(request)
        return self.saved(
            request, answer_as_dict(delete_answer(request.user, record_id, revision=revision, change=change))
        )
