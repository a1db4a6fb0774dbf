"""The API's doors to schedule requests."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from novatrek_scheduling.api.permissions import ScopedByMethod, requires
from novatrek_scheduling.api.schema import error_responses
from novatrek_scheduling.errors import FieldProblem
from scheduling.errors import MalformedIdempotencyKey, UnknownScheduleRequest
from scheduling.models import ScheduleRequest
from scheduling.requests.selectors import page_of_requests
from scheduling.requests.submission import submit_schedule_request
from scheduling.serializers.schedule_requests import (
    CreateScheduleRequestBodySerializer,
    ScheduleRequestPageSerializer,
    ScheduleRequestQuerySerializer,
    ScheduleRequestSerializer,
    shown,
)

MAX_KEY_LENGTH = 255


class ScheduleRequestsView(ScopedByMethod):
    scopes_of = {
        "GET": requires("scheduling:read"),
        "POST": requires("scheduling:write", contract_operation=True),
    }

    @extend_schema(
        operation_id="listScheduleRequests",
        summary="Find schedule requests",
        description="The newest first, those of every client.",
        parameters=[ScheduleRequestQuerySerializer],
        responses={200: OpenApiResponse(ScheduleRequestPageSerializer, "A page."), **error_responses(400)},
    )
    def get(self, request: Request) -> Response:
        query = ScheduleRequestQuerySerializer.of(request)
        page = page_of_requests(
            query.filters, size=query.validated_data["page_size"], token=query.validated_data.get("page_token")
        )
        listed: dict[str, Any] = {
            "schedule_requests": [shown(row) for row in page.rows],
            "total_count": page.total_count,
        }
        if page.next_page_token:
            listed["next_page_token"] = page.next_page_token
        return Response(listed)

    @extend_schema(
        operation_id="createScheduleRequest",
        summary="Ask for a trip on one of some dates",
        description="Accepted at once and worked on in the background; follow the `Location`.",
        request=CreateScheduleRequestBodySerializer,
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                str,
                OpenApiParameter.HEADER,
                description="Sent again with the same body it returns the first answer; at most 255 characters.",
            ),
            OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[202]),
        ],
        responses={
            202: OpenApiResponse(ScheduleRequestSerializer, "Accepted."),
            **error_responses(400, 409, 422),
        },
    )
    def post(self, request: Request) -> Response:
        body = CreateScheduleRequestBodySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        accepted = submit_schedule_request(
            body.submission(), subject=str(request.user), idempotency_key=_idempotency_key(request)
        )
        location = request.build_absolute_uri(reverse("schedule-request", args=[accepted.pk]))
        return Response(shown(accepted, as_accepted=True), status=202, headers={"Location": location})


class ScheduleRequestView(APIView):
    permission_classes = [requires("scheduling:read", contract_operation=True)]

    @extend_schema(
        operation_id="getScheduleRequest",
        summary="See what became of a request",
        parameters=[OpenApiParameter("request_id", UUID, OpenApiParameter.PATH)],
        responses={200: OpenApiResponse(ScheduleRequestSerializer, "The request."), **error_responses(404)},
    )
    def get(self, request: Request, request_id: str) -> Response:
        return Response(shown(_known(request_id)))


def _known(request_id: str) -> ScheduleRequest:
    try:
        return ScheduleRequest.objects.select_related("outcome").get(pk=UUID(request_id))
    except (ValueError, ScheduleRequest.DoesNotExist) as error:
        raise UnknownScheduleRequest(f"There is no schedule request {request_id}.") from error


def _idempotency_key(request: Request) -> str | None:
    key: Any = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 0 < len(key) <= MAX_KEY_LENGTH or not key.isprintable():
        problem = FieldProblem("Idempotency-Key", f"1 to {MAX_KEY_LENGTH} printable characters")
        raise MalformedIdempotencyKey("The Idempotency-Key cannot be used.", problem)
    return str(key)
