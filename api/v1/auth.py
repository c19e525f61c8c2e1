"""Signing in for programs: a token for a user name and a password."""

from django.contrib.auth import authenticate, user_logged_in
from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle, BaseThrottle
from rest_framework.views import APIView

from annotator.accounts.actions.issue_token import issue_token
from annotator.accounts.actions.revoke_token import revoke_token
from api.client_address import client_address
from api.problems import TITLES, problem
from api.v1.parsers import StrictJSONParser
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
        given = CredentialsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        plain: HttpRequest = request._request
        user = authenticate(plain, **given.validated_data)
        if user is None:
            if getattr(plain, "axes_locked_out", False):
                # Else axes' middleware would put a page of its own in place of this answer.
                plain.axes_locked_out = False  # type: ignore[attr-defined]
                return problem(429, TITLES[429], "Too many wrong passwords for this name. Wait a quarter of an hour.")
            return problem(401, TITLES[401], "Name and password don't belong together.")
        # What signing in by a page sends as well: the count of wrong passwords begins again.
        user_logged_in.send(sender=user.__class__, request=plain, user=user)
        return Response({"token": issue_token(user)})

    @extend_schema(summary="Revoke the token", request=None, responses={204: None, **problems(403)})
    def delete(self, request: Request) -> Response:
        """Make this person's token worthless."""
        revoke_token(request.user)
        return Response(status=204)
