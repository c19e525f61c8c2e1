"""Reviewing readings: side by side, with comments pinned to the picture, approved or given back."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.readerstudies.actions.review_assignment import review_assignment
from annotator.readerstudies.actions.save_review_comment import (
    SaveReviewComment,
    delete_review_comment,
    save_review_comment,
)
from annotator.readerstudies.agreement import Agreement
from annotator.readerstudies.models import Verdict
from annotator.readerstudies.policies import may_review
from annotator.readerstudies.records import assignment_as_dict
from annotator.readerstudies.reviewing import (
    case_after_in_review,
    comment_as_dict,
    review_as_dict,
    review_of_case,
)
from api.v1.assignments import AssignmentSerializer
from api.v1.parsers import StrictJSONParser
from api.v1.permissions import allowed_by
from api.v1.records import CommentSerializer
from api.v1.responses import BODY, problems


class ReviewSerializer(serializers.Serializer):
    verdict = serializers.ChoiceField(Verdict.choices)
    reason = serializers.CharField(allow_blank=True)
    reviewer = serializers.CharField(help_text="User name.")
    decided_at = serializers.DateTimeField()


class GiveReviewSerializer(serializers.Serializer):
    verdict = serializers.ChoiceField(Verdict.choices)
    reason = serializers.CharField(allow_blank=True, default="", max_length=1000, help_text="Needed for a return.")


class SaveCommentSerializer(serializers.Serializer):
    case = serializers.UUIDField()
    frame = serializers.CharField(max_length=64)
    column = serializers.FloatField()
    row = serializers.FloatField()
    about = serializers.CharField(allow_null=True, default=None, max_length=150)
    text = serializers.CharField(max_length=1000)
    resolved = serializers.BooleanField(default=False)


class MatchSerializer(serializers.Serializer):
    findings = serializers.ListField(child=serializers.CharField(), min_length=2, max_length=2)
    dice = serializers.FloatField(min_value=0, max_value=1)


class DifferenceSerializer(serializers.Serializer):
    schema = serializers.CharField()
    question = serializers.CharField()
    answers = serializers.ListField(child=serializers.JSONField(), help_text="The first reader's, the second's.")
    findings = serializers.ListField(child=serializers.CharField(allow_blank=True))
    about = serializers.CharField(
        allow_blank=True, help_text='A breast ("L", "R") or the two frames of a range; "" for a finding and the case.'
    )


class AgreementSerializer(serializers.Serializer):
    """Of two submitted readings; findings are the same where they overlap by a Dice of a tenth and more."""

    readers = serializers.ListField(child=serializers.CharField())
    matched = MatchSerializer(many=True)
    only = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    mean_dice = serializers.FloatField(allow_null=True)
    equal = serializers.IntegerField(help_text="Questions that both answered alike.")
    compared = serializers.IntegerField(help_text="Questions that both answered.")
    differences = DifferenceSerializer(many=True)


class ReadingOfCaseSerializer(serializers.Serializer):
    assignment = AssignmentSerializer()
    review = ReviewSerializer(allow_null=True, help_text="What was last decided.")


class CaseReviewSerializer(serializers.Serializer):
    readings = ReadingOfCaseSerializer(many=True)
    comments = CommentSerializer(many=True)
    agreements = AgreementSerializer(many=True)


class NextReviewSerializer(serializers.Serializer):
    case = serializers.UUIDField(allow_null=True)
    waiting = serializers.IntegerField(help_text="How many cases wait for a decision.")


class CaseReviewView(APIView):
    permission_classes = allowed_by(may_review)

    @extend_schema(summary="Read a case's review", responses={200: CaseReviewSerializer, **problems(403, 404)})
    def get(self, request: Request, case_id: UUID) -> Response:
        """Who reads the case, what was decided, all comments, and how far each pair of submitted readings agrees."""
        found = review_of_case(request.user, case_id)
        return Response(
            {
                "readings": [
                    {
                        "assignment": assignment_as_dict(one),
                        "review": review_as_dict(found.reviews[one.pk]) if one.pk in found.reviews else None,
                    }
                    for one in found.assignments
                ],
                "comments": [comment_as_dict(one) for one in found.comments],
                "agreements": [agreement_as_dict(one) for one in found.agreements],
            }
        )


class ReviewNext(APIView):
    permission_classes = allowed_by(may_review)

    @extend_schema(
        summary="Read which case waits for review",
        parameters=[
            OpenApiParameter("after", UUID, description="The case that is being left."),
            OpenApiParameter("back", bool, description="The one before it instead of behind."),
        ],
        responses={200: NextReviewSerializer, **problems(403)},
    )
    def get(self, request: Request) -> Response:
        """The next case with a submitted reading that nobody decided about; null when there is none left."""
        case, waiting = case_after_in_review(
            request.user, request.query_params.get("after", ""), back=request.query_params.get("back") == "true"
        )
        return Response({"case": str(case) if case else None, "waiting": waiting})


class AssignmentReview(APIView):
    permission_classes = allowed_by(may_review)
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Approve or return a reading",
        request=GiveReviewSerializer,
        responses={200: ReviewSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Decide about a submitted reading; a returned one is open again, and its reader is shown the reason."""
        given = GiveReviewSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(review_as_dict(review_assignment(request.user, assignment_id, **given.validated_data)))


class ReviewCommentView(APIView):
    permission_classes = allowed_by(may_review)
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Save a comment",
        request=SaveCommentSerializer,
        responses={200: CommentSerializer, **problems(*BODY, 403, 404)},
    )
    def put(self, request: Request, comment_id: UUID) -> Response:
        """Pin a remark to a place in a picture, change one's own words, or settle anybody's."""
        given = SaveCommentSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        sent: dict[str, Any] = given.validated_data
        wanted = SaveReviewComment(
            id=comment_id,
            case_id=sent["case"],
            frame_key=sent["frame"],
            column=sent["column"],
            row=sent["row"],
            text=sent["text"],
            about=sent["about"],
            resolved=sent["resolved"],
        )
        return Response(comment_as_dict(save_review_comment(request.user, wanted)))

    @extend_schema(summary="Delete a comment", responses={204: None, **problems(403, 404)})
    def delete(self, request: Request, comment_id: UUID) -> Response:
        """One's own."""
        delete_review_comment(request.user, comment_id)
        return Response(status=204)


def agreement_as_dict(agreement: Agreement) -> dict[str, Any]:
    return {
        "readers": list(agreement.readers),
        "matched": [{"findings": [a, b], "dice": dice} for a, b, dice in agreement.matched],
        "only": [list(side) for side in agreement.only],
        "mean_dice": agreement.mean_dice,
        "equal": agreement.equal,
        "compared": agreement.compared,
        "differences": [
            {
                "schema": d.schema,
                "question": d.question,
                "answers": list(d.answers),
                "findings": list(d.findings),
                "about": d.about,
            }
            for d in agreement.differences
        ],
    }
