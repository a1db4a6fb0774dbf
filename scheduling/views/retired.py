"""Operations retired with whole-document writes, which erased what other owners had entered (NTK-10004), and the former
addresses of daily schedules, which redirect reading and patching to the present one (ADR-010).
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NoReturn

import structlog
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from novatrek_scheduling.api.schema import error_responses
from novatrek_scheduling.errors import Gone
from scheduling.metrics import schedule_put_deprecated_usage

USE_DAILY_SCHEDULES = "Retired: use /daily-schedules instead"
SUNSET = datetime(2026, 6, 1, tzinfo=UTC)
ACTIONS: dict[str, Any] = {"get": "follow", "patch": "follow", "put": "refuse", "post": "refuse", "delete": "refuse"}
SCHEDULE_ID = OpenApiParameter("schedule_id", str, OpenApiParameter.PATH, description="An id, or a date as YYYY-MM-DD.")
REFUSAL = [
    SCHEDULE_ID,
    OpenApiParameter(
        "Link", str, OpenApiParameter.HEADER, description="The successor, to PATCH instead.", response=[410]
    ),
    OpenApiParameter("Sunset", str, OpenApiParameter.HEADER, description="The time of retirement.", response=[410]),
]
REDIRECTION = [
    SCHEDULE_ID,
    OpenApiParameter(
        "Location",
        str,
        OpenApiParameter.HEADER,
        description="The daily schedule, with the query of the request.",
        response=[308],
    ),
]

logger = structlog.get_logger(__name__)


class PutRetired(Gone):
    """The operation was retired together with whole-document writes."""

    code = "PUT_RETIRED"


def document_retired(operation_id: str, *, summary: str, methods: list[str] | None = None) -> Callable[[Any], Any]:
    """Decorate an action as a retired operation: deprecated, without a body, answered 410."""
    return extend_schema(
        operation_id=operation_id,
        summary=summary,
        description="Always 410, with the address of the successor.",
        parameters=REFUSAL,
        request=None,
        responses=error_responses(404, 410),
        deprecated=True,
        tags=["retired"],
        methods=methods,
    )


def document_redirected(operation_id: str, *, methods: list[str]) -> Callable[[Any], Any]:
    """Decorate an action as a redirection of `methods` to the present address."""
    return extend_schema(
        operation_id=operation_id,
        summary="Moved: use /daily-schedules instead",
        description="Always 308: repeat the request, with its method and body, at the address in `Location`.",
        parameters=REDIRECTION,
        request=None,
        responses={308: OpenApiResponse(description="Moved to the daily schedule."), **error_responses(404)},
        deprecated=True,
        tags=["retired"],
        methods=methods,
    )


class RetiredScheduleViewSet(ViewSet):
    """The former addresses of daily schedules."""

    @document_redirected("getRetiredSchedule", methods=["GET"])
    @document_redirected("patchRetiredSchedule", methods=["PATCH"])
    def follow(self, request: Request, schedule_id: str) -> HttpResponse:
        _count_call(request, operation=_operation(request))
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(
            _successor(schedule_id) + (f"?{query}" if query else ""), preserve_request=True
        )

    @document_retired("putRetiredSchedule", summary=USE_DAILY_SCHEDULES, methods=["PUT"])
    @document_retired("postRetiredSchedule", summary=USE_DAILY_SCHEDULES, methods=["POST"])
    @document_retired("deleteRetiredSchedule", summary=USE_DAILY_SCHEDULES, methods=["DELETE"])
    def refuse(self, request: Request, schedule_id: str) -> NoReturn:
        refuse_retired(request, schedule_id, operation=_operation(request))


def refuse_retired(request: Request, address: str, *, operation: str) -> NoReturn:
    """Count and log a call of a retired operation and raise PutRetired, which names the successor."""
    _count_call(request, operation=operation)
    raise PutRetired(
        "Writing whole schedules was retired on 2026-06-01: send a PATCH with your own fields to the successor.",
        successor=_successor(address),
        sunset=SUNSET,
    )


def _count_call(request: Request, *, operation: str) -> None:
    # By operation only: a series for each caller would be without bound.
    schedule_put_deprecated_usage.labels(operation).inc()
    logger.warning("retired_operation_called", operation=operation, subject=str(request.user))


def _operation(request: Request) -> str:
    return f"{request.method} /schedules/{{schedule_id}}"


def _successor(address: str) -> str:
    return reverse("daily-schedule-detail", args=[address])
