"""Tags and collections of studies, a patient's other studies, and sides in doubt: for data managers and admins."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.policies import Person
from annotator.imaging.actions.decide_laterality import decide_laterality
from annotator.imaging.actions.fill_collection import put_into_collection, take_out_of_collection
from annotator.imaging.actions.keep_collection import change_collection, delete_collection, make_collection
from annotator.imaging.actions.tag_studies import tag_studies, untag_studies
from annotator.imaging.catalogue import study_collections, tags
from annotator.imaging.catalogue.chosen import MOST_CHOSEN
from annotator.imaging.catalogue.priors import priors_of
from annotator.imaging.catalogue.study_collections import collection_for, collections_for
from annotator.imaging.catalogue.tags import tags_for
from annotator.imaging.models import Collection, LateralityVerdict, Tag
from annotator.imaging.policies import may_arrange_studies, may_browse_catalogue, may_decide_laterality
from annotator.imaging.queries import study_for
from api.v1.catalogue import StudySerializer
from api.v1.listing import LARGEST_KEY, ListView
from api.v1.parsers import StrictJSONParser
from api.v1.permissions import allowed_by
from api.v1.responses import BODY, problems


class StudyIdsField(serializers.ListField):
    """Numbers of studies."""

    def __init__(self, **options: Any) -> None:
        child = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
        super().__init__(child=child, max_length=MOST_CHOSEN, default=list, **options)


class StudiesChangeSerializer(serializers.Serializer):
    add = StudyIdsField(help_text="Studies that get it, or go in.")
    remove = StudyIdsField(help_text="Studies that lose it, or come out.")


class TagSerializer(serializers.Serializer):
    name = serializers.CharField()
    study_count = serializers.IntegerField()


class TagChangeSerializer(StudiesChangeSerializer):
    name = serializers.CharField(max_length=tags.LONGEST)


class ChangedSerializer(serializers.Serializer):
    added = serializers.IntegerField(help_text="How many did not have it, or were not in.")
    removed = serializers.IntegerField(help_text="How many had it, or were in.")


class CollectionSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    study_count = serializers.IntegerField()
    created_by = serializers.CharField(source="created_by.username", default=None, allow_null=True)
    created_at = serializers.DateTimeField()


class NewCollectionSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=study_collections.LONGEST_NAME)
    description = serializers.CharField(
        max_length=study_collections.LONGEST_DESCRIPTION, allow_blank=True, required=False, default=""
    )


class CollectionChangeSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=study_collections.LONGEST_NAME, required=False)
    description = serializers.CharField(
        max_length=study_collections.LONGEST_DESCRIPTION, allow_blank=True, required=False
    )


class PriorSerializer(serializers.Serializer):
    study = StudySerializer()
    days = serializers.IntegerField(
        allow_null=True, help_text="From the study at hand to this one, below 0 where it is earlier; null: no date."
    )


class PriorsSerializer(serializers.Serializer):
    priors = PriorSerializer(many=True)


class VerdictSerializer(serializers.Serializer):
    verdict = serializers.ChoiceField(LateralityVerdict.choices)


class LateralitySerializer(serializers.Serializer):
    stack = serializers.CharField(source="key")
    laterality = serializers.CharField(help_text="What the header says: L or R.")
    laterality_from_pixels = serializers.CharField(help_text="On which side the chest wall lies: L or R.")
    verdict = serializers.ChoiceField(LateralityVerdict.choices, source="laterality_verdict")
    checked_by = serializers.CharField(source="laterality_checked_by.username")
    checked_at = serializers.DateTimeField(source="laterality_checked_at")


def _given(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    given = kind(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


@extend_schema_view(get=extend_schema(summary="List tags", responses={200: TagSerializer, **problems(400, 403)}))
class TagList(ListView):
    """Words that people put on studies, in alphabetical order."""

    permission_classes = allowed_by(may_arrange_studies)
    parser_classes = [StrictJSONParser]
    serializer_class = TagSerializer
    model = Tag

    def rows(self, person: Person) -> QuerySet[Tag]:
        return tags_for(person)

    @extend_schema(
        summary="Tag studies",
        request=TagChangeSerializer,
        responses={200: ChangedSerializer, **problems(*BODY, 403, 404)},
    )
    def post(self, request: Request) -> Response:
        """Put a tag on studies and take it off others; one that no study has any more goes."""
        asked = _given(TagChangeSerializer, request)
        added = tag_studies(request.user, asked["add"], name=asked["name"]) if asked["add"] else 0
        removed = untag_studies(request.user, asked["remove"], name=asked["name"]) if asked["remove"] else 0
        return Response({"added": added, "removed": removed})


@extend_schema_view(
    get=extend_schema(summary="List collections", responses={200: CollectionSerializer, **problems(400, 403)})
)
class CollectionList(ListView):
    """Studies that somebody put together under a name; `/studies?collection=` lists them."""

    permission_classes = allowed_by(may_arrange_studies)
    parser_classes = [StrictJSONParser]
    serializer_class = CollectionSerializer
    model = Collection

    def rows(self, person: Person) -> QuerySet[Collection]:
        return collections_for(person)

    @extend_schema(
        summary="Make a collection",
        request=NewCollectionSerializer,
        responses={201: CollectionSerializer, **problems(*BODY, 403, 409)},
    )
    def post(self, request: Request) -> Response:
        """An empty one."""
        made = make_collection(request.user, **_given(NewCollectionSerializer, request))
        return Response(CollectionSerializer(made).data, status=201)


class CollectionDetail(APIView):
    permission_classes = allowed_by(may_arrange_studies)
    parser_classes = [StrictJSONParser]

    @extend_schema(summary="Read a collection", responses={200: CollectionSerializer, **problems(403, 404)})
    def get(self, request: Request, collection_id: int) -> Response:
        """Its name, its description, and how many studies are in it."""
        return Response(CollectionSerializer(collection_for(request.user, collection_id)).data)

    @extend_schema(
        summary="Rename or describe a collection",
        request=CollectionChangeSerializer,
        responses={200: CollectionSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def patch(self, request: Request, collection_id: int) -> Response:
        """What is left out stays."""
        changed = change_collection(request.user, collection_id, **_given(CollectionChangeSerializer, request))
        return Response(CollectionSerializer(changed).data)

    @extend_schema(summary="Delete a collection", responses={204: None, **problems(403, 404)})
    def delete(self, request: Request, collection_id: int) -> Response:
        """Its studies stay in the catalogue."""
        delete_collection(request.user, collection_id)
        return Response(status=204)


class CollectionStudies(APIView):
    permission_classes = allowed_by(may_arrange_studies)
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Fill a collection",
        request=StudiesChangeSerializer,
        responses={200: ChangedSerializer, **problems(*BODY, 403, 404)},
    )
    def post(self, request: Request, collection_id: int) -> Response:
        """Put studies in and take others out."""
        person, asked = request.user, _given(StudiesChangeSerializer, request)
        collection_for(person, collection_id)
        added = put_into_collection(person, collection_id, asked["add"]) if asked["add"] else 0
        removed = take_out_of_collection(person, collection_id, asked["remove"]) if asked["remove"] else 0
        return Response({"added": added, "removed": removed})


class StudyPriors(APIView):
    permission_classes = allowed_by(may_browse_catalogue)

    @extend_schema(summary="Read the patient's other studies", responses={200: PriorsSerializer, **problems(403, 404)})
    def get(self, request: Request, study_id: int) -> Response:
        """Earlier and later ones, newest first, a hundred at most."""
        found = priors_of(request.user, study_for(request.user, study_id))
        return Response(PriorsSerializer({"priors": found}).data)


class StackLaterality(APIView):
    permission_classes = allowed_by(may_decide_laterality)
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Decide about a side in doubt",
        request=VerdictSerializer,
        responses={200: LateralitySerializer, **problems(*BODY, 403, 404)},
    )
    def post(self, request: Request, stack_key: str) -> Response:
        """Say which is right, the header or the picture. Nothing is turned or renamed; deciding again replaces it."""
        decided = decide_laterality(request.user, stack_key, **_given(VerdictSerializer, request))
        return Response(LateralitySerializer(decided).data)
