"""Patients, studies and series as DICOM has them: for data managers and admins."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.policies import Person
from annotator.imaging.catalogue.study_filter import StudyFilter, StudyOrder, StudyState, ordered
from annotator.imaging.models import Patient, Series, Study, Tag
from annotator.imaging.policies import may_browse_catalogue
from annotator.imaging.queries import (
    body_parts_of,
    modalities_of,
    patients_for,
    series_for,
    studies_for,
    study_for,
)
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
    body_parts = serializers.SerializerMethodField()
    tags = serializers.SlugRelatedField[Tag](many=True, read_only=True, slug_field="name")
    series_count = serializers.IntegerField()
    instance_count = serializers.IntegerField()
    ready_count = serializers.IntegerField(help_text="Instances that readers can see.")
    failed_count = serializers.IntegerField()
    review_count = serializers.IntegerField(help_text="Instances that wait for a look at burned-in text.")
    withheld_count = serializers.IntegerField(help_text="Instances that were withheld after that look.")
    doubt_count = serializers.IntegerField(help_text="Stacks whose side nobody has decided.")
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
            "body_parts",
            "tags",
            "series_count",
            "instance_count",
            "ready_count",
            "failed_count",
            "review_count",
            "withheld_count",
            "doubt_count",
            "frame_count",
        ]

    def get_modalities(self, study: Study) -> list[str]:
        return modalities_of(study)

    def get_body_parts(self, study: Study) -> list[str]:
        return body_parts_of(study)


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


class StudyFilterSet(filters.FilterSet):
    """Reads the address; what it means is the catalogue's business."""

    q = filters.CharFilter(
        method="as_asked",
        help_text="Words in any order, each a part of patient, identifier, description, accession number or body part.",
    )
    patient_id = filters.CharFilter(method="as_asked", help_text="The whole identifier.")
    description = filters.CharFilter(method="as_asked", help_text="Words of the description.")
    accession_number = filters.CharFilter(method="as_asked", help_text="A part of it.")
    modality = filters.CharFilter(method="as_asked", help_text='Of any of its series, e.g. "CT".')
    body_part = filters.CharFilter(method="as_asked", help_text='Of any of its series, e.g. "HEAD".')
    date_from = filters.DateFilter(method="as_asked", help_text="First study date, YYYY-MM-DD.")
    date_to = filters.DateFilter(method="as_asked", help_text="Last study date, YYYY-MM-DD.")
    tag = filters.CharFilter(method="as_asked", help_text="The whole tag.")
    collection = primary_key_filter(method="as_asked", help_text="Its number.")
    state = filters.ChoiceFilter(method="as_asked", choices=StudyState.choices)
    order = filters.ChoiceFilter(method="as_asked", choices=StudyOrder.choices, help_text="Newest first unless asked.")

    def as_asked(self, studies: QuerySet[Study], _name: str, _value: Any) -> QuerySet[Study]:
        return studies

    def filter_queryset(self, queryset: QuerySet[Study]) -> QuerySet[Study]:
        asked = self.form.cleaned_data
        collection, state = asked["collection"], asked["state"]
        wanted = StudyFilter(
            words=asked["q"],
            patient_id=asked["patient_id"],
            description=asked["description"],
            accession_number=asked["accession_number"],
            modality=asked["modality"],
            body_part=asked["body_part"],
            since=asked["date_from"],
            until=asked["date_to"],
            tag=asked["tag"],
            collection=None if collection is None else int(collection),
            state=StudyState(state) if state else None,
        )
        return ordered(wanted.apply(queryset), StudyOrder(asked["order"] or StudyOrder.NEWEST))


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
    filterset_class = StudyFilterSet
    model = Study

    def rows(self, person: Person) -> QuerySet[Study]:
        return studies_for(person).prefetch_related("tags")


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
