"""What an adjudicator is shown of a case: what readers disagree about, and their marks without their names."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.policies import is_signed_in
from annotator.readerstudies.adjudicating import adjudication_of_case
from api.v1.permissions import allowed_by
from api.v1.records import AnnotationSerializer, AnswerSerializer, FindingSerializer
from api.v1.responses import problems
from api.v1.reviews import AgreementSerializer, agreement_as_dict


class DisputeSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(["label", "outline", "missed"])
    words = serializers.CharField()
    frame = serializers.CharField(allow_blank=True, help_text="Where to look; empty where it is about the case.")


class AdjudicationSerializer(serializers.Serializer):
    because = DisputeSerializer(many=True)
    readers = serializers.ListField(child=serializers.CharField(), help_text='"Reader A", "Reader B" ...')
    findings = FindingSerializer(many=True, help_text="Of all readers, as they handed them in; owners are letters.")
    annotations = AnnotationSerializer(many=True)
    answers = AnswerSerializer(many=True)
    agreements = AgreementSerializer(many=True)


class CaseAdjudication(APIView):
    permission_classes = allowed_by(is_signed_in)

    @extend_schema(summary="Read what is to be adjudicated", responses={200: AdjudicationSerializer, **problems(404)})
    def get(self, request: Request, case_id: UUID) -> Response:
        """For the adjudicator of the case alone: the readers' frozen reads under letters, and why they are here."""
        found = adjudication_of_case(request.user, case_id)
        return Response(
            {
                "because": found.because,
                "readers": found.readers,
                **found.records,
                "agreements": [agreement_as_dict(one) for one in found.agreements],
            }
        )
