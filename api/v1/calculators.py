"""Calculators that need no sign-in: they keep nothing and know nobody."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from annotator.accounts.errors import InvalidError
from annotator.labels.errors import in_short
from annotator.labels.tirads_calculator import calculate_tirads
from api.client_address import client_address
from api.v1.parsers import StrictJSONParser
from api.v1.records import ScoreSerializer
from api.v1.responses import BODY, problems


class CalculatorThrottle(AnonRateThrottle):
    """Generous for a person who types, too slow for a load test."""

    scope = "calculators"
    rate = "600/min"

    def get_ident(self, request: Request) -> str:
        """The client's address, by no header that the client could make up."""
        return client_address(request._request)


class NoduleSerializer(serializers.Serializer):
    features = serializers.DictField(
        help_text='Category and feature, e.g. {"composition": "solid", "echogenic_foci": ["none"]}.'
    )
    size_mm = serializers.FloatField(allow_null=True, default=None, help_text="Largest diameter.")

    def to_internal_value(self, data: Any) -> Any:
        """Refuse what has no meaning here: a size under another name would else be passed over in silence."""
        for name in data if isinstance(data, dict) else ():
            if name not in self.fields:
                raise InvalidError(f"There is no {in_short(str(name))!r} here: send features and size_mm.", str(name))
        return super().to_internal_value(data)


class TiradsCalculator(APIView):
    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = [CalculatorThrottle]
    parser_classes = [StrictJSONParser]

    @extend_schema(
        operation_id="calculate_tirads",
        summary="Calculate TI-RADS",
        request=NoduleSerializer,
        responses={200: ScoreSerializer, **problems(*BODY, 429)},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """ACR and AI TI-RADS of one nodule. For research use; nothing is kept, and no sign-in is needed."""
        given = NoduleSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        nodule = given.validated_data
        return Response(calculate_tirads(nodule["features"], size_mm=nodule["size_mm"]))
