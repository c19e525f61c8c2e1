"""Marks, findings and answers: read, save and delete one, each by an identifier that the reader's program made."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.annotations.actions.delete_annotation import delete_annotation
from annotator.annotations.actions.delete_answer import delete_answer
from annotator.annotations.actions.delete_finding import delete_finding
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.actions.save_answer import SaveAnswer, save_answer
from annotator.annotations.actions.save_finding import SaveFinding, save_finding
from annotator.annotations.queries import annotation_for, answer_for, finding_for
from annotator.annotations.records import annotation_as_dict, answer_as_dict, finding_as_dict
from api.v1.parsers import StrictJSONParser
from api.v1.records import (
    AnnotationSerializer,
    AnswerSerializer,
    FindingSerializer,
    RevisionParameter,
    SaveAnnotationSerializer,
    SaveAnswerSerializer,
    SaveFindingSerializer,
    SaveSerializer,
)
from api.v1.responses import BODY, problems

_REFUSALS = problems(400, 403, 404, 409)
_REFUSALS_OF_A_BODY = problems(*BODY, 403, 404, 409)


class RecordView(APIView):
    """What the three kinds of record share: reading what was sent."""

    parser_classes = [StrictJSONParser]

    def sent(self, request: Request, kind: type[SaveSerializer], record_id: UUID) -> dict[str, Any]:
        serializer = kind(data=request.data, context={"id": record_id})
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def revision(self, request: Request) -> int:
        serializer = RevisionParameter(data=request.query_params)
        serializer.is_valid(raise_exception=True)
        return int(serializer.validated_data["revision"])


class AnnotationView(RecordView):
    """One mark on one frame."""

    @extend_schema(summary="Read a mark", responses={200: AnnotationSerializer, **problems(404)})
    def get(self, request: Request, record_id: UUID) -> Response:
        """A mark that this person may see."""
        return Response(annotation_as_dict(annotation_for(request.user, record_id)))

    @extend_schema(
        summary="Save a mark",
        request=SaveAnnotationSerializer,
        responses={200: AnnotationSerializer, **_REFUSALS_OF_A_BODY},
    )
    def put(self, request: Request, record_id: UUID) -> Response:
        """Save a mark. The same state again changes nothing; saving a deleted one brings it back."""
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
        )
        return Response(annotation_as_dict(save_annotation(request.user, wanted)))

    @extend_schema(
        summary="Delete a mark", parameters=[RevisionParameter], responses={200: AnnotationSerializer, **_REFUSALS}
    )
    def delete(self, request: Request, record_id: UUID) -> Response:
        """Delete a mark of one's own."""
        deleted = delete_annotation(request.user, record_id, revision=self.revision(request))
        return Response(annotation_as_dict(deleted))


class FindingView(RecordView):
    """The thing in the patient that marks show."""

    @extend_schema(summary="Read a finding", responses={200: FindingSerializer, **problems(404)})
    def get(self, request: Request, record_id: UUID) -> Response:
        """A finding that this person may see."""
        return Response(finding_as_dict(finding_for(request.user, record_id)))

    @extend_schema(
        summary="Save a finding",
        request=SaveFindingSerializer,
        responses={200: FindingSerializer, **_REFUSALS_OF_A_BODY},
    )
    def put(self, request: Request, record_id: UUID) -> Response:
        """Save a finding; a new one takes the next number."""
        sent = self.sent(request, SaveFindingSerializer, record_id)
        wanted = SaveFinding(
            id=record_id, case_id=sent["case"], kind=sent["kind"], name=sent["name"], revision=sent["revision"]
        )
        return Response(finding_as_dict(save_finding(request.user, wanted)))

    @extend_schema(
        summary="Delete a finding", parameters=[RevisionParameter], responses={200: FindingSerializer, **_REFUSALS}
    )
    def delete(self, request: Request, record_id: UUID) -> Response:
        """Delete a finding of one's own; its marks stay without it, its answers go with it."""
        deleted = delete_finding(request.user, record_id, revision=self.revision(request))
        return Response(finding_as_dict(deleted))


class AnswerView(RecordView):
    """What a reader chose in one schema."""

    @extend_schema(summary="Read an answer", responses={200: AnswerSerializer, **problems(404)})
    def get(self, request: Request, record_id: UUID) -> Response:
        """An answer that this person may see."""
        return Response(answer_as_dict(answer_for(request.user, record_id)))

    @extend_schema(
        summary="Save an answer", request=SaveAnswerSerializer, responses={200: AnswerSerializer, **_REFUSALS_OF_A_BODY}
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
            size_mm=sent["size_mm"],
        )
        return Response(answer_as_dict(save_answer(request.user, wanted)))

    @extend_schema(
        summary="Delete an answer", parameters=[RevisionParameter], responses={200: AnswerSerializer, **_REFUSALS}
    )
    def delete(self, request: Request, record_id: UUID) -> Response:
        """Delete an answer of one's own."""
        deleted = delete_answer(request.user, record_id, revision=self.revision(request))
        return Response(answer_as_dict(deleted))
