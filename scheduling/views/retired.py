"""Operations retired with whole-document writes, which erased what other owners had entered (NTK-10004), and the former
addresses of daily schedules, which redirect reading and patching to the present one (ADR-010).
"""

from datetime import UTC, datetime
from typing import Any, NoReturn

import structlog
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from novatrek_scheduling.errors import Gone
from scheduling.metrics import schedule_put_deprecated_usage

SUNSET = datetime(2026, 6, 1, tzinfo=UTC)
ACTIONS: dict[str, Any] = {"get": "follow", "patch": "follow", "put": "refuse", "post": "refuse", "delete": "refuse"}

logger = structlog.get_logger(__name__)


class PutRetired(Gone):
    """The operation was retired together with whole-document writes."""

    code = "PUT_RETIRED"


class RetiredScheduleViewSet(ViewSet):
    """The former addresses of daily schedules."""

    # The specification is for those who build a client: nobody is to begin with these.
    schema = None

    def follow(self, request: Request, schedule_id: str) -> HttpResponse:
        _count_call(request, operation=_operation(request))
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(
            _successor(schedule_id) + (f"?{query}" if query else ""), preserve_request=True
        )

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
