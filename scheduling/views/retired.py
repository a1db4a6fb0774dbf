"""What was retired with whole-document writes, which erased what others had entered (NTK-10004)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NoReturn

import structlog
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from novatrek_scheduling.api.schema import error_responses
from novatrek_scheduling.errors import Gone
from scheduling.metrics import schedule_put_deprecated_usage

SUNSET = datetime(2026, 6, 1, tzinfo=UTC)
WITH_HEADERS: list[OpenApiParameter] = [
    OpenApiParameter("schedule_id", str, OpenApiParameter.PATH, description="An id, or a date (YYYY-MM-DD)."),
    OpenApiParameter(
        "Link", str, OpenApiParameter.HEADER, description="The successor, to PATCH instead.", response=[410]
    ),
    OpenApiParameter("Sunset", str, OpenApiParameter.HEADER, description="When it was retired.", response=[410]),
]

logger = structlog.get_logger(__name__)


class PutRetired(Gone):
    code = "PUT_RETIRED"


class RefusePut(APIView):
    """PUT of one daily schedule, for whoever still tries."""

    @extend_schema(
        operation_id="putDailySchedule",
        summary="Retired: PATCH what is yours instead",
        parameters=WITH_HEADERS,
        request=None,
        responses=error_responses(404, 410),
        deprecated=True,
        tags=["retired"],
    )
    def put(self, request: Request, schedule_id: str) -> NoReturn:
        refuse_retired(request, schedule_id, operation="PUT /daily-schedules/{schedule_id}")


def _refusing(method: str) -> Callable[..., NoReturn]:
    @extend_schema(
        operation_id=f"{method}RetiredSchedule",
        summary="Retired: use /daily-schedules",
        parameters=WITH_HEADERS,
        request=None,
        responses=error_responses(404, 410),
        deprecated=True,
        tags=["retired"],
    )
    def refuse(self: APIView, request: Request, schedule_id: str) -> NoReturn:
        refuse_retired(request, schedule_id, operation=f"{request.method} /schedules/{{schedule_id}}")

    return refuse


class RetiredScheduleView(APIView):
    """The address that daily schedules had before; every method of it is gone."""

    get = head = options = _refusing("get")
    put = _refusing("put")
    post = _refusing("post")
    patch = _refusing("patch")
    delete = _refusing("delete")


def refuse_retired(request: Request, address: str, *, operation: str) -> NoReturn:
    """Raise PutRetired with the way to the successor, count the call and log who still makes it.

    Counted by operation only: callers are without number, and a series for each would be too.
    """
    schedule_put_deprecated_usage.labels(operation).inc()
    logger.warning("retired_operation_called", operation=operation, subject=str(request.user))
    raise PutRetired(
        "Writing whole schedules was retired on 2026-06-01: send a PATCH with your own fields to the successor.",
        successor=reverse("daily-schedule", args=[address]),
        sunset=SUNSET,
    )
