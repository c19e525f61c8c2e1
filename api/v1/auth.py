"""Signing in with a user name and a password: a token for programs, a session for the viewer in its place."""

from base64 import b64encode

from django.contrib.auth import authenticate, login, user_logged_in
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle, BaseThrottle
from rest_framework.views import APIView

from annotator.accounts.actions.issue_keeping_key import issue_keeping_key
from annotator.accounts.actions.issue_token import issue_token
from annotator.accounts.actions.revoke_token import revoke_token
from annotator.accounts.models import User
from annotator.accounts.policies import is_signed_in
from api.client_address import client_address
from api.problems import TITLES, problem
from api.v1.parsers import StrictJSONParser
from api.v1.people import MeSerializer
from api.v1.permissions import allowed_by
from api.v1.responses import BODY, problems


class SignInThrottle(AnonRateThrottle):
    """Slows guessing over many names; axes locks one name after ten wrong passwords."""

    scope = "sign-in"
    rate = "60/min"

    def get_ident(self, request: Request) -> str:
        """The client's address, by no header that the client could make up."""
        return client_address(request._request)


class CredentialsSerializer(serializers.Serializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False)


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField(help_text="Send it as `Authorization: Token <token>`.")


class KeepingKeySerializer(serializers.Serializer):
    id = serializers.UUIDField(help_text="Tells whose cipher text it is.")
    key = serializers.CharField(help_text="256 bits for AES, in base64.")


class RefusedSignInError(Exception):
    """Name and password were not taken; holds the answer."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.answer = answer


def person_of_credentials(request: Request) -> User:
    """The person whom the body's name and password belong to.

    Raises
    ------
    RefusedSignInError : 401 for a wrong name or password, 429 while the name is locked.
    """
    given = CredentialsSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    plain: HttpRequest = request._request
    user = authenticate(plain, **given.validated_data)
    if user is not None:
        return user
    if getattr(plain, "axes_locked_out", False):
        # Else axes' middleware would put a page of its own in place of this answer.
        plain.axes_locked_out = False  # type: ignore[attr-defined]
        raise RefusedSignInError(
            problem(429, TITLES[429], "Too many wrong passwords for this name. Wait a quarter of an hour.")
        )
    raise RefusedSignInError(problem(401, TITLES[401], "Name and password don't belong together."))


class TokenView(APIView):
    """A person's token."""

    parser_classes = [StrictJSONParser]

    def get_permissions(self) -> list[BasePermission]:
        return [AllowAny()] if self.request.method == "POST" else [IsAuthenticated()]

    def get_authenticators(self) -> list:
        """None for signing in: an old cookie or token must not get in the way of a new one."""
        return [] if self.request and self.request.method == "POST" else super().get_authenticators()

    def get_throttles(self) -> list[BaseThrottle]:
        return [SignInThrottle()] if self.request.method == "POST" else []

    @extend_schema(
        summary="Sign in",
        request=CredentialsSerializer,
        responses={200: TokenSerializer, **problems(*BODY, 429)},
        auth=[],
    )
    def post(self, request: Request) -> object:
        """Answer the person's token: 401 for a wrong name or password, 429 while the name is locked."""
        try:
            user = person_of_credentials(request)
        except RefusedSignInError as refused:
            return refused.answer
        # What signing in by a page sends as well: the count of wrong passwords begins again.
        user_logged_in.send(sender=user.__class__, request=request._request, user=user)
        return Response({"token": issue_token(user)})

    @extend_schema(summary="Revoke the token", request=None, responses={204: None, **problems(403)})
    def delete(self, request: Request) -> Response:
        """Make this person's token worthless."""
        revoke_token(request.user)
        return Response(status=204)


class SessionView(APIView):
    """A session for a page that lost its own and can't be left without losing what is on it."""

    parser_classes = [StrictJSONParser]
    permission_classes = [AllowAny]
    # Whoever's session is still there is no reason to refuse, and no right to anything.
    authentication_classes = []
    throttle_classes = [SignInThrottle]

    @extend_schema(
        summary="Sign in by session",
        request=CredentialsSerializer,
        responses={200: MeSerializer, **problems(*BODY, 403, 429)},
        auth=[],
    )
    def post(self, request: Request) -> object:
        """Begin a session in place of any other: for pages of this server, so the CSRF token is asked for."""
        # Without it another site could sign a browser in as somebody else.
        SessionAuthentication().enforce_csrf(request)
        try:
            user = person_of_credentials(request)
        except RefusedSignInError as refused:
            return refused.answer
        login(request._request, user)
        return Response(MeSerializer(user).data)


class KeepingKeyView(APIView):
    """What the viewer encrypts unsent changes with, in the browser."""

    permission_classes = allowed_by(is_signed_in)

    @extend_schema(
        summary="Get one's keeping key", request=None, responses={200: KeepingKeySerializer, **problems(403)}
    )
    def post(self, request: Request) -> Response:
        """The person's own key, made at the first call; nobody else is ever given it."""
        key = issue_keeping_key(request.user)
        return Response({"id": key.pk, "key": b64encode(bytes(key.secret)).decode()})
