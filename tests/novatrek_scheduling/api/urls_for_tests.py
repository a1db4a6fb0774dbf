"""Addresses that exist for the tests of the API's shape only, beside the real ones."""

from typing import Any

from django.db import OperationalError
from django.urls import path
from drf_spectacular.utils import extend_schema
from redis.exceptions import ConnectionError as ValkeyUnreachable
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from novatrek_scheduling import urls
from novatrek_scheduling.api import fields
from novatrek_scheduling.api.permissions import requires
from novatrek_scheduling.api.schema import error_responses
from novatrek_scheduling.api.serializers import PagedQuerySerializer, SparseSerializer, StrictSerializer
from novatrek_scheduling.errors import Conflicting, FieldProblem, Unavailable


class SizeSerializer(StrictSerializer):
    smallest = fields.IntegerField(min_value=1, required=False)
    guide_ids = fields.UUIDField()


class EchoBody(StrictSerializer):
    name = fields.CharField(max_length=20)
    on = fields.DateField(required=False)
    open = fields.BooleanField(required=False)
    sizes = SizeSerializer(many=True, required=False)
    extra = serializers.ListField(child=fields.UUIDField(), required=False)


class EchoQuery(PagedQuerySerializer):
    open = fields.BooleanField(default=False)
    guide_ids = fields.CommaSeparatedField(child=fields.UUIDField(), required=False)
    on = fields.DateField(required=False)


class EchoAnswer(SparseSerializer):
    name = fields.CharField()
    note = fields.CharField(required=False)
    closed_at = fields.CharField(required=False, allow_null=True)


class EchoView(APIView):
    """Gives back what it was sent."""

    permission_classes = [requires("scheduling:write", contract_operation=True)]

    @extend_schema(operation_id="echo", request=EchoBody, responses={200: EchoAnswer, **error_responses(400)})
    def post(self, request: Request) -> Response:
        body = EchoBody(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(EchoAnswer({"name": body.validated_data["name"], "note": None, "closed_at": None}).data)

    @extend_schema(
        operation_id="echoQuery", parameters=[EchoQuery], responses={200: EchoAnswer, **error_responses(400)}
    )
    def get(self, request: Request) -> Response:
        query = EchoQuery.of(request)
        return Response({"filters": {k: str(v) for k, v in query.filters.items()}})


class ScopedView(APIView):
    permission_classes = [requires("scheduling:resolve", "scheduling:publish")]

    def get(self, request: Request) -> Response:
        return Response({"subject": request.user.subject})


class FailingView(APIView):
    permission_classes: list[Any] = []
    FAILURES: dict[str, Exception] = {
        "conflict": Conflicting("It is taken.", FieldProblem("guide_id", "taken")),
        "sibling": Unavailable("svc-weather does not answer.", retry_after_seconds=7),
        "database": OperationalError("server closed the connection unexpectedly"),
        "valkey": ValkeyUnreachable("Connection refused"),
        "bug": ZeroDivisionError("division by zero"),
    }

    def get(self, request: Request, kind: str) -> Response:
        raise self.FAILURES[kind]


urlpatterns = [
    path("scheduling/v1/echo", EchoView.as_view()),
    path("scheduling/v1/scoped", ScopedView.as_view()),
    path("scheduling/v1/fail/<str:kind>", FailingView.as_view()),
    *urls.urlpatterns,
]
