"""The API's operations on schedule requests."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from novatrek_scheduling.api.permissions import ScopedViewSet, requires
from novatrek_scheduling.api.schema import error_responses
from novatrek_scheduling.errors import FieldProblem
from scheduling.errors import MalformedIdempotencyKey
from scheduling.requests.selectors import page_of_requests, shown_request
from scheduling.requests.submission import submit_schedule_request
from scheduling.serializers.schedule_requests import (
    CreateScheduleRequestBodySerializer,
    ScheduleRequestPageSerializer,
    ScheduleRequestQuerySerializer,
    ScheduleRequestSerializer,
    represent_accepted,
    represent_request,
)

MAX_KEY_LENGTH = 255


class ScheduleRequestViewSet(ScopedViewSet):
    """Schedule requests, answered in the background."""

    lookup_url_kwarg = "request_id"
    scopes_of = {
        "list": requires("scheduling:read"),
        "create": requires("scheduling:write", contract_operation=True),
        "retrieve": requires("scheduling:read", contract_operation=True),
    }

    @extend_schema(
        operation_id="listScheduleRequests",
        summary="Find schedule requests",
        description="The requests of every client, the newest first.",
        parameters=[ScheduleRequestQuerySerializer],
        responses={200: OpenApiResponse(ScheduleRequestPageSerializer, "A page."), **error_responses(400)},
    )
    def list(self, request: Request) -> Response:
        query = ScheduleRequestQuerySerializer.of(request)
        page = page_of_requests(query.filters, **query.paging)
        return Response(page.represented("schedule_requests", represent_request))

    @extend_schema(
        operation_id="createScheduleRequest",
        summary="Request a trip on one of several dates",
        description="Accepted at once and answered in the background: poll the `Location`.",
        request=CreateScheduleRequestBodySerializer,
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                str,
                OpenApiParameter.HEADER,
                description="Repeated with the same body it returns the first answer; at most 255 characters.",
            ),
            OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[202]),
        ],
        responses={
            202: OpenApiResponse(ScheduleRequestSerializer, "Accepted."),
            **error_responses(400, 409, 422),
        },
    )
    def create(self, request: Request) -> Response:
        body = CreateScheduleRequestBodySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        accepted = submit_schedule_request(
            body.submission(), subject=str(request.user), idempotency_key=_idempotency_key(request)
        )
        location = request.build_absolute_uri(f"{request.path}/{accepted.pk}")
        return Response(represent_accepted(accepted), status=202, headers={"Location": location})

    @extend_schema(
        operation_id="getScheduleRequest",
        summary="Get a schedule request and its outcome",
        description=(
            "The request with its status and, once it is COMPLETED or FAILED, its result or error. The result follows "
            "the departure: whatever becomes of it later is shown, and what was answered is in `original_result`. A "
            "`callback_url` is called again on each such change until the departure is over."
        ),
        parameters=[OpenApiParameter("request_id", UUID, OpenApiParameter.PATH)],
        responses={200: OpenApiResponse(ScheduleRequestSerializer, "The request."), **error_responses(404)},
    )
    def retrieve(self, request: Request, request_id: str) -> Response:
        return Response(represent_request(shown_request(request_id)))


def _idempotency_key(request: Request) -> str | None:
    key: Any = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 0 < len(key) <= MAX_KEY_LENGTH or not key.isprintable():
        problem = FieldProblem("Idempotency-Key", f"1 to {MAX_KEY_LENGTH} printable characters")
        raise MalformedIdempotencyKey("The Idempotency-Key cannot be used.", problem)
    return str(key)
