"""Operations retired with whole-document writes, which erased what other owners had entered (NTK-10004)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NoReturn

import structlog
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from novatrek_scheduling.api.schema import error_responses
from novatrek_scheduling.errors import Gone
from scheduling.metrics import schedule_put_deprecated_usage

SUNSET = datetime(2026, 6, 1, tzinfo=UTC)
METHODS = ("get", "put", "post", "patch", "delete")
PARAMETERS = [
    OpenApiParameter("schedule_id", str, OpenApiParameter.PATH, description="An id, or a date as YYYY-MM-DD."),
    OpenApiParameter(
        "Link", str, OpenApiParameter.HEADER, description="The successor, to PATCH instead.", response=[410]
    ),
    OpenApiParameter("Sunset", str, OpenApiParameter.HEADER, description="The time of retirement.", response=[410]),
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
        parameters=PARAMETERS,
        request=None,
        responses=error_responses(404, 410),
        deprecated=True,
        tags=["retired"],
        methods=methods,
    )


def _document_every_method(refuse: Callable[..., NoReturn]) -> Callable[..., NoReturn]:
    for method in METHODS:
        operation_id, summary = f"{method}RetiredSchedule", "Retired: use /daily-schedules instead"
        refuse = document_retired(operation_id, summary=summary, methods=[method.upper()])(refuse)
    return refuse


class RetiredScheduleViewSet(ViewSet):
    """The former address of daily schedules; every method of it is retired."""

    @_document_every_method
    def refuse(self, request: Request, schedule_id: str) -> NoReturn:
        refuse_retired(request, schedule_id, operation=f"{request.method} /schedules/{{schedule_id}}")


def refuse_retired(request: Request, address: str, *, operation: str) -> NoReturn:
    """Count and log a call of a retired operation and raise PutRetired, which names the successor.

    Counted by operation only: a series for each caller would be without bound.
    """
    schedule_put_deprecated_usage.labels(operation).inc()
    logger.warning("retired_operation_called", operation=operation, subject=str(request.user))
    raise PutRetired(
        "Writing whole schedules was retired on 2026-06-01: send a PATCH with your own fields to the successor.",
        successor=reverse("daily-schedule-detail", args=[address]),
        sunset=SUNSET,
    )
