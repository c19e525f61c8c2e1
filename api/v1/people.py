"""People and the audit trail: for admins."""

from typing import Any

import django_filters as filters
from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.actions.activate_person import activate_person
from annotator.accounts.actions.change_role import change_role
from annotator.accounts.actions.create_person import create_person
from annotator.accounts.actions.deactivate_person import deactivate_person
from annotator.accounts.actions.reset_password import reset_password
from annotator.accounts.actions.save_viewer_preferences import save_viewer_preferences
from annotator.accounts.models import AuditEntry, Role, User
from annotator.accounts.policies import Person, is_signed_in, may_manage_people, may_read_audit_trail
from annotator.accounts.queries import audit_entries_for, people_for, person_for, viewer_preferences_of
from annotator.accounts.viewer_preferences import MAX_KEYS, MOUSE_PRESETS, TEXT_SIZES
from api.v1.listing import ListView
from api.v1.parsers import StrictJSONParser
from api.v1.permissions import allowed_by
from api.v1.responses import BODY, problems


class PersonSerializer(serializers.ModelSerializer):
    role = serializers.ChoiceField(Role.choices)

    class Meta:
        model = User
        fields = ["id", "username", "first_name", "last_name", "email", "role", "is_active", "last_login"]
        read_only_fields = fields


class MeSerializer(serializers.ModelSerializer):
    role = serializers.ChoiceField(Role.choices)

    class Meta:
        model = User
        fields = ["id", "username", "full_name", "role"]
        read_only_fields = fields


class NewPersonSerializer(serializers.Serializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False)
    role = serializers.ChoiceField(Role.choices)
    first_name = serializers.CharField(max_length=150, allow_blank=True, default="")
    last_name = serializers.CharField(max_length=150, allow_blank=True, default="")
    email = serializers.CharField(max_length=254, allow_blank=True, default="")


class ChangePersonSerializer(serializers.Serializer):
    role = serializers.ChoiceField(Role.choices, required=False)
    is_active = serializers.BooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError("Say what to change: role or is_active.")
        return attrs


class PasswordSerializer(serializers.Serializer):
    password = serializers.CharField(max_length=4096, trim_whitespace=False)


class PreferencesSerializer(serializers.Serializer):
    keys = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=40), max_length=MAX_KEYS),
        required=False,
        help_text='By command, e.g. {"tools.box": ["G"]}: they replace the shipped ones.',
    )
    mouse = serializers.ChoiceField(MOUSE_PRESETS, required=False)
    text = serializers.ChoiceField(
        TEXT_SIZES, required=False, help_text="How large words are, on top of what the size of the screen asks for."
    )


class AuditEntrySerializer(serializers.ModelSerializer):
    actor = serializers.CharField(source="actor.username", allow_null=True, default=None)
    detail = serializers.DictField()

    class Meta:
        model = AuditEntry
        fields = ["id", "at", "actor", "action", "target_kind", "target_id", "detail"]
        read_only_fields = fields


class AuditFilter(filters.FilterSet):
    actor = filters.CharFilter(field_name="actor__username", help_text="User name.")
    action = filters.CharFilter()
    target_kind = filters.CharFilter()
    target_id = filters.CharFilter()
    since = filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    until = filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt")


class Me(APIView):
    permission_classes = allowed_by(is_signed_in)

    @extend_schema(summary="Who is signed in", responses={200: MeSerializer, **problems()})
    def get(self, request: Request) -> Response:
        """The person whom this token or session belongs to."""
        return Response(MeSerializer(request.user).data)


@extend_schema_view(get=extend_schema(summary="List people", responses={200: PersonSerializer, **problems(403)}))
class PersonList(ListView):
    permission_classes = allowed_by(may_manage_people)
    parser_classes = [StrictJSONParser]
    serializer_class = PersonSerializer
    model = User

    def rows(self, person: Person) -> QuerySet[User]:
        return people_for(person)

    @extend_schema(
        summary="Add a person",
        request=NewPersonSerializer,
        responses={201: PersonSerializer, **problems(*BODY, 403, 409)},
    )
    def post(self, request: Request) -> Response:
        """Create an account."""
        given = NewPersonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(PersonSerializer(create_person(request.user, **given.validated_data)).data, status=201)


class Preferences(APIView):
    """How one likes the reading page: own keys, what the mouse does, how large words are."""

    parser_classes = [StrictJSONParser]

    @extend_schema(summary="Read one's preferences", responses={200: PreferencesSerializer, **problems()})
    def get(self, request: Request) -> Response:
        """One's own; as shipped when nothing was chosen."""
        return Response(viewer_preferences_of(request.user))

    @extend_schema(
        summary="Choose preferences",
        request=PreferencesSerializer,
        responses={200: PreferencesSerializer, **problems(*BODY)},
    )
    def put(self, request: Request) -> Response:
        """Replace one's own; what is left out is as shipped."""
        return Response(save_viewer_preferences(request.user, request.data))


class PersonDetail(APIView):
    permission_classes = allowed_by(may_manage_people)
    parser_classes = [StrictJSONParser]

    @extend_schema(summary="Read a person", responses={200: PersonSerializer, **problems(403, 404)})
    def get(self, request: Request, person_id: int) -> Response:
        """One account."""
        return Response(PersonSerializer(person_for(request.user, person_id)).data)

    @extend_schema(
        summary="Change a person",
        request=ChangePersonSerializer,
        responses={200: PersonSerializer, **problems(*BODY, 403, 404, 409)},
    )
    def patch(self, request: Request, person_id: int) -> Response:
        """Give another role, take access away or give it back."""
        given = ChangePersonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        # Both or neither: half of what was asked would be a surprise.
        with transaction.atomic():
            if "role" in wanted:
                change_role(request.user, person_id, role=wanted["role"])
            if "is_active" in wanted:
                (activate_person if wanted["is_active"] else deactivate_person)(request.user, person_id)
        return Response(PersonSerializer(person_for(request.user, person_id)).data)


class PersonPassword(APIView):
    permission_classes = allowed_by(may_manage_people)
    parser_classes = [StrictJSONParser]

    @extend_schema(
        summary="Reset a password",
        request=PasswordSerializer,
        responses={204: None, **problems(*BODY, 403, 404)},
    )
    def post(self, request: Request, person_id: int) -> Response:
        """Replace a password; the person's sessions and token end with it."""
        given = PasswordSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        reset_password(request.user, person_id, password=given.validated_data["password"])
        return Response(status=204)


@extend_schema_view(
    get=extend_schema(summary="Read the audit trail", responses={200: AuditEntrySerializer, **problems(400, 403)})
)
class AuditList(ListView):
    """Every change, newest first."""

    permission_classes = allowed_by(may_read_audit_trail)
    serializer_class = AuditEntrySerializer
    filterset_class = AuditFilter
    model = AuditEntry

    def rows(self, person: Person) -> QuerySet[AuditEntry]:
        return audit_entries_for(person)
