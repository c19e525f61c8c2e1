"""The key map: pseudonyms, and who one of them is. Admins only; each look is audited."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.policies import Person
from annotator.imaging.actions.find_patient_keys import find_patient_keys
from annotator.imaging.actions.reveal_patient import reveal_patient
from annotator.imaging.deidentification.key_map import patient_keys_for
from annotator.imaging.deidentification.policies import may_see_key_map
from annotator.imaging.models import PatientKey
from api.v1.listing import ListView
from api.v1.parsers import StrictJSONParser
from api.v1.permissions import allowed_by
from api.v1.responses import BODY, problems

FOUND_AT_MOST = 100


class PatientKeySerializer(serializers.ModelSerializer):
    study_count = serializers.IntegerField()

    class Meta:
        model = PatientKey
        fields = ["id", "pseudonym", "study_count", "created_at"]
        read_only_fields = fields


class SearchSerializer(serializers.Serializer):
    text = serializers.CharField(
        max_length=64, help_text="Part of a pseudonym, or an original Patient ID to the letter."
    )


class PatientIdentitySerializer(serializers.Serializer):
    patient_id = serializers.CharField()
    issuer = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    birth_date = serializers.CharField(allow_blank=True, help_text="DICOM DA, YYYYMMDD.")
    sex = serializers.CharField(allow_blank=True)


@extend_schema_view(
    get=extend_schema(
        summary="List the pseudonyms of the key map", responses={200: PatientKeySerializer, **problems(400, 403)}
    )
)
class PatientKeyList(ListView):
    """By pseudonym, without identities."""

    permission_classes = allowed_by(may_see_key_map)
    serializer_class = PatientKeySerializer
    model = PatientKey

    def rows(self, person: Person) -> QuerySet[PatientKey]:
        return patient_keys_for(person)


class PatientKeySearch(APIView):
    permission_classes = allowed_by(may_see_key_map)
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Look a patient up in the key map",
        request=SearchSerializer,
        responses={200: PatientKeySerializer(many=True), **problems(403, *BODY)},
    )
    def post(self, request: Request) -> Response:
        """By pseudonym or original Patient ID, a hundred rows at most. Sent in a body, so that no log holds the ID."""
        given = SearchSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        found = find_patient_keys(request.user, given.validated_data["text"])
        return Response(PatientKeySerializer(found[:FOUND_AT_MOST], many=True).data)


class PatientKeyReveal(APIView):
    permission_classes = allowed_by(may_see_key_map)

    @extend_schema(
        summary="Say who a pseudonym is",
        request=None,
        responses={200: PatientIdentitySerializer, **problems(400, 403, 404)},
    )
    def post(self, request: Request, key_id: int) -> Response:
        """Opens one row; the audit trail says who asked."""
        return Response(PatientIdentitySerializer(reveal_patient(request.user, key_id)).data)
