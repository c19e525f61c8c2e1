"""A room's policy as a REST framework permission."""

from collections.abc import Callable

from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from annotator.accounts.policies import Person


def allowed_by(policy: Callable[[Person], bool]) -> list[type[BasePermission]]:
    """Return what a view's permission_classes must be to let in whom a policy lets in: 401 signed out, 403 else."""

    class Allowed(BasePermission):
        message = "Your role does not allow this."

        def has_permission(self, request: Request, view: APIView) -> bool:
            return policy(request.user)

    return [IsAuthenticated, Allowed]
