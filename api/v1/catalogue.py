"""Patients, studies and series as DICOM has them: for data managers and admins."""

from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.policies import Person
from annotator.imaging.models import Patient, Series, Study
from annotator.imaging.policies import may_browse_catalogue
from annotator.imaging.queries import modalities_of, patients_for, series_for, studies_for, study_for
from api.v1.listing import ListView, primary_key_filter
from api.v1.permissions import allowed_by
from api.v1.responses import problems


class PatientSerializer(serializers.ModelSerializer):
    study_count = serializers.IntegerField()

    class Meta:
        model = Patient
        fields = ["id", "patient_id", "issuer", "name", "sex", "birth_date", "study_count"]


class PatientOfStudySerializer(serializers.ModelSerializer):
    class Meta:
        model = Patient
        fields = ["id", "patient_id", "issuer", "name", "sex", "birth_date"]


class StudySerializer(serializers.ModelSerializer):
    patient = PatientOfStudySerializer()
    modalities = serializers.SerializerMethodField()
    series_count = serializers.IntegerField()
    instance_count = serializers.IntegerField()
    ready_count = serializers.IntegerField(help_text="Instances that readers can see.")
    failed_count = serializers.IntegerField()
    frame_count = serializers.IntegerField()

    class Meta:
        model = Study
        fields = [
            "id",
            "study_instance_uid",
            "study_date",
            "study_time",
            "description",
            "accession_number",
            "patient",
            "modalities",
            "series_count",
            "instance_count",
            "ready_count",
            "failed_count",
            "frame_count",
        ]

    def get_modalities(self, study: Study) -> list[str]:
        return modalities_of(study)


class SeriesSerializer(serializers.ModelSerializer):
    study = serializers.IntegerField(source="study_id")
    instance_count = serializers.IntegerField()
    ready_count = serializers.IntegerField()

    class Meta:
        model = Series
        fields = [
            "id",
            "study",
            "series_instance_uid",
            "modality",
            "series_number",
            "description",
            "body_part",
            "instance_count",
            "ready_count",
        ]


class PatientFilter(filters.FilterSet):
    patient_id = filters.CharFilter(help_text="The whole identifier.")
    name = filters.CharFilter(lookup_expr="icontains", help_text="A part of the name.")


class StudyFilter(filters.FilterSet):
    patient_id = filters.CharFilter(field_name="patient__patient_id", help_text="The whole identifier.")
    modality = filters.CharFilter(method="with_modality", help_text='Of any of its series, e.g. "CT".')
    date_from = filters.DateFilter(method="from_date", help_text="First study date, YYYY-MM-DD.")
    date_to = filters.DateFilter(method="to_date", help_text="Last study date, YYYY-MM-DD.")

    def with_modality(self, studies: QuerySet[Study], _name: str, modality: str) -> QuerySet[Study]:
        return studies.filter(Exists(Series.objects.filter(study=OuterRef("pk"), modality=modality.upper())))

    def from_date(self, studies: QuerySet[Study], _name: str, date: Any) -> QuerySet[Study]:
        return studies.filter(study_date__gte=f"{date:%Y%m%d}")

    def to_date(self, studies: QuerySet[Study], _name: str, date: Any) -> QuerySet[Study]:
        # A study without a date is before every date to a comparison of text, and on none to a person.
        return studies.filter(study_date__lte=f"{date:%Y%m%d}").exclude(study_date="")


class SeriesFilter(filters.FilterSet):
    study = primary_key_filter(field_name="study_id")
    patient_id = filters.CharFilter(field_name="study__patient__patient_id")
    modality = filters.CharFilter()


@extend_schema_view(
    get=extend_schema(summary="List patients", responses={200: PatientSerializer, **problems(400, 403)})
)
class PatientList(ListView):
    permission_classes = allowed_by(may_browse_catalogue)
    serializer_class = PatientSerializer
    filterset_class = PatientFilter
    model = Patient

    def rows(self, person: Person) -> QuerySet[Patient]:
        return patients_for(person)


@extend_schema_view(get=extend_schema(summary="List studies", responses={200: StudySerializer, **problems(400, 403)}))
class StudyList(ListView):
    permission_classes = allowed_by(may_browse_catalogue)
    serializer_class = StudySerializer
    filterset_class = StudyFilter
    model = Study

    def rows(self, person: Person) -> QuerySet[Study]:
        return studies_for(person)


class StudyDetail(APIView):
    permission_classes = allowed_by(may_browse_catalogue)

    @extend_schema(summary="Read a study", responses={200: StudySerializer, **problems(403, 404)})
    def get(self, request: Request, study_id: int) -> Response:
        """One study with its counts."""
        return Response(StudySerializer(study_for(request.user, study_id)).data)


@extend_schema_view(get=extend_schema(summary="List series", responses={200: SeriesSerializer, **problems(400, 403)}))
class SeriesList(ListView):
    permission_classes = allowed_by(may_browse_catalogue)
    serializer_class = SeriesSerializer
    filterset_class = SeriesFilter
    model = Series

    def rows(self, person: Person) -> QuerySet[Series]:
        return series_for(person)
