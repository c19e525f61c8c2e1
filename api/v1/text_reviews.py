"""Pictures that may show who the patient is: the queue, and what a person decides."""

import django_filters as filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.policies import Person
from annotator.imaging.actions.blank_same_layout import request_same_layout, same_layout
from annotator.imaging.actions.decide_text_review import decide_text_review
from annotator.imaging.actions.put_back_text_review import put_back_text_review
from annotator.imaging.burned_in.policies import may_review_text
from annotator.imaging.burned_in.queries import reviewable, text_reviews_for
from annotator.imaging.models import TextReview, TextVerdict
from api.v1.jobs import JobSerializer
from api.v1.listing import ListView
from api.v1.parsers import StrictJSONParser
from api.v1.permissions import allowed_by
from api.v1.responses import BODY, problems

WAITING = ("waiting", "Waits")


class RegionSerializer(serializers.Serializer):
    """A box of the stored matrix."""

    column = serializers.IntegerField(help_text="Of its top-left pixel.")
    row = serializers.IntegerField()
    columns = serializers.IntegerField(min_value=1, help_text="How many pixels it is wide.")
    rows = serializers.IntegerField(min_value=1)


class SuspectedSerializer(RegionSerializer):
    frame = serializers.IntegerField(help_text="From 1.")
    score = serializers.FloatField(help_text="0 to 1; below 0.5 inside the calibrated region of an ultrasound picture.")


class TextReviewSerializer(serializers.ModelSerializer):
    sop_instance_uid = serializers.CharField(source="instance.sop_instance_uid")
    patient_id = serializers.CharField(source="instance.series.study.patient.patient_id")
    modality = serializers.CharField(source="instance.series.modality")
    rows = serializers.IntegerField(source="instance.rows")
    columns = serializers.IntegerField(source="instance.columns")
    number_of_frames = serializers.IntegerField(source="instance.number_of_frames")
    suspected = SuspectedSerializer(many=True)
    blanked = RegionSerializer(many=True)
    verdict = serializers.CharField(help_text='"" while it waits, else blanked, clean or withheld.')
    decided_by = serializers.CharField(source="decided_by.username", allow_null=True, default=None)

    class Meta:
        model = TextReview
        fields = [
            "id",
            "sop_instance_uid",
            "patient_id",
            "modality",
            "rows",
            "columns",
            "number_of_frames",
            "layout",
            "suspicion",
            "suspected",
            "verdict",
            "blanked",
            "decided_by",
            "decided_at",
            "created_at",
        ]
        read_only_fields = fields


class LayoutCountSerializer(serializers.Serializer):
    waiting = serializers.IntegerField(help_text="Waiting pictures of this machine and size, this one among them.")


class DecisionSerializer(serializers.Serializer):
    verdict = serializers.ChoiceField(TextVerdict.choices)
    regions = RegionSerializer(many=True, default=list, help_text="For blanked: filled in every frame.")


class SameLayoutSerializer(serializers.Serializer):
    regions = RegionSerializer(many=True)
    expected = serializers.IntegerField(min_value=1, help_text="The number of waiting pictures that was confirmed.")


class TextReviewFilter(filters.FilterSet):
    verdict = filters.ChoiceFilter(choices=[WAITING, *TextVerdict.choices], method="by_verdict")
    layout = filters.CharFilter()

    def by_verdict(self, rows: QuerySet[TextReview], _name: str, value: str) -> QuerySet[TextReview]:
        return rows.filter(verdict="" if value == WAITING[0] else value)


@extend_schema_view(
    get=extend_schema(
        summary="List pictures that may show text", responses={200: TextReviewSerializer, **problems(400, 403)}
    )
)
class TextReviewList(ListView):
    """The most suspect first. Their pixels are shown on the page alone."""

    permission_classes = allowed_by(may_review_text)
    serializer_class = TextReviewSerializer
    filterset_class = TextReviewFilter
    model = TextReview

    def rows(self, person: Person) -> QuerySet[TextReview]:
        return text_reviews_for(person)


class TextReviewDetail(APIView):
    @extend_schema(
        summary="Read one picture that may show text", responses={200: TextReviewSerializer, **problems(403, 404)}
    )
    def get(self, request: Request, review_id: int) -> Response:
        """What is suspected and what was decided."""
        return Response(TextReviewSerializer(reviewable(request.user, review_id)).data)


class TextReviewDecision(APIView):
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Decide about a picture",
        request=DecisionSerializer,
        responses={200: TextReviewSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, review_id: int) -> Response:
        """Blank regions in the stored pixels and release it, release it as it is, or withhold it."""
        given = DecisionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        regions = [dict(region) for region in given.validated_data["regions"]]
        decide_text_review(request.user, review_id, verdict=given.validated_data["verdict"], regions=regions)
        return Response(TextReviewSerializer(reviewable(request.user, review_id)).data)


class TextReviewPutBack(APIView):
    @extend_schema(
        summary="Put a withheld picture back",
        request=None,
        responses={200: TextReviewSerializer, **problems(403, 404, 409)},
    )
    def post(self, request: Request, review_id: int) -> Response:
        """Let it wait again."""
        put_back_text_review(request.user, review_id)
        return Response(TextReviewSerializer(reviewable(request.user, review_id)).data)


class TextReviewLayout(APIView):
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Count waiting pictures of one layout", responses={200: LayoutCountSerializer, **problems(403, 404)}
    )
    def get(self, request: Request, review_id: int) -> Response:
        """How many pictures of the same machine and size wait."""
        return Response({"waiting": same_layout(reviewable(request.user, review_id)).count()})

    @extend_schema(
        summary="Blank the same regions in all pictures of one layout",
        request=SameLayoutSerializer,
        responses={202: JobSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def post(self, request: Request, review_id: int) -> Response:
        """Queue the blanking; another number of waiting pictures than was confirmed is a conflict."""
        given = SameLayoutSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        regions = [dict(region) for region in given.validated_data["regions"]]
        job = request_same_layout(request.user, review_id, regions=regions, expected=given.validated_data["expected"])
        return Response(JobSerializer(job).data, status=202)
