"""Diagnoses from elsewhere, and points fitted to the nodules of a release."""

import uuid

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.datasets.actions.fit_tirads_points import fit_for, offer_tirads_points, request_tirads_fit
from annotator.datasets.actions.import_diagnoses import import_diagnoses
from annotator.datasets.models import DiagnosisTable, TiradsFit
from annotator.datasets.policies import may_manage_datasets
from annotator.datasets.release_queries import diagnosis_tables_for, release_for, tirads_fits_for
from annotator.labels.policies import may_edit_schemas
from api.v1.jobs import JobSerializer
from api.v1.listing import ListView
from api.v1.parsers import StrictJSONParser
from api.v1.permissions import allowed_by
from api.v1.responses import BODY, problems

_LARGEST_TABLE = 20_000_000


class DiagnosisTableSerializer(serializers.ModelSerializer):
    imported_by = serializers.CharField(source="imported_by.username")

    class Meta:
        model = DiagnosisTable
        fields = ["id", "name", "source", "sha256", "imported_by", "imported_at"]
        read_only_fields = fields


class DiagnosisTableRequestSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=80)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=200, help_text="Where the diagnoses come from."
    )
    csv = serializers.CharField(
        max_length=_LARGEST_TABLE,
        trim_whitespace=False,
        help_text='A column "diagnosis" (malignant, benign), and one of "finding", "study", "patient".',
    )


class TiradsFitRequestSerializer(serializers.Serializer):
    settings = serializers.DictField(help_text="Schema, where the diagnosis is, training sides: docs/programs.md.")


class TiradsFitSerializer(serializers.ModelSerializer):
    release = serializers.UUIDField(source="release_id")
    requested_by = serializers.CharField(source="requested_by.username")
    chosen = serializers.DictField()
    result = serializers.DictField(help_text="Points, figures on the other patients with intervals; empty until done.")
    job = JobSerializer()

    class Meta:
        model = TiradsFit
        fields = ["id", "release", "chosen", "result", "job", "requested_by", "created_at"]
        read_only_fields = fields


class OfferSerializer(serializers.Serializer):
    key = serializers.SlugField(max_length=64, help_text="Of the label schema that it becomes a draft of; a new one.")
    title = serializers.CharField(max_length=200)


class OfferedSerializer(serializers.Serializer):
    key = serializers.CharField()


@extend_schema_view(
    get=extend_schema(summary="List tables of diagnoses", responses={200: DiagnosisTableSerializer, **problems(403)})
)
class DiagnosisTableList(ListView):
    permission_classes = allowed_by(may_manage_datasets)
    parser_classes = [StrictJSONParser]
    serializer_class = DiagnosisTableSerializer
    model = DiagnosisTable

    def rows(self, person: Person) -> QuerySet[DiagnosisTable]:
        return diagnosis_tables_for(person)

    @extend_schema(
        summary="Import diagnoses",
        request=DiagnosisTableRequestSerializer,
        responses={201: DiagnosisTableSerializer, **problems(*BODY, 403, 409)},
    )
    def post(self, request: Request) -> Response:
        """Keep a table of what is known from pathology or follow-up; it is never changed."""
        given = DiagnosisTableRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        table = import_diagnoses(
            signed_in(request.user), asked["name"], source=asked["source"], content=asked["csv"].encode()
        )
        return Response(DiagnosisTableSerializer(table).data, status=201)


@extend_schema_view(
    get=extend_schema(
        summary="List points fitted to a release", responses={200: TiradsFitSerializer, **problems(403, 404)}
    )
)
class ReleaseTiradsFit(ListView):
    permission_classes = allowed_by(may_manage_datasets)
    parser_classes = [StrictJSONParser]
    serializer_class = TiradsFitSerializer
    model = TiradsFit

    def rows(self, person: Person) -> QuerySet[TiradsFit]:
        return tirads_fits_for(person).filter(release=release_for(person, self.kwargs["release_id"]))

    @extend_schema(
        summary="Fit points to a release",
        request=TiradsFitRequestSerializer,
        responses={202: TiradsFitSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, release_id: uuid.UUID) -> Response:
        """Queue a fit on the training patients; it is reported on the others."""
        given = TiradsFitRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        fit = request_tirads_fit(signed_in(request.user), release_id, given.validated_data["settings"])
        return Response(TiradsFitSerializer(fit).data, status=202)


class TiradsFitDetail(APIView):
    permission_classes = allowed_by(may_manage_datasets)

    @extend_schema(summary="Read a fit", responses={200: TiradsFitSerializer, **problems(403, 404)})
    def get(self, request: Request, fit_id: uuid.UUID) -> Response:
        """Points and how they do on patients they weren't fitted to."""
        return Response(TiradsFitSerializer(fit_for(signed_in(request.user), fit_id)).data)


class TiradsFitOffer(APIView):
    permission_classes = allowed_by(may_edit_schemas)
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Offer fitted points as a draft",
        request=OfferSerializer,
        responses={201: OfferedSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, fit_id: uuid.UUID) -> Response:
        """A draft of a label schema with the fitted points beside the others; an admin publishes it."""
        given = OfferSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        draft = offer_tirads_points(signed_in(request.user), fit_id, **given.validated_data)
        return Response(OfferedSerializer({"key": draft.key}).data, status=201)
